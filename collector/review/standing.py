"""Where a client stands on the caseload page: what is known of them, and what orders the page."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from collector.caseload.courses import Alert, Course


class Rank(IntEnum):
    """The order of the caseload page; each client stands where their gravest reason places them."""

    URGENT = 0
    UNREAD = 1  # a sheet of which nobody knows whether it should raise an alert
    SOON = 2
    WORSE = 3
    SET_ASIDE = 4
    ONCE_WORSE = 5
    SILENT = 6
    NEW = 7
    NOTHING_SENT = 8
    STEADY = 9
    BETTER = 10


class SetAside(NamedTuple):
    """A submission that is in no table; `alerts_known` is whether its alerts could be worked out all the same."""

    client: str
    submission: str
    problem: str
    alerts_known: int
    seen: str


@dataclass
class Standing:
    """A client's row: `place` orders the page, and `sentences` give the reasons, the gravest first."""

    client: str
    label: str
    since: str
    sent: int = 0
    latest: str = ""
    courses: list[Course] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    set_aside: list[SetAside] = field(default_factory=list)
    rank: int = 99
    waiting: str = ""
    sentences: tuple[str, ...] = ()
    mark: str = ""

    @property
    def by_form(self) -> dict[str, Course]:
        """The course on the main scale of each form: that of the latest version which has one."""
        return {course.scale.form: course for course in sorted(self.courses, key=_version) if course.scale.main}

    @property
    def current(self) -> list[Course]:
        """The courses of each form, without those of an earlier version that the client has answered a later one of."""
        return [course for course in self.courses if not any(_follows(other, course) for other in self.courses)]

    @property
    def unscored(self) -> list[Course]:
        """The main courses that have scores of earlier courses of treatment alone."""
        return [course for course in self.by_form.values() if course.earlier and course.progress is None]

    @property
    def why(self) -> str:
        return " ".join(self.sentences)

    @property
    def is_urgent(self) -> bool:
        return self.rank <= Rank.UNREAD

    @property
    def place(self) -> tuple[int, str, str, str]:
        return self.rank, self.waiting, self.label.casefold(), self.client


def _version(course: Course) -> int:
    return course.scale.version


def _follows(other: Course, course: Course) -> bool:
    """Return whether another course is of a later version of the form, and was answered after this one.

    The version alone does not say so: it is the latest that has the scale, whoever in the caseload answered it.
    """
    is_later = other.scale.version > course.scale.version and other.latest.seq > course.latest.seq
    return is_later and other.scale.form == course.scale.form
