"""Whoever asks too much is slowed down; the others, and those who are signed in at the same address, are not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from collector.endpoints import rates
from collector.endpoints.rates import Limits, Rate, Turns
from collector.ledger.tokens import new_id
from tests.collector.endpoints.conftest import DIARY, Clinic

FORM_POST = {"content-type": "application/x-www-form-urlencoded"}
# By address, since all of these come from one; a second is an hour here, and each wait is refused instead.
ONE_AT_ONCE = 1 / 3_600


def a_clinic(make_clinic: Callable[..., Clinic], burst: int) -> Clinic:
    """Return a clinic where an address has a few requests, and whoever asks more hears at once that it is too many."""
    return make_clinic(Limits(asking=Turns(burst, ONE_AT_ONCE, 0), refusing=Turns(1, ONE_AT_ONCE, 0)))


class TestTurns:
    def test_some_come_at_once_and_the_others_at_a_pace(self) -> None:
        turns = Turns(burst=3, pace=2, patience=1, clock=lambda: 100.0)
        assert [turns.take("a") for _ in range(6)] == [0, 0, 0, 0.5, 1, None]
        assert turns.take("b") == 0

    def test_who_has_waited_may_ask_again(self) -> None:
        now = [100.0]
        turns = Turns(burst=2, pace=2, patience=0, clock=lambda: now[0])
        assert [turns.take("a") for _ in range(3)] == [0, 0, None]
        now[0] += 0.5
        assert [turns.take("a") for _ in range(2)] == [0, None]
        now[0] += 60
        assert [turns.take("a") for _ in range(3)] == [0, 0, None]

    def test_a_turn_that_nobody_waits_for_is_for_others(self) -> None:
        turns = Turns(burst=1, pace=1, patience=1, clock=lambda: 100.0)
        assert [turns.take("a") for _ in range(3)] == [0, 1, None]
        turns.give_back("a")
        assert [turns.take("a") for _ in range(2)] == [1, None]

    def test_a_million_addresses_take_no_more_memory_than_some(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(rates, "MOST_KEYS", 100)
        turns = Turns(burst=1, pace=1, patience=0, clock=lambda: 100.0)
        assert all(turns.take(str(number)) == 0 for number in range(1_000))
        assert len(turns.next) == 100


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/nowhere"),
        ("HEAD", "/open"),
        ("GET", "/signed-in"),
        ("GET", "/health"),
        ("GET", "/metrics"),
        ("GET", "/openapi.json"),
        ("GET", "/forms/diary"),
        ("PUT", "/forms/diary"),
        ("POST", "/forms/diary/more"),
        ("POST", "/forms/"),
        ("POST", "/leave"),
        ("POST", "/open"),
        ("GET", f"/receipts/{new_id()}"),
    ],
)
def test_every_path_is_counted(make_clinic: Callable[..., Clinic], method: str, path: str) -> None:
    clinic = a_clinic(make_clinic, 3)
    charlie, neighbour = clinic.visitor(), clinic.visitor("192.0.2.2")
    statuses = [charlie.request(method, path).status_code for _ in range(4)]
    assert 429 not in statuses[:3]
    assert statuses[3] == 429
    assert int(charlie.request(method, path).headers["retry-after"]) > 0
    assert neighbour.get("/").status_code == 200


def test_what_another_site_sends_is_counted(make_clinic: Callable[..., Clinic]) -> None:
    charlie = a_clinic(make_clinic, 3).visitor()
    headers = {"sec-fetch-site": "cross-site"}
    assert [charlie.post("/forms/diary", headers=headers).status_code for _ in range(4)] == [403] * 3 + [429]


def test_a_client_is_not_slowed_by_a_stranger_at_the_same_address(make_clinic: Callable[..., Clinic]) -> None:
    clinic = a_clinic(make_clinic, 4)
    alice, charlie = clinic.signed_in("Alice"), clinic.visitor()
    assert [charlie.get("/open").status_code for _ in range(5)][-1] == 429
    assert [alice.get("/signed-in").status_code for _ in range(4)] == [200] * 4


class TestPosts:
    """Every post to a form is counted before it is read, whatever comes of it."""

    @pytest.mark.parametrize(
        ("path", "kind", "body"),
        [
            ("/forms/diary", FORM_POST, b"_change=1"),
            ("/forms/diary", FORM_POST, b"situation=x"),
            ("/forms/diary", FORM_POST, b"nothing=x"),
            ("/forms/diary", FORM_POST, b"&" * 1_000),
            ("/forms/diary", FORM_POST, b"\xff"),
            ("/forms/nothing", FORM_POST, b"situation=x"),
            ("/forms/diary", {"content-type": "application/json"}, b"{}"),
            ("/forms/diary", {"content-type": "application/json"}, b"["),
            ("/forms/diary", {"content-type": "text/plain"}, b"situation=x"),
        ],
    )
    def test_of_a_stranger(
        self, make_clinic: Callable[..., Clinic], path: str, kind: dict[str, str], body: bytes
    ) -> None:
        clinic = make_clinic(Limits(stranger=Rate(2, 60), refusing=Turns(1, ONE_AT_ONCE, 0)))
        charlie = clinic.visitor()
        statuses = [charlie.post(path, content=body, headers=kind).status_code for _ in range(4)]
        assert 429 not in statuses[:2]
        assert statuses[3] == 429

    def test_of_a_client(self, make_clinic: Callable[..., Clinic]) -> None:
        clinic = make_clinic(Limits(link=Rate(2, 60), refusing=Turns(1, ONE_AT_ONCE, 0)))
        alice = clinic.signed_in("Alice")
        pages = [alice.post("/forms/diary", data={"situation": "A letter", "_change": "1"}) for _ in range(4)]
        assert [page.status_code for page in pages] == [200, 200, 429, 429]
        assert 'value="A letter"' in pages[2].text  # the first refusals hold what was typed
        assert "what you wrote is still on that page" in pages[3].text  # the browser has it, too
        assert not clinic.submissions()

    def test_a_large_one_counts_for_several(self, make_clinic: Callable[..., Clinic]) -> None:
        clinic = make_clinic(Limits(stranger=Rate(4, 60), refusing=Turns(1, ONE_AT_ONCE, 0)))
        charlie = clinic.visitor()
        body = b"thought=" + b"x" * 3 * 64 * 1024
        statuses = [charlie.post("/forms/diary", content=body, headers=FORM_POST).status_code for _ in range(3)]
        assert statuses == [403, 429, 429]


def test_a_full_sheet_comes_back_whole_from_every_page(alice: TestClient) -> None:
    rows = {f"feelings.{row}.{name}": f"{row}{name}" for row in range(30) for name in ("feeling", "before.exact")}
    typed = {"situation": "A letter", "thought": "é" * 20_000, "believed.exact": "50", "_definition": DIARY.hash} | rows
    for more in ({}, {"_change": "1"}):
        page = alice.post("/forms/diary", data=typed | more)
        assert page.status_code == (200 if more else 422)
        assert "é" * 20_000 in page.text
        assert all(f'value="{value}"' in page.text for value in rows.values())


def test_what_has_no_place_on_the_sheet_is_shown_beside_it(alice: TestClient) -> None:
    typed = {f"feelings.{row}.feeling": f"<{row}>" for row in range(32)} | {"other": "<b>"}
    page = alice.post("/forms/diary", data={"situation": "A letter"} | typed)
    assert page.status_code == 422
    assert page.text.count("Keep this to 30 entries or fewer") == 2  # in the summary, and at its place
    for row in range(30):
        assert f'value="&lt;{row}&gt;"' in page.text
    for value in ("&lt;30&gt;", "&lt;31&gt;", "&lt;b&gt;"):
        assert f"<dd>{value}</dd>" in page.text
