"""The caseload page: each client, the reason for their place in the order, and their latest scores.

Everything is read from the caseload file with plain SQL, so a therapist can run the same queries.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

SILENT_AFTER = timedelta(days=14)  # two weekly sessions
NEW_WITHIN = timedelta(days=3)
WEEK = 7  # days

CLIENTS = "SELECT client, label, since, status FROM clients ORDER BY label, client"
SENT = "SELECT client, count(*) AS sent, max(received) AS latest FROM submissions GROUP BY client"
SCORES = """
    SELECT scores.client, scores.form, scores.scale, scores.received, scores.submission, raw, answered, items,
           prorated, band
      FROM scores WHERE :client = '' OR scores.client = :client ORDER BY scores.received, scores.submission
"""
SCALES = """
    SELECT form, version, scale, title, bands, cut_offs, reliable_change, possible_change, better,
           max(version) OVER (PARTITION BY form) AS latest
      FROM scales ORDER BY form, version, rowid
"""
ALERTS = """
    SELECT submission, item, client, label, answer, raised, acknowledged FROM alerts
     WHERE :client = '' OR client = :client ORDER BY raised DESC
"""
PROBLEMS = "SELECT count(*) FROM problems"
LATEST = """
    SELECT submission, form, version, definition, received, answered FROM submissions
     WHERE client = :client ORDER BY received DESC LIMIT 200
"""
SUBMISSION = """
    SELECT submission, client, label, form, version, definition, received
      FROM submissions JOIN clients USING (client) WHERE submission = :submission
"""
SCORES_OF_SUBMISSION = """
    SELECT scale, raw, answered, items, prorated, band, reached FROM scores
     WHERE submission = :submission ORDER BY rowid
"""
ALERTS_OF_SUBMISSION = "SELECT label, answer, raised, acknowledged FROM alerts WHERE submission = :submission"


class Rows(Protocol):
    """Anything that can run SQL on one caseload file, read-only."""

    async def execute(self, sql: str, params: dict[str, Any] | None = None) -> Any: ...


@dataclass(frozen=True)
class Scale:
    """A scale, as scored by `version`, the latest version of its form that has it."""

    form: str
    scale: str
    title: str
    bands: tuple[tuple[float, str], ...]
    cut_offs: tuple[tuple[str, float], ...]
    reliable_change: float | None
    lower_is_better: bool
    possible_change: float | None = None
    version: int = 1


@dataclass(frozen=True)
class Point:
    """A score of one submission; `value` is None if too many items were left out."""

    received: str
    submission: str
    value: float | None
    band: str
    answered: int
    items: int


@dataclass(frozen=True)
class Course:
    """One client's scores on one scale, oldest first."""

    scale: Scale
    points: tuple[Point, ...]

    @property
    def scored(self) -> tuple[Point, ...]:
        return tuple(point for point in self.points if point.value is not None)

    @property
    def change(self) -> float | None:
        """The points from the first score to the latest; None with fewer than two scores."""
        scored = self.scored
        if len(scored) < 2:
            return None
        return (scored[-1].value or 0) - (scored[0].value or 0)

    def improvement(self) -> float:
        """Return the change, as a positive number if it is for the better; 0 without one."""
        change = self.change or 0
        return -change if self.scale.lower_is_better else change

    def reliably(self, sign: int) -> bool:
        """Return whether it is better (1) or worse (-1) by at least the scale's reliable change."""
        limit = self.scale.reliable_change
        return limit is not None and sign * self.improvement() >= limit

    def possibly(self, sign: int) -> bool:
        """Return whether it is better (1) or worse (-1) by at least a possible, but not a reliable, change."""
        limit = self.scale.possible_change
        return limit is not None and sign * self.improvement() >= limit and not self.reliably(sign)

    def in_words(self) -> str:
        """Return the change as text, like "PHQ-9 from 15 to 4"."""
        scored = self.scored
        return f"{self.scale.title} from {points(scored[0].value)} to {points(scored[-1].value)}"


