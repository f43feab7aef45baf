"""Single values as they are typed or sent: text and numbers, read the same way for every kind of field."""

from __future__ import annotations

import re

LARGEST_NUMBER = 10**12  # keeps every number exact in JavaScript and in SQLite

# Python takes Arabic-Indic digits, "1_000", "nan" and "１"; a clinic's table must not.
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:[.,][0-9]{1,9})?", re.ASCII)


def text_of(posted: object) -> str:
    """Return what was posted as text, "" for nothing. Raises ValueError if it is not a single value."""
    if isinstance(posted, str):
        return posted
    if posted is None:
        return ""
    if isinstance(posted, bool) or not isinstance(posted, (int, float)):
        raise ValueError("Give one answer to this question")
    return str(posted)


def number_of(posted: object) -> float | None:
    """Return a number as people type it, comma or point; None for nothing. Raises ValueError for anything else."""
    if isinstance(posted, (int, float)) and not isinstance(posted, bool) and abs(posted) <= LARGEST_NUMBER:
        return float(posted)  # from JSON; infinity and nan are not within these bounds
    typed = text_of(posted).strip()
    if not typed:
        return None
    if not _NUMBER.fullmatch(typed):
        raise ValueError("Give a number, in figures")
    number = float(typed.replace(",", "."))
    if abs(number) > LARGEST_NUMBER:
        raise ValueError("That number is too large")
    return number


def is_storable(text: str) -> bool:
    """Return whether every database can hold a text."""
    if text.isascii():
        return "\x00" not in text
    try:
        return b"\x00" not in text.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return False


def without_point(number: float) -> int | float:
    """Return a whole number as int, so that it is stored and shown without a point."""
    return int(number) if number == int(number) else number
