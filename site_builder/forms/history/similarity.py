"""How the wordings of two versions of a form are compared."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

LIKENESS = 0.6  # difflib's ratio from which two wordings may be the same question


def taken_over(name: str, before: Mapping[str, str], now: Mapping[str, str]) -> str:
    """Return the other name whose earlier words `name` now has, if it is still there with new ones, or ""."""
    if name not in before or before[name] == now[name]:
        return ""
    lost = (old for old, words in before.items() if old != name and words == now[name] and now.get(old) != words)
    return next((old for old in lost if old in now), "")


def plain(words: str) -> str:
    """Return words in lower case with single spaces, for comparing them."""
    return " ".join(words.lower().split())


def alike(one: str, other: str) -> bool:
    """Return whether two wordings may be of the same question."""
    return difflib.SequenceMatcher(None, one.lower(), other.lower()).ratio() >= LIKENESS
