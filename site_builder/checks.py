"""`homeward check`: reads the whole content and tells every mistake, each with its place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from site_builder.forms.errors import FormError, SiteError
from site_builder.library import Library, library_of


class NoContent(SiteError):
    """The folder of the content is not there."""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check has found."""

    pages: int
    forms: int
    errors: tuple[FormError, ...]
    changes: tuple[FormError, ...] = ()  # safe ones, since the site was published last

    def __str__(self) -> str:
        found = counted(len(self.errors), "mistake") if self.errors else "no mistakes"
        if self.changes:
            found += f", {counted(len(self.changes), 'safe change')} since the last publishing"
        return f"{counted(self.pages, 'page')}, {counted(self.forms, 'form')}, {found}"

    def to_json(self) -> dict[str, Any]:
        return {
            "pages": self.pages,
            "forms": self.forms,
            "mistakes": [_placed(error) | {"remedy": error.remedy} for error in self.errors],
            "safe_changes": [_placed(change) for change in self.changes],
        }


def _placed(error: FormError) -> dict[str, Any]:
    source = error.source
    return {"file": source.page, "line": source.line, "column": source.column, "problem": error.problem}


def check(content: Path) -> CheckReport:
    """Check every page of a content folder. Raises NoContent."""
    library = open_library(content)
    forms = sum(1 for page in library.pages if page.digest)  # with mistakes or without
    return CheckReport(len(library.pages), forms, library.errors, library.changes)


def open_library(content: Path) -> Library:
    """Give the library of a folder as it is now. Raises NoContent."""
    if not content.is_dir():
        raise NoContent(f"There is no folder '{content}'. Name the folder of the content.")
    return library_of(content, anew=True)


def counted(number: int, thing: str) -> str:
    """Give a number with its thing, in the plural where it needs it."""
    return f"{number} {thing}{'' if number == 1 else 's'}"
