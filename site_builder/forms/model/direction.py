"""Keeps words of any direction where they stand in a sentence, where HTML's own <bdi> cannot: in titles and charts."""

from __future__ import annotations

import re

OPEN, CLOSE = "\u2068", "\u2069"  # first strong isolate, pop directional isolate
_OPENING = "\u2066\u2067\u2068"
# Letters that run from right to left, and signs that turn a text round.
_TURNS = re.compile(
    "[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff"
    "\U00010800-\U00010fff\U0001e800-\U0001efff]"
)


def isolated(text: str) -> str:
    """Return a text that turns nothing around it, whatever signs are in it; most texts are returned as they are."""
    if not _TURNS.search(text):
        return text
    parts: list[str] = []
    depth = 0
    for character in text:
        if character in _OPENING:
            depth += 1
        elif character == CLOSE:
            if not depth:
                continue  # it would end ours
            depth -= 1
        parts.append(character)
    return f"{OPEN}{''.join(parts)}{CLOSE * (depth + 1)}"
