"""What docs/operations.md says to do in a bad hour, done: its commands, against a collector and a review at work."""

from __future__ import annotations

import json
import re
import shlex
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from collector.cli import main
from collector.endpoints.app import create_app
from collector.endpoints.catalogue_file import read_catalogue
from collector.ledger.opening import open_ledger
from collector.projector import Projector
from collector.publishing import publish
from collector.review.gateway import create_review
from collector.secrets import LENGTH
from collector.settings import Settings
from collector.storage import Storage
from tests.collector.endpoints.conftest import DIARY, build_site

PASSWORD = "correct horse battery"
DOCUMENT = Path(__file__).parents[2] / "docs" / "operations.md"


@dataclass
class Server:
    """A data folder in use, and the commands that an operator types beside it."""

    settings: Settings
    site: TestClient
    review: TestClient

    def type(self, line: str, text: str = "") -> dict[str, object]:
        """Run a command as the document has it, and return its outcome."""
        words = [*shlex.split(line)[1:], "--json"]
        ended = CliRunner().invoke(main, words, env={"HOMEWARD_DATA": str(self.settings.data)}, input=text)
        assert ended.exit_code == 0, ended.output
        (line,) = [line for line in ended.stdout.splitlines() if '"room"' not in line]  # the access log is there, too
        outcome = json.loads(line)
        assert isinstance(outcome, dict)
        return outcome

    def phone(self, link: object) -> TestClient:
        """Return a phone on which a client has opened their link."""
        phone = self.new(self.site)
        assert phone.post("/open", data={"token": str(link).partition("#")[2]}).status_code == 303
        return phone

    def laptop(self, name: str) -> TestClient:
        """Return a therapist's laptop, signed in."""
        laptop = self.new(self.review)
        assert laptop.post("/sign-in", data={"name": name, "password": PASSWORD}).status_code == 303
        return laptop

    def new(self, app: TestClient) -> TestClient:
        browser = TestClient(
            app.app, base_url=str(app.base_url), follow_redirects=False, headers={"Accept": "text/html"}
        )
        browser.app_state.update(app.app_state)
        browser.portal = app.portal
        return browser

    def send(self, phone: TestClient, words: str = "A letter came.") -> int:
        return phone.post("/forms/diary", data={"_id": str(uuid.uuid4()), "situation": words}).status_code

    def project(self) -> None:
        with Projector(self.settings) as projector:
            projector.catch_up()


@pytest.fixture
def server(settings: Settings) -> Iterator[Server]:
    build_site(settings.site, DIARY)
    with open_ledger(Storage(settings)) as (ledger, access):
        publish(ledger, access, read_catalogue(settings.site))
    with TestClient(create_app(settings)) as site, TestClient(create_review(settings)) as review:
        server = Server(settings, site, review)
        for name in ("Ana", "Ben"):
            server.type(f"homeward therapist add {name} --password-stdin", PASSWORD)
        yield server


def test_a_stolen_phone_sends_and_shows_nothing_more(server: Server) -> None:
    added = server.type("homeward client add --caseload ana --label Dan --site https://homework.clinic.example")
    stolen = server.phone(added["link"])
    receipt = stolen.post("/forms/diary", data={"_id": str(uuid.uuid4()), "situation": "A letter came."})
    assert stolen.get(receipt.headers["location"]).status_code == 200
    server.type(f"homeward client link {added['client']} --end")
    assert server.send(stolen) == 403
    assert stolen.get(receipt.headers["location"]).status_code == 404
    assert server.send(stolen, "Another letter.") == 403
    assert stolen.get("/signed-in").headers["location"] == "/open"
    assert stolen.post("/open", data={"token": str(added["link"]).partition("#")[2]}).status_code == 403
    again = server.type(f"homeward client link {added['client']} --site https://homework.clinic.example")
    assert server.send(server.phone(again["link"]), "A new phone.") == 303
    server.project()
    page = server.laptop("ana").get("/c/ana/caseload/diary").text
    assert "A letter came." in page
    assert "A new phone." in page
    assert "Another letter." not in page


def test_a_therapist_who_leaves_is_out_at_once_and_a_colleague_goes_on(server: Server) -> None:
    server.type("homeward client add --caseload ana --label Dan --site https://homework.clinic.example")
    server.project()
    leaving, colleague = server.laptop("ana"), server.laptop("ben")
    assert leaving.get("/c/ana/").status_code == 200
    assert colleague.get("/c/ana/").status_code == 404
    server.type("homeward therapist join ben --caseload ana")
    assert colleague.get("/c/ana/").status_code == 200
    assert server.type("homeward therapist leave ana")["left"] == {"ana": ["ben"]}
    assert leaving.get("/c/ana/").headers["location"].startswith("/sign-in")  # the sign-in has ended, too
    assert server.laptop("ana").get("/c/ana/").status_code == 404  # the password is right, and opens nothing
    assert colleague.get("/c/ana/").status_code == 200


def test_a_therapist_with_a_stolen_laptop_signs_in_anew_and_the_laptop_does_not(server: Server) -> None:
    server.type("homeward client add --caseload ana --label Dan --site https://homework.clinic.example")
    server.project()
    stolen = server.laptop("ana")
    server.type("homeward therapist leave ana")
    assert stolen.get("/c/ana/").headers["location"].startswith("/sign-in")
    server.type('homeward therapist add "Ana 2" --caseload ana --password-stdin', f"{PASSWORD} staple")
    assert stolen.get("/c/ana/").headers["location"].startswith("/sign-in")
    anew = server.new(server.review)
    assert anew.post("/sign-in", data={"name": "ana-2", "password": f"{PASSWORD} staple"}).status_code == 303
    assert anew.get("/c/ana/").status_code == 200


def test_a_leaked_secret_is_replaced_and_nothing_is_lost(settings: Settings, server: Server) -> None:
    added = server.type("homeward client add --caseload ana --label Dan --site https://homework.clinic.example")
    phone, laptop = server.phone(added["link"]), server.laptop("ana")
    key = server.type("homeward health --key")
    settings.secret.write_text(token_hex(LENGTH))  # as the document's line for a shell does
    with TestClient(create_app(settings)) as site, TestClient(create_review(settings)) as review:
        started_again = Server(settings, site, review)
        assert (
            started_again.send(with_cookies(started_again.new(site), phone)) == 303
        )  # a client's sign-in is no part of it
        assert with_cookies(started_again.new(review), laptop).get("/").headers["location"] == "/sign-in"
        assert started_again.type("homeward health --key") != key


def with_cookies(browser: TestClient, other: TestClient) -> TestClient:
    browser.cookies.update(other.cookies)
    return browser


def commands() -> list[str]:
    """Return every command of the document's blocks for a shell that is one of Homeward's own."""
    blocks = re.findall(r"^```sh\n(.*?)^```", DOCUMENT.read_text("utf-8"), flags=re.M | re.S)
    lines = [line.split(" #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line.removeprefix("sudo ") for line in lines if re.match(r"(?:sudo )?homeward ", line)]


@pytest.mark.parametrize("command", ["client link K7M3QX --end", "therapist leave ana-muller", "health --key"])
def test_the_document_says_what_is_done_here(command: str) -> None:
    assert f"homeward {command}" in commands()
