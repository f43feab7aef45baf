"""Posted values → answers, all problems at once; and back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from site_builder.forms.model.definition import Form
from site_builder.forms.model.errors import AnswersRejected, unknown
from site_builder.forms.model.fields import (
    EXACT,
    Answers,
    AnyOf,
    Duration,
    Field,
    Matrix,
    Rating,
    Repeat,
    is_asked,
    missing,
    read_each,
)
from site_builder.forms.model.wire_values import is_visible
from site_builder.forms.model.wording import plain

NOTHING = "There is nothing filled in yet"
TWICE = "Give one answer to this question"
UNKNOWN = "There is no such question"
OF_PARTS = (Rating, Duration, Matrix)  # kinds of field whose parts are posted under names of their own
_INDEX = re.compile(r"[0-9]{1,4}", re.ASCII)  # of a repeat's row; our pages never have longer ones


class Placed(NamedTuple):
    """The pairs of a form post in their places, nested as in JSON, and those that have none, with their problems."""

    answers: dict[str, Any]
    problems: dict[str, str]
    left_over: list[tuple[str, str]]


def from_pairs(form: Form, pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return the pairs of a form post, nested as in JSON. Raises AnswersRejected if one of them has no place."""
    placed = place_pairs(form, pairs)
    if placed.problems:
        raise AnswersRejected(placed.problems)
    return placed.answers


def place_pairs(form: Form, pairs: Iterable[tuple[str, str]]) -> Placed:
    """Return the pairs of a form post in their places. Names that start with _ are not answers, and are passed over.

    Everything typed stays as it was typed. There is no place for names that the form does not have, for two answers
    where there is room for one, and for more rows than a repeat has, which are one problem together.
    """
    answers: dict[str, Any] = {}
    problems: dict[str, str] = {}
    unknown_names: dict[str, None] = {}
    left_over: list[tuple[str, str]] = []
    names = form.wire_names
    for name, value in pairs:
        if place := names.get(name):
            problem = _place(answers, *place, value)
        elif name.startswith("_"):
            continue
        else:
            problem = _place_in_row(answers, form, name, value)
        if not problem:
            continue
        left_over.append((name, value))
        if problem == UNKNOWN:
            unknown_names[name] = None
        else:
            problems[name if problem == TWICE else name.partition(".")[0]] = problem
    problems |= unknown(list(unknown_names), UNKNOWN)
    return Placed(_in_order(form, answers), problems, left_over)


def _in_order(form: Form, answers: dict[str, Any]) -> dict[str, Any]:
    """Return the answers with the rows of each repeat as a list, and with one value for each rating."""
    names = form.wire_names
    for id, posted in answers.items():
        if repeat := form.repeats.get(id):
            answers[id] = _rows(repeat, posted)
        elif id in names:
            answers[id] = _one(names[id][0], posted)
    return answers


def _place(into: dict[str, Any], field: Field, part: str, value: str) -> str:
    """Put one value where it belongs, and return the problem, "" for none."""
    key = field.id
    if isinstance(field, AnyOf):
        into.setdefault(key, []).append(value)
        return ""
    if isinstance(field, OF_PARTS):
        into = into.setdefault(key, {})
        key = part
    if key in into:
        return TWICE
    into[key] = value
    return ""


def _place_in_row(into: dict[str, Any], form: Form, name: str, value: str) -> str:
    """Put a value into its row of a repeat: `feelings.0.before.exact`."""
    head, *rest = name.split(".", 4)
    repeat = form.repeats.get(head)
    if repeat is None or not 2 <= len(rest) <= 3 or not _INDEX.fullmatch(rest[0]):
        return UNKNOWN
    part = rest[2] if len(rest) == 3 else ""
    field = next((field for field in repeat.of if field.id == rest[1]), None)
    if field is None or part not in field.wire_parts() or (len(rest) == 3 and not part):
        return UNKNOWN
    rows = into.setdefault(repeat.id, {})
    if int(rest[0]) not in rows and len(rows) >= repeat.at_most:
        return repeat.too_many
    return _place(rows.setdefault(int(rest[0]), {}), field, part, value)


def _rows(repeat: Repeat, rows: Mapping[int, dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows in order, gaps closed, without wholly blank ones at the end: those say nothing."""
    inner = {field.id: field for field in repeat.of}
    ordered = [{id: _one(inner[id], value) for id, value in rows[index].items()} for index in sorted(rows)]
    while ordered and not any(_filled(value) for value in ordered[-1].values()):
        ordered.pop()
    return ordered


def _one(field: Field, value: Any) -> Any:
    """Return the value of a field; a rating's exact number, when it was typed, wins over the cell."""
    if not isinstance(field, Rating):
        return value
    exact: str = value.get(EXACT, "")
    return exact if is_visible(exact) else value.get("", "")


def passed_over(form: Form, posted: Mapping[str, Any], answers: Answers) -> list[str]:
    """Return the wording of each question that was filled in and that is not asked, because of another answer.

    Without script such a question stands on the page; nobody should find out later that its answer was not sent.
    """
    asks = [field.ask for field in form.fields if _filled(posted.get(field.id, "")) and not is_asked(field, answers)]
    for repeat in form.repeats.values():
        outer = repeat.seen_by_rows(answers)
        for row in posted.get(repeat.id) or () if is_asked(repeat, answers) else ():
            inner = read_each(repeat.of, row, outer)
            asks += [of.ask for of in repeat.of if _filled(row.get(of.id, "")) and not is_asked(of, inner, outer)]
    return list(dict.fromkeys(plain(ask) for ask in asks))


def _filled(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_filled(part) for part in value.values())
    if isinstance(value, list):
        return any(_filled(part) for part in value)
    return value is not None and is_visible(str(value))


def to_pairs(form: Form, answers: Answers) -> list[tuple[str, str]]:
    """Return answers as the pairs of a form post; the inverse of from_pairs and read_answers."""
    return [pair for field in form.fields if field.id in answers for pair in _pairs(field, field.id, answers[field.id])]


def _pairs(field: Field, name: str, answer: Any) -> Iterator[tuple[str, str]]:
    if isinstance(field, Repeat):
        for index, row in enumerate(answer):
            for inner in field.of:
                if inner.id in row:
                    yield from _pairs(inner, f"{name}.{index}.{inner.id}", row[inner.id])
    elif isinstance(field, Matrix):
        yield from ((f"{name}.{row}", str(code)) for row, code in answer.items())
    elif isinstance(field, AnyOf):
        yield from ((name, str(code)) for code in answer)
    elif isinstance(field, Duration):
        yield f"{name}.minutes", str(answer)
    elif isinstance(field, Rating):
        yield f"{name}.{EXACT}", str(answer)
    else:
        yield name, str(answer)


def read_answers(form: Form, posted: Mapping[str, Any]) -> Answers:
    """Return the answers that were posted, nested as in JSON; questions without an answer are left out.

    Raises AnswersRejected with every problem by its wire name; "" is the whole form.
    """
    problems: dict[str, str] = {}
    answers: Answers = {}
    try:
        answers = read_each(form.fields, posted)
    except AnswersRejected as rejected:
        problems = rejected.problems
    else:
        if not answers:
            asked = [field for field in form.fields if is_asked(field, answers)]
            problems = missing(asked, answers, {}) or {"": NOTHING}
    if problems:
        raise AnswersRejected(problems)
    return answers
