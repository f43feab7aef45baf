"""A caseload file whose rows are written by hand, and the courses that its views make of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any, NamedTuple

from sqlite_utils import Database

from collector.caseload.courses import Course, Point, Scale, read_courses, read_scales
from collector.caseload.schema import migrations
from collector.driver import sqlite3
from collector.ledger.events import utc

START = datetime(2026, 3, 9, 14, tzinfo=UTC)
FREQUENCY = ("not at all", "several days", "more than half the days", "nearly every day")
TABLES = ("problems", "alerts", "scores", "scales", "submissions", "clients")

LOW_MOOD = Scale("low-mood", "total", "Low mood", ((0, "None"), (10, "Moderate")), (("caseness", 10),), 6, True)
WORRY = Scale("worry", "total", "Worry", (), (("caseness", 8),), 4, True)
COPING = Scale("coping", "total", "Coping", (), (("caseness", 8),), 4, False)
BURDEN = Scale("burden", "total", "Burden", (), (), None, True)
TENTHS = Scale("tenths", "total", "Tenths", (), (), 4.2, True)
EIGHTHS = Scale("eighths", "total", "Eighths", (), (), 2.625, True)


class Series(NamedTuple):
    """The scores of a course, oldest first, and where they place a client who is neither new nor silent."""

    name: str
    scale: Scale
    values: tuple[float | None, ...]
    rank: str
    why: str


_STEADY = "No reliable change so far."
SERIES = [
    Series("worse than the start", LOW_MOOD, (8, 14), "WORSE", "Reliably worse: Low mood from 8 to 14."),
    Series("worse, no case", LOW_MOOD, (2, 8), "WORSE", "Reliably worse: Low mood from 2 to 8."),
    Series("one point short", LOW_MOOD, (8, 13), "STEADY", _STEADY),
    Series(
        "a case again after the best",
        LOW_MOOD,
        (22, 15, 9, 5, 16),
        "WORSE",
        "Reliably worse since the best: Low mood from 5 to 16; still better than the start (22).",
    ),
    Series(
        "two scores running",
        LOW_MOOD,
        (9, 3, 12, 14),
        "WORSE",
        "Reliably worse since the best: Low mood from 3 to 14; no reliable change from the start (9).",
    ),
    Series(
        "two running that are no case",
        LOW_MOOD,
        (9, 2, 8, 8),
        "WORSE",
        "Reliably worse since the best: Low mood from 2 to 8; no reliable change from the start (9).",
    ),
    Series(
        "worse than the best and than the start",
        LOW_MOOD,
        (9, 3, 16),
        "WORSE",
        "Reliably worse since the best: Low mood from 3 to 16; worse than the start (9).",
    ),
    Series(
        "once, and no case",
        LOW_MOOD,
        (9, 2, 8),
        "ONCE_WORSE",
        "Once: Low mood from 2 to 8; no reliable change from the start (9).",
    ),
    Series(
        "once, having been a case all along",
        LOW_MOOD,
        (27, 12, 18),
        "ONCE_WORSE",
        "Once: Low mood from 12 to 18; still better than the start (27).",
    ),
    Series(
        "a case all along, twice",
        LOW_MOOD,
        (27, 12, 18, 19),
        "WORSE",
        "Reliably worse since the best: Low mood from 12 to 19; still better than the start (27).",
    ),
    Series(
        "once, then another without a score",
        LOW_MOOD,
        (9, 2, None, 8),
        "ONCE_WORSE",
        "Once: Low mood from 2 to 8; no reliable change from the start (9).",
    ),
    Series("worse once, and back", LOW_MOOD, (9, 3, 14, 4), "STEADY", _STEADY),
    Series("worse than the one before alone", LOW_MOOD, (20, 14, 18), "STEADY", _STEADY),
    Series("better", LOW_MOOD, (14, None, 8), "BETTER", "Reliably better: Low mood from 14 to 8."),
    Series("better all along", LOW_MOOD, (20, 14, 13), "BETTER", "Reliably better: Low mood from 20 to 13."),
    Series("a single score", LOW_MOOD, (14,), "STEADY", _STEADY),
    Series("no score", LOW_MOOD, (None,), "STEADY", _STEADY),
    Series("where more is better, worse", COPING, (8, 4), "WORSE", "Reliably worse: Coping from 8 to 4."),
    Series("where more is better, better", COPING, (4, 8), "BETTER", "Reliably better: Coping from 4 to 8."),
    Series(
        "where more is better, a case again",
        COPING,
        (4, 14, 8),
        "WORSE",
        "Reliably worse since the best: Coping from 14 to 8; still better than the start (4).",
    ),
    Series(
        "where more is better, once",
        COPING,
        (10, 18, 12),
        "ONCE_WORSE",
        "Once: Coping from 18 to 12; no reliable change from the start (10).",
    ),
    Series(
        "where more is better, two running",
        COPING,
        (10, 18, 12, 13),
        "WORSE",
        "Reliably worse since the best: Coping from 18 to 13; no reliable change from the start (10).",
    ),
    Series(
        "exactly the reliable change, better", TENTHS, (9.1, 4.9), "BETTER", "Reliably better: Tenths from 9.1 to 4.9."
    ),
    Series(
        "exactly the reliable change, worse", TENTHS, (4.9, 9.1), "WORSE", "Reliably worse: Tenths from 4.9 to 9.1."
    ),
    Series(
        "exactly it by a score that is shown rounded",
        EIGHTHS,
        (12, 14.625),
        "WORSE",
        "Reliably worse: Eighths from 12 to 14.63.",
    ),
    Series("a thousandth less", EIGHTHS, (12, 14.624), "STEADY", _STEADY),
    Series(
        "a scale without a reliable change",
        BURDEN,
        (8, 3, 20),
        "STEADY",
        "Changed, on a scale without a reliable change: Burden from 8 to 20.",
    ),
]


@dataclass
class Handwritten:
    """A caseload file in memory, read as the pages read it."""

    connection: sqlite3.Connection
    seq: int = 0  # the number of the latest submission in the ledger

    def clear(self) -> None:
        for table in TABLES:
            self.connection.execute(f"DELETE FROM {table}")

    def client(self, client: str = "ALMA22", since: datetime = START) -> None:
        self.connection.execute(
            "INSERT INTO clients (client, label, since, status) VALUES (?, ?, ?, 'active')",
            (client, client.title(), utc(since)),
        )

    def scale(self, scale: Scale) -> None:
        row = (
            *(scale.form, scale.version, scale.scale, scale.title, json.dumps(dict(scale.cut_offs))),
            *(scale.reliable_change, scale.possible_change, "lower" if scale.lower_is_better else "higher"),
        )
        self.connection.execute(
            "INSERT INTO scales (form, version, scale, title, cut_offs, reliable_change, possible_change, better)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            row,
        )

    def submission(self, id: str, at: str, client: str = "ALMA22", form: str = "mood") -> None:
        self.seq += 1
        self.connection.execute(
            "INSERT INTO submissions (submission, client, form, version, definition, received, answered, seq)"
            " VALUES (?, ?, ?, 1, '', ?, 1, ?)",
            (id, client, form, at, self.seq),
        )

    def score(self, id: str, at: str, value: float | None, scale: Scale, client: str = "ALMA22") -> None:
        self.submission(id, at, client, scale.form)
        self.connection.execute(
            "INSERT INTO scores"
            " (submission, client, form, scale, received, raw, answered, items, prorated, band, seq)"
            " VALUES (?, ?, ?, ?, ?, ?, 9, 9, round(?, 2), '', ?)",
            (id, client, scale.form, scale.scale, at, value, value, self.seq),
        )

    def begin_course(self, at: str, client: str = "ALMA22") -> None:
        self.seq += 1
        begin = "UPDATE clients SET course_begun = ?, course_seq = ? WHERE client = ?"
        self.connection.execute(begin, (at, self.seq, client))

    def alert(
        self,
        id: str,
        at: str,
        client: str = "ALMA22",
        label: str = "",
        acknowledged: str | None = None,
        tier: str = "urgent",
        value: int = 1,
    ) -> None:
        """Add an alert of a submission that is there already."""
        self.connection.execute(
            "INSERT INTO alerts (submission, item, client, form, label, raised, acknowledged, tier, value, answer)"
            " VALUES (?, 'q9', ?, 'mood', ?, ?, ?, ?, ?, ?)",
            (id, client, label, at, acknowledged, tier, value, FREQUENCY[value]),
        )

    def rows(self, sql: str, params: dict[str, Any] | None = None) -> list[sqlite3.Row]:
        cursor = self.connection.cursor()
        cursor.row_factory = sqlite3.Row
        return cursor.execute(sql, params or {}).fetchall()

    async def execute(self, sql: str, params: dict[str, Any] | None = None) -> Any:
        return SimpleNamespace(rows=self.rows(sql, params))


@cache
def in_memory() -> Handwritten:
    database = Database(sqlite3.connect(":memory:", isolation_level=None), execute_plugins=False)
    migrations.apply(database)
    return Handwritten(database.conn)


def empty_file() -> Handwritten:
    """Return the one file in memory, without rows."""
    file = in_memory()
    file.clear()
    return file


def weekly(count: int, until: datetime = START) -> list[str]:
    return [utc(until - timedelta(weeks=count - number)) for number in range(count)]


def course_of(scale: Scale, times: Sequence[str], values: Sequence[float | None]) -> Course:
    """Return the course of a client with these scores, compared by the views."""
    if not values:
        return Course(scale, (), (), Point("", "", None, "", 0, 0))
    file = empty_file()
    file.client()
    file.scale(scale)
    file.seq = 0
    for number, (at, value) in enumerate(zip(times, values, strict=True)):
        file.seq = max(file.seq, int(datetime.fromisoformat(at).timestamp()))  # courses of one client share the ledger
        file.score(f"s{number}", at, value, scale)

    async def read() -> Course:
        ((course,),) = (await read_courses(file, await read_scales(file), "ALMA22")).values()
        return course

    return replace(asyncio.run(read()), scale=scale)
