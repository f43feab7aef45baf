"""Compares the collector's memory after a million submissions with that after ten thousand."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.ingest import all_stored, json_bodies
from benchmarks.load import send_all
from benchmarks.report import Row
from benchmarks.stage import Stage, free_port, prepare, running

FEW, MANY = 10_000, 1_000_000
CLIENTS = 12_000  # enough that none reaches its hourly limit
AT_ONCE = 20_000  # requests prepared at a time, so that the sender's memory stays small too


def measure() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        stage, port = prepare(Path(folder), clients=CLIENTS), free_port()
        log = (stage.folder / "collect.log").open("ab")
        environment = stage.environment(port)
        with log, running(["collector", "collect"], port=port, env=environment, stderr=log) as process:
            send(stage, port, FEW)
            few = resident(process.pid)
            send(stage, port, MANY - FEW)
            many = resident(process.pid)
    ratio = many / few
    beside = f"{few / 1024:.0f} MB after 10,000"
    yield Row("collector after 1,000,000 submissions", f"{many / 1024:.0f} MB", beside, "≤ 1.2×", ratio <= 1.2)


def send(stage: Stage, port: int, count: int) -> None:
    for start in range(0, count, AT_ONCE):
        all_stored(send_all(port, json_bodies(stage, min(AT_ONCE, count - start))))


def resident(process: int) -> int:
    """Return the resident memory of a process in KiB."""
    match = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    if match is None:
        raise RuntimeError("this system does not report the memory of a process")
    return int(match[1])
