"""forms.lock: compared before publishing, written after it, and reported clearly when damaged."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from site_builder.checks import check
from site_builder.content.library import read_library
from site_builder.content.lock import FILE, FORMAT, load_lock, lock_text, read_lock, write_lock
from site_builder.forms.history.changes import Change, ChangesRefused
from site_builder.forms.model.catalogue import Catalogue
from site_builder.forms.model.errors import FormErrors
from site_builder.publishing.build import build

ROOT = Path(__file__).parents[3]
FORM = "# ABC\n\n```yaml form\nform: abc\nversion: %d\nfields:\n%s\n```\n"
MOOD = "  mood: {ask: How is your mood?, type: rating}"
REWORDED = "'mood' was “How is your mood?” and is “How is your moood?” now: another spelling"
CONFIG = """
site_name: Lantern Lane
docs_dir: content
theme: {name: mkdocs, highlightjs: false}
plugins: []
markdown_extensions: [site_builder.extension]
"""


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "content").mkdir()
    (tmp_path / "mkdocs.yml").write_text(CONFIG)
    (tmp_path / "content" / "index.md").write_text("# Welcome\n")
    return Path("content")


def write(content: Path, fields: str, version: int = 1) -> None:
    (content / "abc.md").write_text(FORM % (version, fields))


def publish(content: Path) -> str:
    return write_lock(content, read_library(content).forms)


def messages(content: Path) -> list[str]:
    return [str(error) for error in read_library(content).errors]


def nothing(catalogue: Catalogue) -> None:
    """Accept any catalogue, without a ledger."""


def test_a_critical_change_is_a_mistake_at_its_place(content: Path) -> None:
    write(content, MOOD)
    publish(content)
    write(content, "  spirits: {ask: How is your mood?, type: rating}")
    assert messages(content) == [
        "content/abc.md:7:3 'mood' is not asked any more, and 'spirits' is new; if it is the same"
        " question, write was: mood under 'spirits'; if not, write version: 2 in the first block"
    ]
    write(content, "  spirits: {ask: How?, was: mod, type: rating}")
    assert "content/abc.md:7:29 'mod' has never been published; write the name" in messages(content)[-1]
    write(content, "  a: {ask: Why?}\n  b: {ask: And?}")
    assert messages(content)[0].startswith("content/abc.md:5:1 'mood' is not asked any more; if another question is")


def test_changes_are_counted_and_listed_but_are_no_mistakes(content: Path) -> None:
    write(content, MOOD)
    publish(content)
    assert str(check(content)) == "2 pages, 1 form, no mistakes"
    write(content, f"{MOOD.replace('your mood', 'your moood')}\n  note: Anything else?")
    report = check(content)
    assert str(report) == "2 pages, 1 form, no mistakes, 2 changes since the last publishing"
    assert [str(change) for change in report.changes] == [
        f"content/abc.md:7:3 change: {REWORDED}",
        "content/abc.md:8:3 change: 'note' is a new question",
    ]
    at = {"file": "content/abc.md", "column": 3, "rule": "lock", "remedy": ""}
    assert report.to_json()["changes"] == [
        at | {"line": 7, "problem": REWORDED},
        at | {"line": 8, "problem": "'note' is a new question"},
    ]


def test_a_form_under_another_name_is_reported(content: Path) -> None:
    write(content, MOOD)
    publish(content)
    (content / "abc.md").write_text((FORM % (1, MOOD)).replace("form: abc", "form: abd"))
    (warning,) = read_library(content).warnings
    assert str(warning) == (
        "content/abc.md:4:1 warning: 'abd' is new, and the form 'abc' is gone: answers begin in a table of their own;"
        " if it is the same form, write form: abc"
    )
    assert [str(finding) for finding in check(content).warnings] == [str(warning)]


def test_a_different_form_in_place_of_a_removed_one_is_no_warning(content: Path) -> None:
    write(content, MOOD)
    publish(content)
    (content / "abc.md").write_text("# Sleep\n\n```yaml form\nform: sleep\nfields: {slept: How did you sleep?}\n```\n")
    assert read_library(content).warnings == ()


def test_a_form_cannot_take_over_the_table_of_another_forms_repeat(content: Path) -> None:
    write(content, "  steps: {ask: Steps?, type: repeat, of: {step: Step?}}")
    publish(content)
    write(content, "  ladder: {was: steps, ask: Steps?, type: repeat, of: {step: Step?}}")
    (content / "other.md").write_text("# Other\n\n```yaml form\nform: abc-steps\nfields: {a: A?}\n```\n")
    assert messages(content) == [
        "content/other.md:4:1 'abc-steps' would have the table that 'abc' has for one of its repeats;"
        " give this form another name"
    ]


def test_a_copy_of_a_form_is_reported_once_and_not_compared(content: Path) -> None:
    write(content, MOOD)
    publish(content)
    text = (content / "abc.md").read_text()
    (content / "aaa.md").write_text(text.replace("type: rating", "type: text"))
    (clash,) = messages(content)
    assert clash.endswith("give one of the two another name; where one is a copy, the copy")


def test_without_a_lock_nothing_is_compared(content: Path) -> None:
    write(content, "  mood: {ask: How?, was: feeling}")
    assert messages(content) == []


def test_a_question_is_a_line_and_every_version_stays(content: Path) -> None:
    write(content, MOOD)
    assert publish(content) == f"content/{FILE}"
    first = (content / FILE).read_text().splitlines()
    assert (
        '     "mood": {"type": "rating", "from": 0, "step": 1, "to": 10, "ask": "How is your mood?", "hint": ""}'
        in first
    )
    assert any("Commit it together with the content" in line for line in first)
    write(content, MOOD.replace("rating", "rating, to: 100"), version=2)
    assert messages(content) == []
    publish(content)
    histories = read_lock(content)
    assert histories is not None
    assert [version.version for version in histories["abc"].versions] == [1, 2]
    rating = next(line for line in first if '"mood"' in line)
    assert rating in (content / FILE).read_text().splitlines()


def test_the_lock_is_written_only_when_something_has_changed(content: Path) -> None:
    write(content, MOOD)
    publish(content)
    stamp = (content / FILE).stat().st_mtime_ns
    assert publish(content) == ""
    assert (content / FILE).stat().st_mtime_ns == stamp
    assert [path.name for path in content.iterdir() if path.name.startswith(".")] == []


NESTED = "[" * 600 + "]" * 600
DEEP = f'{{"label": "x", "when": [{{"field": "mood", "test": "one_of", "value": {NESTED}}}]}}'


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda text: "<<<<<<< HEAD\n" + text, f"content/{FILE}:1:1 git has left its marks of a conflict in this file"),
        (lambda text: text.replace(' "format"', "=======\n \"format\""), f"content/{FILE}:7:1 git has left its marks"),
        (lambda text: text[:-40], f"content/{FILE}:"),
        (lambda text: text.replace('"ask"', '"aks"'), f"content/{FILE}:1:1 this file is damaged: something is missing"),
        (lambda text: text.replace('"format": 3', '"format": 4'), f"content/{FILE}:1:1 this file was written by"),
        (lambda text: text.replace('"1": {', '"1": {}, "1": {'), f"content/{FILE}:1:1 this file is damaged: '1'"),
        (lambda text: "[]", f"content/{FILE}:1:1 this file is damaged"),
        (lambda text: "[" * 100_000, f"content/{FILE}:1:1 this file is damaged: it is nested too deeply"),
        (lambda text: text.replace('"to": 10', '"to": NaN'), f"content/{FILE}:1:1 this file is damaged: 'NaN' is no"),
        (lambda text: text.replace('"step": 1, ', ""), f"content/{FILE}:1:1 this file is damaged: something"),
        (lambda text: text.replace('"alerts": []', f'"alerts": [{DEEP}]'), f"content/{FILE}:1:1 this file is damaged"),
        (lambda text: text.replace("your mood", "\\ud800"), f"content/{FILE}:1:1 this file is damaged: something"),
    ],
    ids=[
        "marks", "marks further down", "cut off", "names", "later", "twice", "something else", "deep", "no number",
        "without its step", "deep inside a version", "half of a surrogate pair",
    ],
)  # fmt: skip
def test_a_damaged_lock_is_one_mistake_with_its_remedy(content: Path, damage: object, message: str) -> None:
    write(content, MOOD)
    publish(content)
    assert callable(damage)
    (content / FILE).write_text(damage((content / FILE).read_text()))
    (error,) = read_library(content).errors
    assert str(error).startswith(message)
    assert error.remedy


FULL = """\
  mood: {ask: How is your mood?, type: rating}
  hours: {ask: How long?, type: number, at_least: 0, at_most: 24, decimals: 1, unit: hours}
  often: {ask: How often?, type: choice, choices: {0: Never, 1: Often}}
  which: {ask: Which?, type: choices, choices: {a: One, b: Two}}
  alone: {ask: Alone?, type: yes no}
  up: {ask: Up?, type: time}
  steps: {ask: Steps, type: repeat, of: {what: What?}}
