"""What measures found, ready to read: scores with what their bands mean, and criteria, cluster by cluster."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from collector.review.overview import Rows, all_of, points, readable
from site_builder.forms.definition import Cutoff, Form, Scale
from site_builder.forms.meanings import NO_DIAGNOSIS, says_no_diagnosis

CRITERIA = """
    SELECT criteria.form, submissions.version, criterion, criteria.received, submission, met, clusters
      FROM criteria JOIN submissions USING (submission)
     WHERE criteria.client = :client AND (:submission = '' OR submission = :submission)
     ORDER BY criteria.received, submission
"""
RULES = "SELECT form, version, criterion, cluster, criterion_title, title, meaning FROM clusters"
UNDECIDED = "Answers are missing that could still decide it."


@dataclass(frozen=True)
class ReachedCutoff:
    """A cut-off of a scale and whether a score reaches it."""

    words: str
    reached: bool


@dataclass(frozen=True)
class ScoreFound:
    """A scale of one submission, in the words with which it was published."""

    title: str
    value: float | None
    band: str
    meaning: str
    cutoffs: tuple[ReachedCutoff, ...]
    raw: float | None
    answered: int
    items: int


@dataclass(frozen=True)
class ClusterFound:
    """A cluster of one submission. `met` is None while unanswered items could still decide it."""

    id: str
    title: str
    counted: int
    needed: int
    answered: int
    items: int
    met: bool | None

    def in_words(self, *, needs: bool = True) -> str:
        """Say what counts: "2 of 5, needs 1; 1 not answered"."""
        said = f"{self.counted} of {self.items}" + (f", needs {self.needed}" if needs else "")
        left_out = self.items - self.answered
        return f"{said}; {left_out} not answered" if left_out else said


@dataclass(frozen=True)
class CriterionFound:
    """A criterion of one submission."""

    form: str
    criterion: str
    title: str
    meaning: str
    received: str
    submission: str
    met: bool | None
    clusters: tuple[ClusterFound, ...]

    def in_words(self) -> str:
        """Say what the verdict means. What it means to be met is said of nothing else."""
        if self.met is None:
            return UNDECIDED
        if not self.met:
            return ""
        return self.meaning if says_no_diagnosis(self.meaning) else f"{self.meaning} {NO_DIAGNOSIS}".lstrip()

    def cluster(self, id: str) -> ClusterFound | None:
        return next((cluster for cluster in self.clusters if cluster.id == id), None)


def scores_found(form: Form, stored: Iterable[Mapping[str, Any]]) -> list[ScoreFound]:
    """Give a submission's rows of `scores` with the titles, meanings and cut-offs of the form as it was asked.

    There is a row for each scale, in the order of the form; their names may be of the line that they stand in
    (`total_v2`).
    """
    return [_score_found(form, scale, row) for scale, row in zip(form.scales, stored, strict=True)]


def _score_found(form: Form, scale: Scale, row: Mapping[str, Any]) -> ScoreFound:
    meaning = next((band.meaning for band in scale.bands if band.label == row["band"]), "")
    reached = [] if row["reached"] is None else json.loads(row["reached"])
    cutoffs = [ReachedCutoff(_in_words(cutoff, scale), cutoff.name in reached) for cutoff in scale.cutoffs]
    return ScoreFound(
        scale.title or form.title,
        row["prorated"],
        row["band"],
        meaning,
        () if row["reached"] is None else tuple(cutoffs),
        row["raw"],
        row["answered"],
        row["items"],
    )


def _in_words(cutoff: Cutoff, scale: Scale) -> str:
    way = "more" if scale.better == "lower" else "less"
    return f"{readable(cutoff.name)} ({points(cutoff.points)} or {way})"


def unsaid(scores: Iterable[ScoreFound]) -> str:
    """Give the sentence that no band of these says by itself; "" where one does, or where there is no band."""
    bands = [score for score in scores if score.band]
    return NO_DIAGNOSIS if bands and not any(says_no_diagnosis(score.meaning) for score in bands) else ""


async def read_criteria(rows: Rows, client: str, submission: str = "") -> list[CriterionFound]:
    """Give the criteria of everything that a client sent, or of one submission, oldest first."""
    stored = await all_of(rows, CRITERIA, client=client, submission=submission)
    rules: dict[tuple[str, int, str], dict[str, Any]] = {}
    for rule in await all_of(rows, RULES) if stored else ():
        rules.setdefault((rule["form"], rule["version"], rule["criterion"]), {})[rule["cluster"]] = rule
    return [_criterion_found(row, rules.get((row["form"], row["version"], row["criterion"]), {})) for row in stored]


def _criterion_found(row: Any, rule: Mapping[str, Any]) -> CriterionFound:
    told = next(iter(rule.values()), None)
    clusters = []
    for id, counts in json.loads(row["clusters"]).items():
        title = rule[id]["title"] if id in rule else ""
        clusters.append(ClusterFound(id, title or readable(id), **counts))
    return CriterionFound(
        row["form"],
        row["criterion"],
        (told["criterion_title"] if told else "") or readable(row["criterion"]),
        told["meaning"] if told else "",
        row["received"],
        row["submission"],
        None if row["met"] is None else bool(row["met"]),
        tuple(clusters),
    )


def by_form(found: Iterable[CriterionFound]) -> dict[str, list[list[CriterionFound]]]:
    """Put each criterion's course, oldest first, with its form."""
    courses: dict[str, dict[str, list[CriterionFound]]] = {}
    for one in found:
        courses.setdefault(one.form, {}).setdefault(one.criterion, []).append(one)
    return {form: list(criteria.values()) for form, criteria in courses.items()}
