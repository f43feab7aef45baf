"""A number with its noun, so that nobody reads "1 minutes"."""

from __future__ import annotations


def counted(number: float | str, thing: str, several: str = "") -> str:
    """Return a number with its noun: "1 page", "2 pages"; `several` where that is not `thing` with an s."""
    words = f"{number:,}" if isinstance(number, int) else f"{number:g}" if isinstance(number, float) else number
    return f"{words} {thing if words == '1' else several or f'{thing}s'}"
