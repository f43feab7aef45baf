"""The caseload page: each client, the reason for their place in the order, and their latest scores.

What it shows is read from the views of the caseload file, so a therapist can run the same queries.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from collector.caseload.courses import (
    Alert,
    Rows,
    Scale,
    all_of,
    read_alerts,
    read_courses,
    read_last_seen,
    read_open_alerts,
    read_scales,
)
from collector.review.reasons import MARKS, reasons
from collector.review.standing import SetAside, Standing

PROBLEMS = "SELECT count(*) FROM problems"
SET_ASIDE = """
    SELECT client, submission, problem, alerts_known, seen FROM problems
     WHERE submission IS NOT NULL AND (:client = '' OR client = :client) ORDER BY seq
"""
LATEST = """
    SELECT submission, form, version, definition, received, answered FROM submissions
     WHERE client = :client ORDER BY seq DESC LIMIT 200
"""
SUBMISSION = """
    SELECT submission, client, label, form, version, definition, received, time_zone
      FROM submissions JOIN clients USING (client) WHERE submission = :submission
"""
SCORES_OF_SUBMISSION = """
    SELECT scale, raw, answered, items, prorated, band, reached FROM scores
     WHERE submission = :submission ORDER BY rowid
"""
ALERTS_OF_SUBMISSION = """
    SELECT label, tier, coalesce(answer, value, '') AS answer, raised, acknowledged FROM alerts
     WHERE submission = :submission ORDER BY tier DESC, number
"""


@dataclass(frozen=True)
class Overview:
    """The caseload page: all clients in order, the scale that it shows of each measure, and how many were set aside."""

    standings: list[Standing]
    scales: list[Scale]
    problems: int

    @property
    def with_alerts(self) -> int:
        """The number of clients with an open alert."""
        return sum(any(not alert.acknowledged for alert in standing.alerts) for standing in self.standings)


async def read_overview(rows: Rows, now: datetime | None = None) -> Overview:
    """Return the caseload page of a caseload file."""
    scales = await read_scales(rows)
    standings = await read_standings(rows, scales, await read_open_alerts(rows), now)
    standings.sort(key=lambda standing: standing.place)
    ((problems,),) = await all_of(rows, PROBLEMS)
    return Overview(standings, _shown(scales, standings), problems)


def _shown(scales: dict[tuple[str, str], Scale], standings: Iterable[Standing]) -> list[Scale]:
    """Return one scale of each measure that a client has filled in: the main one of its latest version."""
    filled_in = {form for standing in standings for form in standing.by_form}
    latest = {scale.form: scale for scale in sorted(scales.values(), key=lambda scale: scale.version) if scale.main}
    return [scale for form, scale in sorted(latest.items()) if form in filled_in]


async def read_standing(rows: Rows, client: str, now: datetime | None = None) -> Standing | None:
    """Return one client's standing, reading that client alone; None for an unknown client."""
    scales = await read_scales(rows)
    return next(iter(await read_standings(rows, scales, await read_alerts(rows, client), now, client)), None)


async def read_standings(
    rows: Rows, scales: dict[tuple[str, str], Scale], alerts: Iterable[Alert], now: datetime | None, client: str = ""
) -> list[Standing]:
    """Return the standing of every client, or of one."""
    set_aside = await all_of(rows, SET_ASIDE, client=client)
    standings = {seen.client: Standing(*seen) for seen in await read_last_seen(rows, client)}
    for code, courses in (await read_courses(rows, scales, client)).items():
        if code in standings:  # else added since the clients were read
            standings[code].courses = courses
    for alert in alerts:
        standings[alert.client].alerts.append(alert)
    for sheet in map(SetAside._make, set_aside):
        if sheet.client in standings:
            standings[sheet.client].set_aside.append(sheet)
    for standing in standings.values():
        place(standing, now or datetime.now(UTC))
    return list(standings.values())


def place(standing: Standing, now: datetime) -> None:
    """Set a client's place in the order, and the sentences that give its reasons."""
    gravest, *others = reasons(standing, now)
    standing.rank, standing.waiting, standing.mark = gravest.rank, gravest.since, MARKS.get(gravest.rank, "")
    standing.sentences = tuple(reason.words for reason in (gravest, *others))
