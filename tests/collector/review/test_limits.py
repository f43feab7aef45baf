"""A query may ask for anything but gets no more than fits, so that it neither delays nor crowds out others."""

from __future__ import annotations

import resource
import time

import pytest
from starlette.testclient import TestClient

from .conftest import diary_of

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
