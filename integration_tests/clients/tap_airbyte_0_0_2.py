"""tap-airbyte 0.0.2 with any connector. CONNECTOR is the command, as a JSON list; arguments are the tap's own.

The tap is meant to be built into the connector's image, and has not changed since 2023. Here it stays as it is, and is
given what it takes for granted:
 - it starts /airbyte/base.sh: here that is CONNECTOR
 - it puts the config, token included, into /tmp for all to read and leaves it there: here into a folder of its own
 - a STATE of type STREAM ends it (UnboundLocalError) unless the state has the key `data` of old: here it gets one, with
   the latest state of every stream in it, the way later versions of the tap write it
 - a state to go on from ends it (TypeError): here the connector gets it past the tap
"""
import json
import os
import subprocess
import tempfile
from pathlib import Path
from types import SimpleNamespace

import orjson
from tap_airbyte import tap

folder = Path(tempfile.mkdtemp())
connector = json.loads(os.environ["CONNECTOR"])
states = {}


def command(words):
    """The connector's command line for the tap's, and any other as it is."""
    if not words[0].endswith("base.sh"):
        return words
    resume = ["--state", str(folder / "state.json")] if words[1] == "read" and states else []
    if resume:
        (folder / "state.json").write_text(json.dumps(list(states.values())))
    return [*connector, *words[1:], *resume]


def start(how, words, cwd=None, **options):
    return how(command(words), **options)


def loads(text):
    message = orjson.loads(text)
    if message["type"] == "STATE":
        remember(message["state"])
        message["state"]["data"] = {"airbyte_state": list(states.values())}
    return message


def remember(state):
    kept = {"type": state["type"], "stream": state["stream"]}
    states[state["stream"]["stream_descriptor"]["name"]] = kept


def load_state(self, state):
    for one in state.get("airbyte_state", []):
        remember(one)


tap.subprocess = SimpleNamespace(
    PIPE=subprocess.PIPE,
    run=lambda words, **options: start(subprocess.run, words, **options),
    Popen=lambda words, **options: start(subprocess.Popen, words, **options),
)
tap.orjson = SimpleNamespace(**{**vars(orjson), "loads": loads})
tap.TapAirbyte.conf_dir = str(folder)
tap.TapAirbyte.load_state = load_state
try:
    tap.TapAirbyte.cli()
finally:
    subprocess.run(["rm", "-rf", str(folder)])
