"""Results of measures for display: scores with the meaning of their bands, and criteria, cluster by cluster."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from collector.caseload.courses import Rows, all_of, points, readable
from site_builder.forms.answering.scoring import meaning_of, title_of
from site_builder.forms.model.definition import Cutoff, Form, Scale
from site_builder.forms.model.diagnosis import NO_DIAGNOSIS, says_no_diagnosis

CRITERIA = """
    SELECT criteria.form, submissions.version, criterion, criteria.received, submission, met, clusters
      FROM criteria JOIN submissions USING (submission)
     WHERE criteria.client = :client AND (:submission = '' OR submission = :submission)
     ORDER BY seq
"""
RULES = "SELECT form, version, criterion, cluster, criterion_title, title, meaning FROM clusters"
UNDECIDED = "Answers are missing that could still decide it."


@dataclass(frozen=True)
class ReachedCutoff:
    """A cut-off of a scale and whether a score reaches it."""

    words: str
    reached: bool


@dataclass(frozen=True)
class ScoreResult:
    """A score of one submission, with the wording of the form as it was published."""

    title: str
    value: float | None
    band: str
    meaning: str
    cutoffs: tuple[ReachedCutoff, ...]
    raw: float | None
    answered: int
    items: int


@dataclass(frozen=True)
class ClusterResult:
    """A cluster of one submission. `met` is None if the unanswered items could decide it."""

    id: str
    title: str
    counted: int
    needed: int
    answered: int
    items: int
    met: bool | None

    def in_words(self, *, needs: bool = True) -> str:
        """Return the count as text: "2 of 5, needs 1; 1 not answered"."""
        count = f"{self.counted} of {self.items}" + (f", needs {self.needed}" if needs else "")
        left_out = self.items - self.answered
        return f"{count}; {left_out} not answered" if left_out else count


@dataclass(frozen=True)
class CriterionResult:
    """A criterion of one submission."""

    form: str
    criterion: str
    title: str
    meaning: str
    received: str
    submission: str
    met: bool | None
    clusters: tuple[ClusterResult, ...]

    def in_words(self) -> str:
        """Return what the verdict means; "" if the criterion is not met."""
        if self.met is None:
            return UNDECIDED
        if not self.met:
            return ""
        return self.meaning if says_no_diagnosis(self.meaning) else f"{self.meaning} {NO_DIAGNOSIS}".lstrip()

    def cluster(self, id: str) -> ClusterResult | None:
        return next((cluster for cluster in self.clusters if cluster.id == id), None)


def score_results(form: Form, stored: Iterable[Mapping[str, Any]]) -> list[ScoreResult]:
    """Return a submission's rows of `scores` with the titles, meanings and cut-offs of the form as it was answered.

    There is a row for each scale, in the order of the form; the row's name may differ from the scale's id (`total_v2`).
    """
    return [_score_result(form, scale, row) for scale, row in zip(form.scales, stored, strict=True)]


def _score_result(form: Form, scale: Scale, row: Mapping[str, Any]) -> ScoreResult:
    reached = [] if row["reached"] is None else json.loads(row["reached"])
    cutoffs = [ReachedCutoff(_in_words(cutoff, scale), cutoff.name in reached) for cutoff in scale.cutoffs]
    return ScoreResult(
        title_of(form, scale),
        row["prorated"],
        row["band"],
        meaning_of(scale, row["band"]),
        () if row["reached"] is None else tuple(cutoffs),
        row["raw"],
        row["answered"],
        row["items"],
    )


def _in_words(cutoff: Cutoff, scale: Scale) -> str:
    way = "more" if scale.better == "lower" else "less"
    limit = f"({points(cutoff.points)} or {way})".replace(" ", "\N{NO-BREAK SPACE}")
    return f"{readable(cutoff.name)}\N{NO-BREAK SPACE}{limit}"


def unsaid(scores: Iterable[ScoreResult]) -> str:
    """Return the sentence that a score is no diagnosis; "" if a band says so already, or there is no band."""
    bands = [score for score in scores if score.band]
    return NO_DIAGNOSIS if bands and not any(says_no_diagnosis(score.meaning) for score in bands) else ""


async def read_criteria(rows: Rows, client: str, submission: str = "") -> list[CriterionResult]:
    """Return the criteria of everything that a client sent, or of one submission, oldest first."""
    stored = await all_of(rows, CRITERIA, client=client, submission=submission)
    rules: dict[tuple[str, int, str], dict[str, Any]] = {}
    for rule in await all_of(rows, RULES) if stored else ():
        rules.setdefault((rule["form"], rule["version"], rule["criterion"]), {})[rule["cluster"]] = rule
    return [_criterion_result(row, rules.get((row["form"], row["version"], row["criterion"]), {})) for row in stored]


def _criterion_result(row: Any, rule: Mapping[str, Any]) -> CriterionResult:
    first = next(iter(rule.values()), None)
    clusters = []
    for id, counts in json.loads(row["clusters"]).items():
        title = rule[id]["title"] if id in rule else ""
        clusters.append(ClusterResult(id, title or readable(id), **counts))
    return CriterionResult(
        row["form"],
        row["criterion"],
        (first["criterion_title"] if first else "") or readable(row["criterion"]),
        first["meaning"] if first else "",
        row["received"],
        row["submission"],
        None if row["met"] is None else bool(row["met"]),
        tuple(clusters),
    )


def by_form(criteria: Iterable[CriterionResult]) -> dict[str, list[list[CriterionResult]]]:
    """Return each form's criteria, each as its results over time, oldest first."""
    courses: dict[str, dict[str, list[CriterionResult]]] = {}
    for criterion in criteria:
        courses.setdefault(criterion.form, {}).setdefault(criterion.criterion, []).append(criterion)
    return {form: list(by_criterion.values()) for form, by_criterion in courses.items()}
