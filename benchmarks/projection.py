"""Measures the projector: catching up over 100 caseloads, and the time until a submission is visible."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.ingest import fill
from benchmarks.report import Row
from benchmarks.stage import Stage, prepare, running, submission
from collector.ledger.ledger import Ledger
from collector.position import read_position
from collector.projector import Projector
from collector.settings import Settings

BACKLOG = 20_000
SENT = 1_000
RATE = 200  # submissions a second
LOOK_EVERY = 0.0005  # seconds between looks at the visible number


def measure() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        stage = prepare(Path(folder), caseloads=100, clients=100)
        yield catching_up(stage)
        yield from sent_to_visible(stage)


def catching_up(stage: Stage) -> Row:
    with Projector(Settings(data=stage.data)) as projector:
        projector.catch_up()
        fill(stage, BACKLOG)
        started = time.perf_counter()
        folded = projector.catch_up()
        rate = folded / (time.perf_counter() - started)
    return Row("projector, catching up over 100 caseloads", f"{rate:,.0f}/s", "", "≥ 5,000/s", rate >= 5_000)


def sent_to_visible(stage: Stage) -> Iterator[Row]:
    """Measure from the acknowledgement of a submission until the projector reports it as visible."""
    settings = Settings(data=stage.data)
    clients = list(stage.cookies)
    waits: list[float] = []
    log = (stage.folder / "project.log").open("ab")
    projecting = running(["collector", "project"], env=stage.environment(1), stderr=log)
    with log, projecting, Ledger.open(stage.ledger) as ledger:
        _wait_for(settings, ledger.last())
        due = time.perf_counter()
        for number in range(SENT):
            due += 1 / RATE
            time.sleep(max(0.0, due - time.perf_counter()))
            (receipt,) = ledger.append([submission(stage.form, number, clients[number % len(clients)])])
            sent = time.perf_counter()
            _wait_for(settings, receipt.seq)
            waits.append(1000 * (time.perf_counter() - sent))
    p99 = statistics.quantiles(waits, n=100)[98]
    median = statistics.median(waits)
    yield Row("sent to visible, p99 at 200/s", f"{p99:.1f} ms", f"median {median:.1f} ms", "≤ 50 ms", p99 <= 50)


def _wait_for(settings: Settings, seq: int, within: float = 30.0) -> None:
    deadline = time.monotonic() + within
    while read_position(settings.position) < seq:
        if time.monotonic() > deadline:
            raise RuntimeError("the projector does not keep up")
        time.sleep(LOOK_EVERY)
