"""Numbers rounded as people round them: in decimals, and halves up."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def decimal(number: float) -> Decimal:
    """Return a number as it is written: 0.7, and not the 0.6999… of its binary fraction."""
    return Decimal(number) if type(number) is int else Decimal(repr(number))


def half_up(number: float | Decimal, places: int = 0) -> int | float:
    """Return a number with so many decimals, halves away from nought: 14.625 → 14.63, 2.675 → 2.68, −0.5 → −1.

    Python's round() would take the binary fraction (2.675 → 2.67) and halves to their even neighbour (14.625 → 14.62).
    """
    exact = number if isinstance(number, Decimal) else decimal(number)
    rounded = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return int(rounded) if rounded == int(rounded) else float(rounded)
