"""A clinic that was published in format 1 of the definitions goes on as if nothing had changed."""

from __future__ import annotations

import html
import json
import re
import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from starlette.testclient import TestClient

from collector.cli import main
from collector.driver import connect
from collector.endpoints.app import create_app
from collector.endpoints.catalogue_file import read_catalogue
from collector.ledger.access import Access
from collector.ledger.events import Kind, submission_received
from collector.ledger.ledger import Ledger
from collector.people import replace_link
from collector.projector import Projector
from collector.publishing import publish
from collector.settings import Settings
from collector.storage import Storage
from site_builder.content.library import read_library
from site_builder.content.lock import FILE, FORMAT, read_lock
from site_builder.forms.html.sent import render_answers
from site_builder.forms.model.catalogue import Catalogue, PublishedForm
from site_builder.forms.model.definition import Form
from site_builder.forms.model.serialise import hash_of

FIXTURES = Path(__file__).parent / "fixtures" / "format_1"
CLIENT = "ALMA22"
GAD7 = {"bothered": {f"q{number}": "1" for number in range(1, 8)}}


@dataclass
class Clinic:
    """The clinic of the fixtures, in a folder of its own."""

    folder: Path
    settings: Settings

    @property
    def forms(self) -> dict[str, Form]:
        """The forms of the pages as they are written, by id."""
        return {form.id: form for form in read_library(Path("content")).forms}

    def bodies(self) -> dict[str, Any]:
        """Return every definition in the ledger, by hash."""
        with closing(connect(self.settings.ledger, read_only=True)) as ledger:
            return {hash: json.loads(body) for hash, body in ledger.execute("SELECT definition, body FROM definitions")}

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, arguments)

    def changes(self) -> list[str]:
        """Return everything that `homeward check` says, beside the warnings that it always has."""
        report = json.loads(self.run("check", "--json").stdout)
        return [*report["mistakes"], *report["changes"]]

    def project(self) -> None:
        with Projector(self.settings) as projector:
            projector.catch_up()

    def rows(self, tables: dict[str, Any]) -> dict[str, list[list[Any]]]:
        """Return the rows of the caseload file, with the columns that they had, in the order of the fixture."""
        with closing(connect(self.settings.caseloads / "ana.db", read_only=True)) as file:
            rows = {}
            for table, stored in tables.items():
                columns = ", ".join(f'"{column}"' for column in stored["columns"])
                cursor = file.execute(f'SELECT {columns} FROM "{table}"')
                rows[table] = sorted((list(row) for row in cursor), key=json.dumps)
        return rows

    def columns(self) -> dict[str, list[str]]:
        """Return the columns of each table of a form."""
        with closing(connect(self.settings.caseloads / "ana.db", read_only=True)) as file:
            tables = [table for (table,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            forms = tuple(form.replace("-", "_") for form in self.forms)
            return {
                table: [row[1] for row in file.execute(f'PRAGMA table_info("{table}")')]
                for table in tables
                if table.startswith(forms)
            }


@pytest.fixture
def clinic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    folder = tmp_path / "clinic"
    shutil.copytree(FIXTURES, folder)
    settings = Settings(data=folder / "data", site=folder / "site")
    Storage(settings).make_folder()  # a secret was there as long as the ledger
    with closing(sqlite3.connect(settings.ledger)) as ledger:
        ledger.executescript((FIXTURES / "ledger.sql").read_text("utf-8"))
    monkeypatch.chdir(folder)
    return Clinic(folder, settings)


@pytest.fixture
def alice(clinic: Clinic) -> Iterator[TestClient]:
    """Return the browser of a client, at a collector of the new code with the site that was built before."""
    clinic.settings.site.mkdir()
    shutil.copy(FIXTURES / "forms.json", clinic.settings.site)
    (clinic.settings.site / "shell.html").write_text("<title><!--hw:title--></title><!--hw:content-->")
    with Ledger(Storage(clinic.settings).ledger) as ledger, Access(Storage(clinic.settings).ledger) as access:
        token = replace_link(ledger, access, CLIENT).token
    with TestClient(create_app(clinic.settings), base_url="http://clinic.example", follow_redirects=False) as browser:
        assert browser.post("/open", data={"token": token}).status_code == 303
        yield browser


def submissions(clinic: Clinic) -> list[Any]:
    with Ledger(Storage(clinic.settings).ledger) as ledger:
        return [event for event in ledger.read(0) if event.kind == Kind.submission_received]


CASELOAD = json.loads((FIXTURES / "caseload.json").read_text("utf-8"))


def test_old_definitions_are_the_forms_of_their_pages(clinic: Clinic) -> None:
    bodies = clinic.bodies()
    assert len(bodies) == 8
    latest = {body["form"]: (hash, Form.from_json(body)) for hash, body in bodies.items()}
    everything = [Form.from_json(body) for body in bodies.values() if body["form"] == "everything"]
    for id, form in clinic.forms.items():
        hash, stored = latest[id] if id != "everything" else (next(h for h in bodies if h in form.hashes), form)
        assert stored == form
        assert hash in form.hashes
        assert hash != form.hash
    assert {(form.version, form.fields[4].ask) for form in everything} == {
        (1, "How was your mood?"),
        (1, "How is your mood today?"),
        (2, "How is your mood today?"),
    }


def test_an_old_definition_keeps_its_form_in_the_new_format(clinic: Clinic) -> None:
    for hash, body in clinic.bodies().items():
        form = Form.from_json(body)
        assert hash_of(body) == hash
        assert "format" not in body
        assert form.to_json()["format"] == 2
        assert Form.from_json(json.loads(json.dumps(form.to_json()))) == form


def test_the_same_pages_are_no_change(clinic: Clinic) -> None:
    assert clinic.changes() == []
    built = clinic.run("build", "--data", "data", "--json")
    assert built.exit_code == 0
    assert json.loads(built.stdout)["changes"] == []
    assert json.loads(built.stdout)["lock"] == f"content/{FILE}"
    assert json.loads((clinic.folder / "content" / FILE).read_text("utf-8"))["format"] == FORMAT
    assert clinic.changes() == []
    assert json.loads(clinic.run("build", "--data", "data", "--json").stdout)["lock"] == ""
    histories = read_lock(clinic.folder / "content")
    assert histories is not None
    assert [version.version for version in histories["everything"].versions] == [1, 2]


@pytest.mark.parametrize(
    ("pair", "line"),
    [
        (("In a few words", "In one word"), "change: nothing has changed that answers are compared by"),
        (
            ("When did you get up?", "When was it?"),
            "'got_up' was “When did you get up?” and is “When was it?” now; if it",
        ),
        (("to: 100, step: 5", "to: 90, step: 5"), "'fear' was a rating from 0 to 100 in steps of 5 and is a rating"),
        (("reliable_change: 3", "reliable_change: 4"), "the scale 'total' has changed: its reliable change"),
        (("breeze: 2.5", "breeze: 3.5"), "the scale 'total' has changed: its cut-offs"),
        (("2.5: {label", "2: {label"), "the scale 'total' has changed: where its bands start"),
        (("needs: 1}\n      land", "needs: 2}\n      land"), "the criterion 'starry' has changed: what it is made of"),
        (("minus: [in_bed, awake]", "minus: [awake, in_bed]"), "the computed value 'asleep' has changed"),
        (("{place: home, practised: no}", "{place: out, practised: no}"), "the alert 'Stayed inside' is gone"),
        (("0: Not at all, 1: A little", "1: Not at all, 0: A little"), "the answer 1 has the words that 0 had"),
    ],
)
def test_a_change_is_still_compared_with_the_old_lock(clinic: Clinic, pair: tuple[str, str], line: str) -> None:
    page = clinic.folder / "content" / "everything.md"
    assert pair[0] in page.read_text()
    page.write_text(page.read_text().replace(*pair))
    assert line in clinic.run("check").output


def test_the_old_ledger_is_folded_into_the_same_rows(clinic: Clinic) -> None:
    clinic.project()
    rows, stored = clinic.rows(CASELOAD), {table: stored["rows"] for table, stored in CASELOAD.items()}
    assert_each_wording_is_listed(rows.pop("questions"), stored.pop("questions"))
    assert rows == stored


def assert_each_wording_is_listed(questions: list[list[Any]], latest: list[list[Any]]) -> None:
    """Check that the questions are those of the fixture, which has only the latest wording of each version."""
    assert [question for question in latest if question not in questions] == []
    assert {tuple(question[:5]) for question in questions} == {tuple(question[:5]) for question in latest}


def test_publishing_in_the_new_format_adds_no_table_column_or_question(clinic: Clinic) -> None:
    clinic.project()
    columns = clinic.columns()
    assert clinic.run("build", "--data", "data").exit_code == 0
    sent = [event for event in submissions(clinic) if event.data["version"] == 2 or event.data["form"] != "everything"]
    forms = clinic.forms
    with Ledger(Storage(clinic.settings).ledger) as ledger:
        for event in sent:  # the same answers again, from pages of today
            form = forms[event.data["form"]]
            version, answers = event.data["version"], event.data["answers"]
            again = submission_received(
                event.client, form=form.id, version=version, definition=form.hash, answers=answers
            )
            ledger.append([again])
    clinic.project()
    assert clinic.columns() == columns
    rows = clinic.rows(CASELOAD)
    assert rows["problems"] == []
    assert_each_wording_is_listed(rows["questions"], CASELOAD["questions"]["rows"])
    for table in ("scales", "clusters", "clients"):
        assert rows[table] == CASELOAD[table]["rows"]
    assert len(rows["submissions"]) == len(CASELOAD["submissions"]["rows"]) + len(sent)
    with Projector(clinic.settings) as projector:
        assert projector.rebuild() == ["ana"]
    assert clinic.rows(CASELOAD) == rows
    assert clinic.columns() == columns


def test_a_form_as_it_was_published_before_is_published_again(clinic: Clinic) -> None:
    first = next(form for form in map(Form.from_json, clinic.bodies().values()) if form.version == 1)
    catalogue = Catalogue(forms=(PublishedForm(first, "everything.md", "everything/"),))
    clinic.project()
    columns = clinic.columns()
    with Ledger(Storage(clinic.settings).ledger) as ledger, Access(Storage(clinic.settings).ledger) as access:
        assert publish(ledger, access, catalogue) == [first]
        answers = {"note": "Again", "practised": "yes", "mood": 3, "steps": [{"step": "Bus", "strong": 2}]}
        sent = submission_received(CLIENT, form=first.id, version=1, definition=first.hash, answers=answers)
        ledger.append([sent])
    clinic.project()
    assert clinic.columns() == columns
    assert clinic.rows({"everything": {"columns": ["note", "mood"]}})["everything"].count(["Again", 3]) == 1


def test_old_submissions_are_shown_as_they_were(clinic: Clinic) -> None:
    shown = json.loads((FIXTURES / "shown.json").read_text("utf-8"))
    bodies = clinic.bodies()
    assert len(shown) == 12
    for event in submissions(clinic):
        page = render_answers(Form.from_json(bodies[event.data["definition"]]), event.data["answers"])
        text = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", page))).strip()
        assert text == shown[event.id]


def test_a_page_that_was_open_is_still_accepted(clinic: Clinic, alice: TestClient) -> None:
    assert clinic.run("build", "--data", "data", "--site", "site").exit_code == 0
    new = read_catalogue(clinic.settings.site).by_id["gad7"].hash
    (old,) = (hash for hash, body in clinic.bodies().items() if body["form"] == "gad7" and hash != new)
    before = len(submissions(clinic))
    for definition, code in ((old, "0"), (new, "2")):
        answer = alice.post("/forms/gad7", json={"id": str(uuid.uuid4()), "definition": definition, "answers": GAD7})
        assert answer.status_code == 201
        typed = {f"bothered.{row}": code for row in GAD7["bothered"]}
        posted = {"_id": str(uuid.uuid4()), "_definition": definition, **typed}
        assert alice.post("/forms/gad7", data=posted).status_code == 303
    assert [event.data["definition"] for event in submissions(clinic)[before:]] == [old, old, new, new]


def test_a_site_that_was_built_before_is_served_until_the_next_build(clinic: Clinic, alice: TestClient) -> None:
    catalogue = read_catalogue(FIXTURES)
    assert not catalogue.unreadable
    assert {entry.form.id: entry.form for entry in catalogue.forms} == clinic.forms
    events = len(clinic.bodies())
    described = alice.get("/openapi.json").text
    assert all(entry.hash in described for entry in catalogue.forms)
    answer = alice.post("/forms/gad7", json={"id": str(uuid.uuid4()), "answers": GAD7})
    assert answer.status_code == 201
    assert submissions(clinic)[-1].data["definition"] == catalogue.by_id["gad7"].hash
    assert len(clinic.bodies()) == events  # its definitions are in the ledger as they were


def test_an_old_catalogue_that_was_tampered_with_is_not_used() -> None:
    stored = json.loads((FIXTURES / "forms.json").read_text("utf-8"))
    for entry in stored["forms"]:
        if entry["form"] == "gad7":
            entry["definition"]["title"] = "Another title"
    catalogue = Catalogue.from_json(stored)
    assert catalogue.unreadable == ("gad7",)
    assert len(catalogue.forms) == 5


def test_a_form_of_today_is_no_form_of_format_1(clinic: Clinic) -> None:
    gad7 = clinic.forms["gad7"]
    assert replace(gad7, title="GAD").hashes.isdisjoint(gad7.hashes)
