"""Scores, bands and cut-offs of scales; which criteria are met; and the alerts that answers raise."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from site_builder.forms.model.criteria import Criterion, all_met
from site_builder.forms.model.definition import EXACT, Form, Scale, Tier
from site_builder.forms.model.fields import Answers
from site_builder.forms.model.wire_values import without_point

PLACES = 2  # decimals of a stored score: enough to distinguish two prorated scores, and readable


@dataclass(frozen=True, slots=True)
class Score:
    """One scale of one submission, in points of the scale.

    `raw` is the sum of the answered items (None if none is answered), `prorated` the score with the missing items
    filled in (None if too many are missing), `band` the label of the range that the prorated score falls into,
    `reached` the names of the cut-offs that it reaches (None without a score), `exact` the prorated score as bands,
    cut-offs and changes are worked out from it.
    """

    scale: str
    raw: float | None
    answered: int
    items: int
    prorated: float | None
    band: str
    reached: tuple[str, ...] | None
    exact: float | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """One cluster of one submission: how many answers count as symptoms, and whether that is enough."""

    cluster: str
    counted: int
    needed: int
    answered: int
    items: int
    met: bool | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """One criterion of one submission: met, not met, or None if it depends on missing answers."""

    criterion: str
    met: bool | None
    clusters: tuple[Counted, ...]


@dataclass(frozen=True, slots=True)
class RaisedAlert:
    """An answer that a therapist must see first: the item, its stored answer, and the alert that it raised.

    `number` is the alert's place in the form, from 1.
    """

    item: str
    value: str
    label: str
    number: int
    tier: Tier


def scores(form: Form, answers: Answers) -> tuple[Score, ...]:
    return tuple(score(form, scale, answers) for scale in form.scales)


def score(form: Form, scale: Scale, answers: Answers) -> Score:
    """Return the score of one scale.

    Up to `missing_up_to` unanswered items count as the mean of the answered ones, so the prorated score is
    sum × items ÷ answered. PHQ-9 and GAD-7: Kroenke & Spitzer, Instruction Manual for the PHQ and GAD-7.
    CORE-10: Barkham et al. 2013, Counselling and Psychotherapy Research 13(1), whose 10 × mean is the same.
    """
    values = _points(form, scale.items, scale.reversed, answers)
    count = len(scale.items)
    if not values:
        return Score(scale.id, None, 0, count, None, "", None)
    raw = sum(values) * scale.multiplier
    if count - len(values) > scale.missing_up_to:
        return Score(scale.id, _rounded(raw), len(values), count, None, "", None)
    prorated = raw * count / len(values)
    band, reached = band_of(scale, prorated), cutoffs_reached(scale, prorated)
    exact = round(prorated, EXACT)
    return Score(scale.id, _rounded(raw), len(values), count, _rounded(prorated), band, reached, exact)


def band_of(scale: Scale, points: float) -> str:
    """Return the label of the band that an unrounded score falls into; "" below all bands."""
    labels = [band.label for band in scale.bands if round(points, EXACT) >= band.at_least]
    return labels[-1] if labels else ""


def cutoffs_reached(scale: Scale, points: float) -> tuple[str, ...]:
    """Return the names of the cut-offs that a score reaches: at or above them, or at or below if higher is better."""
    exact = round(points, EXACT)
    higher = scale.better == "higher"
    return tuple(c.name for c in scale.cutoffs if (exact <= c.points if higher else exact >= c.points))


def verdicts(form: Form, answers: Answers) -> tuple[Verdict, ...]:
    """Return the verdict on every criterion of a form; a missing answer never counts as "no"."""
    return tuple(_verdict(form, criterion, answers) for criterion in form.criteria)


def _verdict(form: Form, criterion: Criterion, answers: Answers) -> Verdict:
    clusters = []
    for cluster in criterion.clusters:
        values = _points(form, cluster.items, criterion.reversed, answers)
        counted, items = sum(points >= criterion.counts_from for points in values), len(cluster.items)
        met = cluster.met(counted, items - len(values))
        clusters.append(Counted(cluster.id, counted, cluster.needs, len(values), items, met))
    return Verdict(criterion.id, all_met(cluster.met for cluster in clusters), tuple(clusters))


def raised(form: Form, answers: Answers) -> tuple[RaisedAlert, ...]:
    """Return the alerts whose conditions all hold, each with the answer to its first condition."""
    alerts = []
    for number, alert in enumerate(form.alerts, 1):
        tested = [form.answer(answers, condition.field) for condition in alert.when]
        if all(condition.holds(answer) for condition, answer in zip(alert.when, tested, strict=True)):
            item, answer = alert.when[0].field, _text(tested[0])
            alerts.append(RaisedAlert(item, answer, alert.label, number, alert.tier))
    return tuple(alerts)


def _text(answer: object) -> str:
    return "" if answer is None else str(answer)


def title_of(form: Form, scale: Scale) -> str:
    """Return what a scale is called for its readers: the only scale of a form often has no title of its own."""
    return scale.title or form.title


def meaning_of(scale: Scale, band: str) -> str:
    """Return what a band means in the clinic's words; "" without a band, or without such words."""
    return next((each.meaning for each in scale.bands if each.label == band), "")


def _points(form: Form, items: Collection[str], reversed: Collection[str], answers: Answers) -> list[float]:
    """Return the points of the answered items; a reversed item counts lowest + highest − answer."""
    values = []
    for item in items:
        if (points := form.points(answers, item)) is None:
            continue
        values.append(sum(form.range_of(item)) - points if item in reversed else points)
    return values


def _rounded(points: float) -> float:
    return without_point(round(points, PLACES))
