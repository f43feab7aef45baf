"""Raw sum, answered items, prorated score and band of each scale; and the alerts that answers raise."""

from __future__ import annotations

from dataclasses import dataclass

from site_builder.forms.definition import Form, Scale
from site_builder.forms.fields import Answers, plain

PLACES = 2  # decimals of a stored score: enough to tell two prorated scores apart, and readable


@dataclass(frozen=True, slots=True)
class Score:
    """One scale of one submission, in points of the scale.

    `raw` is the sum of the answered items (None when none is answered), `prorated` the score with the missing items
    filled in (None when too many are missing), `band` the label of the range that the prorated score falls into.
    """

    scale: str
    raw: float | None
    answered: int
    items: int
    prorated: float | None
    band: str


@dataclass(frozen=True, slots=True)
class RaisedAlert:
    """An answer that a therapist must see first: the item, its stored answer, and what the alert is called."""

    item: str
    value: str
    label: str


def scores(form: Form, answers: Answers) -> tuple[Score, ...]:
    """Score every scale of a form."""
    return tuple(score(form, scale, answers) for scale in form.scales)


def score(form: Form, scale: Scale, answers: Answers) -> Score:
    """Score one scale.

    Up to `missing_up_to` unanswered items count as the mean of the answered ones, so the prorated score is
    sum × items ÷ answered. PHQ-9 and GAD-7: Kroenke & Spitzer, Instruction Manual for the PHQ and GAD-7.
    CORE-10: Barkham et al. 2013, Counselling and Psychotherapy Research 13(1), whose 10 × mean is the same.
    """
    values = [
        _value(form, scale, item, answer) for item in scale.items if (answer := form.answer(answers, item)) is not None
    ]
    count = len(scale.items)
    if not values:
        return Score(scale.id, None, 0, count, None, "")
    raw = sum(values) * scale.multiplier
    if count - len(values) > scale.missing_up_to:
        return Score(scale.id, _rounded(raw), len(values), count, None, "")
    prorated = raw * count / len(values)
    return Score(scale.id, _rounded(raw), len(values), count, _rounded(prorated), band_of(scale, prorated))


def band_of(scale: Scale, points: float) -> str:
    """Give the label of the band that a score falls into; the score is not rounded first. "" below all bands."""
    labels = [band.label for band in scale.bands if points >= band.at_least]
    return labels[-1] if labels else ""


def raised(form: Form, answers: Answers) -> tuple[RaisedAlert, ...]:
    """Give the alerts whose every condition holds, each with the answer of its first condition."""
    found = []
    for alert in form.alerts:
        given = [form.answer(answers, condition.field) for condition in alert.when]
        if all(condition.holds(answer) for condition, answer in zip(alert.when, given, strict=True)):
            found.append(RaisedAlert(alert.when[0].field, _text(given[0]), alert.label))
    return tuple(found)


def _text(answer: object) -> str:
    return "" if answer is None else str(answer)


def _value(form: Form, scale: Scale, item: str, answer: object) -> float:
    """Give the points of one answer; a reversed item counts lowest + highest − answer."""
    points = float(str(answer))
    if item not in scale.reversed:
        return points
    lowest, highest = form.range_of(item)
    return lowest + highest - points


def _rounded(points: float) -> float:
    return plain(round(points, PLACES))
