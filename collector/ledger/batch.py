"""Writes a batch of calls in one transaction of four statements, however many events there are.

Every statement releases the interpreter's lock several times, and once more for each row, each column of a row and each
named parameter. Each time the event loop's thread may be woken in vain, or this one has to wait, which costs more than
the statement itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from collector.driver import sqlite3
from collector.errors import IdTaken, LedgerError, Unstorable
from collector.ledger import access_events, acting
from collector.ledger.access_events import When
from collector.ledger.acting import Acting
from collector.ledger.clock import Clock, not_before
from collector.ledger.events import Event, Receipt, is_utc

LONGEST_EVENT = 16 * 1024 * 1024  # characters of JSON; far above what any form can hold
ROWS_AT_ONCE = 256  # rows per INSERT, of seven values each; each number of rows is a separate prepared statement

# Everything a batch needs to read, in one value: a list in JSON of which of those who act in the batch may, clients and
# people, of the greatest number and its time, and of whether any of the ids is in the ledger already.
_ACTING = f"SELECT json_array(json(({acting.CLIENTS})), json(({acting.PEOPLE})))"
_STATE = f"""
    SELECT json_array(json(({acting.CLIENTS})), json(({acting.PEOPLE})), (SELECT coalesce(max(seq), 0) FROM events),
                      coalesce((SELECT at FROM events ORDER BY seq DESC LIMIT 1), ''),
                      EXISTS (SELECT 1 FROM events WHERE id IN (SELECT value FROM json_each(?4))))
"""  # noqa: S608 - only constants

Outcome = list[Receipt] | LedgerError
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


class Content(NamedTuple):
    """What has to be equal for two events with one id to be the same event."""

    kind: str
    client: str
    data: str  # JSON


class Row(NamedTuple):
    seq: int
    id: str
    kind: str
    client: str
    at: str
    data: str
    by: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """An event with its content encoded for storage."""

    event: Event
    content: Content


def prepare(events: Iterable[Event]) -> list[Prepared]:
    """Encode events, before they are queued for the disk. Raises Unstorable."""
    return [Prepared(event, _content(event)) for event in events]


def _content(event: Event) -> Content:
    data = _json(event)
    if data is None:
        raise Unstorable("An event holds what JSON in UTF-8 cannot express.")
    if len(data) > LONGEST_EVENT:
        raise Unstorable(f"An event is longer than {LONGEST_EVENT} characters.")
    if not event.id or (event.at and not is_utc(event.at)):
        raise Unstorable("An event needs an id, and a time written as 2026-03-09T14:02:11.123Z.")
    return Content(str(event.kind), event.client, data)


def _json(event: Event) -> str | None:
    """Return an event's data as JSON, or None: the encoders' exceptions quote answers, so none may leave here."""
    try:
        content = dict(event.data)
        data = orjson.dumps(content).decode()  # refuses lone surrogates
        if "null" in data:  # orjson writes NaN as null; the strict encoder refuses it
            data = _encode(content)
        f"{event.id}{event.client}{event.by.text}".encode()
    except (TypeError, ValueError, RecursionError):
        return None
    return data


def write(
    connection: sqlite3.Connection, calls: Sequence[Sequence[Prepared]], clock: Clock | None = None
) -> list[Outcome]:
    """Append every valid call, each one completely or not at all; durable on return.

    The outcome of a refused call is its error, and nothing of it is stored. Raises sqlite3.Error when the disk fails;
    then none of the calls is stored.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        batch = _Batch(connection, calls, clock or Clock())
        outcomes = [batch.take(call) for call in calls]
        batch.insert()
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return outcomes


