"""One difference between a form and what was published, as its author reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from site_builder.forms.model.errors import SiteError


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between a form and its published version.

    `path` is what has changed, by its name in the new form: a question's path, `scale total`, `alert 0`, `version`,
    `form`, `mood was` or `mood was_worded`. A critical change must not be published; its remedy says what to write
    instead.
    """

    path: str
    problem: str
    remedy: str = ""
    critical: bool = False

    def __str__(self) -> str:
        return self.problem + (f"; {self.remedy}" if self.remedy else "")


class ChangesRefused(SiteError):
    """Forms that must not be published as they are; `changes` holds the critical changes by form id."""

    def __init__(self, changes: Mapping[str, Sequence[Change]]) -> None:
        super().__init__(dict(changes))
        self.changes = dict(changes)

    def __str__(self) -> str:
        return "\n".join(f"{form}: {change}" for form, changes in self.changes.items() for change in changes)
