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
from site_builder.forms.answering.alerts import NO_ANSWER, NO_SCORE, RaisedAlert, left_out, raised
from site_builder.forms.answering.scoring import Verdict, score, scores, verdicts
from site_builder.forms.html.in_words import answer_in_words
from site_builder.forms.model.definition import Form
from site_builder.forms.model.fields import Answers, AnyOf

_SUBMISSION = Insert(
    "submissions", ("submission", "client", "form", "version", "definition", "received", "answered", "seq")
)
_SCORE = Insert(
    "scores",
    (
        *("submission", "client", "form", "scale", "received"),
        *("raw", "answered", "items", "prorated", "band", "reached", "seq"),
    ),
)
_CRITERION = Insert("criteria", ("submission", "client", "form", "criterion", "received", "met", "clusters"))
_ALERT = Insert(
    "alerts",
    (*("submission", "item", "number", "tier"), *("client", "form", "label", "value", "answer", "raised")),
)
_LEFT_OUT = Insert("left_out", ("submission", "item", "client", "form", "question", "answer", "tier", "received"))
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
        rows.add(_LEFT_OUT, *_left_out(event, form))


def _salvage(event: Recorded, installed: Installed, rows: Rows) -> bool:
    """Add a submission that fits no table, and its alerts. Return whether every answer was understood for that."""
    data, answers = event.data, event.data.get("answers")
    answered = len(answers) if isinstance(answers, dict) else 0
    identity = (data["form"], data["version"], data["definition"])
    rows.add(_SUBMISSION, (event.id, event.client, *identity, event.at, answered, event.seq))
    try:
        form = installed.form(event)
        rows.add(_ALERT, *list(_alerts(event, form)))
        rows.add(_LEFT_OUT, *list(_left_out(event, form)))
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
        yield table.row_values(answer)


def _add_writing(event: Recorded, form: Form, table: Table, values: Row, rows: Rows) -> None:
    for place, column in table.writing:
        if isinstance(words := values[place], str):
            rows.add(_WRITTEN, (event.id, event.client, form.id, column.ask, words, event.at, indexed(words)))


def _scores(event: Recorded, form: Form, names: Mapping[str, str]) -> Iterator[Row]:
    for each in scores(form, event.data["answers"]):
        yield (
            *(event.id, event.client, form.id, names[each.scale], event.at),
            *(each.raw, each.answered, each.items, each.prorated, each.band),
            None if each.reached is None else _json(each.reached),
            event.seq,
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
        answer = _in_words(form, alert, event.data["answers"])
        key = (event.id, alert.item, alert.number, alert.tier)
        yield (*key, event.client, form.id, alert.label, alert.value, answer, event.at)


def _in_words(form: Form, alert: RaisedAlert, answers: Answers) -> str:
    """Return the answer that raised an alert, as the client saw it; for a score, the points with their band."""
    field, _ = form.tested(alert.tested)
    if field is None:
        scale = next(scale for scale in form.scales if scale.id == alert.tested)
        band = score(form, scale, answers).band
        return f"{alert.value}, {band}" if band else alert.value or NO_SCORE
    if not alert.value:
        return NO_ANSWER
    chosen = alert.value.split(", ") if isinstance(field, AnyOf) else alert.value
    return answer_in_words(field, chosen)


def _left_out(event: Recorded, form: Form) -> Iterator[Row]:
    """Yield a row for everything without an answer that could have raised an alert."""
    for blank in left_out(form, event.data["answers"]):
        key = (event.id, blank.item, event.client, form.id)
        yield (*key, blank.ask, blank.answer or None, blank.tier, event.at)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


FOLD = Fold(Kind.submission_received, caseload=caseload_of_client, add=_add, salvage=_salvage)
