"""Several versions of a form in one table: which columns continue and which are new."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from collector.caseload.courses import read_courses, read_scales
from collector.caseload.dictionary import describe
from collector.caseload.folder import Folder
from collector.driver import sqlite3
from collector.storage import CaseloadFiles
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.definition import Cutoff, Form, Scale, Section
from site_builder.forms.model.fields import Field, Matrix, Rating, Repeat, Text
from tests.cases.wordings import CASES, Case, definitions

if TYPE_CHECKING:
    from tests.collector.caseload.conftest import Clinic


def form(*fields: Field, version: int = 1, scales: tuple[Scale, ...] = ()) -> Form:
    return Form(id="log", version=version, title="Log", sections=(Section(fields),), scales=scales)


def rating(id: str, highest: int = 10, was: str = "") -> Rating:
    return Rating(id=id, ask=f"How {id}?", highest=highest, was=was)


def places(clinic: Clinic) -> list[tuple[Any, ...]]:
    questions = clinic.rows('SELECT version, field, "table", "column" FROM questions ORDER BY version, field')
    return [tuple(row.values()) for row in questions]


def publish(clinic: Clinic, *forms: Form) -> None:
    for one in forms:
        clinic.publish(one)


def test_a_renamed_question_keeps_its_column_through_a_chain_of_names(clinic: Clinic) -> None:
    first, second = form(rating("mood")), form(rating("spirits", was="mood"))
    third = form(rating("feeling", was="spirits"), version=2)
    publish(clinic, first, second, third)
    clinic.send(third, {"feeling": 3})
    clinic.send(second, {"spirits": 2})
    clinic.send(first, {"mood": 1})  # from a page that was loaded before both edits
    moods = clinic.rows("SELECT version, mood FROM log ORDER BY received")
    assert [tuple(row.values()) for row in moods] == [(2, 3), (1, 2), (1, 1)]
    assert places(clinic) == [(1, "mood", "log", "mood"), (1, "spirits", "log", "mood"), (2, "feeling", "log", "mood")]
    connection = clinic.folder.file_of("alice").connect(read_only=True)
    assert describe(connection)["log"].columns["mood"] == "How feeling? · From 0 to 10"
    connection.close()


def test_was_may_be_removed_again(clinic: Clinic) -> None:
    last = form(rating("spirits"))
    publish(clinic, form(rating("mood")), form(rating("spirits", was="mood")), last)
    clinic.send(last, {"spirits": 7})
    assert clinic.row("SELECT mood FROM log") == {"mood": 7}


def test_a_changed_range_after_a_rename_gets_a_new_column(clinic: Clinic) -> None:
    wide, narrow = form(rating("spirits", 100, "mood"), version=3), form(rating("spirits", was="mood"), version=4)
    publish(clinic, form(rating("mood")), form(rating("spirits", was="mood"), version=2), wide, narrow)
    clinic.send(wide, {"spirits": 70})
    clinic.send(narrow, {"spirits": 7})
    assert clinic.row("SELECT sum(mood) AS old, sum(spirits) AS new FROM log") == {"old": 7, "new": 70}


def test_a_new_question_with_an_old_name_gets_a_new_column(clinic: Clinic) -> None:
    first, second = form(rating("mood")), form(rating("spirits", was="mood"))
    third = form(rating("spirits"), rating("mood"), version=2)
    publish(clinic, first, second, third)
    clinic.send(first, {"mood": 1})
    clinic.send(third, {"spirits": 2, "mood": 3})
    moods = clinic.rows("SELECT mood, mood_v2 FROM log ORDER BY received")
    assert [tuple(row.values()) for row in moods] == [(1, None), (2, 3)]


def test_a_renamed_row_and_a_renamed_question_of_a_repeat_keep_their_columns(clinic: Clinic) -> None:
    yes_no = (Choice("0", "No"), Choice("1", "Yes"))
    before = form(
        Matrix(id="m", ask="M?", choices=yes_no, rows=(Choice("q1", "One"),)),
        Repeat(id="steps", ask="Steps?", of=(rating("fear"),)),
    )
    after = form(
        Matrix(id="n", ask="M?", choices=yes_no, rows=(Choice("tense", "One"),), renamed=(("tense", "q1"),)),
        Repeat(id="steps", ask="Steps?", of=(rating("worry", was="fear"),)),
    )
    publish(clinic, before, after)
    clinic.send(after, {"n": {"tense": "1"}, "steps": [{"worry": 8}]})
    assert clinic.row("SELECT q1, fear FROM log JOIN log_steps USING (submission)") == {"q1": 1, "fear": 8}


def test_a_renamed_repeat_keeps_its_table_and_a_new_one_gets_another(clinic: Clinic) -> None:
    before = form(Repeat(id="steps", ask="Steps?", of=(rating("fear"),)))
    after = form(
        Repeat(id="ladder", ask="Steps", was="steps", of=(rating("worry", was="fear"), Text(id="x", ask="X?")))
    )
    both = form(*after.fields, Repeat(id="steps", ask="Walking?", of=(rating("fear"),)), version=2)
    publish(clinic, before, after, both)
    clinic.send(before, {"steps": [{"fear": 1}]})
    clinic.send(both, {"ladder": [{"worry": 2, "x": "up"}], "steps": [{"fear": 3}]})
    assert [row["fear"] for row in clinic.rows("SELECT fear FROM log_steps ORDER BY received")] == [1, 2]
    assert clinic.row("SELECT fear FROM log_steps_v2") == {"fear": 3}


def test_a_rebuild_produces_the_same_columns(clinic: Clinic, tmp_path: Path) -> None:
    forms = [
        form(rating("mood")),
        form(rating("spirits", was="mood")),
        form(rating("mood"), rating("spirits"), version=2),
    ]
    publish(clinic, *forms)
    for number, one in enumerate(forms):
        clinic.send(one, {one.fields[0].id: number})
    anew = Folder(CaseloadFiles(tmp_path / "anew"), lambda event, error: None)
    anew.fold(clinic.events)
    anew.close()
    connection = anew.file_of("alice").connect(read_only=True)
    rows = connection.execute('SELECT version, field, "table", "column" FROM questions ORDER BY 1, 2').fetchall()
    values = connection.execute("SELECT mood, mood_v2 FROM log ORDER BY received").fetchall()
    connection.close()
    assert rows == [row for row in places(clinic) if row[2] == "log"]
    assert values == [(0, None), (1, None), (None, 2)]


TOTAL = Scale("total", ("a", "b"), title="Mood", cutoffs=(Cutoff("caseness", 10),))


def scored(version: int, a: Rating | None = None, **rule: Any) -> Form:
    return form(a or rating("a"), rating("b"), version=version, scales=(replace(TOTAL, **rule),))


def names(clinic: Clinic) -> list[str]:
    return [row["scale"] for row in clinic.rows("SELECT scale FROM scores ORDER BY received")]


def test_scores_with_a_changed_rule_get_a_new_name(clinic: Clinic) -> None:
    versions = [
        scored(version=1),
        scored(version=2, reversed=("a",)),
        scored(version=3, multiplier=2),
        scored(version=4, missing_up_to=1),
        scored(version=5, items=("a",)),
        scored(version=6, a=rating("a", highest=100)),
        scored(version=7),
    ]
    publish(clinic, *versions)
    for one in versions:
        clinic.send(one, {"a": 1, "b": 2})
    assert names(clinic) == ["total", *(f"total_v{version}" for version in range(2, 7)), "total"]
    rules = clinic.rows("SELECT version, scale FROM scales ORDER BY version")
    assert [row["scale"] for row in rules] == names(clinic)


def test_changed_cut_offs_bands_order_and_names_keep_one_series(clinic: Clinic) -> None:
    renamed = form(
        rating("x", was="a"), rating("b"), version=3, scales=(replace(TOTAL, items=("b", "x"), title="Spirits"),)
    )
    versions = [scored(version=1), scored(version=2, cutoffs=(Cutoff("caseness", 8),), reliable_change=3.0), renamed]
    publish(clinic, *versions)
    clinic.send(versions[0], {"a": 1, "b": 2})
    clinic.send(versions[1], {"a": 1, "b": 2})
    clinic.send(versions[2], {"x": 1, "b": 2})
    assert names(clinic) == ["total"] * 3


class Caseload:
    """Reads a file as the review does."""

    def __init__(self, clinic: Clinic) -> None:
        self.clinic = clinic

    async def execute(self, sql: str, params: dict[str, Any] | None = None) -> Any:
        connection = self.clinic.folder.file_of("alice").connect(read_only=True)
        connection.row_factory = sqlite3.Row
        rows = connection.execute(sql, params or {}).fetchall()
        connection.close()
        return type("Results", (), {"rows": rows})


async def courses(clinic: Clinic) -> list[tuple[str, Sequence[float]]]:
    rows = Caseload(clinic)
    courses = await read_courses(rows, await read_scales(rows))
    return [(course.scale.title, course.values) for course in courses["CHARLIE"]]


def test_the_review_never_draws_two_scoring_rules_as_one_line(clinic: Clinic) -> None:
    before, after = scored(version=1), scored(version=2, multiplier=2)
    publish(clinic, before, after)
    for one in (before, before, after, after):
        clinic.send(one, {"a": 1, "b": 2})
    assert asyncio.run(courses(clinic)) == [("Mood, until version 1", [3.0, 3.0]), ("Mood", [6.0, 6.0])]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_another_meaning_gets_a_column_of_its_own(clinic: Clinic, case: Case) -> None:
    """The ledger may hold any of these, whoever published them, and each is folded."""
    forms = definitions(case, version=2)
    publish(clinic, *forms)
    for one in forms:
        clinic.send(one, {"note": "words"})
    assert clinic.set_aside == []
    columns = clinic.rows('SELECT "column" FROM questions WHERE field = ? ORDER BY rowid', case.field)
    assert [row["column"] for row in columns][-1] == case.column


@pytest.mark.parametrize(
    ("before", "after", "column"),
    [
        ({"ask": "Anger"}, {"ask": "Tooth ache"}, "mood_v1"),
        ({"ask": "Can you sleep?"}, {"ask": "Can't you sleep?"}, "mood_v1"),
        ({"ask": "How was the last week?"}, {"ask": "How were the last 2 weeks?"}, "mood_v1"),
        ({"ask": "How?", "ends": ("Low", "High")}, {"ask": "How?", "ends": ("High up", "Low down")}, "mood_v1"),
        ({"ask": "How was your mood?"}, {"ask": "How is your mood today?"}, "mood"),
        ({"ask": "How was your mood?"}, {"ask": "How was your mood?", "hint": "Take your time"}, "mood"),
    ],
)
def test_what_was_published_within_a_version_before_words_were_compared(
    clinic: Clinic, before: dict[str, Any], after: dict[str, Any], column: str
) -> None:
    forms = form(Rating(id="mood", **before)), form(Rating(id="mood", **after))
    publish(clinic, *forms)
    for one in forms:
        clinic.send(one, {"mood": 1})
    columns = clinic.rows('SELECT "column" FROM questions ORDER BY rowid')
    assert [row["column"] for row in columns] == ["mood", column]
