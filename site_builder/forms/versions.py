"""What is kept of every version of a form: all that must stay the same for its answers to be compared."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default
from functools import cached_property
from typing import Any, TypeAlias

from site_builder.forms.conditions import Condition
from site_builder.forms.definition import Alert, Computed, Form, Scale
from site_builder.forms.fields import AnyOf, Field, Matrix, OneOf, Rating, Repeat
from site_builder.forms.signatures import Signature, from_parts, signature
from site_builder.forms.symptoms import Criterion

Rule: TypeAlias = Mapping[str, Any]

# Of a scale's rule, what makes scores that cannot stand in one line with earlier ones.
COUNTING = ("items", "reversed", "multiplier", "missing")


def labels_of(field: Field) -> dict[str, str]:
    """Give what people read for each code of a question, or for the two ends of a rating."""
    if isinstance(field, Rating):
        ends = field.ends or ("", "")
        return {str(code): words for code, words in zip((field.lowest, field.highest), ends, strict=True) if words}
    if isinstance(field, OneOf | AnyOf | Matrix):
        return {choice.code: choice.label for choice in field.choices}
    return {}


def asked(form: Form) -> dict[str, tuple[Field, str]]:
    """Give every question by its path with its wording: `mood`, `steps.fear`, a row of a matrix by its own name."""
    return dict(_asked(form.fields, ""))


def _asked(fields: Sequence[Field], within: str) -> Iterator[tuple[str, tuple[Field, str]]]:
    for field in fields:
        if isinstance(field, Matrix):
            yield from ((row.code, (field, row.label)) for row in field.rows)
        else:
            yield f"{within}{field.id}", (field, field.ask)
        if isinstance(field, Repeat):
            yield from _asked(field.of, f"{field.id}.")


def renamed(form: Form, known: Collection[str]) -> dict[str, str]:
    """Give the paths that are renamed by this definition, each with the path that it had.

    `known` are the paths of the definition before it: a question that stands there has that name already, whatever
    its `was` says. A renamed repeat takes its questions along.
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
    """Give what a scale's scores follow from, and what they are read by; wording is not part of it."""
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
    }
    return {name: value for name, value in parts.items() if value not in (None, (), {})}


def criterion_rule(criterion: Criterion) -> Rule:
    """Give what the verdicts on a criterion follow from."""
    parts: dict[str, Any] = {"counts_from": criterion.counts_from}
    if criterion.reversed:
        parts["reversed"] = tuple(criterion.reversed)
    for cluster in criterion.clusters:
        parts |= {f"cluster {cluster.id}": tuple(cluster.items), f"cluster {cluster.id} needs": cluster.needs}
    return parts


