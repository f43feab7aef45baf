"""A telephone number: as people write it, and as a telephone dials it."""

from __future__ import annotations

import re
import unicodedata

_DASHES = "‐‑‒–—−"
_WRITTEN = re.compile(
    rf"(?P<number>\(?\+?[\d ()./{_DASHES}-]*\d)" r"(?:[ ,;]*(?:ext(?:ension)?|x|#)[ .:]*(?P<extension>\d{1,7}))?",
    re.IGNORECASE | re.ASCII,
)
_SHORTEST, _LONGEST = 3, 15  # figures: an emergency number, and the longest that the world's numbering plan (E.164) has
_LONGEST_AREA = 8  # figures of a country and an area; more before a slash is a number by itself


def readable_phone(written: str) -> str:
    """Return a number in one line, without the unseen characters that come along when it is pasted."""
    seen = "".join(sign for sign in written if unicodedata.category(sign) != "Cf")
    return " ".join(seen.split())


def dialled(written: str) -> str:
    """Return what a telephone dials, as in a `tel:` link; "" for what is not one telephone number."""
    match = _WRITTEN.fullmatch(_plain(readable_phone(written)))
    if match is None or _are_two(match["number"]):
        return ""
    plus = "+" if "+" in match["number"] else ""
    # "+44 (0)20": the 0 is dialled from within the country only, the +44 from everywhere.
    digits = re.sub(r"\D", "", match["number"].replace("(0)", "") if plus else match["number"])
    if not _SHORTEST <= len(digits) <= _LONGEST or (len(set(digits)) == 1 and len(digits) > _SHORTEST):
        return ""
    return plus + digits + (f";ext={match['extension']}" if match["extension"] else "")


def _plain(words: str) -> str:
    """Return words with the figures of every script as 0 to 9, and wide signs as plain ones."""
    return "".join(
        sign if (figure := unicodedata.decimal(sign, None)) is None else str(figure)
        for sign in unicodedata.normalize("NFKC", words)
    )


def _are_two(number: str) -> bool:
    """Return whether a slash stands between two numbers; behind an area code it is how some countries write one."""
    area, slash, rest = number.partition("/")
    if not slash:
        return False
    begins = area.lstrip("( ")[:1]
    return "/" in rest or begins not in ("0", "+") or len(re.sub(r"\D", "", area)) > _LONGEST_AREA
