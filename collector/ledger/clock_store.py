"""Stores the ledger's clock in the ledger itself, and each jump of the computer's clock."""

from __future__ import annotations

import logging
from datetime import timedelta

from collector.driver import sqlite3
from collector.ledger.clock import SMALL, Clock, Jump, Stored

STORED = "SELECT boot, running, line, life FROM clock WHERE only = 1"
LAST_JUMP = "SELECT expected, read FROM clock_jumps ORDER BY number DESC LIMIT 1"
_DIFFERENT = timedelta(milliseconds=SMALL)

log = logging.getLogger(__name__)


def restore(connection: sqlite3.Connection, clock: Clock) -> None:
    """Have a clock go on from what the ledger has stored."""
    if stored := _stored(connection):
        clock.restore(stored)
    else:
        row = connection.execute("SELECT at FROM events ORDER BY seq DESC LIMIT 1").fetchone()
        clock.begin(row[0] if row else "")


def store(connection: sqlite3.Connection, clock: Clock) -> None:
    """Store a clock, with what other processes have found out, and a jump that is new. Raises sqlite3.Error."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        stored = clock.merge(_stored(connection))
        connection.execute("INSERT OR REPLACE INTO clock VALUES (1, ?, ?, ?, ?)", stored)
        _store_jump(connection, clock.jump(), clock.life())
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _stored(connection: sqlite3.Connection) -> Stored | None:
    row = connection.execute(STORED).fetchone()
    return Stored(*row) if row else None


def _store_jump(connection: sqlite3.Connection, jump: Jump, life: str) -> None:
    row = connection.execute(LAST_JUMP).fetchone()
    last = Jump(*row).ahead if row else timedelta()
    if abs(jump.ahead - last) <= _DIFFERENT:
        return
    connection.execute(
        "INSERT INTO clock_jumps (seq, expected, read, life) SELECT coalesce(max(seq), 0), ?, ?, ? FROM events",
        (*jump, life),
    )
    if abs(jump.ahead) > _DIFFERENT:
        log.warning("the computer's clock has jumped: it reads %s, and %s was expected", jump.read, jump.expected)
