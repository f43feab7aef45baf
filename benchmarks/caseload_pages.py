"""Measures the review: the first page of an instance, a warm caseload page, and the memory of an instance."""

from __future__ import annotations

import http.client
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.ingest import fill
from benchmarks.load import Result, request, send_all
from benchmarks.memory import resident
from benchmarks.report import Row
from benchmarks.stage import Stage, free_port, prepare, running
from collector import people
from collector.ledger.events import member_added
from collector.ledger.ledger import Ledger
from collector.projector import Projector
from collector.settings import Settings

CASELOADS = 40
CLIENTS = 12  # of each caseload, about as many as a therapist sees in a week
SUBMISSIONS = 20_000
WARM = 200  # requests
KIB = 1024
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
