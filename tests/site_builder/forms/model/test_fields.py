"""Each kind of field reads its own answer: what it accepts, how it is stored, and how it refuses the rest."""

from __future__ import annotations

from typing import Any

import pytest

from site_builder.forms.model.choices import Choice
from site_builder.forms.model.errors import AnswersRejected, UnreadableDefinition
from site_builder.forms.model.fields import (
    KINDS,
    AnyOf,
    Date,
    Duration,
    Field,
    LongText,
    Matrix,
    Number,
    OneOf,
    Rating,
    Repeat,
    Text,
    Time,
    YesNo,
)
from site_builder.forms.model.serialise import from_json, to_json

YES_MAYBE = (Choice("1", "Yes"), Choice("2", "Maybe"))
ROWS = (Choice("q1", "Sleep"), Choice("q2", "Food"))
TEXT = Text(id="f", ask="?")
NUMBER = Number(id="f", ask="?", at_least=0, at_most=100)
WEIGHT = Number(id="f", ask="?", decimals=1)
RATING = Rating(id="f", ask="?", highest=100)
STEPS = Rating(id="f", ask="?", lowest=1, highest=9, step=2)
ONE = OneOf(id="f", ask="?", choices=YES_MAYBE)
ANY = AnyOf(id="f", ask="?", choices=YES_MAYBE)
MATRIX = Matrix(id="f", ask="?", choices=YES_MAYBE, rows=ROWS)
FEELINGS = Repeat(id="f", ask="?", at_most=2, of=(Text(id="name", ask="?", required=True), Rating(id="now", ask="?")))


@pytest.mark.parametrize(
    ("field", "posted", "stored"),
    [
        (TEXT, "On the bus", "On the bus"),
        (TEXT, "  kept as typed ", "  kept as typed "),
        (TEXT, "<script>alert(1)</script>", "<script>alert(1)</script>"),
        (TEXT, "‮right to left", "‮right to left"),
        (TEXT, "=1+1", "=1+1"),
        (TEXT, 12, "12"),
        (LongText(id="f", ask="?"), "a\r\nb\rc", "a\nb\nc"),
        (NUMBER, "7", 7),
        (NUMBER, " 7 ", 7),
        (NUMBER, 7.0, 7),
        (NUMBER, "0", 0),
        (WEIGHT, "7,5", 7.5),
        (WEIGHT, "-7.5", -7.5),
        (WEIGHT, -7.5, -7.5),
        (WEIGHT, 10**12, 10**12),
        (RATING, "65", 65),
        (RATING, 0, 0),
        (STEPS, "9", 9),
        (ONE, "2", "2"),
        (ONE, 2, "2"),
        (ANY, ["2", "1", "2"], ["1", "2"]),
        (ANY, "2", ["2"]),
        (YesNo(id="f", ask="?"), "no", "no"),
        (YesNo(id="f", ask="?"), True, "yes"),
        (Date(id="f", ask="?"), "2024-02-29", "2024-02-29"),
        (Time(id="f", ask="?"), "07:05", "07:05"),
        (Time(id="f", ask="?"), "23:59:00", "23:59"),
        (Duration(id="f", ask="?"), {"hours": "1", "minutes": ""}, 60),
        (Duration(id="f", ask="?"), {"hours": "", "minutes": "90"}, 90),
        (Duration(id="f", ask="?"), 45, 45),
        (MATRIX, {"q2": 1}, {"q2": "1"}),
        (FEELINGS, [{"name": "Sad", "now": "3"}, {"name": "", "now": ""}], [{"name": "Sad", "now": 3}]),
    ],
)
def test_an_answer_is_stored_in_the_form_of_its_kind(field: Field, posted: Any, stored: Any) -> None:
    answer = field.read(posted)
    assert answer == stored
    assert type(answer) is type(stored)


@pytest.mark.parametrize("blank", [None, "", "   "])
@pytest.mark.parametrize("field", [TEXT, NUMBER, RATING, ONE, ANY, Date(id="f", ask="?"), Time(id="f", ask="?")])
def test_a_blank_is_no_answer_and_never_0(field: Field, blank: str | None) -> None:
    assert field.read(blank) is None


