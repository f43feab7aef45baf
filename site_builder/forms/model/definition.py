"""A form: sections of fields and, for a measure, its scales, criteria and alerts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal, TypeAlias

from site_builder.forms.model import format_1
from site_builder.forms.model.computed import Computed
from site_builder.forms.model.conditions import Condition, fields_of
from site_builder.forms.model.criteria import Criterion
from site_builder.forms.model.errors import UnreadableDefinition
from site_builder.forms.model.fields import (
    Answers,
    Field,
    Matrix,
    OneOf,
    Repeat,
    numbers_of,
)
from site_builder.forms.model.rounding import decimal, half_up
from site_builder.forms.model.serialise import from_json, hash_of, to_json

FORMAT = 2  # of a definition as JSON; one without a number is of format 1
EXACT = 9  # decimals to which scores are compared: 6 × 0.7 is 4.2, not the 4.199… of binary fractions
PLACES = 2  # decimals of a score: enough to distinguish two prorated scores, and readable

Method: TypeAlias = Literal["sum", "mean"]
Rounding: TypeAlias = Literal["none", "half up"]
Tier: TypeAlias = Literal["urgent", "soon"]  # how soon a therapist has to see an alert


@dataclass(frozen=True, slots=True)
class Section:
    """One block of the page, and one step on a phone. With `when` it is passed over unless all of these hold.

    Each of its fields has these conditions too, before its own: whoever reads answers need not know of sections.
    """

    fields: tuple[Field, ...]
    title: str = ""
    why: str = ""
    computed: tuple[Computed, ...] = ()
    when: tuple[Condition, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether each of its fields waits for what it waits for."""
        return all(field.when[: len(self.when)] == self.when for field in self.fields)


@dataclass(frozen=True, slots=True)
class Band:
    """A range of scores from `at_least` up to the start of the next band."""

    at_least: float
    label: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Cutoff:
    """A named threshold of a score, such as `caseness` or `screening`.

    It is reached at or above `points`, or at or below them on a scale where higher is better.
    """

    name: str
    points: float


@dataclass(frozen=True, slots=True)
class Scale:
    """How items add up to one score.

    Up to `missing_up_to` unanswered items are replaced by the mean of the answered ones; with more there is
    no score. `reliable_change` is in points of the score; `possible_change` is a smaller change that may be more than
    chance. `better` is the direction of improvement.

    `rounding` is that of the score before it is read, as `rounding_source` says. Where a condition of `gate` does not
    hold, the score is the lowest; without an answer to it there is none. `main` is the scale that stands for its form.
    """

    id: str
    items: tuple[str, ...]
    title: str = ""
    reversed: tuple[str, ...] = ()
    multiplier: float = 1
    missing_up_to: int = 0
    bands: tuple[Band, ...] = ()
    cutoffs: tuple[Cutoff, ...] = ()
    reliable_change: float | None = None
    better: Literal["lower", "higher"] = "lower"
    possible_change: float | None = None
    method: Method = "sum"
    rounding: Rounding = "none"
    rounding_source: str = ""
    main: bool = False
    gate: tuple[Condition, ...] = ()

    def reach(self, ranges: Sequence[tuple[float, float]]) -> tuple[float, float]:
        """Return the lowest and highest possible score, where `ranges` says what each item can count."""
        lowest, highest = (sum(map(decimal, ends), Decimal()) for ends in zip(*ranges, strict=True))
        return self.rounded(self.worked_out(lowest, len(ranges))), self.rounded(self.worked_out(highest, len(ranges)))

    def worked_out(self, total: Decimal, answered: int) -> Decimal:
        """Return the score by the points of the items that were answered, the mean standing in for the others."""
        parts = 1 if self.method == "mean" else len(self.items)
        return total * decimal(self.multiplier) * parts / answered

    def rounded(self, exact: Decimal) -> float:
        """Return a score as it is stored, shown, and compared with bands, cut-offs and other scores."""
        return half_up(exact, 0 if self.rounding == "half up" else PLACES)


