"""When the disk runs out of room, everybody who is signed in reads it on every page, and strangers on none."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from collector import disk
from collector.ledger.events import Kind

from .conftest import Clinic

LOW = "MB are left. What clients send is still stored."
FULL = "What clients send is not stored"
PAGES = [
    "/",
    "/c/alice/",
    "/c/alice/client/{client}",
    "/c/alice/submission/{submission}",
    "/c/alice/caseload",
    "/c/alice/caseload/evening",
    "/c/alice/caseload/submissions/{submission}",
    "/c/alice/caseload?sql=select+1",
    "/c/alice/caseload?sql=select+nothing",
    "/c/alice/caseload/no-such-table",
    "/c/alice/client/NOBODY",
]


@pytest.fixture(params=[LOW, FULL])
def words(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(disk, "disk_free", lambda folder: disk.LEAST_FREE // 2 if request.param == LOW else 0)
    return str(request.param)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_the_desk_says_it(clinic: Clinic, alice: TestClient, page: str, words: str) -> None:
    sent = next(event for event in clinic.ledger.read(0) if event.kind == Kind.submission_received)
    address = page.format(client=sent.client, submission=sent.id)
    text = alice.get(address, follow_redirects=True).text
    assert text.count(words) == 1


@pytest.mark.parametrize("page", PAGES)
def test_no_page_says_it_while_there_is_room(clinic: Clinic, alice: TestClient, page: str) -> None:
    sent = next(event for event in clinic.ledger.read(0) if event.kind == Kind.submission_received)
    address = page.format(client=sent.client, submission=sent.id)
    assert "The disk of Homeward" not in alice.get(address, follow_redirects=True).text


def test_a_caseload_without_a_file_says_it(clinic: Clinic, alice: TestClient, words: str) -> None:
    for file in clinic.settings.caseloads.glob("alice.db*"):
        file.unlink()
    text = alice.get("/c/alice/").text
    assert "Nothing has arrived yet" in text
    assert words in text


@pytest.mark.usefixtures("words")
@pytest.mark.parametrize("page", ["/sign-in", "/c/alice/", "/nowhere"])
def test_a_stranger_does_not_read_it(charlie: TestClient, page: str) -> None:
    assert "The disk of Homeward" not in charlie.get(page, follow_redirects=True).text
