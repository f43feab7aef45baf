"""Errors in forms and in answers, with their place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["mistake", "warning", "change"]

MOST_UNKNOWN = 20  # names that are told one by one: enough to see what is wrong, and no answer grows with them


@dataclass(frozen=True, order=True, slots=True)
class Source:
    """A place in a clinic's text: the page's path, line and column counted from 1."""

    page: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.page}:{self.line}:{self.column}"


class SiteError(Exception):
    """Base of every error that this package raises on purpose."""


class FormError(SiteError):
    """One mistake: where it is, what is wrong and what to write instead.

    `rule` is a stable name for its kind. Warnings and safe changes to a form in use are reported in the same way
    and do not stop the build.
    """

    def __init__(
        self, source: Source, problem: str, remedy: str = "", *, rule: str = "form", severity: Severity = "mistake"
    ) -> None:
        super().__init__(source, problem, remedy)
        self.source = source
        self.problem = problem
        self.remedy = remedy
        self.rule = rule
        self.severity = severity

    @property
    def message(self) -> str:
        """What is wrong and what to write instead, without the place."""
        return self.problem + (f"; {self.remedy}" if self.remedy else "")

    def __str__(self) -> str:
        mark = "" if self.severity == "mistake" else f"{self.severity}: "
        return f"{self.source} {mark}{self.message}"


class FormErrors(SiteError):
    """Every mistake on a page or a whole site, in the order of the text."""

    def __init__(self, errors: Sequence[FormError]) -> None:
        super().__init__(errors)
        self.errors = tuple(sorted(errors, key=lambda error: error.source))

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


class UnreadableDefinition(SiteError):
    """A stored definition that is damaged, or that this version of the model cannot read."""


class AnswersRejected(SiteError):
    """Answers that are refused: `problems` maps each wire name to a sentence for the client.

    The sentences never repeat what was typed.
    """

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(tuple(problems))
        self.problems = dict(problems)


def unknown(names: Sequence[str], problem: str) -> dict[str, str]:
    """Return the problem for each of these names that a form does not have; of many, the last one counts the others."""
    problems = dict.fromkeys(names[:MOST_UNKNOWN], problem)
    if len(names) > MOST_UNKNOWN:
        problems[names[MOST_UNKNOWN - 1]] = f"{problem}, and {len(names) - MOST_UNKNOWN:,} more names are like it"
    return problems
