"""Numbers as people write them, in the figures and with the signs of their own script.

What is beyond doubt is read, and nothing else: `10,000` is ten thousand to one reader and ten to the next. One comma or
point with three figures after it is in doubt, unless nothing or only noughts stand before it, or the question's own
limits leave one reading: three decimals where thousands would be too many, thousands where decimals would be too few.
The page's script reads the same way (numbers.js); both are tested with one table of cases.
"""

from __future__ import annotations

import math
import re
import unicodedata
from typing import NamedTuple

from site_builder.forms.model.wire_values import text_of

LARGEST_NUMBER = 10**12  # keeps every number exact in JavaScript and in SQLite
LONGEST_TYPED = 512  # characters of a number, a day or a code: more than anybody types, spaces and a unit included
MOST_FIGURES = 15  # that a float holds exactly, whatever they are
NO_NUMBER = "Give a number, in figures"
IN_DOUBT = "It is not certain which number this is. Write ten thousand as 10000, ten as 10"
TOO_LARGE = "That number is too large"
TOO_EXACT = f"That number has more than {MOST_FIGURES} figures. Round it"

_SIGNS = str.maketrans(
    {
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d", "-"),
        **dict.fromkeys("\ufe62\uff0b", "+"),
        **dict.fromkeys("\u060c\ufe50\uff0c", ","),
        **dict.fromkeys("\ufe52\uff0e", "."),
        **dict.fromkeys("\u066c\u02bc\u2018\u2019\uff07", "'"),  # the first is the Arabic sign of thousands
        **dict.fromkeys("\u066a\ufe6a\uff05", "%"),
        "\uff1a": ":",
    }
)
_NUMBER = re.compile(
    r"([+-]?) ?"
    r"([0-9]*|[1-9][0-9]{0,2}([,.' ])[0-9]{3}(?:\3[0-9]{3})*|[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3})"
    r"(?:([.,\u066b])([0-9]+))?"
)
_WITH_UNIT = re.compile(r"(.*[0-9]) ?([^0-9]+)", re.DOTALL)
_SHORT = {"min": "minute", "h": "hour", "hr": "hour", "sec": "second"}


class Limits(NamedTuple):
    """What a question allows: its range, its decimals, and the unit that may stand behind the number."""

    at_least: float = -LARGEST_NUMBER
    at_most: float = LARGEST_NUMBER
    decimals: int = 0
    unit: str = ""


ANY_NUMBER = Limits()


def number_of(posted: object, limits: Limits = ANY_NUMBER) -> float | None:
    """Return the number that was posted, None for nothing.

    Raises ValueError for what is no number or may be two. That it lies within the limits is for the caller to see to.
    """
    if isinstance(posted, str):
        if posted.isascii() and posted.isdigit() and len(posted) < MOST_FIGURES - 2:  # nearly every one
            return float(posted)
        return _typed_number(plain(posted), limits)
    if isinstance(posted, (int, float)) and not isinstance(posted, bool):
        if abs(posted) <= LARGEST_NUMBER:
            return float(posted)
        raise ValueError(TOO_LARGE if math.isfinite(posted) else NO_NUMBER)
    text_of(posted)
    return None


def plain(typed: str) -> str:
    """Return what was typed with figures, signs and spaces as ASCII has them, without what cannot be seen.

    What is too long to mean anything stays as it is.
    """
    if len(typed) > LONGEST_TYPED:
        return typed
    return typed.strip() if typed.isascii() else "".join(map(_plain, typed.translate(_SIGNS))).strip()


def _plain(letter: str) -> str:
    category = unicodedata.category(letter)
    if category == "Nd":
        return str(unicodedata.decimal(letter))
    return {"Zs": " ", "Cf": ""}.get(category, letter)


def _typed_number(typed: str, limits: Limits) -> float | None:
    if not typed:
        return None
    match = _NUMBER.fullmatch(_without_unit(typed, limits.unit))
    if not match:
        raise ValueError(NO_NUMBER)
    sign, grouped, _, point, fraction = match.groups(default="")
    whole = re.sub("[^0-9]", "", grouped)
    if not whole + fraction or (point and point in grouped):
        raise ValueError(NO_NUMBER)
    if point in (",", ".") and grouped == whole and _may_be_thousands(whole, fraction):
        return _settled(sign, whole, fraction, limits)
    return _exact(sign, whole, fraction)


def _may_be_thousands(whole: str, fraction: str) -> bool:
    """Return whether the point may stand between thousands; four noughts after it may be a slip of the same."""
    if not whole.strip("0"):
        return False
    if len(fraction) == 3:
        return len(whole) <= 3 and not whole.startswith("0")
    return len(fraction) > 3 and not fraction.strip("0")


def _settled(sign: str, whole: str, fraction: str, limits: Limits) -> float:
    """Return the only one of two readings that the limits leave. Raises ValueError if they leave both or none."""
    if len(fraction) == 3:
        parts, thousands = _exact(sign, whole, fraction), _exact(sign, whole + fraction, "")
        parts_fit, thousands_fit = (limits.at_least <= each <= limits.at_most for each in (parts, thousands))
        if parts_fit and not thousands_fit and limits.decimals >= 3:
            return parts
        if thousands_fit and not parts_fit:
            return thousands
    raise ValueError(IN_DOUBT)


def _exact(sign: str, whole: str, fraction: str) -> float:
    """Return the number. Raises ValueError if it is too large, or has more figures than a float holds."""
    whole, fraction = whole.lstrip("0"), fraction.rstrip("0")
    if len(whole) > len(str(LARGEST_NUMBER)) or int(whole or 0) > LARGEST_NUMBER:
        raise ValueError(TOO_LARGE)
    if len((whole + fraction).lstrip("0")) > MOST_FIGURES:
        raise ValueError(TOO_EXACT)
    number = float(f"{sign}{whole or 0}.{fraction or 0}")
    return number or 0.0  # no nought below nought


def _without_unit(typed: str, unit: str) -> str:
    """Return a number without the unit that is typed behind it: "30 min" where minutes are asked for."""
    match = _WITH_UNIT.fullmatch(typed) if unit and not typed[-1].isdigit() else None
    return match[1] if match and _singular(match[2]) == _singular(unit) else typed


def _singular(unit: str) -> str:
    word = plain(unit).casefold().rstrip(" .")
    word = word.removesuffix("s") or word
    return _SHORT.get(word, word)
