"""Forms are edited at random and answered under every published definition; no answer is lost or mixed up."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from collector.caseload.folder import Folder
from collector.driver import connect
from collector.ledger.events import (
    Event,
    Kind,
    Recorded,
    caseload_added,
    client_added,
    form_published,
    submission_received,
)
from collector.storage import CaseloadFiles
from site_builder.forms.answering.scoring import scores
from site_builder.forms.history.changes import compare, never_published
from site_builder.forms.history.versions import History, PublishedVersion, asked, new_history
from site_builder.forms.history.words import Asked
from site_builder.forms.html.sent import render_answers
from site_builder.forms.model.definition import Form
from site_builder.forms.model.fields import Field, Matrix, OneOf, Repeat
from tests.cases.edits import SENSES, Draw, answers, edited, first_form, with_fields


@dataclass
class Lineage:
    """Tracks which question is which from what the author wrote: the same name, or `was`."""

    bearers: dict[str, int] = field(default_factory=dict)  # path → the question that was called so last
    before: tuple[str, ...] = ()
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def publish(self, form: Form) -> dict[str, int]:
        """Return the number of the question at each path of a definition."""
        names = self.new_names(form)
        self.bearers = {
            new: number for path, number in self.bearers.items() if (new := self.now(path, names)) is not None
        }
        for path in asked(form):
            if path not in self.bearers:
                self.bearers[path] = next(self.numbers)
        self.before = tuple(asked(form))
        return {path: self.bearers[path] for path in asked(form)}

    def new_names(self, form: Form) -> dict[str, str]:
        """Return the new name of each renamed path."""
        names: dict[str, str] = {}
        for one in form.fields:
            pairs = one.renamed if isinstance(one, Matrix) else ((one.id, one.was),)
            names |= {was: id for id, was in pairs if was and id not in self.before}
        came_from = {new: old for old, new in names.items()}
        for one in form.fields:
            repeat = came_from.get(one.id, one.id)
            for inner in one.of if isinstance(one, Repeat) else ():
                had_it = {f"{repeat}.{inner.id}", f"{one.id}.{inner.id}"} & set(self.before)
                if inner.was and not had_it:
                    names[f"{repeat}.{inner.was}"] = f"{one.id}.{inner.id}"
        return names

    def now(self, path: str, names: dict[str, str]) -> str | None:
        if path in names:
            return names[path]
        top, dot, rest = path.partition(".")
        if top in names:
            moved = f"{names[top]}{dot}{rest}"
        elif top in names.values():
            return None  # another question has this name now
        else:
            moved = path
        return None if moved in names.values() else moved


class Clinic:
    """One caseload and everything sent to it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder
        self.events: list[Recorded] = []
        self.set_aside: list[Exception] = []
        self.folder = self.open("live")
        self.record(caseload_added("alice", "Alice"))
        self.record(client_added("CHARLIE", caseload="alice", label="Charlie"))

    def open(self, name: str) -> Folder:
        return Folder(CaseloadFiles(self.path / name), lambda event, error: self.set_aside.append(error))

    def record(self, event: Event) -> Recorded:
        seq = len(self.events) + 1
        at = f"2026-03-09T14:{seq // 60:02}:{seq % 60:02}.000Z"
        as_read = replace(event, id=f"event-{seq}", data=json.loads(json.dumps(event.data)))
        recorded = as_read.recorded(seq, at)
        self.events.append(recorded)
        self.folder.fold([recorded])
        return recorded

    def publish(self, form: Form) -> None:
        identity: Any = {"form": form.id, "version": form.version, "definition": form.hash}
        self.record(form_published(**identity, body=form.to_json()))

    def send(self, form: Form, answers: dict[str, Any]) -> str:
        identity: Any = {"form": form.id, "version": form.version, "definition": form.hash}
        return self.record(submission_received("CHARLIE", **identity, answers=answers)).id


def rows(file: Path, question: str, *values: Any) -> list[dict[str, Any]]:
    connection = connect(file, read_only=True)
    try:
        cursor = connection.execute(question, values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]
    finally:
        connection.close()


