"""Measures how many rows a second Datasette's insert API accepts, one row per request, over the same connections."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.load import request, send_all
from benchmarks.stage import answers, free_port, wait_for_port

PIN = "datasette==1.0a41"  # only 1.0, still in alpha, has the insert API; installed apart from our own 0.65
HOME = Path(__file__).parent.parent / "build" / "datasette-insert"
REQUESTS = 600


def environment() -> Path:
    """Return the Python of a virtual environment with that Datasette, which is created on first use."""
    python = HOME / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", HOME], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", PIN, "setuptools<81"], check=True)
    return python


def insert_rate(folder: Path) -> float:
    """Return how many rows a second Datasette accepts."""
    python, port, database = environment(), free_port(), folder / "inserts.db"
    columns = ", ".join(name for name in answers(0) if name != "items")
    script = f"import sqlite3; c = sqlite3.connect({str(database)!r}); c.execute('PRAGMA journal_mode=WAL'); "
    script += f"c.execute('CREATE TABLE sent ({columns})')"
    subprocess.run([python, "-c", script], check=True)
    command = [python, "-m", "datasette", "serve", database, "--port", str(port), "--secret", "bench", "--root"]
    allow = ["-s", "permissions.insert-row", "true"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([*command, *allow], env=os.environ | {"PYTHONWARNINGS": "ignore"}, **quiet)  # type: ignore[call-overload]
    try:
        wait_for_port(port, process)
        result = send_all(port, [_insert(number) for number in range(REQUESTS)])
    finally:
        process.terminate()
        process.wait(20)
    if set(result.statuses) != {201}:
        raise RuntimeError(f"Datasette did not insert: {dict(result.statuses)}")
    return result.rate


def _insert(number: int) -> bytes:
    row = answers(number)
    del row["items"]
    return request("POST", "/inserts/sent/-/insert", json.dumps({"row": row}).encode())
