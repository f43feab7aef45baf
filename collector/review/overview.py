"""The caseload page: each client, the reason for their place in the order, and their latest scores.

What it shows is read from the views of the caseload file, so a therapist can run the same queries.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from collector.caseload.courses import (
    Alert,
    Course,
    Rows,
    Scale,
    all_of,
    read_alerts,
    read_courses,
    read_last_seen,
    read_open_alerts,
    read_scales,
)

SILENT_AFTER = timedelta(days=14)  # two weekly sessions
NEW_WITHIN = timedelta(days=3)
WEEK = 7  # days

PROBLEMS = "SELECT count(*) FROM problems"
LATEST = """
    SELECT submission, form, version, definition, received, answered FROM submissions
     WHERE client = :client ORDER BY received DESC LIMIT 200
"""
SUBMISSION = """
    SELECT submission, client, label, form, version, definition, received, time_zone
      FROM submissions JOIN clients USING (client) WHERE submission = :submission
"""
SCORES_OF_SUBMISSION = """
    SELECT scale, raw, answered, items, prorated, band, reached FROM scores
     WHERE submission = :submission ORDER BY rowid
"""
ALERTS_OF_SUBMISSION = "SELECT label, answer, raised, acknowledged FROM alerts WHERE submission = :submission"


@dataclass
class Standing:
    """A client's row: `rank` orders the page, and `why` gives the reason in a sentence."""

    client: str
    label: str
    since: str
    sent: int = 0
    latest: str = ""
    courses: list[Course] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    rank: int = 9
    why: str = ""
    mark: str = ""

    @property
    def by_scale(self) -> dict[Scale, Course]:
        return {course.scale: course for course in self.courses}

    @property
    def current(self) -> list[Course]:
        """The courses that belong to the latest answered version of each form."""
        latest: dict[str, int] = {}
        for course in self.courses:
            latest[course.scale.form] = max(latest.get(course.scale.form, 0), course.scale.version)
        return [course for course in self.courses if course.scale.version == latest[course.scale.form]]


@dataclass(frozen=True)
class Overview:
    """The caseload page: all clients in order, all scales, and the number of events set aside."""

    standings: list[Standing]
    scales: list[Scale]
    problems: int

    @property
    def with_alerts(self) -> int:
        """The number of clients with an open alert."""
        return sum(standing.mark == "alert" for standing in self.standings)


def ago(moment: str, now: datetime) -> str:
    """Return how long ago a moment was, by the days of `now`'s zone: "today", "6 days ago", "5 weeks ago"."""
    days = (now.date() - datetime.fromisoformat(moment).astimezone(now.tzinfo).date()).days
    if days <= 0:
        return "today"
    if days == 1:
        return "yesterday"
    return f"{days} days ago" if days < 4 * WEEK else f"{days // WEEK} weeks ago"


async def read_overview(rows: Rows, now: datetime | None = None) -> Overview:
    """Return the caseload page of a caseload file."""
    scales = await read_scales(rows)
    standings = await read_standings(rows, scales, await read_open_alerts(rows), now)
    problems = (await all_of(rows, PROBLEMS))[0][0]
    ordered = sorted(standings, key=lambda standing: (standing.rank, standing.label, standing.client))
    return Overview(ordered, list(scales.values()), problems)


async def read_standing(rows: Rows, client: str, now: datetime | None = None) -> Standing | None:
    """Return one client's standing, reading that client alone; None for an unknown client."""
    scales = await read_scales(rows)
    return next(iter(await read_standings(rows, scales, await read_alerts(rows, client), now, client)), None)


async def read_standings(
    rows: Rows, scales: dict[tuple[str, str], Scale], alerts: Iterable[Alert], now: datetime | None, client: str = ""
) -> list[Standing]:
    """Return the standing of every client, or of one."""
    standings = {seen.client: Standing(*seen) for seen in await read_last_seen(rows, client)}
    for code, courses in (await read_courses(rows, scales, client)).items():
        if code in standings:  # else added since the clients were read
            standings[code].courses = courses
    for alert in alerts:
        standings[alert.client].alerts.append(alert)
    for standing in standings.values():
        place(standing, now or datetime.now(UTC))
    return list(standings.values())


def place(standing: Standing, now: datetime) -> None:
    """Set a client's rank and the reason for it: alerts, worse, silent, new, nothing sent, steady, better."""
    open_alerts = [alert for alert in standing.alerts if not alert.acknowledged]
    worse = [course for course in standing.current if course.reliably(-1)]
    better = [course for course in standing.current if course.reliably(1)]
    if open_alerts:
        latest = open_alerts[0]
        standing.rank, standing.mark = 0, "alert"
        standing.why = f"{latest.label}: “{latest.answer}”, {ago(latest.raised, now)}. Nobody has acknowledged it yet."
        if earlier := len(open_alerts) - 1:
            standing.why += f" {earlier} earlier answer{'s' * (earlier > 1)} about risk also open."
        if worse:
            standing.why += f" Also reliably worse: {_list(worse)}."
    elif worse:
        standing.rank, standing.mark = 1, "worse"
        standing.why = f"Reliably worse: {_list(worse)}."
    elif not standing.latest:
        standing.rank, standing.why = 4, f"Nothing sent yet. Added {ago(standing.since, now)}."
    elif now - datetime.fromisoformat(standing.latest) > SILENT_AFTER:
        standing.rank, standing.mark = 2, "silent"
        standing.why = f"Silent: last sent something {ago(standing.latest, now)}."
    elif better:
        standing.rank, standing.why = 6, f"Reliably better: {_list(better)}."
    elif now - datetime.fromisoformat(standing.latest) < NEW_WITHIN:
        standing.rank, standing.why = 3, f"Sent something {ago(standing.latest, now)}. No reliable change so far."
    else:
        standing.rank, standing.why = 5, "No reliable change so far."


def _list(courses: Sequence[Course]) -> str:
    return ", ".join(course.in_words() for course in courses)
