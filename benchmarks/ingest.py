"""Submissions a second: validated, signed in and durable, against a handler that only parses the same JSON."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from statistics import median

from benchmarks.load import Result, request, send_all
from benchmarks.report import Row
from benchmarks.stage import (
    Stage,
    as_form_post,
    as_json,
    free_port,
    prepare,
    processor_seconds,
    running,
    submission,
)
from collector.ledger.ledger import Ledger
from site_builder.forms.model.definition import Form

REQUESTS = 10_000
CLIENTS = 2_000  # a link may send so much an hour; nobody here comes near it
ROUNDS = 7  # baseline and ours in turn, so that a machine whose speed drifts is fair to both; medians count
NEIGHBOUR_RATE = 50  # events a second that a second process appends
SLOWEST = 30  # ms that one in a hundred may take longer


@dataclass(frozen=True)
class Server:
    """A process that listens on loopback."""

    port: int
    pid: int


@dataclass(frozen=True)
class Run:
    """What the clients saw, and the server's processor time for a request in µs, all its threads together."""

    result: Result
    microseconds: float


@dataclass(frozen=True)
class Round:
    """The baseline, and ours right after it."""

    bare: Run
    ours: Run

    @property
    def share(self) -> float:
        """Ours in requests a second, as a share of the baseline's."""
        return self.ours.result.rate / self.bare.result.rate

    @property
    def processor_share(self) -> float:
        """The same in requests for a second of processor time, which other work on the machine hardly changes."""
        return self.bare.microseconds / self.ours.microseconds


def bodies(stage: Stage, make: Callable[[Form, int], bytes], kind: str, count: int) -> list[bytes]:
    """Return prepared requests, the clients taking turns."""
    clients = islice(cycle(stage.cookies.values()), count)
    path = f"/forms/{stage.form.id}"
    return [
        request("POST", path, make(stage.form, number), kind=kind, cookie=cookie)
        for number, cookie in enumerate(clients)
    ]


def json_bodies(stage: Stage, count: int = REQUESTS) -> list[bytes]:
    return bodies(stage, as_json, "application/json", count)


def form_bodies(stage: Stage, count: int = REQUESTS) -> list[bytes]:
    return bodies(stage, as_form_post, "application/x-www-form-urlencoded", count)


@contextmanager
def collecting(stage: Stage) -> Iterator[Server]:
    """Run a collector on the stage."""
    port = free_port()
    log = (stage.folder / "collect.log").open("ab")
    command = ["collector", "collect"]
    with log, running(command, port=port, env=stage.environment(port), stderr=log) as process:
        yield Server(port, process.pid)


def all_stored(result: Result) -> Result:
    """Return the result when every request was acknowledged; a benchmark of refusals would be worth nothing."""
    if set(result.statuses) != {201}:
        raise RuntimeError(f"not everything was stored: {dict(result.statuses)}")
    return result


def run(server: Server, requests: list[bytes]) -> Run:
    before = processor_seconds(server.pid)
    result = all_stored(send_all(server.port, requests))
    return Run(result, 1_000_000 * (processor_seconds(server.pid) - before) / len(requests))


def measure() -> Iterator[Row]:
    """Yield the rows of this benchmark."""
    port = free_port()
    with (
        tempfile.TemporaryDirectory() as folder,
        running(["benchmarks.bare", str(port)], port=port) as process,
    ):
        bare = Server(port, process.pid)
        stage = prepare(Path(folder), clients=CLIENTS)
        with collecting(stage) as ours:
            for server in (bare, ours):
                run(server, json_bodies(stage, 2_000))  # warm
            in_json, in_posts = [], []
            for _ in range(ROUNDS):
                in_json.append(Round(run(bare, json_bodies(stage)), run(ours, json_bodies(stage))))
                in_posts.append(Round(run(bare, json_bodies(stage)), run(ours, form_bodies(stage))))
            yield baseline([round.bare for round in in_json + in_posts])
            yield from compared("JSON", in_json, 0.33)
            yield from compared("form post", in_posts, 0.28)
            yield from beside_a_neighbour(stage, ours.port)
            yield from against_datasette(stage, median(round.ours.result.rate for round in in_json))


def baseline(runs: list[Run]) -> Row:
    rate = median(run.result.rate for run in runs)
    slowest = median(run.result.percentile(99) for run in runs)
    processor = median(run.microseconds for run in runs)
    return Row("bare Starlette, JSON", f"{rate:,.0f}/s", f"{processor:.0f} µs processor, p99 {slowest:.1f} ms")


def compared(name: str, rounds: list[Round], least: float) -> Iterator[Row]:
    """Yield ours beside the baseline, each figure the median of the rounds."""
    rate = median(round.ours.result.rate for round in rounds)
    share = median(round.share for round in rounds)
    beside = f"{share:.2f}× bare, median of {len(rounds)} rounds"
    yield Row(f"durable submissions, {name}", f"{rate:,.0f}/s", beside, f"≥ {least}×", share >= least)
    processor = median(round.ours.microseconds for round in rounds)
    beside = f"{median(round.processor_share for round in rounds):.2f}× bare, by processor time"
    yield Row(f"  processor time, {name}", f"{processor:.0f} µs", beside)
    slowest = median(round.ours.result.percentile(99) for round in rounds)
    yield Row(f"  p99, {name}", f"{slowest:.1f} ms", "", f"≤ {SLOWEST} ms", slowest <= SLOWEST)


def beside_a_neighbour(stage: Stage, port: int) -> Iterator[Row]:
    """The same, while a second process appends to the same ledger."""
    neighbour = ["benchmarks.neighbour", str(stage.ledger), str(NEIGHBOUR_RATE)]
    with running(neighbour, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        time.sleep(0.5)
        ours = all_stored(send_all(port, json_bodies(stage)))
        process.terminate()
        _, printed = process.communicate(timeout=20)
    theirs, p99, aim = float(printed.split()[-1]), ours.percentile(99), f"≤ {SLOWEST} ms"
    yield Row("  p99, JSON, beside a second process", f"{p99:.1f} ms", f"{ours.rate:,.0f}/s", aim, p99 <= SLOWEST)
    yield Row("  p99 of that process, 50 a second", f"{theirs:.1f} ms", "", aim, theirs <= SLOWEST)


def against_datasette(stage: Stage, ours: float) -> Iterator[Row]:
    """Datasette's own insert API, one row a request, in a virtual environment of its own."""
    from benchmarks.datasette_insert import insert_rate

    theirs = insert_rate(stage.folder)
    ratio = ours / theirs
    yield Row("Datasette's insert API", f"{theirs:,.0f}/s", f"ours {ratio:.0f}×", "≥ 20×", ratio >= 20)


def fill(stage: Stage, count: int) -> None:
    """Append so many submissions straight to the ledger."""
    clients = list(stage.cookies)
    with Ledger.open(stage.ledger) as ledger:
        for start in range(0, count, 250):
            numbers = range(start, min(start + 250, count))
            ledger.append([submission(stage.form, number, clients[number % len(clients)]) for number in numbers])
