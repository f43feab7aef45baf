"""Cells are whole or openly cut, stay where they stand in any direction, and lead to the hit on the sheet."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from collector import people
from site_builder.forms.model.direction import CLOSE, OPEN, isolated

from .conftest import CLIENTS, Clinic, submission

TURNED = "A \u202eb"


def send(clinic: Clinic, note: str, client: str = CLIENTS["alice"]) -> str:
    event = submission(client, note)
    clinic.ledger.append([event])
    clinic.project()
    return event.id


@pytest.mark.parametrize(("length", "words"), [(2_049, "1 more character,"), (20_000, "17,952 more characters,")])
def test_a_long_cell_says_how_much_is_not_shown_and_leads_to_the_sheet(
    clinic: Clinic, alice: TestClient, length: int, words: str
) -> None:
    id = send(clinic, "x" * length)
    page = alice.get("/c/alice/caseload/evening").text
    assert f'… {words} <a href="/c/alice/submission/{id}">open the sheet</a>' in page
    assert "x" * length not in page
    assert "x" * length in alice.get(f"/c/alice/caseload/evening/{id}").text
    assert "x" * length in alice.get("/c/alice/caseload/evening.csv").text
    query = alice.get("/c/alice/caseload", params={"sql": "select note from evening order by length(note) desc"}).text
    assert f"… {words.rstrip(',')}; open the row, or export it as CSV" in query


def test_a_cell_that_fits_is_whole(clinic: Clinic, alice: TestClient) -> None:
    send(clinic, "y" * 2_048)
    page = alice.get("/c/alice/caseload/evening").text
    assert "y" * 2_048 in page
    assert "more character" not in page


@pytest.mark.parametrize(
    ("length", "shown"),
    [(59, "<bdi>"), (60, '<bdi class="hw-long">'), (400, '<bdi class="hw-long hw-long--very">')],
)
def test_the_column_of_a_long_text_is_wide(clinic: Clinic, alice: TestClient, length: int, shown: str) -> None:
    send(clinic, "z" * length)
    assert f"{shown}{'z' * length}</bdi>" in alice.get("/c/alice/caseload/evening").text


def test_a_hit_is_marked_in_its_cell_and_on_the_sheet(clinic: Clinic, alice: TestClient) -> None:
    id = send(clinic, "Two <b>panics</b> & a walk; dd panics")
    page = alice.get("/c/alice/caseload/written?_search=panic").text
    assert "Two &lt;b&gt;<mark>panics</mark>&lt;/b&gt; &amp; a walk" in page
    (link,) = set(re.findall(rf'href="(/c/alice/submission/{id}[^"]*)"', page))
    assert unescape(link) == f"/c/alice/submission/{id}?_search=panic#hit"
    sheet = alice.get(unescape(link)).text
    assert 'Two &lt;b&gt;<mark id="hit">panics</mark>&lt;/b&gt; &amp; a walk; dd <mark>panics</mark>' in sheet
    assert sheet.count('id="hit"') == 1
    assert "<mark" not in alice.get(f"/c/alice/submission/{id}").text


@pytest.mark.parametrize(
    "address", ["caseload/evening~20in~20words", "caseload/last_seen", "caseload?sql=select+client+from+scores"]
)
def test_a_bare_code_leads_to_its_client(clinic: Clinic, alice: TestClient, address: str) -> None:
    send(clinic, "x")
    code = CLIENTS["alice"]
    assert f'<a href="/c/alice/client/{code}">{code}</a>' in alice.get(f"/c/alice/{address}").text


def test_a_hit_far_down_a_long_text_is_shown(clinic: Clinic, alice: TestClient) -> None:
    send(clinic, "x " * 5_000 + "panics" + " y" * 5_000)
    page = alice.get("/c/alice/caseload/written?_search=panic").text
    assert "<mark>panics</mark>" in page
    assert "9,600 characters before …" in page


@pytest.mark.parametrize("typed", ["", " ", ".", '"', "can't", "NOT (", "难", "x" * 10_000])
def test_no_search_is_an_error(clinic: Clinic, alice: TestClient, typed: str) -> None:
    id = send(clinic, "我今天很难过, can’t")
    answer = alice.get(f"/c/alice/caseload/written?_search={quote(typed)}")
    assert answer.status_code == 200
    assert alice.get(f"/c/alice/submission/{id}?_search={quote(typed)}").status_code == 200
    if typed in ("can't", "难", "", " "):
        assert id in answer.text


def test_what_turns_a_text_round_stays_where_it_stands(clinic: Clinic, alice: TestClient) -> None:
    people.add_client(clinic.ledger, "alice", TURNED, code="CARL44")
    id = send(clinic, f"{TURNED} answer", "CARL44")
    for address in (
        "",
        "client/CARL44",
        f"submission/{id}",
        "caseload/clients",
        "caseload/evening",
        "caseload/written?_search=answer",
        "caseload/evening?_facet=client",
        "caseload/clients?label=" + quote(TURNED),
        "caseload?sql=select+label+from+clients",
    ):
        page = alice.get(f"/c/alice/{address}").text
        assert outside_of_isolation(page) == [], address


def outside_of_isolation(page: str) -> list[str]:
    """Return where an override would turn what stands around it: in no <bdi>, no block of its own and no isolate."""
    page = re.sub(r"<bdi>.*?</bdi>|<(dt|dd|textarea|script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
    page = re.sub(r'\s(?:value|href|title)="[^"]*"', "", page)
    page = re.sub(f"{OPEN}[^{CLOSE}]*{CLOSE}", "", page)
    return [page[max(at.start() - 60, 0) : at.start() + 20] for at in re.finditer("\u202e", page)]


@pytest.mark.parametrize(
    ("text", "within"),
    [
        ("plain", "plain"),
        ("שלום!", f"{OPEN}שלום!{CLOSE}"),
        (TURNED, f"{OPEN}{TURNED}{CLOSE}"),
        (f"a{CLOSE}\u202eb", f"{OPEN}a\u202eb{CLOSE}"),
        ("a\u2067b", f"{OPEN}a\u2067b{CLOSE}{CLOSE}"),
        (f"\u2067a{CLOSE}b", f"{OPEN}\u2067a{CLOSE}b{CLOSE}"),
    ],
)
def test_a_text_is_isolated_whatever_is_in_it(text: str, within: str) -> None:
    assert isolated(text) == within


def test_a_moment_says_when_that_is_at_the_clinic(clinic: Clinic, alice: TestClient) -> None:
    clinic.ledger.append([replace(submission(CLIENTS["alice"], "x"), at="2026-03-09T14:02:11.123Z")])
    clinic.project()
    page = alice.get("/c/alice/caseload/evening").text
    assert '<time datetime="2026-03-09T14:02:11.123Z" title="9 Mar 2026, 14:02 in UTC">' in page
