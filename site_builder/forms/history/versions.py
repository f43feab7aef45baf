"""The published versions of a form: everything that must stay the same for its answers to be comparable."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeAlias

from site_builder.forms.history.signatures import Signature, from_parts, signature
from site_builder.forms.history.words import (
    ABOVE,
    ABOVE_HINT,
    ASK,
    HINT,
    LABEL,
    Asked,
    Part,
    Wordings,
    parts,
)
from site_builder.forms.model.computed import Computed
from site_builder.forms.model.conditions import Condition
from site_builder.forms.model.criteria import Criterion
from site_builder.forms.model.definition import Alert, Form, Scale
from site_builder.forms.model.errors import UnreadableDefinition
from site_builder.forms.model.fields import KINDS, AnyOf, Field, Matrix, Repeat
from site_builder.forms.model.serialise import entries, to_json
from site_builder.forms.model.wording import plain as without_markup

Rule: TypeAlias = Mapping[str, Any]

# The parts of a scale's rule that, once changed, make scores incomparable with earlier ones.
COUNTING = ("items", "reversed", "multiplier", "missing", "method", "rounding", "gate", "gate answers")


def asked(form: Form, known: Collection[str] = ()) -> dict[str, Asked]:
    """Return every question by its path: `mood`, `steps.fear`, a row of a matrix by its own name.

    `known` holds the paths of the previous definition, by which one is known as renamed.
    """
    questions = dict(_asked(form.fields, "", None))
    for path, was in renamed(form, known).items() if known else ():
        if path.rpartition(".")[2] != was.rpartition(".")[2]:
            questions[path] = questions[path]._replace(renamed=True)
    return questions


def _asked(fields: Sequence[Field], within: str, around: Field | None) -> Iterator[tuple[str, Asked]]:
    for field in fields:
        if isinstance(field, Matrix):
            yield from ((row.code, Asked(field, row.label, row)) for row in field.rows)
        else:
            yield f"{within}{field.id}", Asked(field, field.ask, around=around)
        if isinstance(field, Repeat):
            yield from _asked(field.of, f"{field.id}.", field)


def renamed(form: Form, known: Collection[str]) -> dict[str, str]:
    """Return the paths that this definition renames, each with its earlier path.

    `known` holds the paths of the previous definition: a question in it already has its name, whatever
    its `was` says. Renaming a repeat renames the paths of its questions.
    """
    paths: dict[str, str] = {}
    for field in form.fields:
        if isinstance(field, Matrix):
            paths |= {row: was for row, was in field.renamed if row not in known}
        elif field.was and field.id not in known:
            paths[field.id] = field.was
        if isinstance(field, Repeat):
            paths |= _renamed_inside(field, paths.get(field.id, field.id), known)
    return paths


def _renamed_inside(repeat: Repeat, was: str, known: Collection[str]) -> dict[str, str]:
    paths = {}
    for field in repeat.of:
        path, same = f"{repeat.id}.{field.id}", f"{was}.{field.id}"
        if path in known:
            continue
        if same in known:
            paths[path] = same
        elif field.was:
            paths[path] = f"{was}.{field.was}"
    return paths


def rule(scale: Scale) -> Rule:
    """Return everything that decides a scale's scores and how they are read, but no wording."""
    parts = {
        "items": tuple(scale.items),
        "reversed": tuple(scale.reversed),
        "multiplier": None if scale.multiplier == 1 else scale.multiplier,
        "missing": scale.missing_up_to or None,
        "bands": tuple(band.at_least for band in scale.bands),
        "cut_offs": {cutoff.name: cutoff.points for cutoff in scale.cutoffs},
        "reliable_change": scale.reliable_change,
        "possible_change": scale.possible_change,
        "better": scale.better,
        "method": None if scale.method == "sum" else scale.method,
        "rounding": None if scale.rounding == "none" else scale.rounding,
        "gate": tuple(condition.field for condition in scale.gate),
        "gate answers": json.dumps([condition.to_json()[1:] for condition in scale.gate]) if scale.gate else None,
    }
    return {name: value for name, value in parts.items() if value not in (None, (), {})}


def counting(scale: Scale) -> Rule:
    """Return the part of a scale's rule that, once changed, makes scores incomparable with earlier ones."""
    return {name: value for name, value in rule(scale).items() if name in COUNTING}


def criterion_rule(criterion: Criterion) -> Rule:
    """Return everything that decides the verdicts on a criterion."""
    parts: dict[str, Any] = {"counts_from": criterion.counts_from}
    if criterion.reversed:
        parts["reversed"] = tuple(criterion.reversed)
    for cluster in criterion.clusters:
        parts |= {f"cluster {cluster.id}": tuple(cluster.items), f"cluster {cluster.id} needs": cluster.needs}
    return parts


