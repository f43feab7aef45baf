"""How the wordings of two versions of a form are held against each other."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

LIKENESS = 0.6  # of difflib, between two wordings that may be the same question


def taken_over(name: str, before: Mapping[str, str], now: Mapping[str, str]) -> str:
    """Give the name whose words another has now, while it has others itself; "" when none has lost its words so."""
    if name not in before or before[name] == now[name]:
        return ""
    lost = (old for old, words in before.items() if old != name and words == now[name] and now.get(old) != words)
    return next((old for old in lost if old in now), "")


def plain(words: str) -> str:
    """Give words without capitals and runs of spaces, which make no difference."""
    return " ".join(words.lower().split())


def alike(one: str, other: str) -> bool:
    """Tell whether two wordings may be of the same question."""
    return difflib.SequenceMatcher(None, one.lower(), other.lower()).ratio() >= LIKENESS
