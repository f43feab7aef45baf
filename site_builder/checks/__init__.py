"""`homeward check`: reads the whole content and tells every mistake, each with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from site_builder.checks import alt, front, ids, licences, links, meanings, menu, reading_level, unfinished
from site_builder.forms.errors import FormError, SiteError
from site_builder.library import Library, library_of
from site_builder.settings import Site, read_site

Check: TypeAlias = Callable[[Library], Iterable[FormError]]

# Each looks at the whole library and gives what it finds, mistakes and warnings, in any order. A further check is a
# module beside these with such a function.
CHECKS: tuple[Check, ...] = (
    links.check,
    menu.check,
    alt.check,
    reading_level.check,
    front.check,
    licences.check,
    meanings.check,
    ids.check,
    unfinished.check,
)


class NoContent(SiteError):
    """The folder of the content is not there."""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check has found: mistakes, and warnings, which stop nothing."""

    pages: int
    forms: int
    errors: tuple[FormError, ...]
    warnings: tuple[FormError, ...] = ()
    changes: tuple[FormError, ...] = ()  # safe ones, since the site was published last

    @property
    def findings(self) -> tuple[FormError, ...]:
        return in_order((*self.errors, *self.warnings))

    def __str__(self) -> str:
        found = counted(len(self.errors), "mistake") if self.errors else "no mistakes"
        told = [counted(self.pages, "page"), counted(self.forms, "form"), found]
        if self.warnings:
            told.append(counted(len(self.warnings), "warning"))
        if self.changes:
            told.append(f"{counted(len(self.changes), 'safe change')} since the last publishing")
        return ", ".join(told)

    def to_json(self) -> dict[str, Any]:
        return {
            "pages": self.pages,
            "forms": self.forms,
            "mistakes": [_to_json(error) for error in self.errors],
            "warnings": [_to_json(warning) for warning in self.warnings],
            "safe_changes": [_to_json(change) for change in self.changes],
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


def check(content: Path, config: Path | None = None) -> CheckReport:
    """Check every page of a content folder, and the menu of the settings.

    Raises NoContent and UnreadableSettings.
    """
    library = open_library(content, read_site(config, content) if config and content.is_dir() else None)
    found = findings(library)
    forms = sum(1 for page in library.pages if page.form_at)  # with mistakes or without
    errors = tuple(finding for finding in found if finding.severity == "mistake")
    warnings = tuple(finding for finding in found if finding.severity == "warning")
    return CheckReport(len(library.pages), forms, errors, warnings, library.changes)


def findings(library: Library) -> tuple[FormError, ...]:
    """Give everything that is wrong with the content, in the order of the text."""
    return in_order((*library.errors, *library.warnings, *(finding for each in CHECKS for finding in each(library))))


def in_order(found: Iterable[FormError]) -> tuple[FormError, ...]:
    """Sort findings by place; several at one place by what they say."""
    return tuple(sorted(found, key=lambda finding: (finding.source, finding.message)))


def open_library(content: Path, site: Site | None = None) -> Library:
    """Give the library of a folder as it is now. Raises NoContent."""
    if not content.is_dir():
        raise NoContent(f"There is no folder '{content}'. Name the folder of the content.")
    library = library_of(content, anew=True)
    return replace(library, site=site) if site else library


def counted(number: int, thing: str) -> str:
    """Give a number with its thing, in the plural where it needs it."""
    return f"{number} {thing}{'' if number == 1 else 's'}"