@dataclass(frozen=True, slots=True)
class Alert:
    """Answers that a therapist must see first; every condition has to hold. The therapist reads `label`.

    A condition is on an item, on the score of a scale by its id, or on a question of a repeat (`urges.strength`), where
    all of them have to hold in the same row.
    """

    when: tuple[Condition, ...]
    label: str
    tier: Tier = "urgent"

    @property
    def is_sound(self) -> bool:
        """Whether there is a condition: without one it would hold for everybody."""
        return bool(self.when)

    @property
    def fields(self) -> tuple[str, ...]:
        """The names that its conditions test."""
        return tuple(fields_of(self.when))

    @property
    def item(self) -> str:
        """The name that it is about: the first that is tested, of those in a repeat if there are any."""
        return next((name for name in self.fields if "." in name), self.fields[0])

    @property
    def repeat(self) -> str:
        """The repeat whose rows it tests; "" for none."""
        return next((name.partition(".")[0] for name in self.fields if "." in name), "")


@dataclass(frozen=True, kw_only=True)
class Form:
    """A worksheet or a measure."""

    id: str
    version: int
    title: str
    purpose: str = ""
    sections: tuple[Section, ...]
    licence: str = ""
    source: str = ""
    scales: tuple[Scale, ...] = ()
    alerts: tuple[Alert, ...] = ()
    with_clinician: bool = False
    criteria: tuple[Criterion, ...] = ()

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """Every field of every section, in the order of the page; a repeat counts as one."""
        return tuple(field for section in self.sections for field in section.fields)

    @cached_property
    def computed(self) -> tuple[Computed, ...]:
        """Every computed value of every section, in the order of the page."""
        return tuple(computed for section in self.sections for computed in section.computed)

    @cached_property
    def hash(self) -> str:
        """The SHA-256 of the canonical definition in hex; it covers wording, hints and choices."""
        return hash_of(self.to_json())

    @cached_property
    def hashes(self) -> frozenset[str]:
        """Its hash, and the one that the same form had in an earlier format."""
        return frozenset((self.hash, format_1.hash_in_format_1(self.to_json())))

    @property
    def table(self) -> str:
        """The name of its table in a caseload file."""
        return self.id.replace("-", "_")

    @cached_property
    def items(self) -> Mapping[str, tuple[Field, str]]:
        """Each single answer by its column name: (field, matrix row or ""); without repeats."""
        return dict(self._items())

    @cached_property
    def wire_names(self) -> Mapping[str, tuple[Field, str]]:
        """Each wire name outside repeats, with its field and its last part ("" for the field's own name)."""
        return {
            f"{field.id}.{part}" if part else field.id: (field, part)
            for field in self.fields
            if field.type != "repeat"
            for part in field.wire_parts()
        }

    @cached_property
    def repeats(self) -> Mapping[str, Repeat]:
        """The repeats, by id."""
        return {field.id: field for field in self.fields if isinstance(field, Repeat)}

    def _items(self) -> Iterator[tuple[str, tuple[Field, str]]]:
        for field in self.fields:
            if isinstance(field, Matrix):
                for row in field.rows:
                    yield row.code, (field, row.code)
            elif field.type != "repeat":
                yield field.id, (field, "")

    def answer(self, answers: Answers, item: str) -> Any:
        """Return the stored answer to an item (a question or a matrix row); None if there is none."""
        field, row = self.items[item]
        answer: Any = answers.get(field.id)
        return answer.get(row) if row and isinstance(answer, dict) else answer

    @cached_property
    def _values(self) -> Mapping[str, Mapping[str, float | None]]:
        """What each code of each choice, and of each row of a matrix, counts."""
        coded = {item: field for item, (field, _) in self.items.items() if isinstance(field, OneOf | Matrix)}
        return {item: {choice.code: choice.value for choice in field.choices} for item, field in coded.items()}

    def points(self, answers: Answers, item: str) -> float | None:
        """Return what the answer to an item counts; None without one, and for one that counts as missing."""
        answer = self.answer(answers, item)
        values = self._values.get(item)
        return answer if values is None or answer is None else values.get(str(answer))

    def tested(self, name: str) -> tuple[Field | None, str]:
        """Return what an alert tests by this name: a field and the row of its matrix, or (None, "") for a scale.

        Raises KeyError for a name that is neither.
        """
        repeat, dot, inner = name.partition(".")
        if dot:
            return {field.id: field for field in self.repeats[repeat].of}[inner], ""
        return (None, "") if name not in self.items and name in self._scale_ids else self.items[name]

    @cached_property
    def alerting_scales(self) -> tuple[Scale, ...]:
        """The scales whose scores alerts test."""
        named = {name for alert in self.alerts for name in alert.fields if name not in self.items}
        return tuple(scale for scale in self.scales if scale.id in named)

    @cached_property
    def _scale_ids(self) -> frozenset[str]:
        return frozenset(scale.id for scale in self.scales)

    @cached_property
    def _unscored(self) -> Mapping[str, frozenset[str]]:
        """The codes of each choice, and of each row of a matrix, that count as missing, where there are any."""
        coded = {item: field for item, (field, _) in self.items.items() if isinstance(field, OneOf | Matrix)}
        codes = {item: frozenset(c.code for c in field.choices if not c.scored) for item, field in coded.items()}
        return {item: unscored for item, unscored in codes.items() if unscored}

    def counted(self, answers: Answers, item: str) -> Any:
        """Return the stored answer to an item; None without one, and for one that counts as missing."""
        answer = self.answer(answers, item)
        return None if answer is not None and str(answer) in self._unscored.get(item, ()) else answer

    def range_of(self, item: str) -> tuple[float, float]:
        """Return the lowest and highest value that an item counts. Raises ValueError for one without."""
        field, _ = self.items[item]
        if reach := numbers_of(field):
            return reach
        raise ValueError(f"{item!r} has no range to score")

    def to_json(self) -> dict[str, Any]:
        """Return the canonical definition as plain JSON without defaults."""
        stored = to_json(self)
        return {"format": FORMAT, "form": stored.pop("id"), **stored}

    @classmethod
    def from_json(cls, stored: Any) -> Form:
        """Return the form of a stored definition of any format. Raises UnreadableDefinition."""
        try:
            form: Form = from_json(cls, _with_id(stored))
            form._require_items()
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            raise UnreadableDefinition(f"this definition cannot be read ({type(error).__name__})") from error
        return form

    def _require_items(self) -> None:
        """Raise KeyError or ValueError if a score, an alert or a value is not about items of the form."""
        scored = [item for scale in self.scales for item in scale.items]
        counted = [item for criterion in self.criteria for cluster in criterion.clusters for item in cluster.items]
        for item in (*scored, *counted):
            self.range_of(item)
        for condition in (each for scale in self.scales for each in scale.gate):
            self.items[condition.field]
        for alert in self.alerts:
            for name in alert.fields:
                self.tested(name)
        self._require_operands()

    def _require_operands(self) -> None:
        _require_operands(self.computed, {item: field for item, (field, _) in self.items.items()})
        for repeat in self.repeats.values():
            _require_operands(repeat.computed, {field.id: field for field in repeat.of})


def _require_operands(values: tuple[Computed, ...], fields: Mapping[str, Field]) -> None:
    """Raise KeyError or ValueError for a value that is not made of these fields and of the values before it."""
    earlier: set[str] = set()
    for computed in values:
        if any(fields[name].type not in computed.takes for name in computed.of if name not in earlier):
            raise ValueError(f"{computed.id!r} cannot be computed from these")
        earlier.add(computed.id)


def _with_id(stored: Any) -> dict[str, Any]:
    """Return the values of a form from its definition in any format."""
    if not isinstance(stored, dict):
        raise TypeError("a definition is an object")
    body = stored if "format" in stored else {**format_1.upgraded(stored), "format": FORMAT}
    if type(body["format"]) is not int or body["format"] != FORMAT or "id" in body:
        raise UnreadableDefinition("this definition cannot be read: it is of another format, as of a later Homeward")
    return {"id" if name == "form" else name: value for name, value in body.items() if name != "format"}
