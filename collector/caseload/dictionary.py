"""What each table and column of a caseload file means, for people who query it.

Tables that every file has are described here. Tables of forms are described by the wording of their questions, which
the file itself stores in its table `questions`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple

from collector.caseload.columns import STANDARD
from collector.caseload.in_words import SUFFIX
from collector.driver import sqlite3


class TableDescription(NamedTuple):
    """The description of a table and of each of its columns."""

    description: str
    columns: dict[str, str]


class Question(NamedTuple):
    """A row of `questions`: what a column was asked as."""

    form: str
    table: str
    column: str | None
    ask: str
    hint: str | None
    type: str
    codes: str | None

    def in_words(self) -> str:
        """Return the question, what stands beside it, and what the column's values stand for."""
        return " · ".join(part for part in (self.ask, self.hint, self._values()) if part)

    def _values(self) -> str:
        labels = json.loads(self.codes) if self.codes else {}
        if self.type == "rating" and labels:
            (lowest, first), *_, (highest, last) = [*labels.items()] * 2
            return f"From {lowest}{f' ({first})' * bool(first)} to {highest}{f' ({last})' * bool(last)}"
        if labels:
            several = "A list of: " if self.type == "choices" else ""
            return several + ", ".join(f"{code} = {label}" if label else code for code, label in labels.items())
        return VALUES.get(self.type, "")


# What the values of a column are, where nothing else beside the question says so.
VALUES = {
    "date": "A day, such as 2026-03-09",
    "time": "A time of day, such as 14:02",
    "duration": "In minutes; in words, hours and minutes",
}

_STANDARD = {name: column.description for name, column in STANDARD.items()}
_SUBMISSION, _CLIENT, _VERSION = (_STANDARD[name] for name in ("submission", "client", "version"))
_RECEIVED = _STANDARD["received"]
_FORM = "The form's id"

