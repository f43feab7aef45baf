"""The tables that every caseload file has, created and changed by recorded migrations.

dictionary.py describes each table and column.
"""

from __future__ import annotations

import json

from sqlite_utils import Database, Migrations

from collector.caseload.answers import create_answers
from collector.caseload.in_words import create_in_words
from collector.caseload.searching import TOKENIZER, indexed
from collector.caseload.views import create_views
from collector.driver import sqlite3
from collector.storage import DatabaseFile
from site_builder.forms.answering.scoring import cutoffs_reached
from site_builder.forms.model.definition import Cutoff, Scale

CACHE = 1024  # KiB of pages per open file; about a hundred are open at once
WAL_LIMIT = 4 * 1024 * 1024  # bytes that the write-ahead log is cut back to after a peak

FOLDED_AS = 5  # raise it when the same events produce other rows: files with a lower number are rebuilt

migrations = Migrations("caseload")


def open_file(file: DatabaseFile) -> Database:
    """Open a caseload file for its only writer, creating it (readable by its owner only) if needed."""
    return open_folded(file, migrations, version=FOLDED_AS)


def open_folded(file: DatabaseFile, migrations: Migrations, version: int) -> Database:
    """Open a file that is folded from the ledger and migrate its tables; a new one gets this version number.

    A power cut may lose its latest commits (synchronous=NORMAL); the ledger still has those events.
    """
    file.create()
    connection = file.connect()
    try:
        connection.execute("PRAGMA journal_mode = WAL").fetchone()
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA cache_size = -{CACHE}")
        connection.execute(f"PRAGMA journal_size_limit = {WAL_LIMIT}").fetchone()
        database = Database(connection, execute_plugins=False)
        if not connection.execute("SELECT 1 FROM sqlite_master").fetchone():
            connection.execute(f"PRAGMA user_version = {version}")
        migrations.apply(database)
    except BaseException:
        connection.close()
        raise
    return database


def is_up_to_date(file: DatabaseFile) -> bool:
    """Return whether a file exists and was folded by the current rules; True as well if it cannot be read."""
    if not file.exists():
        return False
    try:
        connection = file.connect(read_only=True)
    except sqlite3.Error:
        return True
    try:
        return bool(connection.execute("PRAGMA user_version").fetchone()[0] >= FOLDED_AS)
    except sqlite3.Error:
        return True
    finally:
        connection.close()


def is_migrated(file: DatabaseFile) -> bool:
    """Return whether a file has the tables, columns and views of this release; True as well if it cannot be read."""
    try:
        connection = file.connect(read_only=True)
    except sqlite3.Error:
        return True
    try:
        return not migrations.pending(Database(connection, execute_plugins=False))
    except sqlite3.Error:
        return True
    finally:
        connection.close()


@migrations()
def clients_and_submissions(db: Database) -> None:
    db.table("clients").create(
        {"client": str, "label": str, "since": str, "status": str},
        pk="client",
        not_null={"label", "since", "status"},
        strict=True,
    )
    db.table("submissions").create(
        {
            "submission": str,
            "client": str,
            "form": str,
            "version": int,
            "definition": str,
            "received": str,
            "answered": int,
        },
        pk="submission",
        foreign_keys=[("client", "clients", "client")],
        not_null={"client", "form", "version", "definition", "received", "answered"},
        strict=True,
    )
    db.table("submissions").create_index(["client", "received"])
    db.table("submissions").create_index(["received"])


@migrations()
def scores_and_scales(db: Database) -> None:
    db.table("scores").create(
        {
            "submission": str,
            "client": str,
            "form": str,
            "scale": str,
            "received": str,
            "raw": float,
            "answered": int,
            "items": int,
            "prorated": float,
            "band": str,
        },
        pk=("submission", "scale"),
        foreign_keys=[("submission", "submissions", "submission"), ("client", "clients", "client")],
        not_null={"client", "form", "received", "answered", "items", "band"},
        strict=True,
    )
    db.table("scores").create_index(["client", "form", "scale", "received"])
    db.table("scales").create(
        {
            "form": str,
            "version": int,
            "scale": str,
            "title": str,
            "items": str,
            "reversed": str,
            "multiplier": float,
            "missing": int,
            "bands": str,
            "cut_offs": str,
            "reliable_change": float,
            "better": str,
            "licence": str,
            "source": str,
        },
        pk=("form", "version", "scale"),
        strict=True,
    )


