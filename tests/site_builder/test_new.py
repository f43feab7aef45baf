"""`homeward new` turns a name into a page that lacks only its author's own words."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from collector.endpoints.catalogue_file import read_catalogue
from site_builder.checks import check
from site_builder.checks.unfinished import MARK, unfinished
from site_builder.cli import commands
from site_builder.command_line import command
from site_builder.content.library import read_library
from site_builder.forms.answering.answers import from_pairs, read_answers
from site_builder.forms.model.errors import FormErrors
from site_builder.new import KINDS, STARTERS, NotStarted, new, slug_of
from site_builder.publishing.build import build

ROOT = Path(__file__).parents[2]
ANSWERS = {
    "diary": [
        ("day", "2026-11-20"),
        ("moments.0.when", "08:30"),
        ("moments.0.what", "A walk"),
        ("moments.0.joy", "7"),
        ("mood", "5"),
    ],
    "experiment": [("thought", "They will laugh."), ("belief", "80"), ("done", "part"), ("belief_now", "40")],
    "exposure": [("step", "Two stops"), ("before", "60"), ("tried", "all"), ("highest", "80"), ("minutes", "12")],
    "subscales": [("items.q1", "3"), ("items.q2", "3"), ("items.q3", "0"), ("items.q4", "1"), ("items.q6", "3")],
    "worksheet": [("where", "At home"), ("situation", "A letter came."), ("company", "alone"), ("strength", "7")],
    "measure": [("items.q1", "1"), ("items.q2", "3"), ("items.q3", "0")],
}
SCALES = {"measure": ["total"], "subscales": ["total", "first_part", "second_part"]}


@pytest.fixture
def clinic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copy the content that comes with Homeward, and its settings."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "content", tmp_path / "content")
    settings = (ROOT / "mkdocs.yml").read_text("utf-8")
    theme = (ROOT / "site_builder" / "theme").as_posix()
    (tmp_path / "mkdocs.yml").write_text(settings.replace("site_builder/theme", theme), "utf-8")
    return tmp_path / "content"


def write_own_words(content: Path, file: str) -> None:
    """Finish a page as an author would, in the quickest way: only delete the marks."""
    page = content.parent / file
    page.write_text(page.read_text("utf-8").replace(f"{MARK} ", ""), "utf-8")


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_starter_lacks_only_what_it_marks(clinic: Path, kind: str) -> None:
    started = new(kind, "Three good things", Path("content"))
    folder, _ = KINDS[kind]
    assert started.file == f"content/{folder}/three-good-things.md"
    errors = check(Path("content")).errors
    assert {error.source.page for error in errors} == {started.file}
    assert tuple(dict.fromkeys(error.source.line for error in errors)) == started.lines
    assert all(str(error).endswith(f"write your own in their place, and delete the {MARK}") for error in errors)
    write_own_words(clinic, started.file)
    assert check(Path("content")).findings == ()  # no warnings either


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("diary", "leave out what you do not want to look at today"),
        ("experiment", "Choose a test that you can look at today"),
        ("exposure", "Choose one that you can look at today"),
        ("exposure", "only together with your therapist"),
        ("subscales", "If a question is too much for today"),
        *((kind, "use “Get help now”") for kind in ("diary", "experiment", "exposure", "subscales")),
    ],
)
def test_a_starter_that_may_stir_somebody_up_says_what_to_do_then(kind: str, words: str) -> None:
    assert words in " ".join((STARTERS / f"{kind}.md").read_text("utf-8").split())


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_starter_is_published_only_without_marks(clinic: Path, kind: str) -> None:
    started = new(kind, "Three good things", Path("content"))
    with pytest.raises(FormErrors, match=MARK):
        build(clinic.parent / "mkdocs.yml", clinic.parent / "site")
    write_own_words(clinic, started.file)
    report = build(clinic.parent / "mkdocs.yml", clinic.parent / "site")
    path = started.file.removeprefix("content/")
    assert report.unlisted == (path,)  # one file was edited; the menu can wait
    assert f"Published, and not in the menu ('nav' in mkdocs.yml): {path}." in str(report)
    url = {page.path: page.url for page in read_catalogue(clinic.parent / "site").pages}[path]
    assert "<h1>Three good things</h1>" in (clinic.parent / "site" / url / "index.html").read_text("utf-8").replace(
        ' id="three-good-things"', ""
    )


@pytest.mark.parametrize("kind", list(ANSWERS))
def test_a_starters_form_takes_answers(clinic: Path, kind: str) -> None:
    started = new(kind, "Three good things", Path("content"))
    write_own_words(clinic, started.file)
    form = next(form for form in read_library(clinic).forms if form.id == started.form)
    answers = read_answers(form, from_pairs(form, [*ANSWERS[kind], ("note", "It was hard.")]))
    assert answers["note"] == "It was hard."
    assert [scale.id for scale in form.scales] == SCALES.get(kind, [])


def test_the_menus_line_puts_the_page_into_the_menu(clinic: Path) -> None:
    started = new("worksheet", "Stop: and # think", Path("content"))
    assert started.section == "'Worksheets'"
    write_own_words(clinic, started.file)
    settings = clinic.parent / "mkdocs.yml"
    before = "      - All worksheets: worksheets/index.md\n"
    text = settings.read_text("utf-8")
    assert before in text
    settings.write_text(text.replace(before, f"{before}{started.menu}\n"), "utf-8")
    assert build(settings, clinic.parent / "site").unlisted == ()
    assert "Stop: and # think</a>" in (clinic.parent / "site" / "index.html").read_text("utf-8")


def test_a_missing_menu_section_is_written_out(clinic: Path) -> None:
    settings = clinic.parent / "mkdocs.yml"
    text = settings.read_text("utf-8")
    settings.write_text(re.sub(r"  - Programs:\n(?:      .*\n)+", "", text), "utf-8")
    started = new("program", "Six weeks", Path("content"))
    assert (started.section, started.menu) == ("'nav'", "  - Programs:\n      - Six weeks: programs/six-weeks.md")
    (clinic.parent / "mkdocs.yml").unlink()
    assert new("guide", "Tea", Path("content")).menu == "  - Guides:\n      - Tea: guides/tea.md"


def test_a_guide_belongs_below_the_list_of_guides_and_not_into_a_group_of_them(clinic: Path) -> None:
    started = new("guide", "Tea", Path("content"))
    assert (started.section, started.menu) == ("'Guides'", "      - Tea: guides/tea.md")


def test_a_program_links_to_existing_pages(clinic: Path) -> None:
    new("worksheet", "Not written yet", Path("content"))
    new("program", "Six weeks", Path("content"))
    page = (clinic / "programs" / "six-weeks.md").read_text("utf-8")
    first = page.partition("  - title: ")[2].partition("  - title: ")[0].splitlines()
    assert first[0] == '"What CBT is"'  # the guide that the menu has first
    assert first[2:] == [
        "    read: [guides/what-cbt-is.md]",
        "    do: [worksheets/thought-record.md]",
        "    measure: [measures/phq9.md]",
    ]
    assert "safety-plan" not in page  # no homework
    assert "not-written-yet" not in page
    assert "index.md" not in page


def test_an_empty_site_can_start_with_any_kind(tmp_path: Path) -> None:
    for kind in KINDS:
        new(kind, f"My {kind}", tmp_path)
    program = (tmp_path / "programs" / "my-program.md").read_text("utf-8")
    assert program.count(f"    read: [{MARK} guides/name-of-a-guide.md]") == 4
    assert {error.rule for error in check(tmp_path).errors if "my-program" in error.source.page} == {"unfinished"}
    assert "](" not in (tmp_path / "guides" / "my-guide.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("Thought record", "worksheet-thought-record"),  # already taken
        ("Thought record feelings", "worksheet-thought-record-feelings"),  # the table of its repeat
        ("Clients", "worksheet-clients"),  # every caseload file has this table
        ("3 good things", "worksheet-3-good-things"),
        ("Notes FTS", "worksheet-notes-fts-2"),
        ("Sorgen & Ängste", "sorgen-angste"),
    ],
)
def test_a_form_gets_an_unused_id(clinic: Path, name: str, form: str) -> None:
    for old in clinic.glob("worksheets/thought-record.md"):
        old.rename(clinic / "worksheets" / "record.md")
    started = new("worksheet", name, Path("content"))
    assert started.form == form
    write_own_words(clinic, started.file)
    assert [error for error in check(Path("content")).errors if error.rule not in ("link", "program")] == []


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Three good things", "three-good-things"),
        ("What I can't do?", "what-i-cant-do"),
        ("../../etc/passwd", "etc-passwd"),
        ("Große Sorgen, kleine Schritte", "grosse-sorgen-kleine-schritte"),
        ("Źródło: łzy", "zrodlo-lzy"),
        ("a" * 200, "a" * 46),
        ("感情", ""),
        (" – ", ""),
    ],
)
def test_a_title_becomes_the_name_of_a_file(title: str, slug: str) -> None:
    assert slug_of(title) == slug


@pytest.mark.parametrize("title", ['Say "no"', "*Stars* & [brackets]", "Back\\slash", "Two\nlines", "It's 5 o'clock"])
@pytest.mark.parametrize("kind", list(KINDS))
def test_a_title_is_written_exactly_as_entered(clinic: Path, kind: str, title: str) -> None:
    started = new(kind, title, Path("content"))
    write_own_words(clinic, started.file)
    library = read_library(Path("content"))
    assert library.errors == ()
    assert next(page.title for page in library.pages if page.shown == started.file) == title.replace("\n", " ")


def test_an_existing_page_is_not_overwritten(clinic: Path) -> None:
    with pytest.raises(NotStarted, match=r"thought-record\.md is there already, and was left as it is"):
        new("worksheet", "Thought record", Path("content"))
    assert (clinic / "worksheets" / "thought-record.md").read_text("utf-8") == (
        ROOT / "content" / "worksheets" / "thought-record.md"
    ).read_text("utf-8")


def test_a_folder_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    (tmp_path / "guides").write_text("a file")
    with pytest.raises(NotStarted, match=r"sleep\.md could not be written: "):
        new("guide", "Sleep", tmp_path)


def run(*arguments: str) -> Result:
    homeward = click.Group(commands={command.name or "": command for command in commands})
    return CliRunner().invoke(homeward, ["new", *arguments])


def test_the_command_prints_the_next_steps(clinic: Path) -> None:
    result = run("program", "Six weeks")
    assert result.exit_code == 0
    assert result.stdout == (
        "Written: content/programs/six-weeks.md\n"
        f"Open it, and put your own words where a {MARK} stands: "
        "lines 3, 4, 5, 10, 15, 19, 23, 27, 32, 36, 40, 47, 52.\n"
        f"`{command('preview')}` shows the page while you write, and `{command('check')}` says what is left.\n"
        "To have it in the menu too, add this under 'Programs' in mkdocs.yml:\n"
        "      - Six weeks: programs/six-weeks.md\n"
    )


def test_the_command_as_json(clinic: Path) -> None:
    facts = json.loads(run("guide", "Tea", "--json").stdout)
    assert facts["file"] == "content/guides/tea.md"
    assert facts["form"] == ""
    assert facts["lines"][:2] == [3, 4]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("worksheet", "感情"),
            "'感情' has no letter from a to z and no figure to name the file with; write it in plain",
        ),
        (("worksheet", "Thought record"), "is there already"),
        (("worksheet", "A", "--content", "nowhere"), "There is no folder 'nowhere'"),
    ],
)
def test_a_failing_command_ends_with_a_sentence(clinic: Path, arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 1
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


# --- what is left to write


def places(text: str) -> list[tuple[int, int]]:
    return [(error.source.line, error.source.column) for error in unfinished(text, "page.md")]


def test_a_mark_is_reported_anywhere_on_the_page() -> None:
    assert places("---\ntitle: ✎ A\n---\n\n✎ B ✎\n\n```yaml form\nfields: {a: ✎ C}\n```\n") == [
        (2, 8),
        (5, 1),
        (5, 5),
        (8, 13),
    ]


def test_a_mark_in_code_is_ignored() -> None:
    assert places("A `✎` marks it.\n\n````markdown\n```yaml form\n✎\n```\n````\n\n✎ Here.\n") == [(9, 1)]


@pytest.mark.parametrize("name", ["null", "true", "yes", "no", "123", "1e5"])
@pytest.mark.parametrize("kind", ["worksheet", "measure"])
def test_a_name_that_yaml_takes_for_something_else_makes_a_good_page(clinic: Path, kind: str, name: str) -> None:
    started = new(kind, name, Path("content"))
    write_own_words(clinic, started.file)
    assert check(Path("content")).errors == ()
    assert started.form in {form.id for form in read_library(clinic).forms}


def test_a_menu_that_contains_itself_does_not_prevent_a_new_page(clinic: Path) -> None:
    (clinic.parent / "mkdocs.yml").write_text("nav: &all [{Guides: *all}]\n")
    assert new("guide", "Calm", Path("content")).section == "'nav'"
