"""The alerts that answers raise, and what was left out that could have raised one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from site_builder.forms.answering.scoring import Score, score, title_of
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.conditions import Condition, fields_of, names_that_hold
from site_builder.forms.model.definition import Alert, Form, Scale, Tier
from site_builder.forms.model.fields import NO_ANSWERS, Answers, Field, Matrix, OneOf, is_asked
from site_builder.forms.model.wire_values import without_point
from site_builder.forms.model.wording import plain

NO_ANSWER, NO_SCORE = "no answer", "no score"
_COMPARING = ("equals", "one_of", "at_least", "at_most")


@dataclass(frozen=True, slots=True)
class RaisedAlert:
    """An answer that a therapist must see first: the item, its stored answer, and the alert that it raised.

    `item` is a question, a question of a row (`urges.2.strength`, rows from 1), or a scale; `number` is the alert's
    place in the form, from 1.
    """

    item: str
    value: str
    label: str
    number: int
    tier: Tier

    @property
    def tested(self) -> str:
        """The name by which the alert tests it: that of its question in every row."""
        repeat, _, rest = self.item.partition(".")
        return f"{repeat}.{rest.partition('.')[2]}" if rest else self.item


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something without an answer that could have raised an alert, and so does not look like "no risk".

    `answer` is the label of an answer that counts as missing, "" for none at all; a scale stands here without a score.
    """

    item: str
    ask: str
    answer: str
    tier: Tier


def raised(form: Form, answers: Answers) -> tuple[RaisedAlert, ...]:
    """Return the alerts whose conditions all hold, each with the answer that it is about; one for each row."""
    alerts = []
    scored = _with_scores(form, answers)
    for number, alert in enumerate(form.alerts, 1):
        for at, row in _rows(alert, answers):
            answer_to = _answers(form, row, scored)
            if all(condition.holds_for(answer_to) for condition in alert.when):
                item = _item(alert, answer_to)
                alerts.append(RaisedAlert(_in_row(item, at), _text(answer_to(item)), alert.label, number, alert.tier))
    return tuple(alerts)


def left_out(form: Form, answers: Answers) -> tuple[LeftOut, ...]:
    """Return what an alert waits for and nobody answered, of a sheet on which something else was answered.

    Not where a question is not asked, or where another answer rules the alert out.
    """
    blanks: dict[str, LeftOut] = {}
    scored = _with_scores(form, answers)
    for alert in form.alerts if answers else ():
        for at, row in _rows(alert, answers):
            for blank in _blanks(form, alert, row, scored):
                item = _in_row(blank.item, at)
                if item not in blanks or alert.tier == "urgent":
                    blanks[item] = LeftOut(item, blank.ask, blank.answer, alert.tier)
    return tuple(blanks.values())


def _rows(alert: Alert, answers: Answers) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield what an alert looks at: the rows of its repeat by number, their answers by path; or (0, nothing)."""
    if not alert.repeat:
        yield 0, NO_ANSWERS
        return
    rows: Any = answers.get(alert.repeat)
    for number, row in enumerate(rows if isinstance(rows, list) else (), 1):
        if isinstance(row, dict):
            yield number, {path: row.get(path.partition(".")[2]) for path in alert.fields if "." in path}


def _in_row(item: str, number: int) -> str:
    repeat, dot, name = item.partition(".")
    return f"{repeat}.{number}.{name}" if dot else item


def _with_scores(form: Form, answers: Answers) -> Answers:
    """Return the answers with the scores that alerts name."""
    if not form.alerting_scales:
        return answers
    points = {scale.id: _points(form, scale, answers) for scale in form.alerting_scales}
    return {**answers, **{id: value for id, value in points.items() if value is not None}}


def _points(form: Form, scale: Scale, answers: Answers) -> float | None:
    """Return a score; None without one, and for answers that do not fit: other alerts have to go off all the same."""
    try:
        return score(form, scale, answers).prorated
    except (TypeError, ValueError, ArithmeticError):
        return None


def _answers(form: Form, row: Mapping[str, Any], scored: Answers) -> Callable[[str], Any]:
    return lambda name: row.get(name) if "." in name else _answer(form, scored, name)


def _item(alert: Alert, answer_to: Callable[[str], Any]) -> str:
    """Return the first name that makes an alert go off, of those in a repeat if there are any."""
    names = list(names_that_hold(alert.when, answer_to))
    return next((name for name in names if "." in name), names[0])


def _answer(form: Form, scored: Answers, item: str) -> Any:
    return form.answer(scored, item) if item in form.items else scored.get(item)


def _text(answer: object) -> str:
    if isinstance(answer, float):
        return str(without_point(answer))
    return ", ".join(map(str, answer)) if isinstance(answer, list) else "" if answer is None else str(answer)


def _blanks(form: Form, alert: Alert, row: Mapping[str, Any], scored: Answers) -> list[LeftOut]:
    """Return what has no answer among what an alert tests; nothing if an answer rules the alert out."""
    return _open(form, alert, alert.when, row, scored) or []


def _open(
    form: Form, alert: Alert, conditions: tuple[Condition, ...], row: Mapping[str, Any], scored: Answers
) -> list[LeftOut] | None:
    """Return what has no answer among the names of conditions; None if they cannot all hold any more."""
    blanks: list[LeftOut] = []
    for condition in conditions:
        if condition.test == "any":
            ways = [_open(form, alert, group, row, scored) for group in condition.of]
            still = [way for way in ways if way is not None]
            if not still:
                return None
            blanks += [blank for way in still for blank in way] if all(still) else []
        if condition.test == "not" and not condition.holds_for(_answers(form, row, scored)):
            return None
        if condition.test not in _COMPARING:
            continue
        field, line = form.tested(condition.field)
        answer = row.get(condition.field) if "." in condition.field else _answer(form, scored, condition.field)
        unsaid = _unsaid(field, answer)
        if answer is not None and unsaid is None:
            if not condition.holds(answer):
                return None
        elif field is not None and is_asked(field, _own(row), scored):
            blanks.append(LeftOut(condition.field, _ask(field, line), unsaid.label if unsaid else "", alert.tier))
        elif field is None and (unscored := _unscored(form, condition.field, scored)):
            blanks.append(unscored)
    return blanks


def _own(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the answers of a row by the names that its own questions use."""
    return {path.partition(".")[2]: answer for path, answer in row.items() if answer is not None}


def _unsaid(field: Field | None, answer: object) -> Choice | None:
    """Return the chosen answer if it counts as missing."""
    choices = field.choices if isinstance(field, OneOf | Matrix) else ()
    return next((choice for choice in choices if not choice.scored and choice.code == str(answer)), None)


def _ask(field: Field, line: str) -> str:
    rows = field.rows if isinstance(field, Matrix) else ()
    return next((row.label for row in rows if row.code == line), plain(field.ask))


def _unscored(form: Form, id: str, answers: Answers) -> LeftOut | None:
    """Return a scale whose score could not be worked out although its gate or some of its items were answered."""
    scale = next(scale for scale in form.scales if scale.id == id)
    result: Score = score(form, scale, answers)
    is_begun = result.answered or any(form.answer(answers, name) is not None for name in fields_of(scale.gate))
    if result.prorated is None and is_begun:
        return LeftOut(id, f"{title_of(form, scale)} (the score: too much is missing)", "", "urgent")
    return None