@pytest.mark.parametrize(
    ("field", "posted", "sentence"),
    [
        (TEXT, "x" * 501, "Shorten this to 500 characters or fewer. It has 501 now"),
        (TEXT, "a\x00b", "There is a character here that cannot be stored"),
        (TEXT, "ä\x00b", "There is a character here that cannot be stored"),
        (TEXT, "a\ud800b", "There is a character here that cannot be stored"),
        (TEXT, True, "Give one answer"),
        (TEXT, ["a"], "Give one answer"),
        (TEXT, {"a": 1}, "Give one answer"),
        (NUMBER, "abc", "Give a number, in figures"),
        (NUMBER, "1_000", "Give a number, in figures"),
        (NUMBER, "nan", "Give a number, in figures"),
        (NUMBER, "三", "Give a number, in figures"),
        (NUMBER, float("inf"), "Give a number, in figures"),
        (NUMBER, float("nan"), "Give a number, in figures"),
        (NUMBER, 10**12 + 1, "That number is too large"),
        (NUMBER, 10**15, "That number is too large"),
        (NUMBER, 1e13, "That number is too large"),
        (NUMBER, True, "Give one answer"),
        (NUMBER, "1.5", "Give a whole number"),
        (NUMBER, "-1", "This has to be 0 or more"),
        (NUMBER, "101", "This has to be 100 or less"),
        (WEIGHT, "1.25", "Give a number with at most 1 decimal"),
        (WEIGHT, "9" * 14, "That number is too large"),
        (RATING, "101", "Give a whole number from 0 to 100"),
        (RATING, "1.5", "Give a whole number from 0 to 100"),
        (STEPS, "2", "Give a number in steps of 2, from 1 to 9"),
        (ONE, "3", "Choose one of the answers that are offered"),
        (ONE, True, "Give one answer"),
        (ANY, ["1", "9"], "Choose one of the answers that are offered"),
        (Date(id="f", ask="?"), "9.3.2026", "Write the day as year-month-day"),
        (Date(id="f", ask="?"), "2026-02-29", "There is no such day"),
        (Time(id="f", ask="?"), "24:00", "Give a time as hours and minutes"),
        (Duration(id="f", ask="?"), {"hours": "25"}, "This has to be 24 hours 0 minutes or less"),
        (Duration(id="f", ask="?"), {"minutes": "-1"}, "Give hours and minutes as whole numbers"),
        (MATRIX, "q1", "Give an answer to each row"),
        (FEELINGS, "Sad", "Give the entries as a list"),
        (FEELINGS, [{"name": str(number)} for number in range(3)], "Keep this to 2 entries or fewer"),
    ],
)
def test_an_unacceptable_answer_is_refused_with_a_sentence(field: Field, posted: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence) as refused:
        field.read(posted)
    assert str(posted) not in str(refused.value) or len(str(posted)) < 3  # the sentence never repeats what was typed


@pytest.mark.parametrize(
    ("field", "posted", "names"),
    [
        (MATRIX, {"q1": "9", "q3": "1"}, {"q1", "q3"}),
        (Matrix(id="f", ask="?", choices=YES_MAYBE, rows=ROWS, required=True), {"q1": "1"}, {"q2"}),
        (FEELINGS, [{"now": "3"}, {"name": "Sad", "now": "x"}], {"0.name", "1.now"}),
        (FEELINGS, [{"name": "Sad", "more": "x"}], {"0.more"}),
    ],
)
def test_a_field_with_parts_names_each_wrong_part(field: Field, posted: Any, names: set[str]) -> None:
    with pytest.raises(AnswersRejected) as refused:
        field.read(posted)
    assert set(refused.value.problems) == names


@pytest.mark.parametrize("field", [TEXT, NUMBER, RATING, STEPS, ONE, ANY, MATRIX, FEELINGS])
def test_a_field_survives_being_stored(field: Field) -> None:
    assert from_json(Field, to_json(field)) == field


def test_a_default_is_not_stored_so_that_a_new_option_changes_no_old_hash() -> None:
    assert to_json(Text(id="f", ask="?")) == {"type": "text", "id": "f", "ask": "?"}


@pytest.mark.parametrize("stored", [{}, {"type": "slider", "id": "f", "ask": "?"}, {"type": "text", "colour": 1}])
def test_an_unknown_stored_field_is_unreadable(stored: dict[str, Any]) -> None:
    with pytest.raises(UnreadableDefinition):
        from_json(Field, stored)


def test_every_kind_is_registered_under_its_type() -> None:
    assert all(kind.type == name for name, kind in KINDS.items())
