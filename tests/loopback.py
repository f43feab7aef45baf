"""What tests that serve on this computer need: two free ports side by side, and Caddy."""

from __future__ import annotations

import os
import shutil
import socket

import pytest


def free_pair() -> int:
    """Return a port that is free, and the next one is, too: the site's and the review's."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):  # taken, or beyond the last port
                continue
            return port


def caddy_program() -> str:
    """Return the path of Caddy. Where it is not installed the test is skipped, and fails in CI."""
    if program := shutil.which("caddy"):
        return program
    missing = "Caddy is not installed. On Debian: apt-get install caddy"
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)
