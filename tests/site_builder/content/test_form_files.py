"""Forms in separate files, and choices that all pages share."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from site_builder.content.library import Library, read_library
from site_builder.publishing.mistakes_page import mistakes_html

SHEET = "# A sheet\n\n```yaml form\nfrom: sheet.yml\n```\n"
FORM = "form: sheet\nfields: {often: {ask: How often?, type: choice, choices: how_often}}\n"
CHOICES = "how_often: {0: Never, 1: Often}\n"


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "content"
    (folder / "worksheets").mkdir(parents=True)
    write(folder / "worksheets" / "sheet.md", SHEET)
    write(folder / "worksheets" / "sheet.yml", FORM)
    write(folder / "_choices.yml", CHOICES)
    return folder


def write(file: Path, text: str) -> None:
    """Write a file with a modification time of its own, as an editor would."""
    file.write_text(text, "utf-8")
    moment = time.time_ns()
    os.utime(file, ns=(moment, moment))


def messages(library: Library) -> list[str]:
    return [str(error) for error in library.errors]


def test_a_form_may_be_in_a_file_beside_its_page(content: Path) -> None:
    library = read_library(content)
    assert messages(library) == []
    assert [form.id for form in library.forms] == ["sheet"]
    assert library.pages[0].title == "A sheet"


def test_a_file_can_be_named_from_the_root_of_the_content(content: Path) -> None:
    (content / "worksheets" / "sheet.yml").rename(content / "sheet.yml")
    write(content / "worksheets" / "sheet.md", SHEET.replace("sheet.yml", "/sheet.yml"))
    assert messages(read_library(content)) == []


TWICE = (
    "content/worksheets/b.md:4:1 the form 'sheet' stands on two pages: content/a.md takes it from "
    "content/worksheets/sheet.yml as well; keep it on one of them, and link to it here: [A](../a.md)"
)


def test_a_form_on_two_pages_is_told_as_what_it_is(content: Path) -> None:
    (content / "worksheets" / "sheet.md").unlink()
    write(content / "a.md", "# A\n\n```yaml form\nfrom: worksheets/sheet.yml\n```\n")
    write(content / "worksheets" / "b.md", "# B\n\n```yaml form\nfrom: /worksheets/sheet.yml\n```\n")
    assert messages(read_library(content)) == [TWICE]


def test_a_copy_of_the_file_is_told_as_a_copy(content: Path) -> None:
    write(content / "worksheets" / "copy.yml", FORM)
    write(content / "worksheets" / "b.md", SHEET.replace("sheet.yml", "copy.yml"))
    (message,) = messages(read_library(content))
    assert message.endswith(
        "is on content/worksheets/b.md already; give one of the two another name; where one is a copy, the copy"
    )


def test_a_mistake_in_a_file_is_told_once_for_all_pages_that_take_it(content: Path) -> None:
    write(content / "worksheets" / "note.yml", "fields: {note: {ask: Anything else?, type: txet}}\n")
    for name in ("a", "b"):
        form = f"```yaml form\nform: {name}\nfields: {{{name}: What?}}\n```\n\n```yaml form\nfrom: note.yml\n```\n"
        write(content / "worksheets" / f"{name}.md", f"# {name}\n\n{form}")
    assert messages(read_library(content)) == [
        "content/worksheets/note.yml:1:44 'txet' is not an answer type; did you mean 'text'?"
    ]


def test_two_pages_may_take_a_part_from_one_file(content: Path) -> None:
    write(content / "worksheets" / "note.yml", "fields: {note: Anything else?}\n")
    for name in ("a", "b"):
        form = f"```yaml form\nform: {name}\nfields: {{{name}: What?}}\n```\n\n```yaml form\nfrom: note.yml\n```\n"
        write(content / "worksheets" / f"{name}.md", f"# {name}\n\n{form}")
    library = read_library(content)
    assert messages(library) == []
    assert [[field.id for field in form.fields] for form in library.forms][:2] == [["a", "note"], ["b", "note"]]


def test_a_page_follows_its_file_and_the_shared_choices(content: Path) -> None:
    read_library(content)
    write(content / "worksheets" / "sheet.yml", FORM.replace("How often?", "How often now?"))
    assert read_library(content).forms[0].fields[0].ask == "How often now?"
    write(content / "_choices.yml", CHOICES.replace("Never", "Not once"))
    assert read_library(content).forms[0].fields[0].choices[0].label == "Not once"  # type: ignore[attr-defined]
    (content / "worksheets" / "sheet.yml").unlink()
    assert "the file 'sheet.yml' cannot be read; there is none" in messages(read_library(content))[0]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("shet.yml", "there is none at content/worksheets/shet.yml; did you mean 'worksheets/sheet.yml'?"),
        ("../../secret.yml", "it has to stand in the folder of the content"),
        ("sheet.txt", "name a file that ends in .yml or .yaml"),
    ],
)
def test_an_unreadable_file_is_reported(content: Path, name: str, reason: str) -> None:
    write(content / "worksheets" / "sheet.md", SHEET.replace("sheet.yml", name))
    assert messages(read_library(content)) == [
        f"content/worksheets/sheet.md:4:7 the file '{name}' cannot be read; {reason}"
    ]


def test_mistakes_in_files_name_the_files(content: Path) -> None:
    write(content / "_choices.yml", "how_often: {0: Never, 1 2: Often}\n")
    write(content / "worksheets" / "sheet.yml", FORM.replace("ask: How", "aks: How"))
    places = [message.partition(" ")[0] for message in messages(read_library(content))]
    assert places == ["content/_choices.yml:1:23", "content/worksheets/sheet.yml:2:18"]


@pytest.mark.parametrize("broken", ["how_often: {0: Never\n", "how_often: {0: Never, 1: Often}\n: x\n", "", "- a\n"])
def test_broken_shared_choices_are_reported_in_their_file_alone(content: Path, broken: str) -> None:
    write(content / "_choices.yml", broken)
    write(content / "worksheets" / "other.md", SHEET.replace("sheet.yml", "other.yml"))
    write(content / "worksheets" / "other.yml", FORM.replace("form: sheet", "form: other"))
    (message,) = messages(read_library(content))
    assert message.startswith("content/_choices.yml:")


def test_the_page_of_a_broken_file_shows_the_lines_of_that_file(content: Path) -> None:
    write(content / "worksheets" / "sheet.yml", FORM.replace("How often?", "How # often?"))
    library = read_library(content)
    shown = mistakes_html(library.errors_of(library.pages[0]), SHEET)
    assert "content/worksheets/sheet.yml, line 2" in shown
    assert "2 | fields: {often: {ask: How # often?" in shown


def test_a_sign_that_ends_a_line_elsewhere_moves_no_line_number(content: Path) -> None:
    write(
        content / "worksheets" / "sheet.md", "# A \u2028sheet\n\n```yaml form\nform: sheet\nfields: {a: # Why?}\n```\n"
    )
    (page,) = read_library(content).pages
    assert "    5 | fields: {a: # Why?}" in mistakes_html(page.errors)


def test_a_file_that_leads_out_of_the_content_is_refused(content: Path) -> None:
    write(content.parent / "secret.yml", FORM)
    (content / "worksheets" / "sheet.yml").unlink()
    (content / "worksheets" / "sheet.yml").symlink_to(content.parent / "secret.yml")
    message = "the file 'sheet.yml' cannot be read; it has to stand in the folder of the content"
    assert messages(read_library(content)) == [f"content/worksheets/sheet.md:4:7 {message}"]


def test_a_name_that_no_file_can_have_is_a_mistake(content: Path) -> None:
    long = f"{'x' * 300}.yml"
    write(content / "worksheets" / "sheet.md", SHEET.replace("sheet.yml", long))
    (message,) = messages(read_library(content))
    assert f"the file '{long}' cannot be read; there is none at content/worksheets/{long}" in message


def test_a_link_to_another_file_of_the_content_is_followed(content: Path) -> None:
    (content / "worksheets" / "sheet.yml").rename(content / "other.yml")
    (content / "worksheets" / "sheet.yml").symlink_to(content / "other.yml")
    assert messages(read_library(content)) == []


def test_a_folder_in_the_place_of_a_file_is_reported(content: Path) -> None:
    for file in (content / "_choices.yml", content / "worksheets" / "sheet.yml"):
        file.unlink()
        file.mkdir()
    assert messages(read_library(content)) == [
        "content/_choices.yml:1:1 this is a folder, not a file; give the folder another name",
        "content/worksheets/sheet.md:4:7 the file 'sheet.yml' cannot be read; this is a folder, not a file",
    ]
