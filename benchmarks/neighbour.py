"""A second process that appends to the same ledger at a steady pace, and prints its p99 in ms when it ends."""

from __future__ import annotations

import signal
import statistics
import sys
import threading
import time
from pathlib import Path

from benchmarks.stage import submission, twelve_answers
from collector.ledger.ledger import Ledger


def main(path: Path, rate: float) -> None:
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    form = twelve_answers()
    latencies: list[float] = []
    with Ledger.open(path) as ledger:
        while not stopped.wait(1 / rate):
            started = time.perf_counter()
            ledger.append([submission(form, len(latencies), "BENCH0")])
            latencies.append(1000 * (time.perf_counter() - started))
    print(statistics.quantiles(latencies, n=100)[98], file=sys.stderr)


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