def worked_out(form: Form) -> tuple[Computed, ...]:
    """Return every computed value of a form; those of a repeat, and what they are made of, are named by their path."""
    inside = (
        replace(computed, id=f"{repeat.id}.{computed.id}", of=tuple(f"{repeat.id}.{name}" for name in computed.of))
        for repeat in form.repeats.values()
        for computed in repeat.computed
    )
    return (*form.computed, *inside)


def formula(computed: Computed) -> Rule:
    """Return everything that decides a computed value; the parts are numbered because their order matters."""
    return {"formula": computed.formula} | {f"part {number}": (name,) for number, name in enumerate(computed.of, 1)}


def alone_in(field: Field) -> tuple[str, ...]:
    """Return the codes that cannot be chosen together with others."""
    return tuple(choice.code for choice in field.choices if choice.alone) if isinstance(field, AnyOf) else ()


@dataclass(frozen=True)
class Question:
    """A question as published; `was` holds its earlier paths, the latest first, `alone` the codes that stand alone."""

    path: str
    signature: Signature
    wordings: Wordings
    was: tuple[str, ...] = ()
    when: tuple[Condition, ...] = ()
    alone: tuple[str, ...] = ()

    @property
    def ask(self) -> str:
        return self.wordings.last[ASK]

    @property
    def labels(self) -> Mapping[str, str]:
        """The words for its codes, or for the two ends of a rating."""
        last = self.wordings.last
        return {name.removeprefix(LABEL): words for name, words in last.items() if name.startswith(LABEL) and words}

    def goes_on(self, signature: Signature, parts: Mapping[str, Part]) -> bool:
        """Return whether answers to a later question may stand in the column of this one."""
        return signature == self.signature and self.wordings.go_on(parts)


@dataclass(frozen=True)
class PublishedVersion:
    """One version of a form as last published; `definition` is the hash."""

    version: int
    definition: str
    questions: Mapping[str, Question]
    scales: tuple[Scale, ...]
    alerts: tuple[Alert, ...]
    criteria: tuple[Criterion, ...]
    computed: tuple[Computed, ...]

    @cached_property
    def earlier_names(self) -> Mapping[str, Question]:
        """Each earlier path of a question, with that question."""
        return {path: question for question in self.questions.values() for path in question.was}

    def to_json(self) -> dict[str, Any]:
        return {
            "definition": self.definition,
            "questions": {path: _question_to_json(question) for path, question in self.questions.items()},
            "scales": [to_json(scale) for scale in self.scales],
            "criteria": [to_json(criterion) for criterion in self.criteria],
            "computed": [to_json(computed) for computed in self.computed],
            "alerts": [to_json(alert) for alert in self.alerts],
        }

    @classmethod
    def from_json(cls, version: int, stored: Any) -> PublishedVersion:
        """Return the stored version. Raises UnreadableDefinition."""
        parts = entries(stored, _VERSION)
        questions = {path: _question_from_json(path, question) for path, question in parts.pop("questions").items()}
        return cls(version, questions=questions, **parts)


_VERSION: Mapping[str, Any] = {
    "definition": str,
    "questions": dict,
    "scales": tuple[Scale, ...],
    "criteria": tuple[Criterion, ...],
    "computed": tuple[Computed, ...],
    "alerts": tuple[Alert, ...],
}
# The parts of each type's signature; those of a number, a unit, and the points of choices, may be missing.
_NUMBER: Mapping[str, Any] = {"at_least": float, "at_most": float, "decimals": int, "unit": str}
_PARTS: Mapping[str, Mapping[str, Any]] = {name: {} for name in KINDS} | {
    "number": _NUMBER,
    "rating": {"from": int, "to": int, "step": int, "unit": str},
    "choice": {"codes": tuple[str, ...], "points": tuple[str, ...]},
    "choices": {"codes": tuple[str, ...]},
}
_WORDS: Mapping[str, Any] = {
    "ask": str,
    "hint": str,
    "above": str,
    "above_hint": str,
    "labels": dict[str, str],
    "meant": dict[str, tuple[str, ...]],
    "quoted": dict[str, tuple[str, ...]],
    "when": tuple[Condition, ...],
    "was": tuple[str, ...],
    "alone": tuple[str, ...],
}