def everything(file: Path) -> dict[str, list[dict[str, Any]]]:
    tables = rows(file, "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%fts%'")
    return {
        table["name"]: sorted(rows(file, f'SELECT * FROM "{table["name"]}"'), key=str)
        for table in tables
        if table["name"] != "_sqlite_migrations"
    }


def meaning(question: Asked) -> tuple[tuple[int, int], object]:
    """Return what a stored answer means, independently of the code under test."""
    one = question.field
    senses = SENSES[one.hint], SENSES[question.around.hint if question.around else ""]
    codes = {(choice.code, choice.label) for choice in one.choices} if isinstance(one, OneOf | Matrix) else ()
    kind = "choice" if isinstance(one, OneOf | Matrix) else one.type
    return senses, (kind, getattr(one, "highest", None), getattr(one, "unit", None), frozenset(codes))


def published(history: History | None, form: Form) -> Form:
    """Return the form changed until the check accepts it: a new version, or no impossible `was`."""
    for _ in range(8):
        changes = compare(history, form) if history else never_published(form)
        critical = [change for change in changes if change.critical]
        if not critical:
            return form
        assert all(change.remedy for change in critical)
        quoting = {change.path.removesuffix(" was_worded") for change in critical if "was_worded" in change.path}
        refused = {change.path.removesuffix(" was") for change in critical if change.path.endswith(" was")}
        reused = {change.path for change in critical if change.remedy == "choose a name that was never in use"}
        if refused:
            form = without_was(form, refused)
        elif quoting:
            form = without_quotes(form)
        elif reused:
            form = without(form, reused)
        elif history:
            form = replace(form, version=history.latest.version + 1)
    raise AssertionError([str(change) for change in critical])


def without_was(form: Form, refused: set[str]) -> Form:
    def mended(one: Field, within: str = "") -> Field:
        if isinstance(one, Repeat):
            one = replace(one, of=tuple(mended(inner, f"{one.id}.") for inner in one.of))
        if isinstance(one, Matrix):
            return replace(one, renamed=tuple(pair for pair in one.renamed if pair[0] not in refused))
        return replace(one, was="") if f"{within}{one.id}" in refused else one

    return with_fields(form, [mended(one) for one in form.fields])


def without_quotes(form: Form) -> Form:
    def mended(one: Field) -> Field:
        one = replace(one, of=tuple(mended(inner) for inner in one.of)) if isinstance(one, Repeat) else one
        return replace(one, was_worded=())

    return with_fields(form, [mended(one) for one in form.fields])


def without(form: Form, names: set[str]) -> Form:
    """Drop questions that reuse the name of an earlier one; their author would choose another name."""

    def left(one: Field) -> Field:
        if isinstance(one, Repeat):
            return replace(one, of=tuple(inner for inner in one.of if f"{one.id}.{inner.id}" not in names))
        if isinstance(one, Matrix):
            return replace(one, rows=tuple(row for row in one.rows if row.code not in names))
        return one

    return with_fields(form, [left(one) for one in form.fields if one.id not in names or isinstance(one, Matrix)])


@dataclass
class Sent:
    form: Form
    answers: dict[str, Any]
    shown: str


