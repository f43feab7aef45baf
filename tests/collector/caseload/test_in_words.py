"""Beside each table of a form stands the same in words: the words of the wording that was answered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlite_utils import Database

from collector.caseload.in_words import create_in_words
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.computed import Computed
from site_builder.forms.model.definition import Form, Section
from site_builder.forms.model.fields import AnyOf, Duration, Matrix, Number, OneOf, Rating, Repeat, Text, YesNo

if TYPE_CHECKING:
    from tests.collector.caseload.conftest import Clinic


def log(*fields: Any, version: int = 1, id: str = "mood-log", computed: tuple[Computed, ...] = ()) -> Form:
    return Form(id=id, version=version, title="Log", sections=(Section(fields, computed=computed),))


def words(clinic: Clinic, table: str) -> list[dict[str, Any]]:
    standard = ("submission", "client", "version", "received")
    rows = clinic.rows(f'SELECT * FROM "{table} in words" ORDER BY received, submission')
    return [{name: value for name, value in row.items() if name not in standard} for row in rows]


def test_each_kind_of_answer_is_in_words_and_numbers_stay_numbers(clinic: Clinic, everything: Form) -> None:
    clinic.send(
        everything,
        {
            "cups": 3, "hours": 7.5, "mood": 4, "place": "out", "often": "3", "padded": "01", "skills": ["b", "a"],
            "practised": "yes", "day": "2026-03-09", "woke": "06:30", "asleep": 450,
        },
    )  # fmt: skip
    (row,) = words(clinic, clinic.rows('SELECT DISTINCT "table" FROM questions WHERE "column" = \'cups\'')[0]["table"])
    answered = {name: value for name, value in row.items() if value is not None}
    assert answered == {
        "cups": 3, "hours": 7.5, "mood": 4, "place": "Out", "often": "Nearly every day", "padded": "One",
        "skills": "Walking, Breathing", "practised": "Yes", "day": "2026-03-09", "woke": "06:30",
        "asleep": "7 h 30 min",
    }  # fmt: skip


def test_words_are_those_of_the_wording_that_was_answered(clinic: Clinic) -> None:
    before = log(OneOf(id="how", ask="How?", choices=(Choice("0", "Never"), Choice("1", "Dayly"))))
    after = log(
        OneOf(id="how", ask="How?", choices=(Choice("0", "Never"), Choice("1", "Daily"))), Text(id="n", ask="N?")
    )
    for form in (before, after):
        clinic.publish(form)
        clinic.send(form, {"how": "1"})
    shown = sorted(str(value) for row in words(clinic, "mood_log") for name, value in row.items() if name[:3] == "how")
    assert [value for value in shown if value != "None"] == ["Daily", "Dayly"]


def test_rows_of_a_repeat_a_matrix_and_computed_values_are_in_words(clinic: Clinic) -> None:
    often = (Choice("0", "Never"), Choice("1", 'It\'s "often"'))
    form = log(
        Number(id="one", ask="One?", unit="cups"),
        Number(id="two", ask="Two?", unit="cups"),
        Matrix(id="week", ask="This week?", choices=often, rows=(Choice("q1", "Low"), Choice("q2", "Tense"))),
        Repeat(
            id="steps",
            ask="Steps?",
            called="step",
            of=(YesNo(id="done", ask="Done?"), Duration(id="long", ask="Long?")),
        ),
        computed=(Computed(id="all", label="All", formula="sum", of=("one", "two"), unit="cups"),),
    )
    clinic.publish(form)
    clinic.send(form, {"one": 1, "two": 2, "week": {"q1": "1"}, "steps": [{"done": "no"}, {"done": "yes", "long": 45}]})
    (row,) = words(clinic, "mood_log")
    assert row == {"one": 1, "two": 2, "q1": 'It\'s "often"', "q2": None, "all": 3}
    steps = [(row["row"], row["done"], row["long"]) for row in words(clinic, "mood_log_steps")]
    assert sorted(steps) == [(1, "No", None), (2, "Yes", "45 min")]


@pytest.mark.parametrize("code", ["up-hill", "A_1", "-1", "10", "0"])
def test_a_code_of_any_shape_has_its_label(clinic: Clinic, code: str) -> None:
    other = Choice("11" if code.lstrip("-").isdigit() else "other", "Other")
    for field in (
        OneOf(id="way", ask="Which way?", choices=(Choice(code, "Up"), other)),
        AnyOf(id="ways", ask="Which ways?", choices=(Choice(code, "Up"), other)),
    ):
        form = log(field, id=f"log-{field.id}")
        clinic.publish(form)
        clinic.send(form, {field.id: [code] if isinstance(field, AnyOf) else code})
        assert words(clinic, f"log_{field.id}") == [{field.id: "Up"}]


def test_a_form_or_repeat_of_such_a_name_has_its_own_table(clinic: Clinic) -> None:
    forms = (log(Text(id="a", ask="A?")), log(Text(id="a", ask="A?"), id="mood-log-in-words"))
    for form in forms:
        clinic.publish(form)
        clinic.send(form, {"a": form.id})
    assert words(clinic, "mood_log") == [{"a": "mood-log"}]
    assert words(clinic, "mood_log_in_words") == [{"a": "mood-log-in-words"}]


def test_a_later_version_adds_its_columns(clinic: Clinic) -> None:
    first = log(Rating(id="a", ask="A?"))
    second = replace(log(Rating(id="a", ask="A?"), YesNo(id="b", ask="B?")), version=2)
    for form in (first, second):
        clinic.publish(form)
    clinic.send(first, {"a": 1})
    clinic.send(second, {"a": 2, "b": "yes"})
    assert sorted((row["a"], row["b"]) for row in words(clinic, "mood_log")) in ([(1, None), (2, "Yes")],)


def test_a_long_form_is_in_words_too(clinic: Clinic) -> None:
    rows = tuple(Choice(f"q{number}", f"Question {number}") for number in range(900))
    form = log(Matrix(id="items", ask="How often?", choices=(Choice("0", "Never"), Choice("1", "Often")), rows=rows))
    clinic.publish(form)
    clinic.send(form, {"items": {"q0": "1", "q899": "0"}})
    (row,) = words(clinic, "mood_log")
    assert (row["q0"], row["q1"], row["q899"]) == ("Often", None, "Never")


def test_no_function_of_ours_is_in_a_view(clinic: Clinic, everything: Form) -> None:
    clinic.send(everything, {"cups": 3})
    connection = clinic.folder.file_of("alice").connect(read_only=True)
    assert connection.execute("PRAGMA trusted_schema").fetchone() == (0,)
    for (view,) in connection.execute("SELECT name FROM sqlite_master WHERE name LIKE '% in words'").fetchall():
        assert connection.execute(f'SELECT * FROM "{view}"').fetchall()
    connection.close()


def test_newest_rows_are_found_without_reading_all(clinic: Clinic, everything: Form) -> None:
    clinic.send(everything, {"cups": 3})
    connection = clinic.folder.file_of("alice").connect(read_only=True)
    (view,) = connection.execute("SELECT name FROM sqlite_master WHERE name LIKE '% in words' LIMIT 1").fetchone()
    plan = connection.execute(f'EXPLAIN QUERY PLAN SELECT * FROM "{view}" ORDER BY received DESC LIMIT 10').fetchall()
    assert any("USING INDEX idx_submissions_received" in step[3] for step in plan)
    assert not any("ORDER BY" in step[3] for step in plan)
    connection.close()


def test_views_are_created_again_for_the_columns_that_there_are(clinic: Clinic, everything: Form) -> None:
    clinic.send(everything, {"cups": 3})
    database = Database(clinic.folder.file_of("alice").connect(), execute_plugins=False)
    before = database.view_names()
    create_in_words(database)
    assert database.view_names() == before
    database.conn.close()
