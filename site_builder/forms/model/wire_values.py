"""Single values as they are typed or sent, read the same way for every kind of field."""

from __future__ import annotations

import math
import unicodedata

# What is no answer alone: control and format characters, spaces, marks that need a letter to stand on, and these, which
# Unicode counts among letters and signs or keeps free for characters without a shape.
_UNSEEN_CATEGORIES = frozenset(("Cc", "Cf", "Zs", "Zl", "Zp", "Mn", "Me"))
_UNSEEN = frozenset("\u115f\u1160\u2065\u2800\u3164\uffa0\ufffc\U0001d159\U00013441\U00013442")
_SHAPELESS = ((0xFFF0, 0xFFF8), (0xE0000, 0xE0FFF))


def text_of(posted: object) -> str:
    """Return what was posted as text, "" for nothing. Raises ValueError if it is not a single value."""
    if isinstance(posted, str):
        return posted
    if posted is None:
        return ""
    if isinstance(posted, bool) or not isinstance(posted, (int, float)) or not math.isfinite(posted):
        raise ValueError("Give one answer to this question")
    return str(without_point(posted))


def is_visible(text: str) -> bool:
    """Return whether there is anything to see: a letter, a figure, a sign, an emoji."""
    for letter in text:
        if " " < letter < "\x7f":
            return True
        if unicodedata.category(letter) in _UNSEEN_CATEGORIES or letter in _UNSEEN:
            continue
        if not any(first <= ord(letter) <= last for first, last in _SHAPELESS):
            return True
    return False


def with_line_feeds(text: str) -> str:
    """Return a text with "\\n" for every line break: what a browser posts as CR LF, and what is stored.

    A text area holds LF, a form post must send CR LF (HTML Standard, "Constructing the entry list"), and JSON sends
    what its writer has. LF is what the client's own page counts and shows, so it is what all of them become.
    """
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


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
