"""What pages show of a caseload file: each client's scores over time, their alerts, and when they last sent something.

Scores are not compared here: a course has the changes as the view `progress` computes them.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from site_builder.forms.model.definition import PLACES
from site_builder.forms.model.rounding import half_up

URGENT = "urgent"  # the graver of the two tiers of alerts
DIRECTIONS = {1: "better", -1: "worse"}  # as `progress` has them

SCALES = """
    SELECT form, version, scale, title, bands, cut_offs, reliable_change, possible_change, better, main,
           max(version) OVER (PARTITION BY form) AS latest
      FROM scales ORDER BY form, version, rowid
"""
# One row for each course, its scores as lists: a row for each score takes four times as long.
COURSES = """
    SELECT course.client, course.form, course.scale, times, scores, earlier, course_begun,
           received, submission, prorated, band, answered, items, seq
      FROM (SELECT client, form, scale, course_begun,
                   json_group_array(received) FILTER (WHERE prorated IS NOT NULL) AS times,
                   json_group_array(prorated) FILTER (WHERE prorated IS NOT NULL) AS scores,
                   count(*) FILTER (WHERE prorated IS NOT NULL AND seq < course_seq)
                   AS earlier
              FROM (SELECT client, form, scale, received, seq, prorated, coalesce(course_begun, '') AS course_begun,
                           course_seq
                      FROM scores JOIN clients USING (client) {of_one}
                     ORDER BY client, form, scale, seq)
             GROUP BY client, form, scale) AS course
      JOIN scores AS latest ON latest.rowid = (
           SELECT rowid FROM scores
            WHERE (client, form, scale) = (course.client, course.form, course.scale)
            ORDER BY seq DESC LIMIT 1)
"""
POINTS = """
    SELECT form, scale, received, submission, prorated, band, answered, items, seq FROM scores
     WHERE client = :client ORDER BY seq
"""
PROGRESS = """
    SELECT client, form, scale, baseline, previous, best, last, since_baseline, since_previous, since_best,
           reliable, reliable_since_previous, reliable_since_best, possible, worse_since_best
      FROM progress {of_one}
"""
# The urgent before those for soon, then whoever has waited longest.
ALERTS = """
    SELECT submission, item, client, label, tier, coalesce(answer, value, ''), value, raised, acknowledged FROM alerts
     WHERE client = :client ORDER BY acknowledged IS NOT NULL, tier DESC, raised, submission, number
"""
OPEN_ALERTS = """
    SELECT submission, item, client, label, tier, coalesce(answer, value, ''), value, raised, NULL FROM open_alerts
     ORDER BY tier DESC, raised, submission, number
"""
LAST_SEEN = "SELECT client, label, since, sent, coalesce(received, '') AS latest FROM last_seen {of_one} ORDER BY 2, 1"
OF_ONE = "WHERE client = :client"


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
    main: bool = True  # the one of its measure that the caseload page shows

    @property
    def key(self) -> tuple[str, str]:
        return self.form, self.scale


class Point(NamedTuple):
    """A score of one submission; `value` is None if too many items were left out."""

    received: str
    submission: str
    value: float | None
    band: str
    answered: int
    items: int
    seq: int = 0


class Progress(NamedTuple):
    """The scores of a course of treatment, compared as in the view `progress`; changes are None for a single score."""

    baseline: float
    previous: float | None
    best: float
    last: float
    since_baseline: float | None
    since_previous: float | None
    since_best: float | None
    reliable: str | None
    reliable_since_previous: str | None
    reliable_since_best: str | None
    possible: str | None
    worse_since_best: str | None


@dataclass(frozen=True)
class Course:
    """One client's scores on one scale, oldest first; the first `earlier` ones are of earlier courses of treatment.

    `progress` compares those of the current course; None when there is none yet. `begun` is the moment at which that
    course began, "" for the first. `latest` is the last time that the form was filled in, with or without a score.
    """

    scale: Scale
    times: Sequence[str]
    values: Sequence[float]
    latest: Point
    progress: Progress | None = None
    points: Sequence[Point] = ()  # read for one client only, with those that have no score
    earlier: int = 0
    begun: str = ""

    @property
    def change(self) -> float | None:
        """The points from the baseline to the last score; None with fewer than two scores."""
        return self.progress.since_baseline if self.progress else None

    @property
    def worse_since_best(self) -> str | None:
        return self.progress.worse_since_best if self.progress else None

    def reliably(self, sign: int) -> bool:
        """Return whether it is better (1) or worse (-1) by at least the scale's reliable change."""
        return self.progress is not None and self.progress.reliable == DIRECTIONS[sign]

    def possibly(self, sign: int) -> bool:
        """Return whether it is better (1) or worse (-1) by at least a possible, but not a reliable, change."""
        return self.progress is not None and self.progress.possible == DIRECTIONS[sign]

    def in_words(self) -> str:
        """Return the change since the baseline as text, like "PHQ-9 from 15 to 4"; "" without a score."""
        if self.progress is None:
            return ""
        return f"{self.scale.title} from {points(self.progress.baseline)} to {points(self.progress.last)}"


