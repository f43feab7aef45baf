"""A caseload file whose rows are written by hand, and the courses that its views make of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any

from sqlite_utils import Database

from collector.caseload.courses import Course, Point, Scale, read_courses, read_scales
from collector.caseload.schema import migrations
from collector.driver import sqlite3
from collector.ledger.events import utc

START = datetime(2026, 3, 9, 14, tzinfo=UTC)
TABLES = ("alerts", "scores", "scales", "submissions", "clients")


@dataclass
class Handwritten:
    """A caseload file in memory, read as the pages read it."""

    connection: sqlite3.Connection

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
        self.connection.execute("INSERT INTO submissions VALUES (?, ?, ?, 1, '', ?, 1)", (id, client, form, at))

    def score(self, id: str, at: str, value: float | None, scale: Scale, client: str = "ALMA22") -> None:
        self.submission(id, at, client, scale.form)
        self.connection.execute(
            "INSERT INTO scores (submission, client, form, scale, received, raw, answered, items, prorated, band)"
            " VALUES (?, ?, ?, ?, ?, ?, 9, 9, ?, '')",
            (id, client, scale.form, scale.scale, at, value, value),
        )

    def alert(self, id: str, at: str, client: str = "ALMA22", label: str = "", acknowledged: str | None = None) -> None:
        """Add an alert of a submission that is there already."""
        self.connection.execute(
            "INSERT INTO alerts (submission, item, client, form, label, raised, acknowledged)"
            " VALUES (?, 'q9', ?, 'mood', ?, ?, ?)",
            (id, client, label, at, acknowledged),
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
    for number, (at, value) in enumerate(zip(times, values, strict=True)):
        file.score(f"s{number}", at, value, scale)

    async def read() -> Course:
        ((course,),) = (await read_courses(file, await read_scales(file), "ALMA22")).values()
        return course

    return replace(asyncio.run(read()), scale=scale)