@migrations()
def alerts(db: Database) -> None:
    db.table("alerts").create(
        {
            "submission": str,
            "item": str,
            "client": str,
            "form": str,
            "label": str,
            "value": int,  # by affinity: numeric codes become numbers, others stay text
            "answer": str,
            "raised": str,
            "acknowledged_by": str,
            "acknowledged": str,
        },
        pk=("submission", "item"),
        foreign_keys=[("submission", "submissions", "submission"), ("client", "clients", "client")],
        not_null={"client", "form", "label", "raised"},
    )
    db.table("alerts").create_index(["client", "raised"])
    db.table("alerts").create_index(["acknowledged", "raised"])


@migrations()
def questions_and_problems(db: Database) -> None:
    db.table("questions").create(
        {
            "form": str,
            "version": int,
            "field": str,
            "column": str,
            "table": str,
            "section": str,
            "ask": str,
            "hint": str,
            "type": str,
            "codes": str,
        },
        pk=("form", "version", "field"),
        strict=True,
    )
    db.table("problems").create(
        {"seq": int, "kind": str, "client": str, "problem": str, "seen": str},
        pk="seq",
        not_null={"kind", "client", "problem", "seen"},
        strict=True,
    )


@migrations()
def written(db: Database) -> None:
    table = db.table("written")
    table.create(
        # The full-text index refers to rows by this number, so it must never change.
        {
            "id": int,
            "submission": str,
            "client": str,
            "form": str,
            "question": str,
            "answer": str,
            "received": str,
        },
        pk="id",
        foreign_keys=[("submission", "submissions", "submission"), ("client", "clients", "client")],
        not_null={"submission", "client", "form", "question", "answer", "received"},
        strict=True,
    )
    table.create_index(["client", "received"])
    table.create_index(["submission"])
    table.enable_fts(["answer"], create_triggers=True, tokenize="unicode61 remove_diacritics 2")
    # Otherwise the index retains the words of deleted rows.
    db.execute("INSERT INTO written_fts (written_fts, rank) VALUES ('secure-delete', 1)")


@migrations()
def own_notes(db: Database) -> None:
    db.table("_homeward").create({"position": int}, strict=True)
    db.execute("INSERT INTO _homeward VALUES (0)")
    db.table("_definitions").create(
        {"definition": str, "form": str, "version": int, "published": int}, pk="definition", strict=True
    )


@migrations()
def criteria_and_clusters(db: Database) -> None:
    table = db.table("criteria")
    table.create(
        {
            "submission": str,
            "client": str,
            "form": str,
            "criterion": str,
            "received": str,
            "met": int,
            "clusters": str,
        },
        pk=("submission", "criterion"),
        foreign_keys=[("submission", "submissions", "submission"), ("client", "clients", "client")],
        not_null={"client", "form", "received", "clusters"},
        strict=True,
    )
    table.create_index(["client", "form", "criterion", "received"])
    db.table("clusters").create(
        {
            "form": str,
            "version": int,
            "criterion": str,
            "cluster": str,
            "criterion_title": str,
            "title": str,
            "items": str,
            "reversed": str,
            "counts_from": float,
            "needs": int,
            "meaning": str,
            "licence": str,
            "source": str,
        },
        pk=("form", "version", "criterion", "cluster"),
        strict=True,
    )


