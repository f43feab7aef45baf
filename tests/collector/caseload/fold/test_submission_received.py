"""What a submission leaves in a caseload file, read with plain SQL."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from collector.storage import CaseloadFiles, DatabaseFile
from site_builder.forms.model.definition import Form

if TYPE_CHECKING:
    from tests.collector.caseload.conftest import Clinic

FEELINGS = [{"feeling": "fear", "before": 80, "now": 30}, {"feeling": "shame"}]


def test_a_client_is_listed_under_the_therapists_label(clinic: Clinic) -> None:
    since = clinic.events[1].at
    assert clinic.row("SELECT * FROM clients") == {
        "client": "CHARLIE",
        "label": "Charlie",
        "since": since,
        "status": "active",
        "time_zone": None,
        "course_begun": None,
        "course_seq": 0,
    }


def test_a_submission_is_one_row_with_a_column_for_each_answer(clinic: Clinic, record: Form) -> None:
    id = clinic.send(record, {"situation": "The bus was late", "feelings": FEELINGS})
    received = clinic.events[-1].at
    shared = {"submission": id, "client": "CHARLIE", "version": 1, "received": received}
    assert clinic.row("SELECT * FROM submissions") == shared | {
        "form": "thought-record",
        "definition": record.hash,
        "answered": 2,
        "seq": clinic.events[-1].seq,
    }
    assert clinic.row("SELECT * FROM thought_record") == shared | {
        "situation": "The bus was late",
        "thought": None,
    }


def test_columns_follow_the_order_of_the_form(clinic: Clinic, record: Form, measure: Form) -> None:
    clinic.send(record, {"situation": "At home"})
    clinic.send(measure, {"items": {"m1": "0"}})
    standard = ["submission", "client", "version", "received"]
    assert clinic.columns("thought_record") == [*standard, "situation", "thought"]
    assert clinic.columns("low_mood") == [*standard, "m1", "m2", "m3"]
    of_feelings = ["submission", "client", "row", "received", "feeling", "before", "now"]
    assert clinic.columns("thought_record_feelings") == of_feelings


def test_rows_of_a_repeat_are_numbered_from_one(clinic: Clinic, record: Form) -> None:
    id = clinic.send(record, {"feelings": FEELINGS})
    feelings = clinic.rows("SELECT submission, row, feeling, before, now FROM thought_record_feelings")
    assert [tuple(row.values()) for row in feelings] == [(id, 1, "fear", 80, 30), (id, 2, "shame", None, None)]


def test_every_type_of_answer_is_stored_as_its_own_type(clinic: Clinic, everything: Form) -> None:
    answers = {
        "cups": 3,
        "hours": 2,
        "mood": 7,
        "place": "home",
        "often": "2",
        "padded": "01",
        "skills": ["a", "b"],
        "practised": "no",
        "day": "2026-03-09",
        "woke": "07:30",
        "asleep": 450,
    }
    clinic.send(everything, answers)
    row = clinic.row("SELECT * FROM everything")
    assert {name: row[name] for name in answers} == answers | {
        "hours": 2.0,
        "often": 2,  # codes that are all numbers are numbers
        "skills": '["a", "b"]',
    }
    kinds = clinic.row("SELECT typeof(cups) c, typeof(hours) h, typeof(often) o, typeof(padded) p FROM everything")
    assert kinds == {"c": "integer", "h": "real", "o": "integer", "p": "text"}


def test_an_unanswered_question_is_null_and_never_zero(clinic: Clinic, everything: Form) -> None:
    clinic.send(everything, {"mood": 0})
    row = clinic.row("SELECT * FROM everything")
    assert row["mood"] == 0
    assert [name for name, value in row.items() if value is None] == [
        field.id for field in everything.fields if field.id != "mood"
    ]


def test_a_measure_is_scored_and_its_missing_items_are_counted(clinic: Clinic, measure: Form) -> None:
    id = clinic.send(measure, {"items": {"m1": "0", "m2": "2"}})
    assert clinic.row("SELECT * FROM scores") == {
        "submission": id,
        "client": "CHARLIE",
        "form": "low-mood",
        "scale": "total",
        "received": clinic.events[-1].at,
        "raw": 5.0,
        "answered": 2,
        "items": 3,
        "prorated": 7.5,
        "band": "Mild",
        "reached": '["caseness"]',
        "seq": clinic.events[-1].seq,
    }


@pytest.mark.parametrize(
    ("items", "reached"), [({"m1": "3"}, None), ({"m1": "3", "m2": "0", "m3": "0"}, "[]"), ({}, None)]
)
def test_without_a_score_the_reached_cut_offs_are_unknown(
    clinic: Clinic, measure: Form, items: dict[str, str], reached: str | None
) -> None:
    clinic.send(measure, {"items": items} if items else {})
    assert clinic.row("SELECT reached FROM scores") == {"reached": reached}


@pytest.mark.parametrize(
    ("items", "met", "mood", "risk"),
    [
        ({"m1": "3", "m2": "2", "m3": "2"}, 1, (1, 2, True), (1, 1, True)),
        ({"m1": "0", "m3": "2"}, 1, (1, 1, True), (1, 1, True)),  # m1 is reversed: 0 counts as 3
        ({"m1": "3", "m2": "1", "m3": "3"}, 0, (0, 2, False), (1, 1, True)),
        ({"m1": "3", "m3": "3"}, None, (0, 1, None), (1, 1, True)),
        ({"m1": "3", "m2": "1"}, 0, (0, 2, False), (0, 0, None)),
        ({}, None, (0, 0, None), (0, 0, None)),
    ],
)
def test_a_criterion_is_met_not_met_or_unknown(
    clinic: Clinic,
    measure: Form,
    items: dict[str, str],
    met: int | None,
    mood: tuple[int, int, bool | None],
    risk: tuple[int, int, bool | None],
) -> None:
    id = clinic.send(measure, {"items": items} if items else {})
    row = clinic.row("SELECT * FROM criteria")
    clusters = json.loads(row.pop("clusters"))
    assert row == {
        "submission": id,
        "client": "CHARLIE",
        "form": "low-mood",
        "criterion": "pattern",
        "received": clinic.events[-1].at,
        "met": met,
    }
    assert list(clusters) == ["mood", "risk"]
    for name, size, (counted, answered, cluster_met) in (("mood", 2, mood), ("risk", 1, risk)):
        assert clusters[name] == {
            "counted": counted,
            "needed": 1,
            "answered": answered,
            "items": size,
            "met": cluster_met,
        }


def test_a_form_without_criteria_leaves_none(clinic: Clinic, record: Form) -> None:
    clinic.send(record, {"situation": "At home"})
    assert clinic.rows("SELECT * FROM criteria") == clinic.rows("SELECT * FROM clusters") == []


def test_a_risk_answer_raises_an_alert_in_the_clients_own_words(clinic: Clinic, measure: Form) -> None:
    id = clinic.send(measure, {"items": {"m3": "1"}})
    assert clinic.row("SELECT * FROM alerts") == {
        "submission": id,
        "item": "m3",
        "number": 1,
        "tier": "urgent",
        "client": "CHARLIE",
        "form": "low-mood",
        "label": "Thoughts of death",
        "value": 1,
        "answer": "Several days",
        "raised": clinic.events[-1].at,
        "acknowledged_by": None,
        "acknowledged": None,
    }


def test_no_risk_answer_raises_no_alert(clinic: Clinic, measure: Form) -> None:
    clinic.send(measure, {"items": {"m2": "3", "m3": "0"}})
    assert clinic.rows("SELECT * FROM alerts") == []


def test_two_alerts_of_one_item_are_two_rows(clinic: Clinic, measure: Form) -> None:
    body = measure.to_json()
    always = {"field": "m3", "test": "at_least", "value": 3}
    body["alerts"].append({"label": "Nearly every day", "when": [always], "tier": "soon"})
    both = Form.from_json(body)
    clinic.publish(both)
    clinic.send(both, {"items": {"m3": "3"}})
    assert [tuple(row.values()) for row in clinic.rows("SELECT item, number, tier, label FROM alerts")] == [
        ("m3", 1, "urgent", "Thoughts of death"),
        ("m3", 2, "soon", "Nearly every day"),
    ]


@pytest.mark.parametrize(("words", "count"), [("bus", 1), ("BUS", 1), ("fear", 1), ("cafe", 1), ("tram", 0)])
def test_what_clients_wrote_is_found_by_its_words(clinic: Clinic, record: Form, words: str, count: int) -> None:
    clinic.send(record, {"situation": "The bus, near the café", "feelings": FEELINGS})
    hits = clinic.rows(
        "SELECT question FROM written WHERE id IN (SELECT rowid FROM written_fts WHERE written_fts MATCH ?)", words
    )
    assert len(hits) == count


def test_each_written_answer_is_indexed_with_its_question(clinic: Clinic, record: Form) -> None:
    clinic.send(record, {"situation": "At work", "feelings": FEELINGS, "thought": "I shall fail"})
    answers = clinic.rows("SELECT question, answer FROM written ORDER BY id")
    assert [tuple(row.values()) for row in answers] == [
        ("What was happening?", "At work"),
        ("What went through your mind?", "I shall fail"),
        ("Which feeling?", "fear"),
        ("Which feeling?", "shame"),
    ]


def test_the_index_forgets_deleted_words(clinic: Clinic, record: Form) -> None:
    clinic.send(record, {"situation": "canarybird"})
    clinic.folder.close()
    path = clinic.folder.file_of("alice").path
    assert b"canarybird" in path.read_bytes()
    from collector.caseload.schema import open_file

    database = open_file(DatabaseFile(path))
    database.execute("DELETE FROM written")
    database.execute("DELETE FROM thought_record")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    database.conn.close()
    assert b"canarybird" not in path.read_bytes()


@pytest.mark.parametrize(
    "answer",
    ["<script>alert(1)</script>", "=1+1", "Robert'); DROP TABLE clients;--", "‮ right to left", "naïve 🌧", "a\nb"],
)
def test_an_answer_is_stored_exactly(clinic: Clinic, record: Form, answer: str) -> None:
    clinic.send(record, {"situation": answer})
    assert clinic.row("SELECT situation FROM thought_record") == {"situation": answer}


def test_one_batch_and_single_events_produce_the_same_rows(clinic: Clinic, record: Form, tmp_path: Any) -> None:
    sent = [clinic.sent(record, {"situation": f"Day {day}", "feelings": FEELINGS}) for day in range(20)]
    clinic.fold(*sent)
    together = clinic.rows("SELECT * FROM written")
    from collector.caseload.folder import Folder

    alone = Folder(CaseloadFiles(tmp_path / "alone"), lambda event, error: None)
    for event in clinic.events:
        alone.fold([event])
    clinic.folder.close()
    alone.close()
    clinic.folder = alone
    assert clinic.rows("SELECT * FROM written") == together