@dataclass(frozen=True)
class Alert:
    """An answer, or a score, that somebody should look at first; `value` is its code or the score."""

    submission: str
    item: str
    client: str
    label: str
    tier: str
    answer: str
    value: str | float | None
    raised: str
    acknowledged: str | None

    @property
    def is_urgent(self) -> bool:
        return self.tier == URGENT

    @property
    def gravity(self) -> float:
        """What orders alerts of one kind from the least grave to the gravest: the code of the answer, or the score."""
        return self.value if isinstance(self.value, int | float) else 0.0


class LastSeen(NamedTuple):
    """A client, with the number of their submissions and the moment of the latest; "" when there is none."""

    client: str
    label: str
    since: str
    sent: int
    latest: str


@lru_cache(maxsize=4096)  # a page writes thousands of scores, and few that differ
def points(value: float | None) -> str:
    """Return a score as text, with the decimals that it is stored with; a whole number without a point."""
    return "no score" if value is None else str(half_up(value, PLACES))


def readable(name: str) -> str:
    """Return the name of a cut-off, criterion or cluster for display."""
    return name.replace("_", " ")


def signed(value: float) -> str:
    """Return a change as text with its sign, using a true minus sign."""
    if not value:
        return "±0"
    return f"{'+' if value > 0 else '−'}{points(abs(value))}"


async def all_of(rows: Rows, sql: str, **params: Any) -> Sequence[Any]:
    return (await rows.execute(sql, params)).rows  # type: ignore[no-any-return]


async def _of(rows: Rows, sql: str, client: str) -> Sequence[Any]:
    """Return the rows of every client, or of one."""
    return await all_of(rows, sql.format(of_one=OF_ONE if client else ""), client=client)


async def read_last_seen(rows: Rows, client: str = "") -> list[LastSeen]:
    """Return every client, or one, by label."""
    return [LastSeen(*row) for row in await _of(rows, LAST_SEEN, client)]


async def read_scales(rows: Rows) -> dict[tuple[str, str], Scale]:
    """Return each scale by (form, scale), as its latest version defines it."""
    scales = {}
    stored = await all_of(rows, SCALES)
    shown = _shown(stored)
    for row in stored:
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
            shown[row["form"], row["version"]] == row["scale"],
        )
    return scales


def _shown(stored: Sequence[Any]) -> dict[tuple[str, int], str]:
    """Return the scale that a caseload shows of each version of a form: its main one, or else the first."""
    shown: dict[tuple[str, int], str] = {}
    for row in sorted(stored, key=lambda row: not row["main"]):
        shown.setdefault((row["form"], row["version"]), row["scale"])
    return shown


async def read_courses(
    rows: Rows, scales: Mapping[tuple[str, str], Scale], client: str = ""
) -> dict[str, list[Course]]:
    """Return the courses of every client, or of one, in the order of the scales."""
    progress = {tuple(row)[:3]: Progress(*tuple(row)[3:]) for row in await _of(rows, PROGRESS, client)}
    every_point = await read_points(rows, client) if client else {}
    by_client: dict[str, dict[tuple[str, str], Course]] = defaultdict(dict)
    for code, form, scale, times, scores, earlier, begun, *latest in await _of(rows, COURSES, client):
        key = (form, scale)
        if key in scales:
            by_client[code][key] = Course(
                scales[key],
                json.loads(times),
                json.loads(scores),
                Point(*latest),
                progress.get((code, form, scale)),
                every_point.get(key, ()),
                earlier,
                begun,
            )
    return {code: [courses[key] for key in scales if key in courses] for code, courses in by_client.items()}


async def read_points(rows: Rows, client: str) -> dict[tuple[str, str], list[Point]]:
    """Return everything that counts as a score of a client, by (form, scale), oldest first."""
    every_point: dict[tuple[str, str], list[Point]] = defaultdict(list)
    for form, scale, *point in await all_of(rows, POINTS, client=client):
        every_point[form, scale].append(Point(*point))
    return every_point


async def read_alerts(rows: Rows, client: str) -> list[Alert]:
    """Return all alerts of a client: the open ones first, by their tier, then whichever has waited longest."""
    return [Alert(*row) for row in await all_of(rows, ALERTS, client=client)]


async def read_open_alerts(rows: Rows) -> list[Alert]:
    """Return the unacknowledged alerts of all clients, in the same order."""
    return [Alert(*row) for row in await all_of(rows, OPEN_ALERTS)]