@dataclass(frozen=True)
class History:
    """Every published version of one form, the latest last; there is at least one."""

    versions: tuple[PublishedVersion, ...]

    @property
    def latest(self) -> PublishedVersion:
        return self.versions[-1]

    def called(self, path: str) -> tuple[Question | None, str]:
        """Return the last question with this path, and its later path ("" if it was not renamed)."""
        for version in reversed(self.versions):
            if path in version.questions:
                return version.questions[path], ""
            if path in version.earlier_names:
                return version.earlier_names[path], version.earlier_names[path].path
        return None, ""

    def questions(self, names: Sequence[str]) -> dict[int, Question]:
        """Return a question by its names, the present one first, in each version that has it, the latest first."""
        by_version = {}
        for version in reversed(self.versions):
            if name := next((name for name in names if name in version.questions), None):
                by_version[version.version] = version.questions[name]
        return by_version

    def with_form(self, form: Form) -> History:
        """Return the history with a newly published form, which replaces an earlier one of the same version."""
        now = _published(form, self)
        before = tuple(earlier for earlier in self.versions if earlier.version != form.version)
        return History(tuple(sorted((*before, now), key=lambda published: published.version)))


def new_history(form: Form) -> History:
    """Return the history of a form that is published for the first time."""
    return History((_published(form, None),))


def history_of(forms: Sequence[Form]) -> History | None:
    """Return the history of one form from its definitions in order of publication; None if there are none."""
    history = None
    for form in forms:
        history = history.with_form(form) if history else new_history(form)
    return history


def _published(form: Form, history: History | None) -> PublishedVersion:
    before = history.latest.questions if history else {}
    was = renamed(form, before)
    questions = {}
    for path, question in asked(form, before).items():
        if path in before:
            names = before[path].was
        elif path in was:
            old = history.called(was[path])[0] if history else None
            names = (was[path], *(old.was if old else ()))
        else:
            names = ()
        now = signature(question.field)
        wordings = _wordings(history, form.version, (path, *names), now, parts(question))
        questions[path] = Question(path, now, wordings, names, question.field.when, alone_in(question.field))
    return PublishedVersion(
        form.version,
        form.hash,
        questions,
        form.scales,
        form.alerts,
        form.criteria,
        worked_out(form),
    )


def _wordings(
    history: History | None, version: int, names: Sequence[str], now: Signature, parts: Mapping[str, Part]
) -> Wordings:
    """Return every wording of a question that was meant the same, from those of the column that it goes on in."""
    earlier = list(history.questions(names).values()) if history else []
    before = next((question for question in earlier if question.goes_on(now, parts)), None)
    if before is None and history and history.latest.version == version and earlier:
        before = earlier[0] if earlier[0].signature == now else None  # published before words were compared
    return before.wordings.then(parts) if before else Wordings.first(parts)


def _question_to_json(question: Question) -> dict[str, Any]:
    parts = dict(question.signature)
    stored = {"type": parts.pop("type"), **parts, "ask": question.ask}
    last = question.wordings.last
    stored |= {name: last[name] for name in (HINT, ABOVE, ABOVE_HINT) if name in last}
    stored |= {"labels": dict(question.labels)} if question.labels else {}
    stored |= {"when": [to_json(condition) for condition in question.when]} if question.when else {}
    for option, by_part in (("meant", question.wordings.meant), ("quoted", question.wordings.quoted)):
        stored |= {option: {name: list(words) for name, words in by_part.items()}} if by_part else {}
    stored |= {"alone": list(question.alone)} if question.alone else {}
    return stored | ({"was": list(question.was)} if question.was else {})


def _question_from_json(path: str, stored: Any) -> Question:
    type_name = stored.get("type") if isinstance(stored, dict) else None
    if not isinstance(type_name, str) or type_name not in _PARTS:
        raise UnreadableDefinition(f"'{path}' is no question")
    parts = _PARTS[type_name]
    optional = (*(parts if parts is _NUMBER else ()), "unit", "points", *(name for name in _WORDS if name != "ask"))
    values = entries(stored, {"type": str, **parts, **_WORDS}, path, optional)
    words = {name: values.pop(name) for name in _WORDS if name in values}
    last = {name: without_markup(words[name]) for name in (ASK, HINT, ABOVE, ABOVE_HINT) if name in words}
    last |= _labels(from_parts(**values), words.get("labels", {}), HINT in words or ABOVE in words)
    wordings = Wordings(last, words.get("meant", {}), words.get("quoted", {}))
    return Question(
        path, from_parts(**values), wordings, words.get("was", ()), words.get("when", ()), words.get("alone", ())
    )


def _labels(signature: Signature, labels: Mapping[str, str], is_complete: bool) -> dict[str, str]:
    """Return the words of each code or end; one without words counts as unknown where hints were not recorded."""
    by_name = dict(signature)
    codes = by_name.get("codes", ()) or [str(by_name[end]) for end in ("from", "to") if end in by_name]
    rest = [code for code in codes if code not in labels] if is_complete else []
    return {f"{LABEL}{code}": without_markup(labels.get(code, "")) for code in (*labels, *rest)}
