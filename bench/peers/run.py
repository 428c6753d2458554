"""Runs the low-code manifest as its command does, and leaves what it used in the file that BENCH_USAGE names."""
import atexit
import json
import os
import resource
import sys

from airbyte_cdk.cli.source_declarative_manifest import run


def leave_usage() -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    with open(os.environ["BENCH_USAGE"], "w") as file:
        json.dump({"cpuMs": (used.ru_utime + used.ru_stime) * 1000, "peakMb": used.ru_maxrss / 1024}, file)


atexit.register(leave_usage)
manifest = os.path.join(os.path.dirname(os.path.abspath(__file__)), "manifest.yaml")
sys.argv[1:] = [*sys.argv[1:], "--manifest-path", manifest]
run()
