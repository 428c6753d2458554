"""Runs PyAirbyte as the test instructs (dialog.py).

pyairbyte.py PACKAGE CONFIG
"""
import json
import sys

import airbyte
import sqlalchemy
from airbyte.caches import DuckDBCache
from airbyte.exceptions import AirbyteConnectorCheckFailedError

from dialog import answer

package, config_file = sys.argv[1:]
config = json.load(open(config_file))
cache = DuckDBCache(db_path="cache.duckdb", schema_name="compose")


def source(**other):
    platform = {**config["platform"], **other}
    return airbyte.get_source("source-compose", config={**config, "platform": platform}, streams="*", pip_url=package)


def check(**other):
    try:
        source(**other).check()
        return "SUCCEEDED"
    except AirbyteConnectorCheckFailedError as error:
        return error.context["failure_reason"]


def read():
    result = source().read(cache=cache)
    # The public property contains only the total record count.
    return result._progress_tracker.stream_read_counts


def query(text):
    with cache.get_sql_engine().connect() as connection:
        return [list(row) for row in connection.execute(sqlalchemy.text(text))]


answer(
    check=check,
    check_token=lambda token: check(api_token=token),
    streams=lambda: source().get_available_streams(),
    read=read,
    query=query,
)