TABLES: dict[str, TableDescription] = {
    "clients": TableDescription(
        "The clients of this caseload.",
        {
            "client": _CLIENT,
            "label": "How the therapist knows the client",
            "since": "When the client was added, UTC",
            "status": "active, until the treatment ends",
            "time_zone": "Where the client's days begin and end, such as Europe/Berlin; empty until it is set",
            "course_begun": "When the therapist began the current course of treatment, UTC; empty in the first one,"
            " which began when the client was added and holds everything that was sent",
            "course_seq": "The ledger's number from which on submissions are of that course",
        },
    ),
    "submissions": TableDescription(
        "What clients have sent: one row for each filled-in form. The answers are in the form's own table.",
        {
            "submission": _SUBMISSION,
            "client": _CLIENT,
            "form": _FORM,
            "version": _VERSION,
            "definition": "Which wording of the form was answered (its sha256)",
            "received": _RECEIVED,
            "answered": "How many questions were answered; a row of a matrix counts as one, a repeat as one",
            "seq": "Its number in the ledger: of two with the same time, the higher number came later",
        },
    ),
    "scores": TableDescription(
        "The scores of measures: one row for each scale of each submission.",
        {
            "submission": _SUBMISSION,
            "client": _CLIENT,
            "form": _FORM,
            "scale": "The scale's name; its rule is in scales. Where a later version counts otherwise, its scores"
            " have a name of their own (total_v2)",
            "received": _RECEIVED,
            "raw": "The sum of the answered items, times the multiplier; empty when none was answered",
            "answered": "How many of the scale's items were answered",
            "items": "How many items the scale has",
            "prorated": "The score, missing items filled by the mean of the others as far as the rule allows;"
            " empty when too many are missing. Halves are rounded up, to two decimals or as the rule says; bands,"
            " cut-offs and changes go by this number. Compare this one over time",
            "band": "The band that the prorated score falls into",
            "reached": "The cut-offs that the prorated score reaches, a JSON list of names; empty without a score",
            "seq": "Its submission's number in the ledger: of two with the same time, the higher number came later",
        },
    ),
    "scales": TableDescription(
        "How each score is worked out and read.",
        {
            "form": _FORM,
            "version": "The version of the form",
            "scale": "The scale's name in scores: its id, or total_v2 when version 2 began to count otherwise",
            "title": "What the scale is called",
            "items": "The items that count, a JSON list of questions (`questions` has their columns)",
            "reversed": "The items that are counted the other way round, a JSON list",
            "multiplier": "What the sum is multiplied by",
            "missing": "How many unanswered items the mean of the others may stand in for",
            "bands": "The bands, a JSON list of {at_least, label, meaning}",
            "cut_offs": "The cut-offs, JSON: name → the score from which it holds; where higher is better, it holds at"
            " that score and below",
            "reliable_change": "The smallest change, in points, that is more than chance",
            "better": "Which way is better: lower or higher",
            "licence": "The licence under which the measure may be used",
            "source": "Where the measure and its rule come from",
            "possible_change": "A smaller change, in points, that may be more than chance",
            "main": "1 for the scale that stands for its form where there is room for one, 0 for others",
            "method": "What becomes of the items: their sum or their mean",
            "rounding": "How the score is rounded before it is read: none or half up, to whole points",
            "rounding_source": "Where that rounding comes from",
            "gate": "What decides whether the items count, a JSON list of [question, test, value]; otherwise the score"
            " is the lowest one; empty when there is none",
        },
    ),
    "criteria": TableDescription(
        "Patterns of answers that a measure's rule asks for: one row for each criterion of each submission.",
        {
            "submission": _SUBMISSION,
            "client": _CLIENT,
            "form": _FORM,
            "criterion": "The criterion's id; its rule is in clusters",
            "received": _RECEIVED,
            "met": "1 when it is met, 0 when it is not; empty when unanswered items could make it either",
            "clusters": "Each cluster, JSON: name → {counted, needed, answered, items, met}; counted are the symptoms",
        },
    ),
    "clusters": TableDescription(
        "The rule of each criterion, cluster by cluster. A criterion is met when every one of its clusters is.",
        {
            "form": _FORM,
            "version": "The version of the form",
            "criterion": "The criterion's id",
            "cluster": "The cluster's id",
            "criterion_title": "What the criterion is called",
            "title": "What the cluster is called",
            "items": "The items of the cluster, a JSON list of questions (`questions` has their columns)",
            "reversed": "Those of them that are counted the other way round, a JSON list",
            "counts_from": "The answer from which on an item counts as a symptom",
            "needs": "How many items have to count",
            "meaning": "What it means when the criterion is met",
            "licence": "The licence under which the measure may be used",
            "source": "Where the measure and its rule come from",
        },
    ),
    "alerts": TableDescription(
        "Answers that somebody should look at first. Open ones have no date in acknowledged.",
        {
            "submission": _SUBMISSION,
            "item": "The question that was answered so; in an entry of a repeat, like urges.2.strength; or the scale"
            " whose score it is",
            "number": "Which of the form's alerts it is, from 1",
            "tier": "How soon it should be looked at: urgent or soon",
            "client": _CLIENT,
            "form": _FORM,
            "label": "What the answer may mean",
            "value": "The code of the answer",
            "answer": "The answer as the client read it",
            "raised": "When the answer was received, UTC",
            "acknowledged_by": "Who has seen to it",
            "acknowledged": "When somebody has seen to it, UTC",
        },
    ),
    "left_out": TableDescription(
        "What was left out and could have raised an alert: it does not mean that there is no risk. One row for each"
        " such question of a submission on which something else was answered.",
        {
            "submission": _SUBMISSION,
            "item": "The question, as in alerts; or a scale that has no score because too much is missing",
            "client": _CLIENT,
            "form": _FORM,
            "question": "The question as the client read it",
            "answer": "An answer that counts as missing, such as “I would rather not say”; empty without any",
            "tier": "How soon its alert would have to be looked at: urgent or soon",
            "received": _RECEIVED,
        },
    ),
    "questions": TableDescription(
        "The data dictionary: what each column of a form's table was asked as, in every wording that was answered.",
        {
            "definition": "The wording of the form that this belongs to (its sha256), as in submissions",
            "form": _FORM,
            "version": "The version of the form",
            "field": "The question's id in that version; inside a repeat, with the repeat's id before it",
            "column": "The column that holds the answers; empty for a repeat, which has a table. A question that was"
            " renamed keeps the column that it has always had",
            "table": "The table that holds the answers",
            "section": "The section of the form that the question stands in",
            "ask": "The question as the client reads it",
            "hint": "What stands beside the question; for a row of a matrix, the question above all rows",
            "type": "The kind of question",
            "codes": "What each code stands for, JSON; for a rating, the words at its two ends",
            "points": "What each code counts, JSON, null for what counts as missing; empty when each counts itself",
        },
    ),
    "problems": TableDescription(
        "What was received and could not be shown here, and why. Nothing of it is lost: it is in the ledger.",
        {
            "seq": "Its number in the ledger",
            "kind": "What kind of event it is",
            "client": _CLIENT,
            "problem": "Why it could not be shown",
            "seen": "When it was received, UTC",
            "submission": "The submission, if it is one: its page shows the answers as they were sent",
            "alerts_known": "1 when its alerts were worked out all the same, 0 when somebody has to read it to know;"
            " empty when it is no submission",
        },
    ),
    "written": TableDescription(
        "Everything that clients wrote in their own words, one row for each answer, for full-text search.",
        {
            "id": "A number",
            "submission": _SUBMISSION,
            "client": _CLIENT,
            "form": _FORM,
            "question": "The question as the client read it",
            "answer": "What the client wrote",
            "received": _RECEIVED,
            "words": "What the search looks through instead of the answer, where scripts without spaces need it",
        },
    ),
    "progress": TableDescription(
        "Scores compared over time: one row for each client and scale that has a score in the client's current course"
        " of treatment. All scores here are prorated.",
        {
            "client": _CLIENT,
            "form": _FORM,
            "scale": "The scale's name in scores and scales",
            "title": "What the scale is called",
            "better": "Which way is better: lower or higher",
            "reliable_change": "The smallest change, in points, that is more than chance",
            "possible_change": "A smaller change, in points, that may be more than chance",
            "course_begun": "When the client's current course of treatment began, UTC",
            "baseline": "The first score of the course",
            "baseline_received": "When the first score was received, UTC",
            "baseline_submission": "The submission of the first score",
            "previous": "The score before the last; empty when there is only one, as is all that compares",
            "previous_received": "When the score before the last was received, UTC",
            "previous_submission": "The submission of the score before the last",
            "last": "The last score",
            "last_received": "When the last score was received, UTC",
            "last_submission": "The submission of the last score",
            "best": "The best score; of several equal ones, the first",
            "best_received": "When the best score was received, UTC",
            "best_submission": "The submission of the best score",
            "since_baseline": "The points from the baseline to the last score",
            "reliable": "Whether the change since the baseline is at least the reliable change: better, worse or no;"
            " empty when the scale has none",
            "possible": "Whether the change since the baseline is at least the possible change, and less than the"
            " reliable one: better, worse or no",
            "since_previous": "The points from the previous score to the last",
            "reliable_since_previous": "As reliable, since the previous score",
            "possible_since_previous": "As possible, since the previous score",
            "since_best": "The points from the best score to the last",
            "reliable_since_best": "As reliable, since the best score",
            "possible_since_best": "As possible, since the best score",
            "case_at_baseline": "1 when the baseline reaches the cut-off caseness, in the scale's latest version,"
            " 0 when it does not; empty when the scale has no such cut-off",
            "case_now": "The same for the last score",
            "recovered": "1 when the baseline was a case and the last score is none, 0 when both are; empty when the"
            " baseline was no case",
            "worse_since_best": "Whether the last score is worse than the best by at least the reliable change:"
            " twice when the score before it is as well, case when the last is a case and the best is none, once when"
            " neither holds; no; empty when the scale has no reliable change",
        },
    ),
    "open_alerts": TableDescription(
        "Alerts that nobody has acknowledged.",
        {
            "submission": _SUBMISSION,
            "item": "The question that was answered so; in an entry of a repeat, like urges.2.strength; or the scale"
            " whose score it is",
            "number": "Which of the form's alerts it is, from 1",
            "tier": "How soon it should be looked at: urgent or soon",
            "client": _CLIENT,
            "form": _FORM,
            "label": "What the answer may mean",
            "value": "The code of the answer",
            "answer": "The answer as the client read it",
            "raised": "When the answer was received, UTC",
            "days": "For how many days it has been waiting",
            "oldest": "When the client's oldest open alert was raised, UTC",
        },
    ),
    "last_seen": TableDescription(
        "When each client last sent something: one row for each client.",
        {
            "client": _CLIENT,
            "label": "How the therapist knows the client",
            "status": "active, until the treatment ends",
            "since": "When the client was added, UTC",
            "sent": "How many submissions there are",
            "received": "When the latest was received, UTC; empty when there is none",
            "submission": "The latest submission",
            "form": "The form of the latest submission",
            "days": "For how many days nothing has come: since the latest submission, or since the client was added",
        },
    ),
    "answers": TableDescription(
        "Every answer and every computed value, whatever the form: one row for each.",
        {
            "submission": _SUBMISSION,
            "client": _CLIENT,
            "form": _FORM,
            "received": _RECEIVED,
            "question": "The question as the client read it, in the version that was answered; for a row of a matrix,"
            " the row",
            "answer": "The answer in words: labels instead of codes, hours and minutes",
            "number": "The answer as a number, or what its code counts; empty when it has none, or counts as missing",
            "row": "Which of the entries of a repeat, from 1; empty for other questions",
            "table": "The table that holds the answer",
            "column": "The column that holds the answer. A question that was renamed keeps it: filter by this one",
        },
    ),
}