@dataclass(frozen=True)
class Alert:
    submission: str
    item: str
    client: str
    label: str
    answer: str
    raised: str
    acknowledged: str | None


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


def points(value: float | None) -> str:
    """Return a score as text: whole numbers without a decimal point, others with one decimal."""
    if value is None:
        return "no score"
    return str(int(value)) if value == int(value) else f"{value:.1f}"


def readable(name: str) -> str:
    """Return the name of a cut-off, criterion or cluster for display."""
    return name.replace("_", " ")


def signed(value: float) -> str:
    """Return a change as text with its sign, using a true minus sign."""
    if not value:
        return "±0"
    return f"{'+' if value > 0 else '−'}{points(abs(value))}"


def ago(moment: str, now: datetime) -> str:
    """Return how long ago a moment was: "today", "yesterday", "6 days ago", "5 weeks ago"."""
    days = (now.date() - datetime.fromisoformat(moment).date()).days
    if days <= 0:
        return "today"
    if days == 1:
        return "yesterday"
    return f"{days} days ago" if days < 4 * WEEK else f"{days // WEEK} weeks ago"


async def read_overview(rows: Rows, now: datetime | None = None) -> Overview:
    """Return the caseload page of a caseload file."""
    now = now or datetime.now(UTC)
    clients = await all_of(rows, CLIENTS)
    standings = {row["client"]: Standing(row["client"], row["label"], row["since"]) for row in clients}
    for row in await all_of(rows, SENT):
        standings[row["client"]].sent, standings[row["client"]].latest = row["sent"], row["latest"]
    scales = await read_scales(rows)
    for client, courses in (await read_courses(rows, scales)).items():
        standings[client].courses = courses
    for alert in await read_alerts(rows):
        standings[alert.client].alerts.append(alert)
    for standing in standings.values():
        place(standing, now)
    problems = (await all_of(rows, PROBLEMS))[0][0]
    ordered = sorted(standings.values(), key=lambda standing: (standing.rank, standing.label, standing.client))
    return Overview(ordered, list(scales.values()), problems)


async def all_of(rows: Rows, sql: str, **params: Any) -> Sequence[Any]:
    return (await rows.execute(sql, params)).rows  # type: ignore[no-any-return]


async def read_scales(rows: Rows) -> dict[tuple[str, str], Scale]:
    """Return each scale by (form, scale), as its latest version defines it."""
    scales = {}
    for row in await all_of(rows, SCALES):
        scales[row["form"], row["scale"]] = Scale(
            row["form"],
            row["scale"],
            (row["title"] or row["form"]) + (f", until version {row['version']}" * (row["version"] < row["latest"])),
            tuple((band["at_least"], band["label"]) for band in json.loads(row["bands"] or "[]")),
            tuple(json.loads(row["cut_offs"] or "{}").items()),
            row["reliable_change"],
            row["better"] != "higher",
            row["possible_change"],
            row["version"],
        )
    return scales


async def read_courses(rows: Rows, scales: dict[tuple[str, str], Scale], client: str = "") -> dict[str, list[Course]]:
    """Return the courses of every client, or of one, in the order of the scales."""
    points_by_client: dict[str, dict[tuple[str, str], list[Point]]] = defaultdict(lambda: defaultdict(list))
    for row in await all_of(rows, SCORES, client=client):
        point = Point(row["received"], row["submission"], row["prorated"], row["band"], row["answered"], row["items"])
        points_by_client[row["client"]][row["form"], row["scale"]].append(point)
    return {
        code: [Course(scale, tuple(by_scale[key])) for key, scale in scales.items() if key in by_scale]
        for code, by_scale in points_by_client.items()
    }


async def read_alerts(rows: Rows, client: str = "") -> list[Alert]:
    """Return the alerts of every client, or of one, latest first."""
    return [Alert(**dict(row)) for row in await all_of(rows, ALERTS, client=client)]


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
