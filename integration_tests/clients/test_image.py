"""Runs all CDK tests on an image. CONNECTOR_ROOT is a connector's folder in Airbyte's layout."""
import json
import os
from pathlib import Path

from airbyte_cdk.test.standard_tests import docker_base
from airbyte_cdk.test.standard_tests._spec_compatibility import PublishedSpec


def published_spec(docker_repository, registry):
    # Without a published spec, the CDK would skip the compatibility test, because Airbyte's registry doesn't have this connector.
    file = Path(os.environ["PUBLISHED_SPEC"])
    return PublishedSpec(version="0.0.0", spec=json.loads(file.read_text()), url=file.as_uri())


docker_base.fetch_published_spec = published_spec


class TestImage(docker_base.DockerConnectorTestSuite):
    @classmethod
    def get_connector_root_dir(cls):
        return Path(os.environ["CONNECTOR_ROOT"])
