from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from collector.cli import main
from collector.ledger.access import Access
from collector.ledger.events import COMMAND, SYSTEM, Kind, caseload_added, client_added, submission_received
from collector.ledger.ledger import Ledger
from collector.publishing import publish, publish_what_fits
from collector.storage import DatabaseFile
from site_builder.forms.history.changes import ChangesRefused
from site_builder.forms.language.form import Block, parse_blocks
from site_builder.forms.model.catalogue import Catalogue, PublishedForm
from site_builder.forms.model.definition import Form, Section
from site_builder.forms.model.fields import Date, Text

DIARY = Form(id="diary", version=1, title="Diary", sections=(Section((Text(id="x", ask="What?"),)),))
EDITED = replace(DIARY, title="My diary")


def catalogue(*forms: Form) -> Catalogue:
    return Catalogue(forms=tuple(PublishedForm(form, "diary.md", "diary/") for form in forms))


def test_a_definition_is_published_once(ledger: Ledger, access: Access) -> None:
    assert publish(ledger, access, catalogue(DIARY)) == [DIARY]
    assert publish(ledger, access, catalogue(DIARY)) == []
    (event,) = ledger.read(0)
    assert (event.kind, event.data["form"], event.data["version"]) == (Kind.form_published, "diary", 1)
    assert event.by == COMMAND
    assert Form.from_json(access.definition(DIARY.hash)) == DIARY


def published_hashes(ledger: Ledger) -> list[str]:
    return [event.data["definition"] for event in ledger.read(0) if event.kind == Kind.form_published]


def test_an_edit_is_added_and_the_old_definition_stays(ledger: Ledger, access: Access) -> None:
    publish(ledger, access, catalogue(DIARY))
    assert publish(ledger, access, catalogue(EDITED)) == [EDITED]
    assert publish(ledger, access, catalogue(DIARY)) == []
    assert published_hashes(ledger) == [DIARY.hash, EDITED.hash]


def test_a_site_without_forms_publishes_nothing(ledger: Ledger, access: Access) -> None:
    assert publish(ledger, access, catalogue()) == []
    assert ledger.last() == 0


def test_a_form_that_no_table_holds_is_refused(ledger: Ledger, access: Access) -> None:
    questions = tuple(Text(id=f"q{number}", ask="What?") for number in range(2_100))
    long = Form(id="long", version=1, title="Long", sections=(Section(questions),))
    with pytest.raises(ChangesRefused, match="2,100 questions"):
        publish(ledger, access, catalogue(DIARY, long))
    assert ledger.last() == 0
    assert publish_what_fits(ledger, access, catalogue(DIARY, long)) == [DIARY]


RETYPED = replace(DIARY, sections=(Section((Date(id="x", ask="What?"),)),))
OTHER = Form(id="other", version=1, title="Other", sections=DIARY.sections)


def test_a_form_that_would_mix_answers_is_refused_from_the_ledger_alone(ledger: Ledger, access: Access) -> None:
    """Even when forms.lock is missing."""
    publish(ledger, access, catalogue(DIARY))
    with pytest.raises(ChangesRefused, match="'x' was text and is a date now; write version: 2") as refused:
        publish(ledger, access, catalogue(RETYPED, OTHER))
    assert set(refused.value.changes) == {"diary"}
    assert published_hashes(ledger) == [DIARY.hash]
    publish(ledger, access, catalogue(replace(RETYPED, version=2), OTHER))
    with pytest.raises(ChangesRefused, match="'version' is 1, but version 2 has been published already"):
        publish(ledger, access, catalogue(EDITED))


def test_a_definition_in_the_ledger_can_come_back(ledger: Ledger, access: Access) -> None:
    publish(ledger, access, catalogue(DIARY))
    publish(ledger, access, catalogue(replace(RETYPED, version=2)))
    assert publish(ledger, access, catalogue(DIARY)) == []


def test_a_site_already_in_place_publishes_the_forms_that_fit(ledger: Ledger, access: Access) -> None:
    publish(ledger, access, catalogue(DIARY))
    assert publish_what_fits(ledger, access, catalogue(RETYPED, OTHER)) == [OTHER]
    assert [event.by for event in ledger.read(0)] == [COMMAND, SYSTEM]
    assert access.definition(RETYPED.hash) is None


# --- what the author reads, with and without forms.lock

CONFIG = """\
site_name: Lantern Lane
docs_dir: pages
theme: {name: mkdocs, highlightjs: false}
plugins: []
markdown_extensions: [site_builder.extension]
extra: {clinic: {phone: "+44 20 7946 0000", hours: "Monday to Friday, 9:00 to 17:00"}}
"""
PAGE = "# Mood\n\n```yaml form\nform: log\nfields:\n  mood: {ask: %s, type: rating}\n```\n"
REFUSED = (
    "pages/log.md:6:3 'mood' was “Anger” and is “Tooth ache” now; if it means the same, better put, write was_worded"
)


