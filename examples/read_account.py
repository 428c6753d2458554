"""Reads one account with source-compose, so that a scheduler can run and retry one task for each account.

Environment variables:
    CONFIG  the connector's config, with the trusted profiles of all accounts
    OUTPUT  a folder for the accounts, shared by all machines that run tasks

The folder of an account contains:
    TIME.jsonl   the records of one read, as Airbyte messages
    state.jsonl  where the next read resumes
    TIME.part    the output of a read that is in progress or was killed
"""

import fcntl
import json
import os
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

READ = ["source-compose", "read", "--config", "/dev/stdin", "--streams", "all", "--state"]


class PermanentError(Exception):
    """Raised if retries would fail until someone changes the config or a role."""


class IncompleteRead(Exception):
    """Raised if a retry can resume where this read ended."""


def accounts() -> list[str]:
    """The IDs of all accounts in the config."""
    return [account_of(profile) for profile in config()["platform"]["trusted_profiles"]]


def read_account(account: str) -> dict[str, int]:
    """Reads all new records. Returns the number of records by stream."""
    folder = Path(os.environ["OUTPUT"], account)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(folder / "lock", "w") as lock:
        # The program inherits the lock. If the program outlives its killed task, the retry waits until the program ends.
        fcntl.flock(lock, fcntl.LOCK_EX)
        save(folder)
        with open(folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}.part", "x") as output:
            read = subprocess.run(
                [*READ, folder / "state.jsonl"],
                input=json.dumps(config_of(account)).encode(),
                stdout=output,
                pass_fds=[lock.fileno()],
                check=False,
            )
        counts, errors = save(folder)
    if read.returncode == 0:
        return dict(counts)
    messages = dict.fromkeys(error["message"] for error in errors)
    text = "\n".join(messages) or f"source-compose exited with code {read.returncode}."
    # Exit code 1: a stream is incomplete, and its error explains why. Exit code 2: the command line is invalid. Other
    # exit codes: the read was stopped.
    rejected = read.returncode == 1 and {error["failure_type"] for error in errors} == {"config_error"}
    raise PermanentError(text) if rejected or read.returncode == 2 else IncompleteRead(text)


def config() -> dict:
    return json.loads(Path(os.environ["CONFIG"]).read_text())


def config_of(account: str) -> dict:
    """The config without the other accounts."""
    whole = config()
    platform = whole["platform"]
    own = {
        "trusted_profiles": [crn for crn in platform["trusted_profiles"] if account_of(crn) == account],
        "logs_instances": [crn for crn in platform.get("logs_instances", []) if account_of(crn) == account],
    }
    return {**whole, "platform": {**platform, **own}}


def account_of(crn: str) -> str:
    return crn.split(":")[6].removeprefix("a/")


def save(folder: Path) -> tuple[Counter[str], list[dict]]:
    """Saves the records and states of ended reads. Returns the number of records by stream, and the errors."""
    state_file = folder / "state.jsonl"
    state_file.touch()
    states = {json.loads(line)["state"]["stream"]["stream_descriptor"]["name"]: line for line in open(state_file, "rb")}
    counts: Counter[str] = Counter()
    errors: list[dict] = []
    for part in folder.glob("*.part"):
        pending: dict[str, list[bytes]] = defaultdict(list)
        kept: dict[str, list[bytes]] = defaultdict(list)
        for line in open(part, "rb"):
            if not line.endswith(b"\n"):
                break  # The program was killed while it wrote this line.
            match json.loads(line):
                case {"type": "RECORD", "record": {"stream": stream}}:
                    pending[stream].append(line)
                case {"type": "STATE", "state": {"stream": {"stream_descriptor": {"name": stream}}}}:
                    states[stream] = line
                    kept[stream] += pending.pop(stream, [])
                case {"trace": {"stream_status": {"stream_descriptor": {"name": stream}, "status": "INCOMPLETE"}}}:
                    kept[stream] += pending.pop(stream, [])
                case {"trace": {"error": error}}:
                    errors.append(error)
                case {"log": {"level": level, "message": message}}:
                    print(level, message)
        # Drop pending records: their read was killed, so the retry reads them again.
        counts.update({stream: len(lines) for stream, lines in kept.items()})
        # Save the records before the states, so that no state is saved without its records. If this script crashes
        # between the two steps, the next read repeats both steps.
        replace(part.with_suffix(".jsonl"), chain.from_iterable(kept.values()))
        replace(state_file, states.values())
        part.unlink()
    return counts, errors


def replace(file: Path, lines: Iterable[bytes]) -> None:
    """Replaces a file with a complete new file that has been flushed to disk."""
    new = file.with_suffix(".new")
    with open(new, "wb") as output:
        output.writelines(lines)
        output.flush()
        os.fsync(output.fileno())
    new.replace(file)
