"""A query may ask for anything but gets no more than fits, so that it neither delays nor crowds out others."""

from __future__ import annotations

import html
import os
import resource
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from collector.review import instances, queries
from collector.review.database import BUSY
from collector.review.query_workers import QueryWorker
from tests.cases.heavy_queries import LONG, UNSTOPPABLE

from .conftest import Clinic, diary_of

PATIENCE = 20.0  # seconds on a busy machine; a query that no limit stops takes twice as long

ENDLESS = "with recursive n(i) as (select 1 union all select i + 1 from n)"
GREEDY = [
    "select zeroblob(500000000)",
    "select length(hex(zeroblob(400000000)))",
    "select printf('%.*c', 300000000, 'x')",
    "with recursive x(s) as (select 'a' union all select s || s from x) select s from x limit 30",
    f"{ENDLESS} select hex(zeroblob(1000000)) from n",
]


@pytest.mark.parametrize("sql", GREEDY)
def test_a_query_that_asks_for_too_much_is_refused_in_words(alice: TestClient, sql: str) -> None:
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    answer = alice.get("/c/alice/caseload.json", params={"sql": sql})
    assert answer.status_code == 400
    assert "asks for too much" in answer.text
    assert time.process_time() - started < 3  # of all threads; others on the machine do not count
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 700 * 1024  # KiB
    assert diary_of("alice") in alice.get("/c/alice/caseload/evening").text


def test_a_large_answer_that_fits_is_cut_at_a_thousand_rows(alice: TestClient) -> None:
    answer = alice.get("/c/alice/caseload.json", params={"sql": f"{ENDLESS} select hex(zeroblob(3000)) from n"})
    assert answer.status_code == 200
    assert answer.json()["truncated"]
    assert len(answer.json()["rows"]) == 1_000


@pytest.fixture
def short_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth of the time that a query has otherwise."""
    monkeypatch.setitem(instances.SETTINGS, "sql_time_limit_ms", 100)


@pytest.mark.usefixtures("short_limit")
@pytest.mark.parametrize("name", ["trim", "instr", "json_patch", "match"])
def test_a_query_that_no_limit_stops_is_stopped_as_every_other(clinic: Clinic, alice: TestClient, name: str) -> None:
    before = time.monotonic()
    unstoppable = alice.get("/c/alice/caseload.json", params={"sql": UNSTOPPABLE[name]})
    assert time.monotonic() - before < PATIENCE
    long = alice.get("/c/alice/caseload.json", params={"sql": LONG["endless"]})
    for answer in (unstoppable, long):
        assert answer.status_code == 400
        assert "too long" in answer.text
    assert unstoppable.json().keys() == long.json().keys()
    assert unstoppable.json()["title"] == long.json()["title"]
    page = alice.get("/c/alice/caseload", params={"sql": UNSTOPPABLE[name]})
    assert page.status_code == 400
    assert "This took longer than a second" in page.text
    assert html.escape(UNSTOPPABLE[name][:30]) in page.text, "the query is there, to be made shorter"
    assert "sql_time_limit_ms" not in page.text
    assert diary_of("alice") in alice.get("/c/alice/caseload/evening").text


@pytest.mark.usefixtures("short_limit")
@pytest.mark.parametrize("address", ["evening?_where=", "evening.csv?_where=", "evening.json?_facet=note&_where="])
def test_it_is_stopped_wherever_it_is_typed(alice: TestClient, address: str) -> None:
    condition = UNSTOPPABLE["trim"].removeprefix("SELECT ")
    answer = alice.get(f"/c/alice/caseload/{address}{quote(condition)}")
    assert answer.status_code == 400
    assert "too long" in answer.text


def in_time(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
    return holds()


@pytest.fixture
def no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """So much time for a query that none is over during a test, unless it is ended."""
    monkeypatch.setitem(instances.SETTINGS, "sql_time_limit_ms", 600_000)


@pytest.mark.usefixtures("no_limit")
@pytest.mark.parametrize("bad", [2, 5])
def test_neither_our_own_pages_nor_others_wait_for_it(
    clinic: Clinic, alice: TestClient, bob: TestClient, bad: int
) -> None:
    workers = clinic.services.instances.queries.workers
    address = f"/c/alice/caseload.json?sql={quote(UNSTOPPABLE['trim'])}"
    with ThreadPoolExecutor() as threads:
        asked = [threads.submit(alice.get, address) for _ in range(bad)]
        assert in_time(lambda: any(worker.pid for worker in workers))
        for visitor, page in (
            (alice, "/c/alice/"),
            (alice, "/c/alice/client/ALMA22"),
            (bob, "/c/bob/"),
            (bob, "/c/bob/caseload/evening"),
            (bob, "/c/bob/caseload/written?_search=diary"),
        ):
            assert visitor.get(page).status_code == 200
        assert not any(each.done() for each in asked)
        while not all(each.done() for each in asked):
            _end(workers)
        assert {each.result().status_code for each in asked} <= {400, 503}


def _end(workers: list[QueryWorker]) -> None:
    for pid in (worker.pid for worker in workers):
        with suppress(ProcessLookupError):
            if pid:
                os.kill(pid, signal.SIGKILL)
    time.sleep(0.1)


def test_a_person_with_too_much_under_way_is_told_so(
    alice: TestClient, bob: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "LONGEST_WAIT", 0.05)
    address = f"/c/alice/caseload.json?sql={quote(LONG['endless'])}"
    with ThreadPoolExecutor() as threads:
        statuses = {each.status_code: each for each in threads.map(alice.get, [address] * 3)}
    assert statuses.keys() == {400, 503}
    assert BUSY in statuses[503].json()["error"]
    assert bob.get("/c/bob/caseload/evening").status_code == 200
