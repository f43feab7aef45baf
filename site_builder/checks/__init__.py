"""`homeward check`: reads the whole content and reports every mistake with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from site_builder.checks import (
    alt,
    contact,
    front,
    ids,
    licences,
    links,
    meanings,
    menu,
    needs,
    offered,
    practices,
    programs,
    reading_level,
    room,
    sizes,
    time_zone,
    unfinished,
    urgent_help,
)
from site_builder.content.library import Library, library_of
from site_builder.content.mkdocs_settings import Site, read_site
from site_builder.content.published import compared
from site_builder.forms.history.published import Published
from site_builder.forms.model.amounts import counted
from site_builder.forms.model.errors import FormError, SiteError

Check: TypeAlias = Callable[[Library], Iterable[FormError]]

# Each returns the mistakes and warnings of the whole library, in any order. To add a check, put a module with such a
# function beside these.
CHECKS: tuple[Check, ...] = (
    links.check,
    menu.check,
    offered.check,
    alt.check,
    reading_level.check,
    front.check,
    licences.check,
    room.check,
    meanings.check,
    practices.check,
    needs.check,
    programs.check,
    ids.check,
    sizes.check,
    unfinished.check,
    urgent_help.check,
    contact.check,
    time_zone.check,
)


class NoContent(SiteError):
    """There is no content folder."""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The result of a check: mistakes, and warnings, which do not prevent publishing."""

    pages: int
    forms: int
    errors: tuple[FormError, ...]
    warnings: tuple[FormError, ...] = ()
    changes: tuple[FormError, ...] = ()  # since the last publishing, beside those that are mistakes
    is_compared: bool = True  # with what was published
    practices: int = 0

    @property
    def findings(self) -> tuple[FormError, ...]:
        return in_order((*self.errors, *self.warnings))

    def __str__(self) -> str:
        mistakes = counted(len(self.errors), "mistake") if self.errors else "no mistakes"
        practices = [counted(self.practices, "practice")] if self.practices else []
        counts = [counted(self.pages, "page"), counted(self.forms, "form"), *practices, mistakes]
        if self.warnings:
            counts.append(counted(len(self.warnings), "warning"))
        if self.changes:
            counts.append(f"{counted(len(self.changes), 'change')} since the last publishing")
        alone = "" if self.is_compared or not self.forms else "; there is no forms.lock to compare the forms with"
        return ", ".join(counts) + alone

    def to_json(self) -> dict[str, Any]:
        return {
            "pages": self.pages,
            "forms": self.forms,
            "practices": self.practices,
            "mistakes": [_to_json(error) for error in self.errors],
            "warnings": [_to_json(warning) for warning in self.warnings],
            "changes": [_to_json(change) for change in self.changes],
            "compared": self.is_compared,
        }


def _to_json(finding: FormError) -> dict[str, Any]:
    return {
        "file": finding.source.page,
        "line": finding.source.line,
        "column": finding.source.column,
        "rule": finding.rule,
        "problem": finding.problem,
        "remedy": finding.remedy,
    }


def check(content: Path, config: Path | None = None, published: Published | None = None) -> CheckReport:
    """Check every page of a content folder, and the menu of the settings, also against what a ledger holds.

    Raises NoContent and UnreadableSettings.
    """
    library = open_library(content, read_site(config, content) if config and content.is_dir() else None)
    library = compared(library, published)
    all_findings = findings(library)
    # With mistakes or without.
    forms = sum(1 for page in library.pages if page.form_at)
    practices = sum(1 for page in library.pages if page.fences.practices)
    errors = tuple(finding for finding in all_findings if finding.severity == "mistake")
    warnings = tuple(finding for finding in all_findings if finding.severity == "warning")
    changes, is_compared = library.changes, library.is_compared
    return CheckReport(len(library.pages), forms, errors, warnings, changes, is_compared, practices)


def findings(library: Library) -> tuple[FormError, ...]:
    """Return all mistakes and warnings of the content, in text order."""
    return in_order((*library.errors, *library.warnings, *(finding for each in CHECKS for finding in each(library))))


def in_order(unordered: Iterable[FormError]) -> tuple[FormError, ...]:
    """Return findings sorted by place, then by message."""
    return tuple(sorted(unordered, key=lambda finding: (finding.source, finding.message)))


def open_library(content: Path, site: Site | None = None) -> Library:
    """Return the current library of a folder. Raises NoContent."""
    if not content.is_dir():
        raise NoContent(f"There is no folder '{content}'. Name the folder of the content.")
    library = library_of(content, fresh=True)
    return replace(library, site=site) if site else library
