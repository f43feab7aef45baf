"""What a ledger holds of the forms, for comparing pages with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from site_builder.forms.history.versions import History


@dataclass(frozen=True)
class Published:
    """The history of each form, the hashes of all definitions, and how many answers a form has."""

    histories: Mapping[str, History]
    definitions: frozenset[str]
    answers: Callable[[str], int]