@migrations()
def cut_offs_reached_and_possible_change(db: Database) -> None:
    db.table("scales").add_column("possible_change", float)
    db.table("scores").add_column("reached", str)
    scored = db.execute(
        "SELECT submission, scores.scale, raw, scores.answered, scores.items, cut_offs, better"
        "  FROM scores JOIN submissions USING (submission)"
        "  JOIN scales ON (scales.form, scales.version, scales.scale)"
        "               = (scores.form, submissions.version, scores.scale)"
        " WHERE prorated IS NOT NULL"
    ).fetchall()
    for submission, name, raw, answered, items, cut_offs, better in scored:
        cutoffs = tuple(Cutoff(cutoff, points) for cutoff, points in json.loads(cut_offs).items())
        reached = cutoffs_reached(Scale(name, (), cutoffs=cutoffs, better=better), raw * items / answered)
        update = "UPDATE scores SET reached = ? WHERE (submission, scale) = (?, ?)"
        db.execute(update, (json.dumps(reached, ensure_ascii=False), submission, name))


@migrations()
def time_zone_of_a_client(db: Database) -> None:
    db.table("clients").add_column("time_zone", str)


@migrations()
def courses_in_an_index(db: Database) -> None:
    """Comparing scores reads only this index, which takes a fifth of the time."""
    db.execute("DROP INDEX idx_scores_client_form_scale_received")
    db.table("scores").create_index(["client", "form", "scale", "received", "submission", "prorated"])


@migrations()
def order_of_the_ledger(db: Database) -> None:
    """Of two scores of one millisecond, the ledger's number says which came first; here it follows their rows."""
    for table in ("submissions", "scores"):
        db.table(table).add_column("seq", int, not_null_default=0)
        db.execute(f"UPDATE {table} SET seq = rowid")  # noqa: S608 - one of the two above
    db.execute("DROP INDEX idx_scores_client_form_scale_received_submission_prorated")
    db.table("scores").create_index(["client", "form", "scale", "received", "seq", "prorated"])
    db.execute("DROP INDEX idx_submissions_client_received")
    db.table("submissions").create_index(["client", "received", "seq"])


@migrations()
def courses_of_treatment(db: Database) -> None:
    db.table("clients").add_column("course_begun", str)
    db.table("clients").add_column("course_seq", int, not_null_default=0)


@migrations()
def sheets_set_aside(db: Database) -> None:
    db.table("problems").add_column("submission", str)
    db.table("problems").add_column("alerts_known", int)
    db.table("problems").create_index(["submission"])


@migrations()
def questions_by_definition(db: Database) -> None:
    """Every wording has its own rows. A file that has the latest of each version shows these until it is rebuilt."""
    db.execute("DROP VIEW IF EXISTS answers")
    db.rename_table("questions", "_questions")
    db.table("questions").create(
        {
            "definition": str,
            "form": str,
            "version": int,
            "field": str,
            "column": str,
            "table": str,
            "section": str,
            "ask": str,
            "hint": str,
            "type": str,
            "codes": str,
        },
        pk=("definition", "field"),
        not_null={"form", "version", "table", "ask", "type"},
        strict=True,
    )
    db.table("questions").create_index(["form", "version", "field"])
    db.execute(
        "INSERT INTO questions SELECT definition, _questions.* FROM _questions JOIN _definitions USING (form, version)"
        " ORDER BY published, _questions.rowid"
    )
    db.table("_questions").drop()
    create_answers(db)


