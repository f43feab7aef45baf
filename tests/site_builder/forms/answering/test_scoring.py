"""Scores checked by hand: complete, with missing items, reversed and multiplied; and alerts."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_builder.forms.answering.alerts import RaisedAlert, raised
from site_builder.forms.answering.scoring import band_of, scores
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.conditions import Condition
from site_builder.forms.model.definition import Alert, Band, Form, Scale, Section
from site_builder.forms.model.fields import Answers, AnyOf, Matrix, Rating

BANDS = (
    Band(0, "None to minimal"),
    Band(5, "Mild"),
    Band(10, "Moderate"),
    Band(15, "Moderately severe"),
    Band(20, "Severe"),
)
CODES = tuple(Choice(str(code), f"Code {code}") for code in range(4))


def measure(items: int, scale: Scale, alerts: Sequence[Alert] = (), codes: Sequence[Choice] = CODES) -> Form:
    rows = tuple(Choice(f"q{number}", f"Item {number}") for number in range(1, items + 1))
    matrix = Matrix(id="items", ask="?", choices=tuple(codes), rows=rows)
    return Form(id="m", version=1, title="M", sections=(Section((matrix,)),), scales=(scale,), alerts=tuple(alerts))


def nine(**changes: object) -> Form:
    items = tuple(f"q{number}" for number in range(1, 10))
    options = {"id": "total", "items": items, "bands": BANDS, "missing_up_to": 2} | changes
    return measure(9, Scale(**options))  # type: ignore[arg-type]


def answers(*codes: int | None) -> Answers:
    return {"items": {f"q{number}": str(code) for number, code in enumerate(codes, 1) if code is not None}}


@pytest.mark.parametrize(
    ("codes", "raw", "answered", "prorated", "band"),
    [
        ((0,) * 9, 0, 9, 0, "None to minimal"),
        ((3,) * 9, 27, 9, 27, "Severe"),
        ((1, 1, 1, 1, 1, 1, 1, 1, 1), 9, 9, 9, "Mild"),
        ((2, 1, 1, 1, 1, 1, 1, 1, 1), 10, 9, 10, "Moderate"),
        # One missing: 8 answered, sum 8, filled up with their mean of 1.
        ((1, 1, 1, 1, 1, 1, 1, 1, None), 8, 8, 9, "Mild"),
        # Two missing: 7 answered, sum 7 + 1 = 8; 8 × 9 ÷ 7 = 10.285…
        ((2, 1, 1, 1, 1, 1, 1, None, None), 8, 7, 10.29, "Moderate"),
        # Three missing: no score, but the sum of what is there.
        ((3, 3, 3, 3, 3, 3, None, None, None), 18, 6, None, ""),
        ((None,) * 9, None, 0, None, ""),
    ],
)
def test_a_phq9_is_scored_as_its_manual_says(
    codes: tuple[int | None, ...], raw: float | None, answered: int, prorated: float | None, band: str
) -> None:
    (score,) = scores(nine(), answers(*codes))
    assert (score.raw, score.answered, score.items) == (raw, answered, 9)
    assert (score.prorated, score.band) == (prorated, band)


def test_the_band_is_chosen_before_rounding() -> None:
    scale = Scale(id="total", items=("q1",), bands=BANDS)
    assert band_of(scale, 9.999) == "Mild"
    assert band_of(scale, 10) == "Moderate"
    assert band_of(scale, -1) == ""


def test_a_reversed_item_is_scored_from_the_other_end() -> None:
    codes = tuple(Choice(str(code), str(code)) for code in range(1, 6))
    form = measure(3, Scale(id="worry", items=("q1", "q2", "q3"), reversed=("q1", "q3")), codes=codes)
    (score,) = scores(form, answers(5, 5, 1))
    assert score.raw == 1 + 5 + 5


def test_a_multiplier_applies_to_the_sum_and_a_missing_item_is_prorated() -> None:
    form = nine(multiplier=0.5, missing_up_to=1)
    (score,) = scores(form, answers(2, 2, 2, 2, 2, 2, 2, 2, None))
    assert (score.raw, score.prorated) == (8, 9)


def test_ratings_are_items_too() -> None:
    rating = Rating(id="mood", ask="?", highest=10)
    scale = Scale(id="mood", items=("mood",), reversed=("mood",))
    form = Form(id="m", version=1, title="M", sections=(Section((rating,)),), scales=(scale,))
    assert scores(form, {"mood": 3})[0].raw == 7


@given(st.lists(st.one_of(st.none(), st.integers(0, 3)), min_size=9, max_size=9))
def test_no_score_leaves_its_range_and_nothing_missing_counts_as_0(codes: list[int | None]) -> None:
    (score,) = scores(nine(), answers(*codes))
    answered = [code for code in codes if code is not None]
    assert score.answered == len(answered)
    assert score.raw == (sum(answered) if answered else None)
    if score.prorated is not None:
        assert 0 <= score.prorated <= 27
        assert score.prorated >= (score.raw or 0)


@given(st.lists(st.integers(0, 3), min_size=9, max_size=9))
def test_reversing_every_item_mirrors_the_score(codes: list[int]) -> None:
    every = tuple(f"q{number}" for number in range(1, 10))
    assert scores(nine(), answers(*codes))[0].raw == 27 - (scores(nine(reversed=every), answers(*codes))[0].raw or 0)


RISK = Alert((Condition("q9", "at_least", 1),), "Thoughts of being better off dead")


@pytest.mark.parametrize(("code", "value"), [(0, None), (1, "1"), (3, "3"), (None, None)])
def test_an_alert_is_raised_only_from_its_threshold_on(code: int | None, value: str | None) -> None:
    form = measure(9, Scale(id="total", items=("q9",)), [RISK])
    expected = () if value is None else (RaisedAlert("q9", value, RISK.label, 1, "urgent"),)
    assert raised(form, answers(*[0] * 8, code)) == expected


def test_an_alert_with_two_conditions_needs_both() -> None:
    both = Alert((Condition("q1", "at_least", 2), Condition("q2", "equals", "0")), "Both")
    form = measure(2, Scale(id="total", items=("q1",)), [both])
    assert [alert.item for alert in raised(form, answers(2, 0))] == ["q1"]
    assert raised(form, answers(2, 1)) == ()
    assert raised(form, answers(2, None)) == ()


@pytest.mark.parametrize(
    ("condition", "answer", "holds"),
    [
        (Condition("f", "equals", "yes"), "yes", True),
        (Condition("f", "equals", 2), "2", True),
        (Condition("f", "one_of", ("a", "b")), "b", True),
        (Condition("f", "one_of", ("a", "b")), "c", False),
        (Condition("f", "at_least", 50), 50, True),
        (Condition("f", "at_most", 50), 51, False),
        (Condition("f", "at_least", 1), "some words", False),
        (Condition("f", "answered", True), "0", True),
        (Condition("f", "answered", False), None, True),
        (Condition("f", "equals", "0"), None, False),
        (Condition("f", "equals", "b"), ["a", "b"], True),
        (Condition("f", "one_of", ("c",)), ["a", "b"], False),
        (Condition("f", "at_least", 2), ["1", "2"], True),
    ],
)
def test_a_condition_holds_for_the_answers_it_names(condition: Condition, answer: object, holds: bool) -> None:
    assert condition.holds(answer) is holds


def test_an_alert_on_several_choices_is_raised_by_any_of_them() -> None:
    urges = AnyOf(id="urges", ask="?", choices=(Choice("walk", "Walk"), Choice("harm", "Harm")))
    alert = Alert((Condition("urges", "equals", "harm"),), "Urge to harm")
    form = Form(id="m", version=1, title="M", sections=(Section((urges,)),), alerts=(alert,))
    assert [alert.label for alert in raised(form, {"urges": ["walk", "harm"]})] == ["Urge to harm"]
