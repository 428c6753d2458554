"""Runs airbyte_serverless as the test instructs (dialog.py).

    serverless.py COMMAND CONFIG
"""
import json
import sys
from collections import Counter
from pathlib import Path

import yaml
from airbyte_serverless import destinations
from airbyte_serverless.connections import Connection

from dialog import answer

command, config_file = sys.argv[1:]


class Files(destinations.BaseDestination):
    """A destination that writes a file per table, and stores states like the BigQuery destination.

    The package has destinations only for the screen and BigQuery.
    """

    def _write(self, record_type, records):
        with open(f"{record_type}.jsonl", "a") as file:
            file.writelines(json.dumps(record) + "\n" for record in records)

    def get_state(self):
        file = Path("_airbyte_states.jsonl")
        states = [json.loads(json.loads(line)["_airbyte_data"]) for line in file.open()] if file.exists() else []
        return list({state["stream"]["stream_descriptor"]["name"]: state for state in states}.values())


def run():
    before = rows()
    connection.run()
    return rows() - before


def rows():
    prefix = "_airbyte_raw_"
    return Counter({file.stem.removeprefix(prefix): sum(1 for _ in file.open()) for file in Path().glob(f"{prefix}*")})


def template():
    connection = Connection()
    connection.init_yaml_config(command, "print", "direct")
    return connection.yaml_config


destinations.DESTINATION_CLASS_MAP["files"] = Files
# Like users' configs, this config contains null for options left empty in the template.
source = yaml.safe_load(template())["source"]
source["config"].update(json.load(open(config_file)))
connection = Connection({"source": source, "destination": {"connector": "files", "config": {}}})

answer(
    template=template,
    check=lambda: connection.source.connection_status,
    streams=lambda: connection.available_streams,
    first_record=lambda: connection.source.first_record,
    run=run,
)