# Housekeeping: the file's position in the ledger, the definitions installed in it, its migrations.
HIDDEN = ("_homeward", "_definitions", "_sqlite_migrations")


def describe(connection: sqlite3.Connection) -> dict[str, TableDescription]:
    """Return a description of every readable table of a caseload file; each column has its latest wording."""
    rows = connection.execute(
        'SELECT form, "table", "column", ask, hint, type, codes'
        "  FROM questions JOIN _definitions USING (definition, form, version)"
        " ORDER BY form, version, published, questions.rowid"
    ).fetchall()
    tables = _form_tables(Question(*row) for row in rows)
    words = {f"{table}{SUFFIX}": _in_words(table, described) for table, described in tables.items()}
    return {**TABLES, **tables, **words}


def _in_words(table: str, described: TableDescription) -> TableDescription:
    return TableDescription(f"{table} with labels in the place of codes. {described.description}", described.columns)


def _form_tables(questions: Iterable[Question]) -> dict[str, TableDescription]:
    tables: dict[str, TableDescription] = {}
    for question in questions:
        table = question.table
        if table not in tables:
            tables[table] = TableDescription(f"What clients answered in {question.form}.", dict(_STANDARD))
        if question.column is None:  # the repeat itself; this table holds its entries
            tables[table] = tables[table]._replace(description=question.ask)
            tables[table].columns.pop("version", None)
        else:
            tables[table].columns[question.column] = question.in_words()
    for description in tables.values():
        if "version" in description.columns:
            description.columns.pop("row")
    return tables
