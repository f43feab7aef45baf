"""Short names of people and caseloads, which become file names and addresses."""

from __future__ import annotations

import re

LONGEST_NAME = 64  # characters
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def is_short_name(name: object) -> bool:
    """Return whether this is small letters, digits and single hyphens, and not too long."""
    return isinstance(name, str) and len(name) <= LONGEST_NAME and _NAME.fullmatch(name) is not None
