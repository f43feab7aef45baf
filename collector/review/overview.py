"""What a therapist sees first: each client, why they stand where they stand, and their latest scores.

Everything here is read from the caseload file with plain SQL, so a therapist can ask the same questions.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

SILENT_AFTER = timedelta(days=14)  # two sessions without a word
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
ITS_SCORES = """
    SELECT scale, raw, answered, items, prorated, band, reached FROM scores
     WHERE submission = :submission ORDER BY rowid
"""
ITS_ALERTS = "SELECT label, answer, raised, acknowledged FROM alerts WHERE submission = :submission"


class Rows(Protocol):
    """What runs SQL on one caseload file, read-only."""

    async def execute(self, sql: str, params: dict[str, Any] | None = None) -> Any: ...


@dataclass(frozen=True)
class Scale:
    """One scale, as the latest version of its form that has it scores it: that is `version`."""

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
    """One score: when, of which submission, how many points (None when too much was left out), in which band."""

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
        """Points from the first score to the latest; None with fewer than two scores."""
        scored = self.scored
        if len(scored) < 2:
            return None
        return (scored[-1].value or 0) - (scored[0].value or 0)

    def improvement(self) -> float:
        """The change, turned so that more is better; 0 without one."""
        change = self.change or 0
        return -change if self.scale.lower_is_better else change

    def reliably(self, sign: int) -> bool:
        """Whether it is better (1) or worse (-1) by as much as the scale's reliable change, or more."""
        limit = self.scale.reliable_change
        return limit is not None and sign * self.improvement() >= limit

    def possibly(self, sign: int) -> bool:
        """Whether it is better (1) or worse (-1) by what may be a change, and is less than a reliable one."""
        limit = self.scale.possible_change
        return limit is not None and sign * self.improvement() >= limit and not self.reliably(sign)

    def in_words(self) -> str:
        """Say the change: "PHQ-9 from 15 to 4"."""
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
    """A client's row: `rank` orders the page, `why` says in a sentence why they stand there."""

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
        """The courses of each form as it was answered last: what an earlier version counted otherwise is the past."""
        latest: dict[str, int] = {}
        for course in self.courses:
            latest[course.scale.form] = max(latest.get(course.scale.form, 0), course.scale.version)
        return [course for course in self.courses if course.scale.version == latest[course.scale.form]]


@dataclass(frozen=True)
class Overview:
    """The caseload page: everybody in order, the scales that there are, and how many events were set aside."""

    standings: list[Standing]
    scales: list[Scale]
    problems: int


def points(value: float | None) -> str:
    """Write a score: whole without a point, else with one decimal."""
    if value is None:
        return "no score"
    return str(int(value)) if value == int(value) else f"{value:.1f}"


def readable(name: str) -> str:
    """Write the name of a cut-off, criterion or cluster for reading."""
    return name.replace("_", " ")


def signed(value: float) -> str:
    """Write a change with its sign, a real minus for less."""
    if not value:
        return "±0"
    return f"{'+' if value > 0 else '−'}{points(abs(value))}"


def ago(moment: str, now: datetime) -> str:
    """Say how long ago a moment of the ledger is: "today", "yesterday", "6 days ago", "5 weeks ago"."""
    days = (now.date() - datetime.fromisoformat(moment).date()).days
    if days <= 0:
        return "today"
    if days == 1:
        return "yesterday"
    return f"{days} days ago" if days < 4 * WEEK else f"{days // WEEK} weeks ago"


async def read_overview(rows: Rows, now: datetime | None = None) -> Overview:
    """Read the caseload page from a caseload file."""
    now = now or datetime.now(UTC)
    found = {row["client"]: Standing(row["client"], row["label"], row["since"]) for row in await all_of(rows, CLIENTS)}
    for row in await all_of(rows, SENT):
        found[row["client"]].sent, found[row["client"]].latest = row["sent"], row["latest"]
    scales = await read_scales(rows)
    for client, courses in (await read_courses(rows, scales)).items():
        found[client].courses = courses
    for alert in await read_alerts(rows):
        found[alert.client].alerts.append(alert)
    for standing in found.values():
        place(standing, now)
    problems = (await all_of(rows, PROBLEMS))[0][0]
    ordered = sorted(found.values(), key=lambda standing: (standing.rank, standing.label, standing.client))
    return Overview(ordered, list(scales.values()), problems)


async def all_of(rows: Rows, sql: str, **params: Any) -> Sequence[Any]:
    return (await rows.execute(sql, params)).rows  # type: ignore[no-any-return]


async def read_scales(rows: Rows) -> dict[tuple[str, str], Scale]:
    """Give each scale by (form, scale); the latest version of a form speaks for it."""
    found = {}
    for row in await all_of(rows, SCALES):
        found[row["form"], row["scale"]] = Scale(
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
    return found


async def read_courses(rows: Rows, scales: dict[tuple[str, str], Scale], client: str = "") -> dict[str, list[Course]]:
    """Give the courses of every client, or of one, in the order of the scales."""
    found: dict[str, dict[tuple[str, str], list[Point]]] = defaultdict(lambda: defaultdict(list))
    for row in await all_of(rows, SCORES, client=client):
        point = Point(row["received"], row["submission"], row["prorated"], row["band"], row["answered"], row["items"])
        found[row["client"]][row["form"], row["scale"]].append(point)
    return {
        code: [Course(scale, tuple(by_scale[key])) for key, scale in scales.items() if key in by_scale]
        for code, by_scale in found.items()
    }


async def read_alerts(rows: Rows, client: str = "") -> list[Alert]:
    """Give the alerts of every client, or of one, latest first."""
    return [Alert(**dict(row)) for row in await all_of(rows, ALERTS, client=client)]


def place(standing: Standing, now: datetime) -> None:
    """Decide where a client stands in the order, and say why: alerts, worse, silent, new, better, steady."""
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
