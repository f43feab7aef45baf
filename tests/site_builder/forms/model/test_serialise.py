"""Definitions are read strictly: what is not exactly a form is refused, and what is read can be used."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from site_builder.forms.answering.alerts import raised
from site_builder.forms.answering.answers import read_answers
from site_builder.forms.answering.example_answers import example_answers
from site_builder.forms.answering.scoring import scores, verdicts
from site_builder.forms.html.render import render_form
from site_builder.forms.html.sent import render_answers
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.computed import Computed
from site_builder.forms.model.conditions import Condition
from site_builder.forms.model.definition import Band, Cutoff, Form, Scale
from site_builder.forms.model.errors import AnswersRejected, UnreadableDefinition
from site_builder.forms.model.fields import Field, Matrix, OneOf, Rating
from site_builder.forms.model.format_1 import downgraded, upgraded, upgraded_version
from site_builder.forms.model.serialise import from_json, parsed, to_json

CATALOGUE = Path(__file__).parents[3] / "collector" / "fixtures" / "format_1" / "forms.json"
OLD = {entry["form"]: entry["definition"] for entry in json.loads(CATALOGUE.read_text("utf-8"))["forms"]}
EVERYTHING = Form.from_json(OLD["everything"])
ANSWERS = example_answers(EVERYTHING)
WRONG: tuple[Any, ...] = (None, True, -1, 0, 1.5, float("nan"), 10**400, "", "x", [], ["x"], [[]], [{}], {}, {"x": 1})


def without_or_wrong(stored: Any) -> Iterator[Any]:
    """Return copies of a part, each with one value missing, added or wrong."""
    if isinstance(stored, dict):
        yield {**stored, "colour": "red"}
        for name, value in stored.items():
            yield {other: value for other, value in stored.items() if other != name}
            yield from ({**stored, name: other} for other in (*WRONG, *without_or_wrong(value)))
    elif isinstance(stored, list):
        for at, value in enumerate(stored):
            yield from ([*stored[:at], other, *stored[at + 1 :]] for other in (*WRONG, *without_or_wrong(value)))


def use(form: Form) -> None:
    """Do with a form what the collector and the projector do."""
    assert Form.from_json(form.to_json()) == form
    assert form.hash in form.hashes
    render_form(form, action="/")
    for posted in ({}, ANSWERS):
        try:
            answers = read_answers(form, posted)
        except AnswersRejected:
            continue
        render_answers(form, answers)
        for results in (scores, verdicts, raised):
            list(results(form, answers))


@pytest.mark.parametrize(
    ("part", "stored"),
    [
        (OneOf(id="a", ask="?", choices=(Choice("x", "X"),)), {"choices": [{"code": "x", "label": "X"}]}),
        (Rating(id="a", ask="?", ends=("Low", "High")), {"ends": {"lowest": "Low", "highest": "High"}}),
        (Matrix(id="a", ask="?", renamed=(("new", "old"),)), {"renamed": [{"row": "new", "was": "old"}]}),
    ],
)
def test_every_value_of_a_question_has_a_name(part: Field, stored: dict[str, Any]) -> None:
    assert to_json(part) == {"type": part.type, "id": "a", "ask": "?"} | stored
    assert from_json(Field, to_json(part)) == part


@pytest.mark.parametrize(
    ("part", "stored"),
    [
        (Band(0, "Low"), {"at_least": 0, "label": "Low"}),
        (Band(0.5, "Low", "In words"), {"at_least": 0.5, "label": "Low", "meaning": "In words"}),
        (Cutoff("caseness", 10), {"name": "caseness", "points": 10}),
        (
            Computed("c", "Both", "sum", ("a", "b")),
            {"id": "c", "label": "Both", "formula": "sum", "of": ["a", "b"]},
        ),
        (Condition("a", "answered"), {"field": "a", "test": "answered"}),
        (Condition("a", "at_least", 1), {"field": "a", "test": "at_least", "value": 1}),
        (Condition("a", "one_of", ("x", 1)), {"field": "a", "test": "one_of", "value": ["x", 1]}),
        (Scale("total", ("a",)), {"id": "total", "items": ["a"]}),
        (Scale("total", ("a",), multiplier=0.7), {"id": "total", "items": ["a"], "multiplier": 0.7}),
    ],
)
def test_every_value_of_a_rule_has_a_name(part: Any, stored: dict[str, Any]) -> None:
    assert to_json(part) == stored
    assert from_json(type(part), stored) == part


@pytest.mark.parametrize("old", OLD.values(), ids=OLD)
def test_format_1_is_read_without_loss(old: dict[str, Any]) -> None:
    assert downgraded(Form.from_json(old).to_json()) == old
    assert Form.from_json(upgraded(old) | {"format": 2}) == Form.from_json(old)


def test_a_cluster_of_an_old_lock_may_be_called_needs() -> None:
    rule = {
        "counts_from": 2,
        "cluster needs": ["a"],
        "cluster needs needs": 1,
        "cluster b": ["c"],
        "cluster b needs": 2,
    }
    stored = {"definition": "x", "questions": {}, "scales": {}, "criteria": {"dsm": rule}, "alerts": []}
    (criterion,) = upgraded_version(stored)["criteria"]
    clusters = [{"id": "needs", "items": ["a"], "needs": 1}, {"id": "b", "items": ["c"], "needs": 2}]
    assert criterion == {"id": "dsm", "counts_from": 2, "clusters": clusters}


def test_the_order_of_names_means_nothing() -> None:
    rating = Rating(id="a", ask="?", ends=("Low", "High"))
    assert (
        from_json(Field, {"ends": {"highest": "High", "lowest": "Low"}, "ask": "?", "id": "a", "type": "rating"})
        == rating
    )
    canonical = json.loads(json.dumps(EVERYTHING.to_json(), sort_keys=True))
    assert Form.from_json(canonical) == EVERYTHING


def test_a_value_of_1_is_not_the_default_true() -> None:
    read = from_json(Condition, to_json(Condition("a", "equals", 1)))
    assert type(read.value) is int
    assert read.holds("1")


@pytest.mark.parametrize(
    ("kind", "stored", "place"),
    [
        (Condition, {"field": "a", "test": "at_least"}, "values of ''"),
        (Condition, {"field": "a", "test": "at_least", "value": "x"}, "values of ''"),
        (Condition, {"field": "a", "test": "one_of", "value": "x"}, "values of ''"),
        (Condition, {"field": "a", "test": "equals", "value": ["x"]}, "values of ''"),
        (Condition, {"field": "a", "test": "one_of", "value": [["x"]]}, "values of ''"),
        (Condition, {"field": "a", "test": "matches", "value": "x"}, r"\.test"),
        (Condition, ["a", "equals", "x"], "no object"),
        (Band, {"at_least": True, "label": "x"}, r"\.at_least"),
        (Band, {"at_least": "0", "label": "x"}, r"\.at_least"),
        (Band, {"at_least": 0}, r"\.label' is missing"),
        (Band, {"at_least": 0, "label": "x", "colour": "red"}, r"\.colour' is not known"),
        (Scale, {"id": "total", "items": "ab"}, r"\.items"),
        (Scale, {"id": "total", "items": ["a", 1]}, r"\.items\.1"),
        (Scale, {"id": "total", "items": ["a"], "better": "sideways"}, r"\.better"),
        (Scale, {"id": "total", "items": ["a"], "reliable_change": None}, r"\.reliable_change"),
        (Field, {"type": "text", "id": "a", "ask": "\ud800"}, r"\.ask"),
        (Condition, {"field": "a", "test": "equals", "value": "\ud800"}, r"\.value"),
        (Field, {"type": ["text"], "id": "a", "ask": "?"}, "no type of question"),
        (Field, {"type": "rating", "id": "a", "ask": "?", "step": 0}, "values of ''"),
        (Field, {"type": "rating", "id": "a", "ask": "?", "highest": 1.5}, r"\.highest"),
        (Field, {"type": "rating", "id": "a", "ask": "?", "ends": {"lowest": "x"}}, r"\.ends\.highest' is missing"),
        (Field, {"type": "rating", "id": "a", "ask": "?", "ends": ["x", "y"]}, r"\.ends' is no object"),
    ],
)
def test_what_is_not_exactly_a_part_is_refused_with_its_place(kind: Any, stored: Any, place: str) -> None:
    with pytest.raises(UnreadableDefinition, match=place):
        from_json(kind, stored)


@pytest.mark.parametrize(
    ("stored", "every"),  # old ones are read like new ones once they are upgraded
    [(OLD["everything"], 5), (EVERYTHING.to_json(), 1)],
    ids=["format 1", "format 2"],
)
def test_a_damaged_definition_is_refused_or_can_be_used(stored: dict[str, Any], every: int) -> None:
    refused = 0
    for damaged in islice(without_or_wrong(stored), 0, None, every):
        try:
            form = Form.from_json(damaged)
        except UnreadableDefinition:
            refused += 1
        else:
            use(form)
    assert refused > 4_000 // every


@pytest.mark.parametrize(
    "changes",
    [
        {"format": 3},
        {"format": 1},
        {"format": True},
        {"format": "2"},
        {"format": None},
        {"id": "everything"},
        {"form": None},
    ],
)
def test_another_format_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(UnreadableDefinition):
        Form.from_json(EVERYTHING.to_json() | changes)


@pytest.mark.parametrize("text", ["", "{", "null", "[]", "1", b"\xff", "[" * 100_000])
def test_a_text_that_is_no_object_is_refused(text: str | bytes) -> None:
    with pytest.raises(UnreadableDefinition):
        parsed(text)


def test_questions_nested_without_end_are_refused() -> None:
    field: dict[str, Any] = {"type": "text", "id": "a", "ask": "?"}
    for _ in range(2_000):
        field = {"type": "repeat", "id": "a", "ask": "?", "of": [field]}
    with pytest.raises(UnreadableDefinition):
        Form.from_json(EVERYTHING.to_json() | {"sections": [{"fields": [field]}]})
