"""What every control has beside itself: its place and words, hint and problem, and when it is asked."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as default
from typing import Any

from site_builder.forms.html.in_words import Asked, answer_in_words, spoken
from site_builder.forms.model.conditions import Condition
from site_builder.forms.model.fields import (
    Field,
    Matrix,
    Number,
    Rating,
    Repeat,
)
from site_builder.forms.model.markup import NO_HTML, Markup, joined, tag
from site_builder.forms.model.numbers import ANY_NUMBER
from site_builder.forms.model.wording import html

LONGEST_REMINDER = 200  # characters of an earlier answer: it may be asked again many times, and stands above in full


@dataclass(frozen=True)
class Place:
    """Where a question is: its form and wire name, the problems to show, and the questions it may refer to."""

    form: str
    name: str
    problems: Mapping[str, str] = default(default_factory=dict)
    called: str = ""  # the name of the row, for a question about it that is asked last
    asked: Asked = default(default_factory=dict)  # the questions that this one may refer to
    answers: Mapping[str, Any] = default(default_factory=dict)  # to the questions of the same row or form
    waited: int = 0  # how many of its conditions are those of its part, which says them

    @property
    def id(self) -> str:
        return f"hw-{self.form}--{self.name.replace('.', '-')}"

    @property
    def problem(self) -> str:
        return self.problems.get(self.name, "")

    def inside(self, part: str) -> Place:
        """Return the place of a part, such as a rating's exact number or a row of a matrix."""
        return replace(self, name=f"{self.name}.{part}", called="")

    def of_row(self, field: Repeat, row: Mapping[str, Any], index: str) -> Place:
        """Return the place of one row of a repeat; the row's own questions hide those of the form by the same name."""
        asked = {**self.asked, **{of.id: (of, "") for of in field.of}}
        return replace(self, name=f"{self.name}.{index}", asked=asked, answers=row, waited=0)


def words_of(field: Field, place: Place) -> Markup:
    optional = () if field.required else (" ", tag("span", _optional(field), class_="hw-optional"))
    called = (tag("span", place.called, class_="hw-called"), ": ") if place.called else ()
    return joined((*called, html(field.ask), *optional))


def _optional(field: Field) -> str:
    return "(you may leave any of these out)" if isinstance(field, Matrix) else "(optional)"


def hint_of(field: Field, place: Place) -> Markup:
    """Return what comes between a question and its control: when it is asked, its hint, the earlier answer."""
    hint = tag("p", html(field.hint), class_="hw-hint", id=f"{place.id}-hint") if field.hint else NO_HTML
    return _only_if(field, place) + hint + _earlier(field, place)


def _only_if(field: Field, place: Place) -> Markup:
    """Return when a question is asked, for paper and for browsers without script, which always show the question."""
    return only_if(field.when[place.waited :], place.asked, f"{place.id}-when")


def only_if(when: Sequence[Condition], asked: Asked, id: str) -> Markup:
    """Return conditions in a sentence; empty without any."""
    if not when:
        return NO_HTML
    reasons = ", and ".join(spoken(condition, asked) for condition in when)
    return tag("p", f"Only if {reasons}.", class_="hw-when", id=id)


def _earlier(field: Field, place: Place) -> Markup:
    """Return the answer to the same question asked earlier; the script updates it while the client types."""
    if not field.same_as:
        return NO_HTML
    asked, row = place.asked.get(field.same_as, (None, ""))
    earlier = place.answers.get(asked.id if asked and row else field.same_as)
    if row and isinstance(earlier, Mapping):
        earlier = earlier.get(row)
    shown = "" if earlier is None or isinstance(earlier, Mapping | list) else answer_in_words(field, earlier)
    if len(shown) > LONGEST_REMINDER:
        shown = f"{shown[:LONGEST_REMINDER]}…"
    return tag(
        "p",
        "You answered before: ",
        tag("span", shown, class_="hw-earlier__answer"),
        class_="hw-earlier",
        id=f"{place.id}-earlier",
        data_earlier=field.same_as,
        hidden=not shown,
    )


def when_json(when: Sequence[Condition]) -> str | None:
    """Return conditions as JSON for the script; None without any."""
    return json.dumps([condition.to_json() for condition in when], separators=(",", ":")) if when else None


def error(place: Place) -> Markup:
    """Return the problem shown beside a question; empty if there is none."""
    if not place.problem:
        return NO_HTML
    mark = tag("span", "Error:", class_="hw-visually-hidden")
    return tag("p", mark, " ", place.problem, class_="hw-error", id=f"{place.id}-error")


def described_by(field: Field, place: Place, more: str = "") -> str:
    ids = [
        f"{place.id}-hint" if field.hint else "",
        f"{place.id}-earlier" if field.same_as else "",
        more,
        f"{place.id}-error" if place.problem else "",
    ]
    return " ".join(id for id in ids if id)


def keyboard(lowest: float, decimals: int = 0) -> str:
    """Return which keyboard a number needs; an iPhone's keys for numbers have no minus."""
    if lowest < 0:
        return "text"
    return "decimal" if decimals else "numeric"


def limits_json(field: Field) -> str | None:
    """Return what a number may be as JSON for the script, which reads it as the server does."""
    if not isinstance(field, Number | Rating):
        return None
    limits = {name: value for name, value in field.limits._asdict().items() if value != getattr(ANY_NUMBER, name)}
    return json.dumps(limits, ensure_ascii=False, separators=(",", ":"))


def texts(answer: Any) -> list[str]:
    return [str(item) for item in (answer if isinstance(answer, list) else [answer]) if item is not None]
