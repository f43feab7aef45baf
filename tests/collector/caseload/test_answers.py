"""The view `answers`: every answer once, in words and as a number, whatever happens to the forms."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlite_utils import Database

from collector.caseload.answers import create_answers
from collector.caseload.schema import migrations, open_file
from collector.storage import DatabaseFile
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.definition import Form, Section
from site_builder.forms.model.fields import OneOf, Rating

if TYPE_CHECKING:
    from tests.collector.caseload.conftest import Clinic

MANY = 900  # tables: more than SQLite joins in one UNION ALL, so layers are needed


def answers(clinic: Clinic, columns: str = "question, answer, number", where: str = "1") -> list[tuple[Any, ...]]:
    rows = clinic.rows(f"SELECT {columns} FROM answers WHERE {where} ORDER BY received, submission")
    return [tuple(row.values()) for row in rows]


def log(*fields: Rating | OneOf, version: int = 1) -> Form:
    return Form(id="log", version=version, title="Log", sections=(Section(fields),))


def test_each_kind_of_answer_stands_in_words_and_as_a_number(clinic: Clinic, everything: Form) -> None:
    sent = {
        "cups": 3, "hours": 7.5, "mood": 4, "place": "out", "often": "3", "padded": "01", "skills": ["b", "a"],
        "practised": "yes", "day": "2026-03-09", "woke": "06:30", "asleep": 450,
    }  # fmt: skip
    clinic.send(everything, sent)
    assert set(answers(clinic)) == {
        ("How many cups?", "3", 3),
        ("How many hours?", "7.5", 7.5),
        ("How is your mood?", "4", 4),
        ("Where?", "Out", None),
        ("How often?", "Nearly every day", 3),
        ("Which room?", "One", None),
        ("Which skills?", "Walking, Breathing", None),
        ("Did you practise?", "Yes", None),
        ("Which day?", "2026-03-09", None),
        ("When did you wake?", "06:30", None),
        ("How long did you sleep?", "7 h 30 min", 450),
    }
    later = clinic.send(everything, {"asleep": 45, "hours": 8})
    assert set(answers(clinic, "answer", f"submission = '{later}'")) == {("8",), ("45 min",)}


def test_a_code_of_any_shape_finds_its_label(clinic: Clinic) -> None:
    texts = log(OneOf(id="way", ask="Which way?", choices=(Choice("up-hill", "Up"), Choice("A_1", "First"))))
    numbers = replace(
        log(OneOf(id="step", ask="Step?", choices=(Choice("-1", "Back"), Choice("10", "On")))), id="steps"
    )
    for form, id, codes in ((texts, "way", ("up-hill", "A_1")), (numbers, "step", ("-1", "10"))):
        clinic.publish(form)
        for code in codes:
            clinic.send(form, {id: code})
    assert [row[1:] for row in answers(clinic)] == [("Up", None), ("First", None), ("Back", -1), ("On", 10)]


def test_an_entry_of_a_repeat_and_a_row_of_a_matrix_are_answers_of_their_own(
    clinic: Clinic, record: Form, measure: Form
) -> None:
    clinic.send(record, {"situation": "At home", "feelings": [{"feeling": "Fear", "now": 4}, {"feeling": "Shame"}]})
    clinic.send(measure, {"items": {"m1": "0", "m3": "1"}})
    assert answers(clinic, '"table", "column", "row", question, answer') == [
        ("thought_record", "situation", None, "What was happening?", "At home"),
        ("thought_record_feelings", "feeling", 1, "Which feeling?", "Fear"),
        ("thought_record_feelings", "now", 1, "How strong is it now?", "4"),
        ("thought_record_feelings", "feeling", 2, "Which feeling?", "Shame"),
        ("low_mood", "m1", None, "Little interest", "Not at all"),
        ("low_mood", "m3", None, "Better off dead", "Several days"),
    ]


def test_an_answer_is_worded_as_its_version_asked_it(clinic: Clinic) -> None:
    first, second = (
        log(Rating(id="mood", ask="How was it?")),
        log(Rating(id="mood", ask="How was it today?", was_worded=("How was it?",)), version=2),
    )
    third = log(Rating(id="mood", ask="Out of five?", highest=5), version=3)
    for value, form in enumerate((first, second, third), 1):
        clinic.publish(form)
        clinic.send(form, {"mood": value})
    assert answers(clinic, '"column", question, number') == [
        ("mood", "How was it?", 1), ("mood", "How was it today?", 2), ("mood_v3", "Out of five?", 3)
    ]  # fmt: skip


def test_a_question_renamed_within_its_version_is_answered_once(clinic: Clinic) -> None:
    first, second = log(Rating(id="mood", ask="Mood?")), log(Rating(id="spirits", ask="Spirits?", was="mood"))
    clinic.publish(first)
    clinic.send(first, {"mood": 1})
    clinic.publish(second)
    clinic.send(second, {"spirits": 2})
    assert answers(clinic, 'question, number, "column"') == [("Mood?", 1, "mood"), ("Spirits?", 2, "mood")]


@pytest.mark.parametrize("id", ["answers", "last-seen", "open-alerts"])
def test_a_form_may_be_called_like_a_view(clinic: Clinic, record: Form, id: str) -> None:
    """Some were, before there were views: they go on, in a table with a name of its own."""
    form = replace(record, id=id)
    clinic.publish(form)
    clinic.send(form, {"situation": "At home"})
    table = f"{id.replace('-', '_')}_form"
    assert clinic.row(f"SELECT situation FROM {table}") == {"situation": "At home"}
    assert clinic.rows("SELECT * FROM problems") == []
    assert clinic.row("SELECT form, answer FROM answers") == {"form": id, "answer": "At home"}


def test_as_many_answers_as_were_counted(clinic: Clinic, measure: Form, everything: Form) -> None:
    for items in ({"m1": "0"}, {"m1": "0", "m2": "2", "m3": "1"}, {}):
        clinic.send(measure, {"items": items} if items else {})
    clinic.send(everything, {"mood": 0, "practised": "no"})
    counted = clinic.row("SELECT sum(answered) AS answered FROM submissions")
    assert counted == clinic.row("SELECT count(*) AS answered FROM answers") == {"answered": 6}


def test_a_number_typed_as_text_is_compared_as_a_number(clinic: Clinic, everything: Form) -> None:
    for cups in (3, 20):
        clinic.send(everything, {"cups": cups, "place": "out"})
    assert len(clinic.rows("SELECT * FROM answers WHERE number = ?", "3")) == 1
    assert len(clinic.rows("SELECT * FROM answers WHERE number < ?", "10")) == 1
    assert len(clinic.rows("SELECT * FROM answers WHERE answer = ?", 20)) == 1


def test_a_file_of_an_earlier_release_gets_the_view_of_its_tables(
    tmp_path: Path, clinic: Clinic, measure: Form
) -> None:
    clinic.send(measure, {"items": {"m1": "2"}})
    file = clinic.folder.file_of("alice")
    clinic.folder.close()
    old = file.connect()
    for view in ("answers", "progress", "open_alerts", "last_seen"):
        old.execute(f"DROP VIEW {view}")
    old.execute("DELETE FROM _sqlite_migrations WHERE name LIKE 'views%'")
    old.close()
    open_file(file).conn.close()
    assert answers(clinic) == [("Little interest", "Often", 2)]
    assert len(clinic.rows("SELECT * FROM progress")) == 0, "two of three items are missing"


def test_more_tables_than_one_union_takes(tmp_path: Path) -> None:
    database = Database(DatabaseFile(tmp_path / "many.db").connect(), execute_plugins=False)
    migrations.apply(database)
    with database.conn:
        database.execute("INSERT INTO clients (client, label, since, status) VALUES ('CHARLIE', '', '', 'active')")
        for number in range(MANY):
            table = f"form_{number}"
            database.execute(
                f"CREATE TABLE {table} (submission TEXT, client TEXT, version INT, received TEXT, mood INT)"
            )
            database.execute(f"INSERT INTO {table} VALUES ('s{number}', 'CHARLIE', 1, '', {number})")
            row = (f"s{number}", f"form-{number}", f"hash-{number}")
            database.execute(
                "INSERT INTO submissions (submission, client, form, version, definition, received, answered)"
                " VALUES (?, 'CHARLIE', ?, 1, ?, '', 1)",
                row,
            )
            question = (f"hash-{number}", f"form-{number}", table, f"Mood {number}?")
            database.execute(
                "INSERT INTO questions VALUES (?, ?, 1, 'mood', 'mood', ?, '', ?, '', 'rating', NULL, NULL)", question
            )
        create_answers(database)
    count = database.execute("SELECT count(*), sum(number) FROM answers WHERE client = 'CHARLIE'").fetchone()
    assert count == (MANY, MANY * (MANY - 1) / 2)
    database.conn.close()
