"""Events that cannot be folded are set aside, described without any answer, and delay nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from collector.caseload.columns import OF_A_FORM, OF_A_REPEAT
from site_builder.forms.history.room import MOST_COLUMNS
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.conditions import Condition
from site_builder.forms.model.definition import Alert, Form, Section
from site_builder.forms.model.fields import Matrix
from tests.collector.caseload.conftest import HOW_OFTEN

if TYPE_CHECKING:
    from tests.collector.caseload.conftest import Clinic

CANARY = "canarybird"
LARGEST_TABLE = 2_000  # columns, of SQLite


@pytest.mark.parametrize(
    ("answers", "other"),
    [
        ({"situation": "x"}, {"definition": "f" * 64}),
        ({"situation": "x"}, {"form": "low-mood"}),
        ({"situation": "x"}, {"version": 7}),
        ({CANARY: CANARY}, {}),
        ({"situation": [CANARY]}, {}),
        ({"situation": 7}, {}),
        ({"feelings": CANARY}, {}),
        ({"feelings": [{"before": CANARY}]}, {}),
        ({"feelings": [{"before": True}]}, {}),
        ({"feelings": [{CANARY: "x"}]}, {}),
        ([CANARY], {}),
        (None, {}),
        ({"situation": {CANARY: CANARY}}, {}),
    ],
)
def test_a_broken_submission_is_set_aside_and_the_rest_goes_on(
    clinic: Clinic, record: Form, answers: Any, other: dict[str, Any]
) -> None:
    good = [clinic.sent(record, {"situation": "before"})]
    bad = clinic.sent(record, answers, **other)
    good.append(clinic.sent(record, {"situation": "after"}))
    clinic.fold(good[0], bad, good[1])
    problem = clinic.row("SELECT * FROM problems")
    assert (problem["seq"], problem["kind"]) == (bad.seq, "submission_received")
    assert (problem["client"], problem["seen"]) == ("CHARLIE", bad.at)
    assert len(problem["problem"]) > 20
    assert CANARY not in problem["problem"]
    records = clinic.rows("SELECT situation FROM thought_record ORDER BY received")
    assert [row["situation"] for row in records] == ["before", "after"]


@pytest.mark.parametrize(
    "answers", [{"items": {"m1": "9"}}, {"items": {"m1": 1}}, {"items": {"m9": "1"}}, {"items": ["1"]}, {"m1": "1"}]
)
def test_answers_that_do_not_fit_the_measure_are_never_scored(clinic: Clinic, measure: Form, answers: Any) -> None:
    clinic.send(measure, answers)
    assert clinic.row("SELECT count(*) AS n FROM problems") == {"n": 1}
    assert (
        clinic.rows("SELECT * FROM scores")
        == clinic.rows("SELECT name FROM sqlite_master WHERE name = ?", "low_mood")
        == []
    )


@pytest.mark.parametrize(
    ("answers", "raised", "known"),
    [
        ({"items": {"m3": "2", "m1": 7}}, [("m3", 2)], 0),
        ({"items": {"m3": "1"}, CANARY: "x"}, [("m3", 1)], 0),
        ({"items": {"m3": "1", "m9": "1"}}, [("m3", 1)], 0),
        ({"items": {"m3": "0", "m2": [CANARY]}}, [], 0),
        ({"items": ["1"]}, [("m3", 1)], 0),
        ({"items": {"m3": CANARY}}, [], 0),
        ([CANARY], [], 0),
        (None, [], 0),
    ],
)
def test_a_submission_that_fits_no_table_raises_its_alerts_all_the_same(
    clinic: Clinic, measure: Form, answers: Any, raised: list[tuple[str, object]], known: int
) -> None:
    id = clinic.send(measure, answers)
    alerts = clinic.rows("SELECT submission, item, value FROM open_alerts")
    assert alerts == [{"submission": id, "item": item, "value": value} for item, value in raised]
    assert clinic.row("SELECT submission, alerts_known FROM problems") == {"submission": id, "alerts_known": known}
    assert clinic.row("SELECT submission, sent FROM last_seen") == {"submission": id, "sent": 1}


def test_a_form_with_more_questions_than_a_table_has_columns_raises_its_alerts(clinic: Clinic, measure: Form) -> None:
    rows = tuple(Choice(f"q{number}", f"Question {number}") for number in range(2_100))
    items = Matrix(id="items", ask="How often?", choices=HOW_OFTEN, rows=rows)
    alert = Alert((Condition("q2099", "at_least", 2),), "Thoughts of death")
    form = Form(id="long", version=1, title="Long", sections=(Section((items,)),), alerts=(alert,))
    clinic.publish(form)
    answers = {"items": {row.code: "3" for row in rows}}
    id = clinic.send(form, answers)
    assert clinic.row("SELECT submission, label, answer FROM open_alerts") == {
        "submission": id,
        "label": "Thoughts of death",
        "answer": "Nearly every day",
    }
    assert clinic.row("SELECT alerts_known FROM problems") == {"alerts_known": 1}
    clinic.send(measure, {"items": {"m1": "1", "m2": "1", "m3": "0"}})
    assert clinic.row("SELECT count(*) AS n FROM scores") == {"n": 1}, "folding goes on"


def test_the_room_that_an_author_is_told_of_is_that_of_a_table() -> None:
    assert LARGEST_TABLE - len(OF_A_FORM) == LARGEST_TABLE - len(OF_A_REPEAT) == MOST_COLUMNS


def test_two_forms_that_would_share_a_table_lose_no_alert(clinic: Clinic, measure: Form) -> None:
    clash = replace(measure, id="low_mood")  # the table of low-mood
    clinic.publish(clash)
    assert len(clinic.set_aside) == 1
    clinic.send(clash, {"items": {"m3": "3"}})
    assert clinic.row("SELECT item, value FROM open_alerts") == {"item": "m3", "value": 3}
    assert clinic.row("SELECT alerts_known FROM problems") == {"alerts_known": 1}


def test_a_broken_event_leaves_no_partial_rows(clinic: Clinic, record: Form) -> None:
    clinic.send(record, {"feelings": [{"feeling": "fear"}, {"before": "much"}]})
    assert clinic.rows("SELECT name FROM sqlite_master WHERE name LIKE 'thought_record%'") == []
    assert clinic.rows("SELECT * FROM written") == clinic.rows("SELECT * FROM questions") == []
    clinic.send(record, {"feelings": [{"feeling": "fear"}]})
    assert clinic.row("SELECT feeling FROM thought_record_feelings") == {"feeling": "fear"}


def test_an_event_of_an_unknown_client_goes_to_no_file(clinic: Clinic, record: Form) -> None:
    clinic.send(record, {"situation": CANARY}, "NOBODY")
    ((event, error),) = clinic.set_aside
    assert event.client == "NOBODY"
    assert CANARY not in str(error)
    assert clinic.rows("SELECT * FROM problems") == []


@pytest.mark.parametrize("caseload", ["../alice", "", "Alice", "a/b", None, 7, "a" * 65])
def test_a_caseload_name_that_is_not_a_file_name_is_refused(clinic: Clinic, caseload: Any) -> None:
    before = sorted(clinic.folder.files.folder.parent.rglob("*.db"))
    clinic.fold(clinic.odd("caseload_added", caseload=caseload, name="x"))
    clinic.fold(clinic.odd("client_added", "BOB", caseload=caseload, label="x"))
    assert len(clinic.set_aside) == 2
    assert sorted(clinic.folder.files.folder.parent.rglob("*.db")) == before


def test_a_definition_that_cannot_be_read_is_set_aside_with_its_submissions(clinic: Clinic, record: Form) -> None:
    body = {"form": "odd", "version": 1, "title": "Odd", "sections": [{"fields": [{"type": "hologram", "id": "x"}]}]}
    clinic.fold(clinic.odd("form_published", form="odd", version=1, definition="d" * 64, body=body))
    assert len(clinic.set_aside) == 1
    clinic.send(record, {"x": "y"}, form="odd", definition="d" * 64)
    problem = clinic.row("SELECT problem, alerts_known FROM problems")
    assert "never published, or cannot be read" in problem["problem"]
    assert problem["alerts_known"] == 0, "nobody but a reader can tell"


def test_a_definition_applies_from_its_publication_on(clinic: Clinic, record: Form) -> None:
    """Otherwise a rebuild, which has read further ahead, would produce different rows."""
    later = Form.from_json(record.to_json() | {"title": "Another title"})
    early = clinic.sent(later, {"situation": "too early"})
    clinic.publish(later)
    clinic.fold(early)
    assert "not known" in clinic.row("SELECT problem FROM problems")["problem"]


def test_a_client_added_twice_stays_with_the_first_therapist(clinic: Clinic, record: Form) -> None:
    clinic.add_client("CHARLIE", caseload="dora")
    clinic.send(record, {"situation": "At home"})
    assert clinic.row("SELECT count(*) AS n FROM submissions") == {"n": 1}


def test_kinds_of_event_without_rows_are_skipped(clinic: Clinic) -> None:
    clinic.fold(clinic.odd("link_made", "CHARLIE", link="x"), clinic.odd("of_tomorrow", "CHARLIE"))
    assert clinic.set_aside == []
    assert clinic.rows("SELECT * FROM problems") == []
