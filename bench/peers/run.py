"""Runs the low-code manifest like the CDK's own command."""
import os
import sys

import usage  # noqa: F401
from airbyte_cdk.cli.source_declarative_manifest import run

manifest = os.path.join(os.path.dirname(os.path.abspath(__file__)), "manifest.yaml")
sys.argv[1:] = [*sys.argv[1:], "--manifest-path", manifest]
run()
