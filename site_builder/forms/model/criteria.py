"""Rules on symptoms: which answers count as a symptom, and how many of each cluster a criterion needs.

Example, the PCL-5: an item rated 2 ("Moderately") or more is a symptom; provisional PTSD needs at least one
of cluster B, one of C, two of D and two of E. This rule was read. Not read: Weathers et al. 2013, The PTSD Checklist
for DSM-5; Blevins et al. 2015, J Trauma Stress 28:489-498.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cluster:
    """Items of which at least `needs` have to count as symptoms."""

    id: str
    items: tuple[str, ...]
    needs: int
    title: str = ""

    def met(self, counted: int, unanswered: int) -> bool | None:
        """Return whether it is met; None if that depends on the unanswered items."""
        if counted >= self.needs:
            return True
        return False if counted + unanswered < self.needs else None


@dataclass(frozen=True, slots=True)
class Criterion:
    """A pattern of answers that is met when every cluster is. An answer of `counts_from` points or more counts.

    No item is in two clusters, so an open result in one cluster says nothing about another: the criterion is open
    exactly when it depends on the missing answers.
    """

    id: str
    counts_from: float
    clusters: tuple[Cluster, ...]
    title: str = ""
    meaning: str = ""
    reversed: tuple[str, ...] = ()


def all_met(clusters: Iterable[bool | None]) -> bool | None:
    """Return whether all clusters are met: False if one is not, otherwise None if one is open."""
    verdicts = list(clusters)
    if False in verdicts:
        return False
    return None if None in verdicts else True
