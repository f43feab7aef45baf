"""Scores, bands and cut-offs of scales, and which criteria are met."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from site_builder.forms.model.conditions import Condition
from site_builder.forms.model.criteria import Criterion, all_met
from site_builder.forms.model.definition import EXACT, PLACES, Form, Scale
from site_builder.forms.model.fields import Answers
from site_builder.forms.model.rounding import decimal, half_up


@dataclass(frozen=True, slots=True)
class Score:
    """One scale of one submission, in points of the scale.

    `raw` is the sum of the answered items (None if none is answered), `prorated` the score with the missing items
    filled in (None if too many are missing, or a gate is unanswered), `band` the label of the range that the prorated
    score falls into, `reached` the names of the cut-offs that it reaches (None without a score).
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


def scores(form: Form, answers: Answers) -> tuple[Score, ...]:
    return tuple(score(form, scale, answers) for scale in form.scales)


def score(form: Form, scale: Scale, answers: Answers) -> Score:
    """Return the score of one scale, rounded once: bands, cut-offs, charts and changes all go by this number.

    Up to `missing_up_to` unanswered items count as the mean of the answered ones, so the prorated score is
    sum × items ÷ answered. Read: this rule for the PHQ-9 with one or two missing, and for the CORE-10 with one (CORE
    System Trust; it is 10 × mean). Not read: Barkham et al. 2013 on the CORE-10, and any rule for the GAD-7.
    """
    values = _points(form, scale.items, scale.reversed, answers)
    answered, items = len(values), len(scale.items)
    whole = sum(values)
    total = Decimal(whole) if type(whole) is int else sum(map(decimal, values), Decimal())
    raw = half_up(total * decimal(scale.multiplier), PLACES) if values else None
    open_gate = _passes(form, scale.gate, answers)
    if open_gate is False:
        points = scale.reach([form.range_of(item) for item in scale.items])[0]
    elif open_gate is None or not values or items - answered > scale.missing_up_to:
        return Score(scale.id, raw, answered, items, None, "", None)
    else:
        points = scale.rounded(scale.worked_out(total, answered))
    return Score(scale.id, raw, answered, items, points, band_of(scale, points), cutoffs_reached(scale, points))


def _passes(form: Form, gate: Collection[Condition], answers: Answers) -> bool | None:
    """Return whether the items of a scale count: False if a condition does not hold, None if its answer is missing."""

    def counted(item: str) -> object:
        return form.counted(answers, item)

    tested = [(condition, all(counted(item) is not None for item in condition.fields)) for condition in gate]
    if any(is_answered and not condition.holds_for(counted) for condition, is_answered in tested):
        return False
    return True if all(is_answered for _, is_answered in tested) else None


def band_of(scale: Scale, points: float) -> str:
    """Return the label of the band that a score falls into; "" below all bands."""
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
