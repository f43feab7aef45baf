"""Forms are edited at random and answered under every published definition; no answer is lost or mixed up."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
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
from site_builder.forms.html.render import render_answers
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.definition import Form, Scale, Section
from site_builder.forms.model.fields import Field, Matrix, Number, OneOf, Rating, Repeat, Text, YesNo

NAMES = ("a", "b", "c", "d", "e", "a_v2")
REPEATS = ("r", "s")
INSIDE = ("x", "y", "z", "x_v2")
ROWS = ("m1", "m2", "m3", "a")  # a row and a question may change places
SENSES = {"": 0, "Last week": 1, "In the week that has passed": 1, "Last month": 2}  # hints by what they mean
CODES = (("0", "1"), ("0", "1", "2"), ("no", "yes", "01"))
Draw = Callable[[st.SearchStrategy[Any]], Any]
Edit = Callable[[Draw, list[Field], int, tuple[str, ...]], None]


def question(draw: Draw, id: str) -> Field:
    kind = draw(st.sampled_from(("text", "rating", "rating", "number", "choice", "yes no")))
    match kind:
        case "rating":
            return Rating(id=id, ask=f"How {id}?", highest=draw(st.sampled_from((10, 100))))
        case "number":
            return Number(id=id, ask=f"How many {id}?", unit=draw(st.sampled_from(("", "cups"))))
        case "choice":
            return OneOf(id=id, ask=f"Which {id}?", choices=choices(draw))
        case "yes no":
            return YesNo(id=id, ask=f"Did you {id}?")
    return Text(id=id, ask=f"What {id}?")


def choices(draw: Draw) -> tuple[Choice, ...]:
    words = draw(st.sampled_from(("Label", "Label", "Grade")))
    return tuple(Choice(code, f"{words} {code}") for code in draw(st.sampled_from(CODES)))


def first_form(draw: Draw) -> Form:
    inside = tuple(question(draw, id) for id in draw(st.lists(st.sampled_from(INSIDE), min_size=1, unique=True)))
    singles = [*(Rating(id=id, ask=f"How {id}?") for id in ("a", "b")), question(draw, "c")]
    rows = tuple(Choice(id, f"Row {id}") for id in ("m1", "m2"))
    matrix = Matrix(id="grid", ask="How often?", choices=choices(draw), rows=rows)
    form = Form(id="log", version=1, title="Log", sections=(), scales=(Scale("total", ("a", "b")),))
    return with_fields(form, [*singles, matrix, Repeat(id="r", ask="R?", of=inside)])


def with_fields(form: Form, fields: list[Field]) -> Form:
    """Return the form with these questions, without an impossible `was` and without empty repeats or matrices."""
    taken = {part for one in fields for part in one.part_ids()}
    fields = [without_impossible_was(one, taken) for one in fields if not isinstance(one, Repeat) or one.of]
    fields = [one for one in fields if not isinstance(one, Matrix) or one.rows]
    edited_form = replace(form, sections=(Section(tuple(fields) or (Text(id="e", ask="What?"),)),))
    return replace(
        edited_form, scales=tuple(scale for old in form.scales if (scale := that_counts(edited_form, old)).items)
    )


def without_impossible_was(one: Field, taken: set[str]) -> Field:
    if isinstance(one, Repeat):
        inside = {inner.id for inner in one.of}
        one = replace(one, of=tuple(without_impossible_was(inner, inside) for inner in one.of))
    if isinstance(one, Matrix):
        rows = {row.code for row in one.rows}
        return replace(one, renamed=tuple((row, was) for row, was in one.renamed if row in rows and was not in taken))
    return replace(one, was="") if one.was in taken else one


def that_counts(form: Form, scale: Scale) -> Scale:
    items = tuple(item for item in scale.items if item in scorable(form))
    missing = min(scale.missing_up_to, max(len(items) - 1, 0))
    return replace(scale, items=items, reversed=tuple(i for i in scale.reversed if i in items), missing_up_to=missing)


def scorable(form: Form) -> list[str]:
    def counts(one: Field) -> bool:
        codes = [choice.code for choice in one.choices] if isinstance(one, OneOf | Matrix) else []
        return isinstance(one, Rating) or (bool(codes) and all(code in "012" for code in codes))

    return [item for item, (one, _) in form.items.items() if counts(one)]


def edited(draw: Draw, form: Form, gently: bool) -> Form:
    """Change one thing as an author would; `gently` picks changes that rarely need a new version."""
    fields = list(form.fields)
    edit: Edit = draw(st.sampled_from(GENTLE if gently else (*EDITS, rename, rename)))
    if not draw(st.integers(0, 3)):
        return change_scale(draw, form)
    many = [n for n, one in enumerate(fields) if isinstance(one, Repeat | Matrix)]  # there is most to go wrong
    at = draw(st.sampled_from((*range(len(fields)), *many, *many)))
    if isinstance(repeat := fields[at], Repeat) and edit is not move and draw(st.integers(0, 2)) == 0:
        inside = list(repeat.of)
        edit(draw, inside, draw(st.integers(0, len(inside) - 1)), INSIDE)
        fields[at] = replace(repeat, of=tuple(inside))
        return with_fields(form, fields)
    before = {one.id for one in fields}
    edit(draw, fields, at, NAMES)
    renamed = dict(zip(before - {one.id for one in fields}, {one.id for one in fields} - before, strict=False))
    counting = tuple(
        replace(
            scale,
            items=tuple(renamed.get(i, i) for i in scale.items),
            reversed=tuple(renamed.get(i, i) for i in scale.reversed),
        )
        for scale in form.scales
    )
    return with_fields(replace(form, scales=counting), fields)


def free(fields: list[Field], names: tuple[str, ...]) -> list[str]:
    taken = {part for one in fields for part in (one.id, *one.part_ids())}
    return [name for name in names if name not in taken]


def rename(draw: Draw, fields: list[Field], at: int, names: tuple[str, ...]) -> None:
    one = fields[at]
    pool = REPEATS if isinstance(one, Repeat) else ROWS if isinstance(one, Matrix) else names
    if not (new := free(fields, pool)):
        return
    id, has_was = draw(st.sampled_from(new)), bool(draw(st.integers(0, 3)))
    if isinstance(one, Matrix):
        row = draw(st.sampled_from(one.rows))
        rows = tuple(replace(other, code=id) if other is row else other for other in one.rows)
        fields[at] = replace(one, rows=rows, renamed=(*one.renamed, *(((id, row.code),) if has_was else ())))
    else:
        fields[at] = replace(one, id=id, was=one.id if has_was else "")


def add(draw: Draw, fields: list[Field], at: int, names: tuple[str, ...]) -> None:
    if isinstance(matrix := fields[at], Matrix) and (rows := free(fields, ROWS)):
        fields[at] = replace(matrix, rows=(*matrix.rows, Choice(draw(st.sampled_from(rows)), "Another row")))
    elif isinstance(fields[at], Repeat) and (new := free(fields, REPEATS)):
        was = draw(st.sampled_from(("", fields[at].id)))
        fields.insert(at, Repeat(id=new[0], ask="S?", of=(question(draw, draw(st.sampled_from(INSIDE))),), was=was))
    elif new := free(fields, names):
        was = draw(st.sampled_from(("", *names)))  # sometimes of a question that went long ago
        left = [name for one in fields if (name := one.was) in new]  # by a question that is called otherwise now
        new_field = question(draw, draw(st.sampled_from(left or new)))
        fields.insert(at, replace(new_field, was="" if was == new_field.id else was))


def remove(draw: Draw, fields: list[Field], at: int, names: tuple[str, ...]) -> None:
    if isinstance(matrix := fields[at], Matrix) and len(matrix.rows) > 1:
        fields[at] = replace(matrix, rows=matrix.rows[1:])
    elif len(fields) > 1:
        del fields[at]


def reorder(draw: Draw, fields: list[Field], at: int, names: tuple[str, ...]) -> None:
    fields.append(fields.pop(at))


def retype(draw: Draw, fields: list[Field], at: int, names: tuple[str, ...]) -> None:
    one = fields[at]
    if isinstance(one, Matrix):
        fields[at] = replace(one, choices=choices(draw))
    elif isinstance(one, Rating) and draw(st.booleans()):
        fields[at] = replace(one, highest=110 - one.highest)
    elif not isinstance(one, Repeat):
        fields[at] = replace(question(draw, one.id), was=one.was)


def reword(draw: Draw, fields: list[Field], at: int, names: tuple[str, ...]) -> None:
    """Change the punctuation, and the hint to one that means the same or something else."""
    one, hint = fields[at], draw(st.sampled_from(tuple(SENSES)))
    is_same, is_quoted = SENSES[one.hint] == SENSES[hint], draw(st.booleans())
    was_worded = (one.hint,) if is_same and one.hint else draw(st.sampled_from(((), one.was_worded)))
    fields[at] = replace(one, ask=f"{one.ask}?", hint=hint, was_worded=was_worded if is_quoted else ())


def forget_was(draw: Draw, fields: list[Field], at: int, names: tuple[str, ...]) -> None:
    one = fields[at]
    fields[at] = replace(one, renamed=()) if isinstance(one, Matrix) else replace(one, was="")


def move(draw: Draw, fields: list[Field], at: int, names: tuple[str, ...]) -> None:
    """Move a question into or out of a repeat, or turn it into one."""
    place = next((n for n, one in enumerate(fields) if isinstance(one, Repeat)), None)
    one = fields[at]
    if isinstance(one, Repeat):
        if free(fields, (one.of[0].id,)) and len(one.of) > 1:
            fields[at] = replace(one, of=one.of[1:])
            fields.append(replace(one.of[0], was=""))
    elif isinstance(one, Matrix):
        return
    elif place is None:
        fields[at] = Repeat(id=draw(st.sampled_from(REPEATS)), ask="R?", of=(replace(one, was=""),))
    elif isinstance(repeat := fields[place], Repeat) and one.id not in {inner.id for inner in repeat.of}:
        fields[place] = replace(repeat, of=(*repeat.of, replace(one, was="")))
        del fields[at]


GENTLE = (rename, rename, add, add, forget_was, reword)
EDITS = (rename, add, remove, reorder, retype, reword, forget_was, move)


def change_scale(draw: Draw, form: Form) -> Form:
    items = draw(st.lists(st.sampled_from(scorable(form)), unique=True)) if scorable(form) else []
    scale = Scale(
        "total",
        tuple(items),
        reversed=tuple(items[:1]) if draw(st.booleans()) else (),
        multiplier=draw(st.sampled_from((1, 2))),
        missing_up_to=1 if len(items) > 1 and draw(st.booleans()) else 0,
    )
    return replace(form, scales=(scale,) if items else ())


def answers(draw: Draw, form: Form, words: Iterator[int]) -> dict[str, Any]:
    def one(asked: Field) -> Any:
        match asked:
            case Repeat():
                rows = [several(asked.of) for _ in range(draw(st.integers(1, 2)))]
                return [row for row in rows if row] or None
            case Matrix():
                return {row.code: draw(st.sampled_from(asked.choices)).code for row in asked.rows}
            case Rating():
                return draw(st.integers(asked.lowest, asked.highest))
            case Number():
                return draw(st.integers(0, 500))
            case OneOf() | YesNo():
                return draw(st.sampled_from(asked.choices)).code
        return f"words {next(words)}"

    def several(fields: tuple[Field, ...]) -> dict[str, Any]:
        drawn = {asked.id: one(asked) for asked in fields if draw(st.integers(0, 4))}
        return {id: answer for id, answer in drawn.items() if answer is not None}

    return several(form.fields)


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