@migrations()
def each_alert_by_itself(db: Database) -> None:
    for view in ("answers", "last_seen", "open_alerts", "progress"):  # a view of the table would bar its renaming
        db.execute(f"DROP VIEW IF EXISTS {view}")
    db.execute("ALTER TABLE alerts RENAME TO earlier_alerts")
    db.execute("""
        CREATE TABLE alerts (
            submission TEXT NOT NULL REFERENCES submissions(submission),
            item TEXT NOT NULL,
            number INTEGER NOT NULL DEFAULT 1,
            tier TEXT NOT NULL DEFAULT 'urgent',
            client TEXT NOT NULL REFERENCES clients(client),
            form TEXT NOT NULL,
            label TEXT NOT NULL,
            value INTEGER, -- by affinity: numeric codes become numbers, others stay text
            answer TEXT,
            raised TEXT NOT NULL,
            acknowledged_by TEXT,
            acknowledged TEXT,
            PRIMARY KEY (submission, item, number)
        )""")
    columns = "submission, item, client, form, label, value, answer, raised, acknowledged_by, acknowledged"
    db.execute(f"INSERT INTO alerts ({columns}) SELECT {columns} FROM earlier_alerts")  # noqa: S608
    db.execute("DROP TABLE earlier_alerts")
    db.table("alerts").create_index(["client", "raised"])
    db.table("alerts").create_index(["acknowledged", "raised"])
    create_views(db)


@migrations()
def how_a_scale_is_worked_out(db: Database) -> None:
    scales = db.table("scales")
    scales.add_column("main", int)
    for column in ("method", "rounding", "rounding_source", "gate"):
        scales.add_column(column, str)


@migrations()
def tables_in_words(db: Database) -> None:
    create_in_words(db)


@migrations()
def views_by_course(db: Database) -> None:
    """Create the views as this release has them; a release that changes one gives this migration another name."""
    create_views(db)


@migrations()
def risk_left_out(db: Database) -> None:
    table = db.table("left_out")
    table.create(
        {
            "submission": str,
            "item": str,
            "client": str,
            "form": str,
            "question": str,
            "answer": str,
            "tier": str,
            "received": str,
        },
        pk=("submission", "item"),
        foreign_keys=[("submission", "submissions", "submission"), ("client", "clients", "client")],
        not_null={"client", "form", "question", "tier", "received"},
        strict=True,
    )
    table.create_index(["client", "received"])


@migrations()
def words_for_the_search(db: Database) -> None:
    """Search what `words` holds, or the answer itself where that is empty; see searching.py."""
    for trigger in ("written_ai", "written_ad", "written_au"):
        db.execute(f"DROP TRIGGER IF EXISTS {trigger}")
    db.execute("DROP TABLE written_fts")
    db.table("written").add_column("words", str)
    for id, answer in db.execute("SELECT id, answer FROM written").fetchall():
        if (words := indexed(answer)) is not None:
            db.execute("UPDATE written SET words = ? WHERE id = ?", (words, id))
    db.execute(
        "CREATE VIRTUAL TABLE written_fts USING fts5"
        f"(answer, tokenize='{TOKENIZER}', content=\"written\", content_rowid='id')"
    )
    added = "INSERT INTO written_fts (rowid, answer) VALUES (new.id, coalesce(new.words, new.answer));"
    removed = (
        "INSERT INTO written_fts (written_fts, rowid, answer)"
        " VALUES ('delete', old.id, coalesce(old.words, old.answer));"
    )
    db.execute(f"CREATE TRIGGER written_ai AFTER INSERT ON written BEGIN {added} END")
    db.execute(f"CREATE TRIGGER written_ad AFTER DELETE ON written BEGIN {removed} END")
    db.execute(f"CREATE TRIGGER written_au AFTER UPDATE ON written BEGIN {removed} {added} END")
    db.execute("INSERT INTO written_fts (rowid, answer) SELECT id, coalesce(words, answer) FROM written")
    # Otherwise the index retains the words of deleted rows.
    db.execute("INSERT INTO written_fts (written_fts, rank) VALUES ('secure-delete', 1)")


@migrations()
def what_codes_count(db: Database) -> None:
    db.table("questions").add_column("points", str)


@migrations()
def order_of_numbers(db: Database) -> None:
    """What comes first is said by the ledger's numbers: a clock may have been wrong."""
    db.execute("DROP INDEX idx_scores_client_form_scale_received_seq_prorated")
    db.table("scores").create_index(["client", "form", "scale", "seq", "received", "prorated"])
    db.execute("DROP INDEX idx_submissions_client_received_seq")
    db.table("submissions").create_index(["client", "seq", "received"])