def formula(computed: Computed) -> Rule:
    """Give what a computed value follows from; which comes first matters to most formulas."""
    return {"formula": computed.formula} | {f"part {number}": (name,) for number, name in enumerate(computed.of, 1)}


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it was published; `was` holds the paths that it had before, the latest first.

    `labels` are the words for its codes, so that a code which takes over another's words is noticed.
    """

    path: str
    signature: Signature
    ask: str
    was: tuple[str, ...] = ()
    when: tuple[Condition, ...] = ()
    labels: Mapping[str, str] = default(default_factory=dict)


@dataclass(frozen=True)
class PublishedVersion:
    """One version of a form, as it was published last; `definition` is its hash."""

    version: int
    definition: str
    questions: Mapping[str, Question]
    scales: Mapping[str, Rule]
    alerts: tuple[Alert, ...]
    criteria: Mapping[str, Rule]
    computed: Mapping[str, Rule]

    @cached_property
    def earlier_names(self) -> Mapping[str, Question]:
        """Each path that one of the questions had before, with that question."""
        return {path: question for question in self.questions.values() for path in question.was}

    def to_json(self) -> dict[str, Any]:
        return {
            "definition": self.definition,
            "questions": {path: _question_to_json(question) for path, question in self.questions.items()},
            "scales": {id: dict(rule) for id, rule in self.scales.items()},
            "criteria": {id: dict(rule) for id, rule in self.criteria.items()},
            "computed": {id: dict(rule) for id, rule in self.computed.items()},
            "alerts": [
                {"label": alert.label, "when": [condition.to_json() for condition in alert.when]}
                for alert in self.alerts
            ],
        }

    @classmethod
    def from_json(cls, version: int, stored: Mapping[str, Any]) -> PublishedVersion:
        """Rebuild what was kept. Raises KeyError, TypeError, ValueError or AttributeError for anything else."""
        return cls(
            version,
            str(stored["definition"]),
            {path: _question_from_json(path, question) for path, question in stored["questions"].items()},
            _rules_from_json(stored["scales"]),
            tuple(Alert(tuple(map(Condition.from_json, alert["when"])), alert["label"]) for alert in stored["alerts"]),
            _rules_from_json(stored.get("criteria", {})),
            _rules_from_json(stored.get("computed", {})),
        )


@dataclass(frozen=True)
class History:
    """Every version of one form that was ever published, the latest last; there is at least one."""

    versions: tuple[PublishedVersion, ...]

    @property
    def latest(self) -> PublishedVersion:
        return self.versions[-1]

    def called(self, path: str) -> tuple[Question | None, str]:
        """Find the question that was last called so, and the name it has been given since ("" when none)."""
        for version in reversed(self.versions):
            if path in version.questions:
                return version.questions[path], ""
            if path in version.earlier_names:
                return version.earlier_names[path], version.earlier_names[path].path
        return None, ""

    def with_form(self, form: Form) -> History:
        """Give the history with a form that has just been published; another wording takes the place of the last."""
        now = _published(form, self)
        before = tuple(earlier for earlier in self.versions if earlier.version != form.version)
        return History(tuple(sorted((*before, now), key=lambda published: published.version)))


def new_history(form: Form) -> History:
    """Give the history of a form that has never been published before."""
    return History((_published(form, None),))


def history_of(forms: Sequence[Form]) -> History | None:
    """Give the history of one form from its definitions in the order of their publishing; None without any."""
    history = None
    for form in forms:
        history = history.with_form(form) if history else new_history(form)
    return history


def _published(form: Form, history: History | None) -> PublishedVersion:
    before = history.latest.questions if history else {}
    was = renamed(form, before)
    questions = {}
    for path, (field, ask) in asked(form).items():
        if path in before:
            names = before[path].was
        elif path in was:
            old = history.called(was[path])[0] if history else None
            names = (was[path], *(old.was if old else ()))
        else:
            names = ()
        questions[path] = Question(path, signature(field), ask, names, field.when, labels_of(field))
    return PublishedVersion(
        form.version,
        form.hash,
        questions,
        {scale.id: rule(scale) for scale in form.scales},
        form.alerts,
        {criterion.id: criterion_rule(criterion) for criterion in form.criteria},
        {computed.id: formula(computed) for computed in form.computed},
    )


def _question_to_json(question: Question) -> dict[str, Any]:
    parts = dict(question.signature)
    stored = {"type": parts.pop("type"), **parts, "ask": question.ask}
    stored |= {"labels": dict(question.labels)} if question.labels else {}
    stored |= {"when": [condition.to_json() for condition in question.when]} if question.when else {}
    return stored | ({"was": list(question.was)} if question.was else {})


def _question_from_json(path: str, stored: Mapping[str, Any]) -> Question:
    parts = {name: _frozen(value) for name, value in stored.items() if name not in ("ask", "labels", "was", "when")}
    when = tuple(map(Condition.from_json, stored.get("when", ())))
    was, labels = tuple(stored.get("was", ())), stored.get("labels", {})
    return Question(path, from_parts(**parts), stored["ask"], was, when, labels)


def _rules_from_json(stored: Mapping[str, Mapping[str, Any]]) -> dict[str, Rule]:
    return {id: {name: _frozen(value) for name, value in rule.items()} for id, rule in stored.items()}


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
