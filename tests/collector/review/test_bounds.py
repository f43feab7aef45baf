"""An address asks for so much at once and no more, and no page is too large to be drawn while others wait."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from html import unescape

import pytest
from datasette.utils import MultiParams, await_me_maybe
from starlette.testclient import TestClient

from collector.review import bounds
from collector.review.paging import PIECE, Gathered

from .conftest import Clinic
from .test_limits import ENDLESS


@pytest.mark.parametrize(
    "parts", ["_where=1", "_facet=note", "_search_{}=a", "note__contains=a", "_x{}=1", "_col=note", ""]
)
def test_no_address_asks_for_very_much_at_once(alice: TestClient, parts: str) -> None:
    answer = alice.get("/c/alice/caseload/evening?" + "&".join(parts.format(number) for number in range(3_000)))
    assert answer.status_code == 400
    assert "fewer" in answer.text
    assert len(answer.content) < 100_000  # each took seconds, or answered with megabytes
    assert alice.get("/c/alice/caseload/evening?" + "&".join(["_where=1"] * 100)).status_code == 200


def test_a_page_draws_no_more_than_can_be_drawn_at_once_and_files_hold_it_all(
    alice: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "MOST_CELLS", 500)
    wide = {"sql": f"{ENDLESS} select i, 1, 2, 3, 4, 5, 6, 7, 8, 9 from n limit 90"}
    page = alice.get("/c/alice/caseload", params=wide)
    assert page.text.count("<td") == 500
    assert "more than 50 row" in page.text
    assert len(alice.get("/c/alice/caseload.json", params=wide).json()["rows"]) == 90
    assert len(alice.get("/c/alice/caseload.csv", params=wide).text.splitlines()) == 91


def test_a_table_is_drawn_on_as_many_pages_as_it_needs(alice: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_CELLS", 1)
    seen, address = [], "/c/alice/caseload/evening?_size=max"
    while address:
        page = alice.get(address).text
        seen += re.findall(r'<td class="col-submission.*?</td>', page, re.DOTALL)
        following = re.search(r'href="([^"]*_next=[^"]*)"', page)
        address = unescape(following[1]) if following else ""
    assert len(seen) == len(set(seen)) == 2
    assert len(alice.get("/c/alice/caseload/evening.json?_size=max").json()["rows"]) == 2


def test_a_page_repeats_no_name_of_a_column_without_end(alice: TestClient) -> None:
    named = f'with recursive n(i) as (select 1 union all select i + 1 from n), t("{"a" * 9_000}") as (select 1)'
    page = alice.get("/c/alice/caseload", params={"sql": f"{named} select {', '.join(['t.*'] * 48)} from n, t"})
    assert page.status_code == 200
    assert len(page.content) < 3 * bounds.MOST_NAMES  # 432 MB of classes otherwise
    assert "more than 9 rows" in page.text
    wider = alice.get("/c/alice/caseload", params={"sql": f"{named} select {', '.join(['t.*'] * 1_900)} from n, t"})
    assert wider.status_code == 400
    assert "fewer rows or columns" in wider.text


def test_bytes_in_an_answer_do_not_repeat_the_query(alice: TestClient) -> None:
    sql = f"{ENDLESS} select x'0041', 'a' from n limit 20 /*{'a' * 9_000}*/"
    page = alice.get("/c/alice/caseload", params={"sql": sql})
    assert page.text.count("&lt;2 bytes&gt;") == 20
    assert len(page.content) < 150_000  # with a link to each, half a gigabyte on a full page
    assert alice.get("/c/alice/caseload.csv", params={"sql": sql}).text.splitlines()[1] == "x'0041',a"


def turns_of_others(during: Callable[[], Awaitable[object]]) -> int:
    """Return how often something else that runs in the same loop comes in between."""
    turns = 0

    async def take_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def both() -> None:
        others = asyncio.create_task(take_turns())
        await during()
        others.cancel()

    asyncio.run(both())
    return turns


def test_others_come_in_between_while_a_spreadsheet_is_written() -> None:
    class Fast:
        async def write(self, piece: str) -> None:
            """Take everything at once."""

    async def write() -> None:
        gathered = Gathered(Fast())
        for _ in range(100):
            await gathered.write("a" * PIECE)

    assert turns_of_others(write) >= 99


def test_others_come_in_between_while_json_is_written(clinic: Clinic, alice: TestClient) -> None:
    alice.get("/c/alice/")
    render, _ = clinic.services.instances._open["alice"].datasette.renderers["json"]
    data = {"columns": ["a"] * 100, "rows": [['{"b": [1, 2, 3]}'] * 100 for _ in range(100)]}

    async def write() -> None:
        answer = await await_me_maybe(render(MultiParams({"_json": ["a"]}), data, "query"))
        assert answer.status == 200

    assert turns_of_others(write) > 1


def test_the_beginning_of_a_query_is_read_in_one_way(alice: TestClient) -> None:
    started = time.process_time()
    refused = alice.get("/c/alice/caseload", params={"sql": f"/**/{' ' * 24_000}x"})
    assert refused.status_code == 400
    assert "must be a SELECT" in refused.text
    assert time.process_time() - started < 2  # of this process: it took four on an idle machine
    commented = f"-- who wrote it\n/* and\n why */ {' ' * 9_000} -- again\n select 7 as seven"
    assert alice.get("/c/alice/caseload.json", params={"sql": commented}).json()["rows"] == [[7]]
    assert alice.get("/c/alice/caseload.json", params={"sql": "/* select */ pragma table_list"}).status_code == 400
