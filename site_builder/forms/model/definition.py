"""A form: sections of fields and, for a measure, its scales, criteria and alerts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias

from site_builder.forms.model.conditions import Condition
from site_builder.forms.model.criteria import Criterion, criterion_from_json, criterion_to_json
from site_builder.forms.model.errors import UnknownDefinition
from site_builder.forms.model.fields import (
    Answers,
    Field,
    Matrix,
    OneOf,
    Rating,
    Repeat,
    YesNo,
)
from site_builder.forms.model.serialise import field_from_json, field_to_json

EXACT = 9  # decimals to which scores are compared: 6 × 0.7 is 4.2, not the 4.199… of binary fractions

Formula: TypeAlias = Literal["time between", "sum", "minus", "ratio"]


@dataclass(frozen=True, slots=True)
class Computed:
    """A value that is worked out by `formula` from the questions and values that `of` names.

    It is not an answer and is never sent: readers of the answers work it out anew. `unit` is "minutes", "%", or that
    of the questions.
    """

    id: str
    label: str
    formula: Formula
    of: tuple[str, ...]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One block of the page, and one step on a phone."""

    fields: tuple[Field, ...]
    title: str = ""
    why: str = ""
    computed: tuple[Computed, ...] = ()


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


@dataclass(frozen=True, slots=True)
class Alert:
    """Answers that a therapist must see first; every condition has to hold. The therapist reads `label`."""

    when: tuple[Condition, ...]
    label: str


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
        canonical = json.dumps(self.to_json(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    @property
    def table(self) -> str:
        """The name of its table in a caseload file."""
        return self.id.replace("-", "_")

    @property
    def is_measure(self) -> bool:
        return bool(self.scales or self.criteria)

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

    def range_of(self, item: str) -> tuple[float, float]:
        """Return the lowest and highest value of a rating or of number codes. Raises ValueError for other items."""
        field, _ = self.items[item]
        if isinstance(field, Rating):
            return field.lowest, field.highest
        if isinstance(field, OneOf | Matrix) and not isinstance(field, YesNo):
            codes = [float(choice.code) for choice in field.choices]
            return min(codes), max(codes)
        raise ValueError(f"{item!r} has no range to score")

    def to_json(self) -> dict[str, Any]:
        """Return the canonical definition as plain JSON without defaults."""
        definition: dict[str, Any] = {"form": self.id, "version": self.version, "title": self.title}
        definition["sections"] = [
            _without_blanks(
                title=section.title,
                why=section.why,
                fields=[field_to_json(field) for field in section.fields],
                computed=[_computed_to_json(computed) for computed in section.computed],
            )
            for section in self.sections
        ]
        definition |= _without_blanks(
            purpose=self.purpose,
            licence=self.licence,
            source=self.source,
            with_clinician=self.with_clinician,
            scales=[_scale_to_json(scale) for scale in self.scales],
            alerts=[
                {"label": alert.label, "when": [condition.to_json() for condition in alert.when]}
                for alert in self.alerts
            ],
            criteria=[criterion_to_json(criterion) for criterion in self.criteria],
        )
        return definition

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Form:
        """Return the form of a canonical definition. Raises UnknownDefinition."""
        try:
            return cls(
                id=stored["form"],
                version=stored["version"],
                title=stored["title"],
                purpose=stored.get("purpose", ""),
                sections=tuple(
                    Section(
                        tuple(field_from_json(field) for field in section["fields"]),
                        section.get("title", ""),
                        section.get("why", ""),
                        tuple(
                            Computed(id, label, formula, tuple(of), unit)
                            for id, label, formula, of, unit in section.get("computed", ())
                        ),
                    )
                    for section in stored["sections"]
                ),
                licence=stored.get("licence", ""),
                source=stored.get("source", ""),
                scales=tuple(_scale_from_json(scale) for scale in stored.get("scales", ())),
                alerts=tuple(
                    Alert(tuple(map(Condition.from_json, alert["when"])), alert["label"])
                    for alert in stored.get("alerts", ())
                ),
                with_clinician=stored.get("with_clinician", False),
                criteria=tuple(criterion_from_json(criterion) for criterion in stored.get("criteria", ())),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UnknownDefinition(f"this definition cannot be read: {error}") from error


def _without_blanks(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in ("", [], False, None)}


def _computed_to_json(computed: Computed) -> list[Any]:
    return [computed.id, computed.label, computed.formula, list(computed.of), computed.unit]


def _scale_to_json(scale: Scale) -> dict[str, Any]:
    definition = {"id": scale.id, "items": list(scale.items)}
    return definition | _without_blanks(
        title=scale.title,
        reversed=list(scale.reversed),
        multiplier=None if scale.multiplier == 1 else scale.multiplier,
        missing_up_to=scale.missing_up_to or None,
        bands=[[band.at_least, band.label, band.meaning] for band in scale.bands],
        cutoffs=[[cutoff.name, cutoff.points] for cutoff in scale.cutoffs],
        reliable_change=scale.reliable_change,
        possible_change=scale.possible_change,
        better=None if scale.better == "lower" else scale.better,
    )


def _scale_from_json(stored: Mapping[str, Any]) -> Scale:
    return Scale(
        id=stored["id"],
        items=tuple(stored["items"]),
        title=stored.get("title", ""),
        reversed=tuple(stored.get("reversed", ())),
        multiplier=stored.get("multiplier", 1),
        missing_up_to=stored.get("missing_up_to", 0),
        bands=tuple(Band(*band) for band in stored.get("bands", ())),
        cutoffs=tuple(Cutoff(*cutoff) for cutoff in stored.get("cutoffs", ())),
        reliable_change=stored.get("reliable_change"),
        better=stored.get("better", "lower"),
        possible_change=stored.get("possible_change"),
    )