class _Batch:
    """The rows that one transaction inserts."""

    def __init__(self, connection: sqlite3.Connection, calls: Sequence[Sequence[Prepared]], clock: Clock) -> None:
        self._connection = connection
        self._now, self._life = clock.moment()
        self._rows: list[Row] = []
        events = [prepared.event for call in calls for prepared in call]
        ids = json.dumps([event.id for event in events])
        self._asked = acting.parameters(events, self._life)
        self._seq: int
        clients, people, self._seq, latest, known = self._read(_STATE, *self._asked, ids)
        if latest > self._now:
            self._now = not_before(latest, self._now)
        self._acting: Acting | None = Acting(clients, people)
        self._known = self._stored(ids) if known else {}

    def _read(self, query: str, *values: str) -> Any:
        """Return the one value of JSON that a query reads."""
        return json.loads(self._connection.execute(query, values).fetchone()[0])

    def _stored(self, ids: str) -> dict[str, Row]:
        rows = self._connection.execute(
            'SELECT seq, id, kind, client, at, data, "by" FROM events WHERE id IN (SELECT value FROM json_each(?))',
            (ids,),
        )
        return {row[1]: Row(*row) for row in rows.fetchall()}

    def _acting_now(self) -> Acting:
        """Return who may act after what the batch has changed so far."""
        self._acting = Acting(*self._read(_ACTING, *self._asked))
        return self._acting

    def take(self, call: Sequence[Prepared]) -> Outcome:
        """Add the rows of a call; if it is refused, undo them and return its error."""
        seq, length = self._seq, len(self._rows)
        changes_access = any(prepared.event.kind in access_events.RULES for prepared in call)
        try:
            if changes_access:
                return self._take_in_savepoint(call)
            return [self._append(prepared) for prepared in call]
        except LedgerError as refusal:
            for row in self._rows[length:]:
                del self._known[row.id]
            del self._rows[length:]
            self._seq = seq
            return refusal

    def _take_in_savepoint(self, call: Sequence[Prepared]) -> list[Receipt]:
        self._connection.execute("SAVEPOINT call")
        try:
            receipts = [self._append(prepared) for prepared in call]
        except LedgerError:
            self._connection.execute("ROLLBACK TO call")
            raise
        finally:
            self._acting = None  # it may have changed, and changed back
            if self._connection.in_transaction:  # a full disk may have rolled it back
                self._connection.execute("RELEASE call")
        return receipts

    def _append(self, prepared: Prepared) -> Receipt:
        event, content = prepared.event, prepared.content
        if event.by.sign_in:
            (self._acting or self._acting_now()).require(event)
        stored = self._known.get(event.id)
        if stored is not None:
            if not _same(stored, content):
                raise IdTaken("Something else has been sent under this id.")
            return Receipt(stored.seq, stored.at, fresh=False)
        at = event.at or self._now
        row = Row(self._seq + 1, event.id, content.kind, content.client, at, content.data, event.by.text)
        if event.kind in access_events.RULES:
            access_events.apply(self._connection, event, When(at, self._now, self._life))
            self._acting = None
        self._seq = row.seq
        self._rows.append(row)
        self._known[row.id] = row
        return Receipt(row.seq, row.at, fresh=True)

    def insert(self) -> None:
        """Insert all rows, in as few statements as their limit allows."""
        for first in range(0, len(self._rows), ROWS_AT_ONCE):
            rows = self._rows[first : first + ROWS_AT_ONCE]
            values = ", ".join(["(?, ?, ?, ?, ?, ?, ?)"] * len(rows))
            flat = [value for row in rows for value in row]
            self._connection.execute(f"INSERT INTO events VALUES {values}", flat)  # noqa: S608 - only placeholders


def _same(stored: Row, content: Content) -> bool:
    """Compare as JSON text, ignoring the order of keys: with Python's ==, 1, 1.0 and True would be equal."""
    if (stored.kind, stored.client) != (content.kind, content.client):
        return False
    return stored.data == content.data or _sorted(stored.data) == _sorted(content.data)


def _sorted(data: str) -> str:
    content = json.loads(data)
    if content.get("marks") == []:  # submissions had such a list once, and a phone may send one of them again
        del content["marks"]
    return json.dumps(content, sort_keys=True)