class Site:
    """A site whose pages are in a folder of another name, with its ledger in the folder `data`."""

    def __init__(self, folder: Path) -> None:
        self.pages, self.lock = folder / "pages", folder / "pages" / "forms.lock"
        self.pages.mkdir()
        (folder / "mkdocs.yml").write_text(CONFIG)
        (self.pages / "index.md").write_text("# Welcome\n")

    def write(self, ask: str) -> None:
        (self.pages / "log.md").write_text(PAGE % ask)

    def run(self, command: str, *options: str) -> Result:
        return CliRunner().invoke(main, [command, "--data", "data", *options])


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.chdir(tmp_path)
    site = Site(tmp_path)
    site.write("Anger")
    assert site.run("build").exit_code == 0
    return site


def test_a_check_refuses_what_a_build_refuses(site: Site) -> None:
    site.write("Tooth ache")
    for _ in range(2):  # with forms.lock, and without
        for command in ("check", "build"):
            outcome = site.run(command)
            assert outcome.exit_code == 1
            assert outcome.output.startswith(REFUSED)
        site.lock.unlink(missing_ok=True)
    site.write("Anger")
    assert site.run("check").output == "2 pages, 1 form, no mistakes\n"


def test_a_deleted_lock_is_written_anew_from_the_ledger(site: Site) -> None:
    site.write("Anger!")
    assert site.run("build").exit_code == 0
    before = site.lock.read_text()
    site.lock.unlink()
    assert site.run("build").exit_code == 0
    assert site.lock.read_text() == before


def test_check_and_build_list_the_same_changes(site: Site) -> None:
    site.write("Anger?, hint: Today, was_worded: Anger")
    lines = [
        "pages/log.md:6:3 change: 'mood' was “Anger” and is “Anger?” now: another spelling",
        "pages/log.md:6:3 change: the hint of 'mood' was empty and is “Today” now: the same, better put",
    ]
    assert site.run("check").output.splitlines()[:-1] == lines
    assert site.run("build").stdout.splitlines()[:2] == lines
    assert site.run("check").output == "2 pages, 1 form, no mistakes\n"


def test_a_form_that_is_gone_is_told_until_the_site_is_published(site: Site) -> None:
    with Ledger(DatabaseFile(Path("data/ledger.db"))) as ledger:
        form = parse_blocks([Block((PAGE % "Anger").split("\n", 3)[3].partition("```")[0], 4)], page="", title="Mood")
        ledger.append([caseload_added("alice", "Alice"), client_added("CHARLIE", caseload="alice", label="Charlie")])
        identity: Any = {"form": form.id, "version": 1, "definition": form.hash}
        ledger.append([submission_received("CHARLIE", **identity, answers={"mood": 1})])
    (site.pages / "log.md").unlink()
    lines = [
        "pages/forms.lock:1:1 change: the form 'log' is no longer offered; 1 answer is kept",
        "pages/forms.lock:1:1 change: the page log.md is gone",
    ]
    assert site.run("check").output.splitlines()[:-1] == lines
    assert "its answers are kept" in CliRunner().invoke(main, ["check", "--data", "elsewhere"]).output
    assert site.run("build").stdout.splitlines()[:2] == lines
    assert site.run("check").output == "1 page, 0 forms, no mistakes\n"


def test_a_form_that_has_moved_is_still_offered(site: Site) -> None:
    (site.pages / "log.md").rename(site.pages / "mood.md")
    assert site.run("check").output.splitlines()[:-1] == [
        "pages/forms.lock:1:1 change: the page log.md is gone; its form 'log' is on mood.md now"
    ]


@pytest.mark.parametrize("line", ["markdown_extensions: [tables]", ""])
def test_neither_goes_on_without_the_extension(site: Site, line: str) -> None:
    Path("mkdocs.yml").write_text(CONFIG.replace("markdown_extensions: [site_builder.extension]", line))
    for command in ("check", "build"):
        outcome = site.run(command)
        assert outcome.exit_code == 1
        assert "site_builder.extension" in outcome.output


def test_the_lock_of_another_clinic_speaks_for_both(site: Site) -> None:
    site.lock.write_text(site.lock.read_text().replace('"ask": "Anger"', '"ask": "Joy"'))
    site.write("Anger, required: true")
    for command in ("check", "build"):
        outcome = site.run(command)
        assert outcome.exit_code == 1
        assert "'mood' was “Joy” and is “Anger” now; if it means the same" in outcome.output
