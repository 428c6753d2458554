"""Writes this process's CPU time and peak memory to the path in BENCH_USAGE when the process ends."""
import atexit
import json
import os
import resource


def leave_usage() -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    with open(os.environ["BENCH_USAGE"], "w") as file:
        json.dump({"cpuMs": (used.ru_utime + used.ru_stime) * 1000, "peakMb": used.ru_maxrss / 1024}, file)


atexit.register(leave_usage)
