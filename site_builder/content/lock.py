"""Reads, compares and writes content/forms.lock, the record of what every published form has asked."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from site_builder.command_line import command
from site_builder.content.form_files import shown
from site_builder.forms.history.changes import Change, compare, never_published
from site_builder.forms.history.versions import History, PublishedVersion, asked, new_history
from site_builder.forms.model import format_1
from site_builder.forms.model.definition import Form
from site_builder.forms.model.errors import FormError, Source, UnreadableDefinition

FILE = "forms.lock"  # in the content folder
FORMAT = 3
ABOUT = (
    "What every form of this site asks, and has asked in each version that was ever published.",
    "The check compares the pages with it, so that no edit can mix answers that mean different things.",
    "Publishing writes it. Commit it together with the content; never edit or delete it.",
)
EXPANDED = 5  # levels that are written over several lines; anything deeper, like a question, takes one line
RENAMED_FORM = 0.5  # share of a removed form's questions from which a new form counts as the same one renamed

_VERSION = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
_CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7}|\|{7})(?: |$)", re.MULTILINE)


class DamagedLock(Exception):
    """The lock cannot be read; `error` has the place, the reason and the remedy."""

    def __init__(self, error: FormError) -> None:
        super().__init__(str(error))
        self.error = error


@dataclass(frozen=True)
class Placed:
    """A form with the places of its parts."""

    form: Form
    places: Mapping[str, Source]
    form_at: Source | None

    def place(self, path: str) -> Source:
        """Return the place of a part of the form, or the nearest one that is on the page."""
        repeat = path.partition(".")[0]
        candidates = (self.places.get(name) for name in (path, path.removesuffix(" was"), repeat, "version", "form"))
        return next((place for place in candidates if place), self.form_at or Source("", 1, 1))


@dataclass(frozen=True, slots=True)
class Compared:
    """The result of a comparison: critical changes are mistakes, safe changes carry only their place.

    Warnings are about changes that are seldom intended.
    """

    errors: tuple[FormError, ...] = ()
    changes: tuple[FormError, ...] = ()
    warnings: tuple[FormError, ...] = ()


def compare_with_lock(content: Path, forms: Sequence[Placed]) -> Compared:
    """Return how the forms differ from what was published; nothing when there is no lock."""
    try:
        lock = load_lock(content)
    except DamagedLock as damaged:
        return Compared(errors=(damaged.error,))
    if lock is None:
        return Compared()
    histories = lock.histories
    changes_by_form = {form.form.id: _changes(form.form, histories) for form in forms}
    critical = {id: [change for change in changes if change.critical] for id, changes in changes_by_form.items()}
    safe = {id: [change for change in changes if not change.critical] for id, changes in changes_by_form.items()}
    errors = (*with_places(critical, forms), *_tables_taken(histories, forms))
    return Compared(errors, tuple(with_places(safe, forms)), tuple(_new_names(histories, forms)))


def with_places(changes: Mapping[str, Sequence[Change]], forms: Iterable[Placed]) -> list[FormError]:
    """Return changes, which are keyed by form id, as findings with their places."""
    return [
        FormError(
            form.place(change.path),
            change.problem,
            change.remedy,
            rule="lock",
            severity="mistake" if change.critical else "change",
        )
        for form in forms
        for change in changes.get(form.form.id, ())
    ]


@dataclass(frozen=True)
class Lock:
    """What forms.lock holds: the history of each form, and the pages of the last publishing with their forms."""

    histories: dict[str, History]
    pages: Mapping[str, str]


def read_lock(content: Path) -> dict[str, History] | None:
    """Return the histories in the lock of a content folder, or None when there is none. Raises DamagedLock."""
    lock = load_lock(content)
    return lock.histories if lock else None


def load_lock(content: Path) -> Lock | None:
    """Return the lock of a content folder, or None when there is none. Raises DamagedLock."""
    file = content / FILE
    try:
        text = file.read_text("utf-8-sig")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise _damaged(file, 1, 1, f"this file cannot be read ({type(error).__name__})") from error
    if conflict := _CONFLICT.search(text):
        problem = "git has left its marks of a conflict in this file"
        remedy = (
            "take the file of the branch that was published last (git checkout --ours or --theirs), then run"
            f" `{command('check')}`: it shows what the other branch has changed"
        )
        raise _damaged(file, text.count("\n", 0, conflict.start()) + 1, 1, problem, remedy)
    try:
        stored = json.loads(text, object_pairs_hook=_unique_names, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise _damaged(file, error.lineno, error.colno, "this file is damaged from here on") from error
    except ValueError as error:
        raise _damaged(file, 1, 1, f"this file is damaged: {error}") from error
    except RecursionError as error:
        raise _damaged(file, 1, 1, "this file is damaged: it is nested too deeply") from error
    return Lock(_histories(file, stored), _pages(file, stored))


def write_lock(
    content: Path,
    forms: Iterable[Form],
    pages: Mapping[str, str] | None = None,
    ledger: Mapping[str, History] | None = None,
) -> str:
    """Add the published forms to the lock atomically. Return the file's name when it has changed, else "".

    `pages` are those of the site, each with the id of its form or ""; None leaves them as they are. A form that is new
    to the lock begins with its history in the `ledger`. Raises DamagedLock or OSError.
    """
    file, lock = content / FILE, load_lock(content) or Lock({}, {})
    histories = {**(ledger or {}), **lock.histories}
    for form in forms:
        histories[form.id] = histories[form.id].with_form(form) if form.id in histories else new_history(form)
    text = lock_text(histories, lock.pages if pages is None else pages)
    if file.exists() and file.read_text("utf-8-sig") == text:
        return ""
    if not histories and not file.exists():
        return ""
    side = file.with_name(f".{FILE}.new")
    side.write_text(text, "utf-8", newline="\n")
    os.replace(side, file)
    return shown(file)


def lock_text(histories: Mapping[str, History], pages: Mapping[str, str]) -> str:
    """Return the text of a lock with each page, question, scale and alert on one line, so that git can merge it."""
    forms = {
        id: {str(version.version): version.to_json() for version in histories[id].versions} for id in sorted(histories)
    }
    return (
        _text({"about": list(ABOUT), "format": FORMAT, "pages": dict(sorted(pages.items())), "forms": forms}, 0) + "\n"
    )


def _text(value: Any, depth: int) -> str:
    if depth >= EXPANDED or not isinstance(value, dict | list) or not value:
        return json.dumps(value, ensure_ascii=False)
    indent, end = "\n" + " " * (depth + 1), "\n" + " " * depth
    if isinstance(value, list):
        return f"[{indent}" + f",{indent}".join(_text(item, EXPANDED) for item in value) + f"{end}]"
    named = (f"{json.dumps(name, ensure_ascii=False)}: {_text(item, depth + 1)}" for name, item in value.items())
    return f"{{{indent}" + f",{indent}".join(named) + f"{end}}}"


def _unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    unique = dict(pairs)
    if len(unique) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"'{twice}' stands twice in the same place")
    return unique


def _refuse_constant(written: str) -> float:
    raise ValueError(f"'{written}' is no number")


def _histories(file: Path, stored: Any) -> dict[str, History]:
    number = stored.get("format") if isinstance(stored, dict) else None
    if isinstance(number, int) and number > FORMAT:
        problem = f"this file was written by a later Homeward (its format is {number}, not {FORMAT})"
        raise _damaged(file, 1, 1, problem, "install the Homeward that the others use")
    forms = stored.get("forms") if isinstance(stored, dict) else None
    if type(number) is not int or number not in range(format_1.FORMAT, FORMAT + 1) or not isinstance(forms, dict):
        raise _damaged(file, 1, 1, "this file is damaged: something is missing in it")
    return {id: _history(file, id, versions, number) for id, versions in forms.items()}


def _pages(file: Path, stored: Any) -> dict[str, str]:
    pages = stored.get("pages", {}) if stored["format"] == FORMAT else {}
    if not isinstance(pages, dict) or not all(isinstance(form, str) for form in pages.values()):
        raise _damaged(file, 1, 1, "this file is damaged: something is wrong in its list of pages")
    return pages


def _history(file: Path, id: str, stored: Any, number: int) -> History:
    """Return the history of one form from a lock of this format. Raises DamagedLock."""
    problem = f"this file is damaged: something is missing or wrong in what it keeps of the form '{id}'"
    if not isinstance(stored, dict) or not stored or not all(map(_VERSION.fullmatch, stored)):
        raise _damaged(file, 1, 1, problem)
    upgraded = format_1.upgraded_version if number == format_1.FORMAT else dict
    try:
        versions = [
            PublishedVersion.from_json(int(version), upgraded(stored[version])) for version in sorted(stored, key=int)
        ]
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError, UnreadableDefinition) as error:
        raise _damaged(file, 1, 1, problem) from error
    return History(tuple(versions))


def _damaged(file: Path, line: int, column: int, problem: str, remedy: str = "") -> DamagedLock:
    remedy = remedy or f"bring back the last whole one: git checkout -- {shown(file)}"
    return DamagedLock(FormError(Source(shown(file), line, column), problem, remedy, rule="lock"))


def _changes(form: Form, histories: Mapping[str, History]) -> Sequence[Change]:
    if history := histories.get(form.id):
        return compare(history, form)
    return [*never_published(form), Change("form", f"'{form.id}' is a new form")]


def _new_names(histories: Mapping[str, History], forms: Sequence[Placed]) -> Iterator[FormError]:
    """Warn of a new form that seems to be a removed one renamed: a form cannot be renamed."""
    here = {form.form.id for form in forms}
    gone = {id: history for id, history in histories.items() if id not in here}
    for new in (form for form in forms if form.form.id not in histories):
        for id, history in gone.items():
            if _may_be_renamed(new.form, history):
                problem = f"'{new.form.id}' is new, and the form '{id}' is gone: answers begin in a table of their own"
                remedy = f"if it is the same form, write form: {id}"
                yield FormError(new.place("form"), problem, remedy, rule="lock", severity="warning")


def _tables_taken(histories: Mapping[str, History], forms: Sequence[Placed]) -> Iterator[FormError]:
    """Report a form whose table belongs to a repeat of another form, under any name that the repeat ever had."""
    owners = {
        f"{id.replace('-', '_')}_{path}": id
        for id, history in histories.items()
        for version in history.versions
        for path, question in (*version.questions.items(), *version.earlier_names.items())
        if ("type", "repeat") in question.signature
    }
    for form in forms:
        owner = owners.get(form.form.table, form.form.id)
        if owner != form.form.id:
            problem = f"'{form.form.id}' would have the table that '{owner}' has for one of its repeats"
            yield FormError(form.place("form"), problem, "give this form another name", rule="lock")


def _may_be_renamed(form: Form, history: History) -> bool:
    before = history.latest.questions
    return len(before.keys() & asked(form).keys()) > RENAMED_FORM * len(before)
