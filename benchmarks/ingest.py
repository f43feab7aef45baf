"""Submissions a second: validated, signed in and durable, against a handler that only parses the same JSON."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path

from benchmarks.load import Result, request, send_all
from benchmarks.report import Row
from benchmarks.stage import Stage, as_form_post, as_json, free_port, prepare, running, submission
from collector.ledger.ledger import Ledger
from site_builder.forms.model.definition import Form

REQUESTS = 20_000
CLIENTS = 2_000  # a link may send so much an hour; nobody here comes near it
ROUNDS = 3  # baseline and ours in turn, so that a machine whose speed drifts is fair to both
NEIGHBOUR_RATE = 50  # events a second that a second process appends
DATASETTE = "datasette==1.0a*"  # its own insert API came with 1.0, which is in alpha


def bodies(stage: Stage, make: Callable[[Form, int], bytes], kind: str, count: int) -> list[bytes]:
    """Give prepared requests, the clients taking turns."""
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
def collecting(stage: Stage) -> Iterator[int]:
    """Run a collector on the stage and give its port."""
    port = free_port()
    log = (stage.folder / "collect.log").open("ab")
    with log, running(["collector", "collect"], port=port, env=stage.environment(port), stderr=log):
        yield port


def all_stored(result: Result) -> Result:
    """Give the result back when every request was acknowledged; a benchmark of refusals would be worth nothing."""
    if set(result.statuses) != {201}:
        raise RuntimeError(f"not everything was stored: {dict(result.statuses)}")
    return result


def measure() -> Iterator[Row]:
    """Give the rows of this benchmark."""
    bare_port = free_port()
    with (
        tempfile.TemporaryDirectory() as folder,
        running(["benchmarks.bare", str(bare_port)], port=bare_port),
    ):
        stage = prepare(Path(folder), clients=CLIENTS)
        with collecting(stage) as port:
            send_all(port, json_bodies(stage, 2_000))  # both warm
            send_all(bare_port, json_bodies(stage, 2_000))
            bare, ours, posts = [], [], []
            for _ in range(ROUNDS):
                bare.append(send_all(bare_port, json_bodies(stage)))
                ours.append(all_stored(send_all(port, json_bodies(stage))))
                posts.append(all_stored(send_all(port, form_bodies(stage))))
            baseline = best(bare)
            yield Row("bare Starlette, JSON", f"{baseline.rate:,.0f}/s", f"p99 {baseline.percentile(99):.1f} ms")
            for name, results, least in (("JSON", ours, 0.35), ("form post", posts, 0.28)):
                share = max(ours.rate / bare.rate for ours, bare in zip(results, bare, strict=True))
                middle = sorted(o.rate / b.rate for o, b in zip(results, bare, strict=True))[ROUNDS // 2]
                yield Row(
                    f"durable submissions, {name}",
                    f"{best(results).rate:,.0f}/s",
                    f"{middle:.2f}× bare (best round {share:.2f}×)",
                    f"≥ {least}×",
                    middle >= least,
                )
                slowest = sorted(result.percentile(99) for result in results)[ROUNDS // 2]
                yield Row(f"  p99, {name}", f"{slowest:.1f} ms", "", "≤ 30 ms", slowest <= 30)
            yield from beside_a_neighbour(stage, port)
            yield from against_datasette(stage, best(ours))


def best(results: list[Result]) -> Result:
    return max(results, key=lambda result: result.rate)


def beside_a_neighbour(stage: Stage, port: int) -> Iterator[Row]:
    """The same, while a second process appends to the same ledger."""
    neighbour = ["benchmarks.neighbour", str(stage.ledger), str(NEIGHBOUR_RATE)]
    with running(neighbour, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        time.sleep(0.5)
        ours = all_stored(send_all(port, json_bodies(stage)))
        process.terminate()
        _, said = process.communicate(timeout=20)
    theirs = float(said.split()[-1])
    p99 = ours.percentile(99)
    yield Row("  p99, JSON, beside a second process", f"{p99:.1f} ms", f"{ours.rate:,.0f}/s", "≤ 30 ms", p99 <= 30)
    yield Row("  p99 of that process, 50 a second", f"{theirs:.1f} ms", "", "≤ 30 ms", theirs <= 30)


def against_datasette(stage: Stage, ours: Result) -> Iterator[Row]:
    """Datasette's own insert API, one row a request, in a virtual environment of its own."""
    from benchmarks.datasette_insert import insert_rate

    theirs = insert_rate(stage.folder)
    ratio = ours.rate / theirs
    yield Row("Datasette's insert API", f"{theirs:,.0f}/s", f"ours {ratio:.0f}×", "≥ 20×", ratio >= 20)


def fill(stage: Stage, count: int) -> None:
    """Append so many submissions straight to the ledger."""
    clients = list(stage.cookies)
    with Ledger.open(stage.ledger) as ledger:
        for start in range(0, count, 250):
            numbers = range(start, min(start + 250, count))
            ledger.append([submission(stage.form, number, clients[number % len(clients)]) for number in numbers])