licence: Ours
scales:
  total: {items: [mood, often], bands: {0: Low, 5: High}, cut_offs: {caseness: 8}, reliable_change: 4, better: lower}
alerts:
  - {label: Low, when: {mood: {at_most: 1}}}
  - {label: Often, when: {often: {one_of: [0, 1]}}}"""
WRONG: tuple[Any, ...] = (None, True, -1, 1.5, "", "x", [], ["x"], [[]], [{}], {}, {"x": 1}, {"x": []})


def without_or_wrong(stored: Any) -> Iterator[Any]:
    """Return copies of a part, each with one value missing or of a wrong type."""
    if isinstance(stored, dict):
        for name, value in stored.items():
            yield {other: value for other, value in stored.items() if other != name}
            yield from ({**stored, name: other} for other in (*WRONG, *without_or_wrong(value)))
    elif isinstance(stored, list):
        for at, value in enumerate(stored):
            yield from ([*stored[:at], other, *stored[at + 1 :]] for other in (*WRONG, *without_or_wrong(value)))


@pytest.mark.parametrize("version", [1, 2])
def test_any_content_of_a_lock_is_compared_or_reported(content: Path, version: int) -> None:
    write(content, FULL)
    publish(content)
    whole = json.loads((content / FILE).read_text())
    write(content, FULL.replace("rating", "rating, to: 9").replace("How", "So how").replace("lower", "higher"), version)
    assert {error.rule for error in read_library(content).errors} == ({"lock"} if version == 1 else set())
    damaged = 0
    for stored in without_or_wrong(whole):
        (content / FILE).write_text(json.dumps(stored))
        damaged += any("this file is damaged" in message for message in messages(content))
    assert damaged > 500


def test_a_build_writes_the_lock_after_publishing_and_does_not_serve_it(content: Path, tmp_path: Path) -> None:
    write(content, MOOD)
    report = build(tmp_path / "mkdocs.yml", tmp_path / "site", publish=nothing)
    assert report.lock == f"content/{FILE}"
    assert f"content/{FILE} has changed; commit it" in str(report)
    assert (content / FILE).exists()
    assert not list((tmp_path / "site").rglob("*.lock"))
    assert build(tmp_path / "mkdocs.yml", tmp_path / "site", publish=nothing).lock == ""


def test_a_build_that_publishes_nothing_writes_nothing(content: Path, tmp_path: Path) -> None:
    write(content, MOOD)
    build(tmp_path / "mkdocs.yml", tmp_path / "site")
    assert not (content / FILE).exists()


def test_a_build_refuses_what_a_check_refuses(content: Path, tmp_path: Path) -> None:
    write(content, MOOD)
    build(tmp_path / "mkdocs.yml", tmp_path / "site", publish=nothing)
    before = (content / FILE).read_text()
    write(content, MOOD.replace("rating", "date"))
    with pytest.raises(FormErrors, match="'mood' was a rating from 0 to 10 and is a date now"):
        build(tmp_path / "mkdocs.yml", tmp_path / "site", publish=nothing)
    assert (content / FILE).read_text() == before


def test_a_refusal_by_the_ledger_is_reported_with_its_place(content: Path, tmp_path: Path) -> None:
    def refuse(catalogue: Catalogue) -> None:
        raise ChangesRefused({"abc": [Change("mood", "'mood' was a date", "write version: 2", critical=True)]})

    write(content, MOOD)
    with pytest.raises(FormErrors, match=r"content/abc.md:7:3 'mood' was a date; write version: 2"):
        build(tmp_path / "mkdocs.yml", tmp_path / "site", publish=refuse)
    assert not (content / FILE).exists()
    assert not (tmp_path / "site").exists()


def test_a_content_folder_that_cannot_be_written_is_a_warning(content: Path, tmp_path: Path) -> None:
    write(content, MOOD)
    (content / f".{FILE}.new").mkdir()  # where the new one would be written
    report = build(tmp_path / "mkdocs.yml", tmp_path / "site", publish=nothing)
    assert "could not be written" in report.warnings[-1]
    assert (tmp_path / "site" / "index.html").exists()


def test_the_lock_of_this_repository_is_up_to_date(tmp_path: Path) -> None:
    content = tmp_path / "content"
    shutil.copytree(ROOT / "content", content)
    lock = load_lock(content)
    assert lock is not None
    assert lock_text(lock.histories, lock.pages) == (content / FILE).read_text("utf-8")
    assert write_lock(content, read_library(content).forms) == ""
    assert json.loads((content / FILE).read_text("utf-8"))["format"] == FORMAT