class Books:
    """What must be true of the caseload file, whatever the author did."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.columns: dict[tuple[str, str], tuple[int, object]] = {}  # (table, column) → question, signature
        self.homes: dict[object, tuple[str, str]] = {}
        self.rules: dict[str, object] = {}
        self.dictionary = {(row["definition"], row["field"]): row for row in rows(file, "SELECT * FROM questions")}

    def check(self, id: str, sent: Sent, lineage: dict[str, int]) -> None:
        (main,) = rows(self.file, "SELECT * FROM log WHERE submission = ?", id)
        assert main["version"] == sent.form.version
        for path, question in asked(sent.form).items():
            one = question.field
            if isinstance(one, Repeat):
                self.check_repeat(id, sent, one, lineage)
            elif "." not in path:
                answer = sent.form.answer(sent.answers, path)
                assert self.value(main, sent, path, question, lineage) == answer
        self.check_scores(id, sent)

    def check_repeat(self, id: str, sent: Sent, repeat: Repeat, lineage: dict[str, int]) -> None:
        table = self.dictionary[sent.form.hash, repeat.id]["table"]
        stored = rows(self.file, f'SELECT * FROM "{table}" WHERE submission = ? ORDER BY row', id)
        sent_rows = sent.answers.get(repeat.id, [])
        assert len(stored) == len(sent_rows)
        for row, answer in zip(stored, sent_rows, strict=True):
            for inner in repeat.of:
                path = f"{repeat.id}.{inner.id}"
                assert self.value(row, sent, path, asked(sent.form)[path], lineage) == answer.get(inner.id)

    def value(self, row: dict[str, Any], sent: Sent, path: str, question: Asked, lineage: dict[str, int]) -> Any:
        one, entry = question.field, self.dictionary[sent.form.hash, path]
        place, who = (entry["table"], entry["column"]), (lineage[path], meaning(question))
        assert self.columns.setdefault(place, who) == who, "two questions or two meanings in one column"
        if 1 not in meaning(question)[0]:  # words that mean the same share a column only where the author says so
            worded = who, question.ask.rstrip("?")
            assert self.homes.setdefault(worded, place) == place, "the answers to one question are in two columns"
        value = row[entry["column"]]
        return str(value) if isinstance(one, OneOf | Matrix) and value is not None else value

    def check_scores(self, id: str, sent: Sent) -> None:
        stored = rows(self.file, "SELECT * FROM scores WHERE submission = ?", id)
        assert [(row["raw"], row["prorated"], row["answered"]) for row in stored] == [
            (score.raw, score.prorated, score.answered) for score in scores(sent.form, sent.answers)
        ]
        for row, scale in zip(stored, sent.form.scales, strict=True):
            columns = {item: self.dictionary[sent.form.hash, item]["column"] for item in scale.items}
            counted = {columns[item] for item in scale.items}, {columns[item] for item in scale.reversed}
            rule = (*counted, scale.multiplier, scale.missing_up_to)
            assert self.rules.setdefault(row["scale"], rule) == rule, "two ways of counting in one line"


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    base = tmp_path_factory.mktemp("edits")
    return (base / str(number) for number in itertools.count())


@settings(
    max_examples=160,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],  # a failure is not made smaller: it takes minutes, and a few edits can be read as they are
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_no_edit_of_a_form_changes_or_loses_an_answer(folders: Iterator[Path], data: st.DataObject) -> None:
    draw: Draw = data.draw
    clinic, words, lineage = Clinic(next(folders)), itertools.count(), Lineage()
    form, history = first_form(draw), None
    definitions: list[tuple[Form, dict[str, int]]] = []
    sent: dict[str, tuple[Sent, dict[str, int]]] = {}
    for _ in range(draw(st.integers(3, 6))):
        form = published(history, form)
        history = history.with_form(form) if history else new_history(form)
        assert compare(history, form) == ()
        stored = json.loads(json.dumps(history.latest.to_json()))
        assert PublishedVersion.from_json(form.version, stored) == history.latest
        if form.hash not in {known.hash for known, _ in definitions}:
            definitions.append((form, lineage.publish(form)))
            clinic.publish(form)
        for _ in range(draw(st.integers(1, 3))):
            used, who = draw(st.sampled_from(definitions[-3:]))  # from an old page as well
            answered = answers(draw, used, words)
            sent[clinic.send(used, answered)] = Sent(used, answered, render_answers(used, answered)), who
        gently = draw(st.booleans())
        for _ in range(draw(st.integers(1, 3))):
            form = edited(draw, form, gently)
    clinic.folder.close()
    live = clinic.folder.file_of("alice").path
    assert clinic.set_aside == []
    assert rows(live, "SELECT * FROM problems") == []
    assert {row["submission"] for row in rows(live, "SELECT submission FROM log")} == set(sent)
    books = Books(live)
    for id, (one, who) in sent.items():
        books.check(id, one, who)
    bodies = {e.data["definition"]: e.data["body"] for e in clinic.events if e.kind == Kind.form_published}
    for event in clinic.events:
        if event.kind == Kind.submission_received:
            asked_then = Form.from_json(bodies[event.data["definition"]])
            assert render_answers(asked_then, event.data["answers"]) == sent[event.id][0].shown
    anew = clinic.open("anew")
    anew.fold(clinic.events)
    anew.close()
    assert everything(anew.file_of("alice").path) == everything(live)
