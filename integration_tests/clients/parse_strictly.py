"""Parses each line of recorded stdout as the CDK and PyAirbyte do, and prints the errors.

    parse_strictly.py FILE…
"""
import json
import sys
from collections import Counter
from pathlib import Path

import orjson
from airbyte_cdk.models import AirbyteMessageSerializer
from airbyte_cdk.test.entrypoint_wrapper import EntrypointOutput
from airbyte_protocol.models import AirbyteMessage as PydanticMessage

PARSERS = {
    "airbyte-cdk": lambda line: AirbyteMessageSerializer.load(orjson.loads(line)),
    "airbyte-protocol-models-pdv2": PydanticMessage.model_validate_json,
}


def misfits(file):
    text = Path(file).read_text(encoding="utf-8")
    lines = text.splitlines()
    if lines != text.split("\n")[:-1]:
        yield "Python splits the output at characters other than \\n, or the last line is truncated"
    for number, line in enumerate(lines, 1):
        for parser, parse in PARSERS.items():
            try:
                message = parse(line)
                kind = json.loads(line)["type"]
                if getattr(message, "connectionStatus" if kind == "CONNECTION_STATUS" else kind.lower()) is None:
                    yield f"line {number}: {parser}: a {kind} without content"
            except Exception as error:
                yield f"line {number}: {parser}: {str(error)[:200]}"
    # The CDK converts unparsable lines to LOGs, so the number of messages of each type must be unchanged.
    seen = Counter(message.type.value for message in EntrypointOutput(messages=lines).get_message_iterator())
    if seen != Counter(kinds(lines)):
        yield f"EntrypointOutput finds {dict(seen)} in the output"


def kinds(lines):
    return [json.loads(line)["type"] for line in lines]


for file in sys.argv[1:]:
    lines = Path(file).read_text(encoding="utf-8").splitlines()
    print(json.dumps({"lines": len(lines), "kinds": Counter(kinds(lines)), "misfits": list(misfits(file))}))
