"""The sentence that keeps a result from being read as a diagnosis."""

from __future__ import annotations

NO_DIAGNOSIS = "This is not a diagnosis."
# "diagnosis", "Diagnose", "diagnóstico": a clinic may say it in its own language.
_DIAGNOSIS = "diagn"


def says_no_diagnosis(meaning: str) -> bool:
    """Return whether a meaning mentions diagnosis at all, since it could only say that this is not one."""
    return _DIAGNOSIS in meaning.lower()
