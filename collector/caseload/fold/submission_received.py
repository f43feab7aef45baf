"""A submission is a row of `submissions`, with rows for its answers, scores, alerts and free text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from collector.caseload.errors import CannotFold
from collector.caseload.folding import Fold, caseload_of_client
from collector.caseload.installed import Installed
from collector.caseload.naming import Names
from collector.caseload.rows import Insert, Row, Rows
from collector.caseload.searching import indexed
from collector.caseload.tables import Layout, Table, lay_out
from collector.ledger.events import Kind, Recorded
from site_builder.forms.answering.scoring import Verdict, raised, scores, verdicts
from site_builder.forms.model.definition import Form

_SUBMISSION = Insert(
    "submissions", ("submission", "client", "form", "version", "definition", "received", "answered", "seq")
)
_SCORE = Insert(
    "scores",
    (
        *("submission", "client", "form", "scale", "received"),
        *("raw", "answered", "items", "prorated", "band", "reached", "exact", "seq"),
    ),
)
_CRITERION = Insert("criteria", ("submission", "client", "form", "criterion", "received", "met", "clusters"))
_ALERT = Insert(
    "alerts",
    (*("submission", "item", "number", "tier"), *("client", "form", "label", "value", "answer", "raised")),
)
_WRITTEN = Insert("written", ("submission", "client", "form", "question", "answer", "received", "words"))


def _add(event: Recorded, installed: Installed, rows: Rows) -> None:
    """Add all rows of one submission. Raises CannotFold when its answers do not fit the form."""
    definition = installed.definition(event)
    form, layout, answers = definition.form, definition.layout, event.data["answers"]
    values, repeated = _values(layout, answers)
    answer_values = [value for column, value in zip(layout.main.columns, values, strict=True) if not column.computed]
    answered = sum(value is not None for value in answer_values) + sum(map(bool, repeated.values()))
    rows.add(
        _SUBMISSION,
        (event.id, event.client, form.id, form.version, definition.hash, event.at, answered, event.seq),
    )
    rows.add(layout.main.insert, (event.id, event.client, form.version, event.at, *values))
    _add_writing(event, form, layout.main, values, rows)
    for table, entries in repeated.items():
        for number, row in enumerate(entries, 1):
            rows.add(table.insert, (event.id, event.client, number, event.at, *row))
            _add_writing(event, form, table, row, rows)
    if form.scales:
        rows.add(_SCORE, *_scores(event, form, layout.scales))
    if form.criteria:
        rows.add(_CRITERION, *_criteria(event, form, layout.criteria))
    if form.alerts:
        rows.add(_ALERT, *_alerts(event, form))


def _salvage(event: Recorded, installed: Installed, rows: Rows) -> bool:
    """Add a submission that fits no table, and its alerts. Return whether every answer was understood for that."""
    data, answers = event.data, event.data.get("answers")
    answered = len(answers) if isinstance(answers, dict) else 0
    identity = (data["form"], data["version"], data["definition"])
    rows.add(_SUBMISSION, (event.id, event.client, *identity, event.at, answered, event.seq))
    try:
        form = installed.form(event)
        rows.add(_ALERT, *list(_alerts(event, form)))
        return _is_understood(form, data["answers"])
    except Exception:  # whatever is wrong with it, the therapist is asked to read it
        return False


def _is_understood(form: Form, answers: Mapping[str, Any]) -> bool:
    """Return whether all answers fit the questions of the form, so that none can hide an alert."""
    try:
        _values(lay_out(form, Names()), answers)
    except CannotFold:
        return False
    return True


def _values(layout: Layout, answers: Mapping[str, Any]) -> tuple[Row, dict[Table, list[Row]]]:
    """Return the values of a form's own table, and those of each entry of its repeats. Raises CannotFold."""
    layout.main.require_known(answers, layout.repeat_ids)
    return layout.main_values(answers), {table: list(_entries(table, answers)) for table in layout.repeats}


def _entries(table: Table, answers: Mapping[str, Any]) -> Iterator[Row]:
    """Yield the values of each entry of a repeat."""
    if table.repeat is None or table.repeat.id not in answers:
        return
    for answer in answers[table.repeat.id]:
        table.require_known(answer)
        yield table.values(answer)


def _add_writing(event: Recorded, form: Form, table: Table, values: Row, rows: Rows) -> None:
    for place, column in table.writing:
        if isinstance(words := values[place], str):
            rows.add(_WRITTEN, (event.id, event.client, form.id, column.ask, words, event.at, indexed(words)))


def _scores(event: Recorded, form: Form, names: Mapping[str, str]) -> Iterator[Row]:
    for score in scores(form, event.data["answers"]):
        yield (
            *(event.id, event.client, form.id, names[score.scale], event.at),
            *(score.raw, score.answered, score.items, score.prorated, score.band),
            None if score.reached is None else _json(score.reached),
            *(score.exact, event.seq),
        )


def _criteria(event: Recorded, form: Form, names: Mapping[str, str]) -> Iterator[Row]:
    for verdict in verdicts(form, event.data["answers"]):
        name = names[verdict.criterion]
        yield (event.id, event.client, form.id, name, event.at, verdict.met, _clusters(verdict))


def _clusters(verdict: Verdict) -> str:
    """Return {cluster: {counted, needed, answered, items, met}} as JSON."""
    counts = {}
    for cluster in verdict.clusters:
        counts[cluster.cluster] = {
            name: getattr(cluster, name) for name in ("counted", "needed", "answered", "items", "met")
        }
    return _json(counts)


def _alerts(event: Recorded, form: Form) -> Iterator[Row]:
    """Yield a row for each alert that was raised."""
    for alert in raised(form, event.data["answers"]):
        answer = _wording(form, alert.item, alert.value)
        key = (event.id, alert.item, alert.number, alert.tier)
        yield (*key, event.client, form.id, alert.label, alert.value, answer, event.at)


def _wording(form: Form, item: str, code: str) -> str | None:
    """Return the label of the choice that raised an alert, as the client saw it."""
    field, _ = form.items[item]
    return next((choice.label for choice in getattr(field, "choices", ()) if choice.code == code), None)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


FOLD = Fold(Kind.submission_received, caseload=caseload_of_client, add=_add, salvage=_salvage)
