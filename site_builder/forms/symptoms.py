"""Rules on symptoms: which answers count as one, and how many of each cluster a criterion needs.

The rule of the PCL-5, for one: an item rated 2 ("Moderately") or more is a symptom; provisional PTSD needs at least one
of cluster B, one of C, two of D and two of E. Weathers et al. 2013, The PTSD Checklist for DSM-5; Blevins et al. 2015,
J Trauma Stress 28:489-498.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Cluster:
    """Items of which at least `needs` have to count."""

    id: str
    items: tuple[str, ...]
    needs: int
    title: str = ""

    def met(self, counted: int, unanswered: int) -> bool | None:
        """Tell whether it is met; None while the unanswered items could still decide it."""
        if counted >= self.needs:
            return True
        return False if counted + unanswered < self.needs else None


@dataclass(frozen=True, slots=True)
class Criterion:
    """A pattern of answers, met when every cluster is. An answer counts from `counts_from` points on.

    No item stands in two clusters: what is left open in one says nothing about another, so that "not known" is said
    exactly when the missing answers could make it either.
    """

    id: str
    counts_from: float
    clusters: tuple[Cluster, ...]
    title: str = ""
    meaning: str = ""
    reversed: tuple[str, ...] = ()


def all_met(clusters: Iterable[bool | None]) -> bool | None:
    """Tell whether all clusters are met: False as soon as one cannot be, None while one is not known."""
    verdicts = list(clusters)
    if False in verdicts:
        return False
    return None if None in verdicts else True


def criterion_to_json(criterion: Criterion) -> dict[str, Any]:
    """Give the canonical form of a criterion, defaults left out."""
    stored: dict[str, Any] = {"id": criterion.id, "counts_from": criterion.counts_from}
    stored["clusters"] = [
        {"id": cluster.id, "items": list(cluster.items), "needs": cluster.needs}
        | ({"title": cluster.title} if cluster.title else {})
        for cluster in criterion.clusters
    ]
    further = {"title": criterion.title, "meaning": criterion.meaning, "reversed": list(criterion.reversed)}
    return stored | {name: value for name, value in further.items() if value}


def criterion_from_json(stored: Mapping[str, Any]) -> Criterion:
    """Rebuild a criterion. Raises KeyError or TypeError for what is none."""
    clusters = (
        Cluster(cluster["id"], tuple(cluster["items"]), cluster["needs"], cluster.get("title", ""))
        for cluster in stored["clusters"]
    )
    return Criterion(
        id=stored["id"],
        counts_from=stored["counts_from"],
        clusters=tuple(clusters),
        title=stored.get("title", ""),
        meaning=stored.get("meaning", ""),
        reversed=tuple(stored.get("reversed", ())),
    )
