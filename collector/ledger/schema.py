"""The ledger's tables, created and changed by recorded migrations."""

from __future__ import annotations

from contextlib import closing

from sqlite_utils import Database, Migrations

from collector.disk import sync_folder
from collector.driver import sqlite3
from collector.errors import LedgerUnavailable
from collector.storage import DatabaseFile

STATEMENTS = 400  # prepared statements cached by a writer: each size of batch has its own INSERT
CACHE = 16 * 1024  # KiB of pages: writes to the index of ids are scattered
CHECKPOINT_AFTER = 1_500  # pages of 4 KiB in the log: with more, each checkpoint would block other processes longer
WAL_LIMIT = 64 * 1024 * 1024  # bytes that the write-ahead log is cut back to after a peak

migrations = Migrations("ledger")


def open_for_writing(file: DatabaseFile) -> sqlite3.Connection:
    """Open the ledger so that a COMMIT returns only once its data is on disk."""
    connection = file.connect(statements=STATEMENTS)
    try:
        connection.execute("PRAGMA journal_mode = WAL").fetchone()
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA cache_size = -{CACHE}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_AFTER}").fetchone()
        connection.execute(f"PRAGMA journal_size_limit = {WAL_LIMIT}").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def prepare(file: DatabaseFile) -> None:
    """Create the ledger if needed, closed to others, and migrate its tables.

    Raises LedgerUnavailable for one that a later release has changed: what that has written, this one would misread.
    """
    file.create()
    connection = open_for_writing(file)
    try:
        database = Database(connection, execute_plugins=False)
        if later := {change.name for change in migrations.applied(database)} - known_changes():
            raise LedgerUnavailable(
                f"A later release of Homeward has written {file.path}: it changed {', '.join(sorted(later))}."
                " Start that release, or restore the backup from before it; nothing was changed."
            )
        migrations.apply(database)
    finally:
        connection.close()
    sync_folder(file.path.parent)  # SQLite does so for its log, but not for the database


def known_changes() -> frozenset[str]:
    """Return the names of all changes of the tables that this release makes."""
    with closing(Database(memory=True)) as nothing_applied:
        return frozenset(change.name for change in migrations.pending(nothing_applied))


@migrations()
def events(db: Database) -> None:
    db.execute("""
        CREATE TABLE events (
            seq INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            client TEXT NOT NULL,
            at TEXT NOT NULL,
            data TEXT NOT NULL
        ) STRICT""")
    db.execute("CREATE INDEX events_of_client ON events (client) WHERE client <> ''")


@migrations()
def people_and_caseloads(db: Database) -> None:
    db.execute("""
        CREATE TABLE people (
            person TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            password TEXT NOT NULL
        ) STRICT""")
    db.execute("CREATE TABLE caseloads (caseload TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT")
    db.execute("""
        CREATE TABLE members (
            person TEXT NOT NULL REFERENCES people,
            caseload TEXT NOT NULL REFERENCES caseloads,
            role TEXT NOT NULL CHECK (role IN ('therapist', 'cover', 'supervisor')),
            PRIMARY KEY (person, caseload)
        ) STRICT, WITHOUT ROWID""")


@migrations()
def clients_and_links(db: Database) -> None:
    db.execute("""
        CREATE TABLE clients (
            client TEXT PRIMARY KEY,
            caseload TEXT NOT NULL REFERENCES caseloads
        ) STRICT""")
    db.execute("CREATE UNIQUE INDEX clients_ignoring_case ON clients (client COLLATE NOCASE)")
    db.execute("""
        CREATE TABLE links (
            link TEXT PRIMARY KEY,
            client TEXT NOT NULL REFERENCES clients,
            token TEXT NOT NULL UNIQUE CHECK (length(token) = 64),
            code TEXT NOT NULL UNIQUE CHECK (length(code) = 64),
            code_expires TEXT NOT NULL,
            code_used INTEGER NOT NULL DEFAULT 0,
            ended INTEGER NOT NULL DEFAULT 0
        ) STRICT""")
    db.execute("CREATE UNIQUE INDEX one_live_link ON links (client) WHERE NOT ended")


@migrations()
def sign_ins(db: Database) -> None:
    db.execute("""
        CREATE TABLE sign_ins (
            sign_in TEXT PRIMARY KEY CHECK (length(sign_in) = 64),
            kind TEXT NOT NULL,
            link TEXT REFERENCES links,
            person TEXT REFERENCES people,
            expires TEXT NOT NULL,
            CHECK ((kind = 'client' AND link IS NOT NULL AND person IS NULL)
                OR (kind = 'person' AND person IS NOT NULL AND link IS NULL))
        ) STRICT""")
    db.execute("CREATE INDEX sign_ins_by_link ON sign_ins (link) WHERE link IS NOT NULL")
    db.execute("CREATE INDEX sign_ins_by_expiry ON sign_ins (expires)")


@migrations()
def definitions(db: Database) -> None:
    db.execute("""
        CREATE TABLE definitions (
            definition TEXT PRIMARY KEY,
            form TEXT NOT NULL,
            version INTEGER NOT NULL,
            body TEXT NOT NULL
        ) STRICT""")


@migrations()
def who_acted(db: Database) -> None:
    # "client" by default: nearly all stored events came from clients, and those rows need not be rewritten.
    db.execute("""ALTER TABLE events ADD COLUMN "by" TEXT NOT NULL DEFAULT 'client'""")
    db.execute("""
        UPDATE events SET "by" = iif(kind = 'person_signed_in', 'person:' || json_extract(data, '$.person'), 'command')
         WHERE kind NOT IN ('submission_received', 'link_opened')""")
    # MATERIALIZED, so that SQLite indexes the sign-ins instead of reading all of them for each sign-out.
    db.execute("""
        WITH signed_in AS MATERIALIZED (
            SELECT json_extract(data, '$.sign_in') AS sign_in, "by" FROM events WHERE kind = 'person_signed_in')
        UPDATE events SET "by" = signed_in."by" FROM signed_in
         WHERE kind = 'person_signed_out' AND json_extract(data, '$.sign_in') = signed_in.sign_in""")


@migrations()
def devices(db: Database) -> None:
    db.execute("""
        CREATE TABLE devices (
            person TEXT NOT NULL REFERENCES people,
            device TEXT NOT NULL CHECK (length(device) = 64),
            PRIMARY KEY (person, device)
        ) STRICT""")
    db.execute("CREATE INDEX devices_by_hash ON devices (device)")


@migrations()
def clock(db: Database) -> None:
    db.execute("""
        CREATE TABLE clock (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            boot TEXT NOT NULL,
            running INTEGER NOT NULL,
            line INTEGER NOT NULL,
            life INTEGER NOT NULL
        ) STRICT""")
    db.execute("""
        CREATE TABLE clock_jumps (
            number INTEGER PRIMARY KEY,
            seq INTEGER NOT NULL,
            expected TEXT NOT NULL,
            read TEXT NOT NULL,
            life TEXT NOT NULL
        ) STRICT""")
