"""Measures the review: the first page of an instance, the memory of one, and the pages of a large caseload.

The pages of a caseload with years of submissions are compared with bare Starlette pages that read as many rows, in
processor time, which depends little on what else the machine does.
"""

from __future__ import annotations

import http.client
import statistics
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.ingest import fill
from benchmarks.load import Result, request, send_all
from benchmarks.memory import resident
from benchmarks.report import Row
from benchmarks.stage import FREQUENCY, Stage, free_port, prepare, running, submission
from collector import people
from collector.ledger.events import Event, form_published, member_added, submission_received, utc
from collector.ledger.ledger import Ledger
from collector.projector import Projector
from collector.settings import Settings
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.definition import Band, Cutoff, Form, Scale, Section
from site_builder.forms.model.fields import Matrix

CASELOADS = 40
CLIENTS = 12  # of each caseload, about as many as a therapist sees in a week
SUBMISSIONS = 20_000
WARM = 200  # requests
LARGE_CLIENTS, LARGE_SENT = 60, 200  # a large caseload: its clients, and the submissions of each, half of them scored
ROUNDS, REQUESTS = 7, 25  # of each page, alternating with the bare ones
KIB = 1024
NINE = tuple(f"q{number}" for number in range(1, 10))
PASSWORD = "made up for this benchmark"


def measure() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        stage = prepare(Path(folder), caseloads=CASELOADS, clients=CASELOADS * CLIENTS)
        fill(stage, SUBMISSIONS)
        with Ledger.open(stage.ledger) as ledger:
            people.add_therapist(ledger, "Bench", password=PASSWORD, caseload="c0")
            for number in range(1, CASELOADS):
                ledger.append([member_added(f"c{number}", "bench", role="cover")])
        with Projector(Settings(data=stage.data)) as projector:
            projector.catch_up()
        port, log = free_port(), (stage.folder / "review.log").open("ab")
        # The review listens on the port after the collector's.
        with log, running(["collector", "review"], port=port, env=stage.environment(port - 1), stderr=log) as process:
            yield from pages(stage, port, process.pid)

    with tempfile.TemporaryDirectory() as folder:
        yield from large_caseload(Path(folder))


def pages(stage: Stage, port: int, process: int) -> Iterator[Row]:
    cookie = sign_in(port)
    opened = send_all(
        port, [page(f"c{number}", cookie) for number in range(4)], connections=1
    )  # loads what all instances share
    before = resident(process)
    first = shown(send_all(port, [page(f"c{number}", cookie) for number in range(4, CASELOADS)], connections=1))
    weight = (resident(process) - before) / (CASELOADS - 4) / KIB
    shown(opened)
    slowest = max(first.latencies)
    yield Row("first page of an instance", f"{slowest:.0f} ms", "slowest of 36", "≤ 250 ms", slowest <= 250)
    warm = shown(send_all(port, [page("c0", cookie)] * WARM, connections=1))
    p95 = warm.percentile(95)
    median = f"median {warm.percentile(50):.0f} ms"
    yield Row("warm caseload page, p95", f"{p95:.0f} ms", median, "≤ 80 ms", p95 <= 80)
    yield Row("memory of an instance", f"{weight:.1f} MB", "mean of 36", "≤ 2.5 MB", weight <= 2.5)


def large_caseload(folder: Path) -> Iterator[Row]:
    stage = prepare(folder, clients=LARGE_CLIENTS)
    fill_with_scores(stage)
    file = Settings(data=stage.data).caseloads / "c0.db"
    port, bare_port, log = free_port(), free_port(), (stage.folder / "review.log").open("ab")
    bare = running(["benchmarks.bare_pages", str(bare_port), str(file)], port=bare_port, stderr=log)
    review = running(["collector", "review"], port=port, env=stage.environment(port - 1), stderr=log)
    with log, review as ours, bare as theirs:
        cookie = sign_in(port)
        for name, path, most in (("caseload page", "", 2.5), ("client's page", "client/BENCH7", 9.0)):
            rounds = []
            for number in range(ROUNDS + 1):
                ms = milliseconds(ours.pid, port, request("GET", f"/c/c0/{path}", cookie=cookie))
                bare_ms = milliseconds(theirs.pid, bare_port, request("GET", f"/{path}"))
                rounds += [(ms / bare_ms, ms, bare_ms)] * bool(number)  # the first one warms both
            ratio, ms, bare_ms = (statistics.median(column) for column in zip(*rounds, strict=True))
            beside = f"{ms:.1f} ms, bare {bare_ms:.1f} ms"
            yield Row(f"{name}, 60 clients × 200 sent", f"{ratio:.2f}×", beside, f"≤ {most}×", ratio <= most)


def fill_with_scores(stage: Stage) -> None:
    """Add what each client has sent in 200 days, a measure every other day, and fold it."""
    measure, today = nine_items(), datetime.now(UTC)
    with Ledger.open(stage.ledger) as ledger:
        identity: Any = {"form": measure.id, "version": measure.version, "definition": measure.hash}
        ledger.append([form_published(**identity, body=measure.to_json())])
        people.add_therapist(ledger, "Bench", password=PASSWORD, caseload="c0")
        for day in range(LARGE_SENT):
            at = utc(today - timedelta(days=LARGE_SENT - day))
            events = [sent(stage, measure, day + number, client) for number, client in enumerate(stage.cookies)]
            ledger.append([replace(event, at=at) for event in events])
    with Projector(Settings(data=stage.data)) as projector:
        projector.catch_up()


def sent(stage: Stage, measure: Form, number: int, client: str) -> Event:
    if number % 2:
        return submission(stage.form, number, client)
    answers = {"items": {row: str(number * (place + 3) // 7 % 4) for place, row in enumerate(NINE)}}
    return submission_received(
        client, form=measure.id, version=measure.version, definition=measure.hash, answers=answers
    )


def nine_items() -> Form:
    """A measure of nine items, with bands, a cut-off and a reliable change."""
    rows = tuple(Choice(name, f"Item {name}") for name in NINE)
    bands = tuple(Band(at, f"Band {at}") for at in (0, 5, 10, 15, 20))
    total = Scale("total", NINE, "Nine items", bands=bands, cutoffs=(Cutoff("caseness", 10),), reliable_change=6)
    matrix = Matrix(id="items", ask="How often?", choices=FREQUENCY, rows=rows)
    return Form(id="nine", version=1, title="Nine items", sections=(Section((matrix,)),), scales=(total,))


def milliseconds(process: int, port: int, page: bytes) -> float:
    """Return the processor time that a process takes for a page."""
    before = processor_seconds(process)
    shown(send_all(port, [page] * REQUESTS, connections=1))
    return 1000 * (processor_seconds(process) - before) / REQUESTS


def processor_seconds(process: int) -> float:
    """Return what all threads of a process have taken; Linux counts it in nanoseconds."""
    threads = Path(f"/proc/{process}/task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9


def page(caseload: str, cookie: str) -> bytes:
    return request("GET", f"/c/{caseload}/", cookie=cookie)


def shown(result: Result) -> Result:
    """Return the result. Raises RuntimeError unless every page was shown."""
    if set(result.statuses) != {200}:
        raise RuntimeError(f"not every page was shown: {dict(result.statuses)}")
    return result


def sign_in(port: int) -> str:
    """Sign in as a browser does, and return the cookie."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/sign-in", urlencode({"name": "bench", "password": PASSWORD}), kind)
    cookie = connection.getresponse().headers["Set-Cookie"]
    connection.close()
    return str(cookie.partition(";")[0])
