"""An address asks for so much at once and no more, and no page is too large to be drawn while others wait."""

from __future__ import annotations

import re
from html import unescape

import pytest
from starlette.testclient import TestClient

from collector.review import bounds

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
