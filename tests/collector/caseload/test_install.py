"""The data dictionary, and what later versions of a form do to its tables."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from collector.caseload.dictionary import describe
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.definition import Form, Section
from site_builder.forms.model.fields import Field, LongText, Number, OneOf, Rating, Repeat, Text

if TYPE_CHECKING:
    from tests.collector.caseload.conftest import Clinic


def form(*fields: Field, version: int = 1, id: str = "check-in") -> Form:
    return Form(id=id, version=version, title="Check-in", sections=(Section(fields, title="Today"),))


def choice(*codes: str) -> OneOf:
    return OneOf(id="x", ask="X?", choices=tuple(Choice(code, code) for code in codes))


def test_each_question_is_listed_with_its_column_and_wording(clinic: Clinic, record: Form) -> None:
    clinic.send(record, {"situation": "At home"})
    questions = clinic.rows('SELECT field, "column", "table", section, ask, type FROM questions')
    assert [tuple(row.values()) for row in questions] == [
        ("situation", "situation", "thought_record", "The moment", "What was happening?", "text"),
        ("feelings", None, "thought_record_feelings", "", "What did you feel?", "repeat"),
        ("feelings.feeling", "feeling", "thought_record_feelings", "", "Which feeling?", "text"),
        ("feelings.before", "before", "thought_record_feelings", "", "How strong was it?", "rating"),
        ("feelings.now", "now", "thought_record_feelings", "", "How strong is it now?", "rating"),
        ("thought", "thought", "thought_record", "", "What went through your mind?", "long text"),
    ]


def test_codes_and_hints_are_listed_as_the_client_saw_them(clinic: Clinic, record: Form, measure: Form) -> None:
    clinic.send(record, {"situation": "At home"})
    clinic.send(measure, {"items": {"m1": "0"}})
    questions = {row["field"]: row for row in clinic.rows("SELECT * FROM questions")}
    assert questions["m2"]["ask"] == "Feeling down"
    assert questions["m2"]["hint"] == "How often in the last two weeks?"
    assert json.loads(questions["m2"]["codes"])["3"] == "Nearly every day"
    assert json.loads(questions["feelings.before"]["codes"]) == {"0": "Not at all", "100": "Strongest"}
    assert questions["thought"]["hint"] == "In your own words"


def test_the_rule_of_each_scale_is_listed(clinic: Clinic, measure: Form) -> None:
    clinic.send(measure, {"items": {"m1": "0"}})
    rule = clinic.row("SELECT * FROM scales")
    for name in ("items", "reversed", "bands", "cut_offs"):
        rule[name] = json.loads(rule[name])
    assert rule == {
        "form": "low-mood",
        "version": 1,
        "scale": "total",
        "title": "Low mood",
        "items": ["m1", "m2", "m3"],
        "reversed": ["m1"],
        "multiplier": 1.0,
        "missing": 1,
        "bands": [
            {"at_least": 0, "label": "None", "meaning": ""},
            {"at_least": 4, "label": "Mild", "meaning": "Some trouble"},
        ],
        "cut_offs": {"caseness": 5},
        "reliable_change": 3.0,
        "better": "lower",
        "possible_change": None,
        "main": 0,
        "method": "sum",
        "rounding": "none",
        "rounding_source": None,
        "gate": None,
        "licence": "made up",
        "source": "nowhere",
    }


def test_the_rule_of_each_criterion_is_listed_by_cluster(clinic: Clinic, measure: Form) -> None:
    clinic.send(measure, {"items": {"m1": "0"}})
    shared = {
        "form": "low-mood",
        "version": 1,
        "criterion": "pattern",
        "criterion_title": "A pattern",
        "counts_from": 2.0,
        "needs": 1,
        "meaning": "It fits.",
        "licence": "made up",
        "source": "nowhere",
    }
    assert clinic.rows("SELECT * FROM clusters ORDER BY rowid") == [
        shared | {"cluster": "mood", "title": "Mood", "items": '["m1", "m2"]', "reversed": '["m1"]'},
        shared | {"cluster": "risk", "title": "", "items": '["m3"]', "reversed": "[]"},
    ]


def test_a_later_wording_of_a_version_replaces_the_listed_rule(clinic: Clinic, measure: Form) -> None:
    clinic.send(measure, {"items": {"m1": "0"}})
    body = measure.to_json()
    body["criteria"][0]["title"] = "Another title"
    changed = Form.from_json(body)
    clinic.publish(changed)
    clinic.send(changed, {"items": {"m1": "0"}})
    assert clinic.row("SELECT DISTINCT criterion_title FROM clusters") == {"criterion_title": "Another title"}


def test_a_form_nobody_has_sent_has_no_table(clinic: Clinic) -> None:
    assert clinic.columns("thought_record") == []
    assert clinic.rows("SELECT * FROM questions") == []


def test_a_later_version_adds_its_new_questions_as_columns(clinic: Clinic) -> None:
    first = form(Text(id="note", ask="A note?"))
    second = form(Text(id="note", ask="A note?"), Rating(id="mood", ask="Mood?"), version=2)
    for version in (first, second):
        clinic.publish(version)
    clinic.send(first, {"note": "one"})
    clinic.send(second, {"note": "two", "mood": 4})
    clinic.send(first, {"note": "three"})  # from a page that was cached before the edit
    submissions = clinic.rows("SELECT version, note, mood FROM check_in ORDER BY received")
    assert [tuple(row.values()) for row in submissions] == [(1, "one", None), (2, "two", 4), (1, "three", None)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Rating(id="x", ask="X?", highest=10), Rating(id="x", ask="X?", highest=100)),
        (Rating(id="x", ask="X?"), Text(id="x", ask="X?")),
        (choice("a", "b"), choice("a", "b", "c")),
        (Number(id="x", ask="X?", unit="miles"), Number(id="x", ask="X?", unit="kilometres")),
        (Number(id="x", ask="X?"), Number(id="x", ask="X?", decimals=1)),
    ],
    ids=["range", "type", "codes", "unit", "decimals"],
)
def test_a_changed_type_range_or_code_gets_a_new_column(clinic: Clinic, before: Field, after: Field) -> None:
    first, second, third = form(before), form(after, version=2), form(after, version=3)
    for version in (first, second, third):
        clinic.publish(version)
    answer: dict[type[Field], Any] = {OneOf: "a", Text: "some words"}
    for version in (first, second, third):
        clinic.send(version, {"x": answer.get(type(version.fields[0]), 7)})
    assert clinic.columns("check_in")[4:] == ["x", "x_v2"]
    assert clinic.row("SELECT count(x) AS old, count(x_v2) AS new FROM check_in") == {"old": 1, "new": 2}
    questions = clinic.rows('SELECT version, "column" FROM questions ORDER BY version')
    assert [tuple(row.values()) for row in questions] == [(1, "x"), (2, "x_v2"), (3, "x_v2")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Text(id="x", ask="X?"), LongText(id="x", ask="And X?", was_worded=("X?",))),
        (choice("a", "b"), replace(choice("b", "a"), ask="x")),
        (Rating(id="x", ask="X?"), Rating(id="x", ask="X?", ends=("Low", "High"), required=True, was_worded=("X?",))),
    ],
    ids=["length", "order and spelling", "ends"],
)
def test_words_that_mean_the_same_stay_in_their_column(clinic: Clinic, before: Field, after: Field) -> None:
    first, second = form(before), form(after, version=2)
    for version in (first, second):
        clinic.publish(version)
        clinic.send(version, {"x": 3 if isinstance(before, Rating) else "a"})
    assert clinic.row("SELECT count(x) AS n FROM check_in") == {"n": 2}
    assert clinic.columns("check_in")[4:] == ["x"]


def test_a_change_inside_a_repeat_gets_a_new_column(clinic: Clinic) -> None:
    first = form(Repeat(id="steps", ask="Steps?", of=(Rating(id="fear", ask="Fear?", highest=10),)))
    second = form(Repeat(id="steps", ask="Steps?", of=(Rating(id="fear", ask="Fear?", highest=100),)), version=2)
    for version in (first, second):
        clinic.publish(version)
        clinic.send(version, {"steps": [{"fear": 9}]})
    assert clinic.columns("check_in_steps")[4:] == ["fear", "fear_v2"]


def test_a_new_name_that_is_taken_gives_way(clinic: Clinic) -> None:
    first = form(Rating(id="x", ask="X?"), Text(id="x_v2", ask="Another?"))
    second = form(Rating(id="x", ask="X?", highest=100), version=2)
    for version in (first, second):
        clinic.publish(version)
    clinic.send(second, {"x": 50})
    assert clinic.columns("check_in")[4:] == ["x_v2_2"]


def test_columns_have_the_same_name_in_every_caseload(clinic: Clinic) -> None:
    first, second = form(Rating(id="x", ask="X?")), form(Rating(id="x", ask="X?", highest=100), version=2)
    clinic.publish(first)
    clinic.publish(second)
    clinic.add_client("BOB", caseload="dora")
    clinic.send(second, {"x": 50}, "BOB")
    assert clinic.rows("SELECT x_v2 FROM check_in", caseload="dora") == [{"x_v2": 50}]


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (0, 1, 0)])
def test_every_wording_is_listed_and_the_latest_describes_the_column(clinic: Clinic, order: tuple[int, ...]) -> None:
    wordings = [form(Rating(id="x", ask="How depresed are you?")), form(Rating(id="x", ask="How depressed are you?"))]
    for wording in wordings:
        clinic.publish(wording)
    for which in order:
        clinic.send(wordings[which], {"x": 3})
    asks = {row["definition"]: row["ask"] for row in clinic.rows("SELECT definition, ask FROM questions")}
    assert asks == {wording.hash: wording.fields[0].ask for wording in wordings}
    connection = clinic.folder.file_of("alice").connect(read_only=True)
    assert describe(connection)["check_in"].columns["x"] == "How depressed are you? · From 0 to 10"
    connection.close()


@pytest.mark.parametrize("id", ["clients", "problems", "written", "criteria", "clusters"])
def test_a_form_cannot_use_the_name_of_a_built_in_table(clinic: Clinic, id: str) -> None:
    clinic.publish(form(Text(id="x", ask="X?"), id=id))
    assert "uses that name itself" in str(clinic.set_aside[0][1])


def test_two_forms_cannot_share_a_table(clinic: Clinic, record: Form) -> None:
    clinic.publish(form(Text(id="x", ask="X?"), id="thought-record-feelings"))
    assert "would both have the table" in str(clinic.set_aside[0][1])
    clinic.send(record, {"situation": "At home"})
    assert clinic.row("SELECT count(*) AS n FROM submissions") == {"n": 1}
