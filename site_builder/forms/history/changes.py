"""What has changed in a form since it was published, for its author: which changes are safe, and which mix answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import Any, NamedTuple

from site_builder.forms.history.alert_coverage import covers, with_whens
from site_builder.forms.history.change import Change, ChangesRefused
from site_builder.forms.history.relabelling import relabelled
from site_builder.forms.history.rewording import Rewording
from site_builder.forms.history.room import without_room
from site_builder.forms.history.signatures import Signature, in_words, signature
from site_builder.forms.history.similarity import alike, plain, taken_over
from site_builder.forms.history.versions import (
    COUNTING,
    History,
    Question,
    Rule,
    alone_in,
    asked,
    criterion_rule,
    formula,
    renamed,
    rule,
    worked_out,
)
from site_builder.forms.history.words import ASK, Asked, parts
from site_builder.forms.model.conditions import Condition
from site_builder.forms.model.definition import Alert, Form
from site_builder.forms.model.fields import Field, Matrix

__all__ = ["Change", "ChangesRefused", "compare", "never_published"]

_RULES = {
    "items": "which items count",
    "reversed": "which items are reversed",
    "multiplier": "the multiplier",
    "missing": "how many answers may be missing",
    "bands": "where its bands start",
    "cut_offs": "its cut-offs",
    "reliable_change": "its reliable change",
    "possible_change": "its possible change",
    "better": "which way is better",
    "counts_from": "from which answer on a symptom counts",
    "formula": "its formula",
    "method": "whether it is a sum or a mean",
    "rounding": "how it is rounded",
    "gate": "which question decides whether its items count",
    "gate answers": "which answers let its items count",
}

_LESS_OFTEN = "is gone, or does not go off as often as it did"


class Kind(NamedTuple):
    """Something that is worked out from answers; `counting` names the parts of its rule that change the results."""

    name: str
    results: str
    place: str
    prefix: str = ""
    counting: tuple[str, ...] = ()  # empty: all of them

    def path(self, id: str) -> str:
        return f"{self.prefix}{id}"


SCALE = Kind("scale", "its scores", "a line", "scale ", COUNTING)
CRITERION = Kind("criterion", "its verdicts", "a line", "criterion ")
COMPUTED = Kind("computed value", "its values", "a column")


def compare(history: History, form: Form) -> tuple[Change, ...]:
    """Return every change to a form since it was last published."""
    published = history.latest.version
    if form.version < published:
        problem = f"'version' is {form.version}, but version {published} has been published already"
        return (Change("version", problem, f"write version: {published}, or a higher one", critical=True),)
    if history.latest.definition in form.hashes:
        return ()
    return (*_Comparison(history, form).run(), *without_room(form, history))


def never_published(form: Form) -> tuple[Change, ...]:
    """Return the mistakes that only a new form can have: earlier names and words where nothing has been published."""
    remedy = "leave 'was' out; it is for questions that have answers already"
    rewording = Rewording("", bumped=False)
    return (
        *(
            Change(f"{path} was", f"'{old}' cannot have been renamed: this form has never been published", remedy, True)
            for path, old in renamed(form, ()).items()
        ),
        *(change for path, now in asked(form).items() for change in rewording.unknown_quotes(path, (), now)),
    )


class _Comparison:
    def __init__(self, history: History, form: Form) -> None:
        self.history, self.form, self.last = history, form, history.latest
        self.bumped = form.version > self.last.version
        self.asked = asked(form, self.last.questions)
        self.renamed = renamed(form, self.last.questions)
        self.now = {old: path for path, old in self.renamed.items()}
        self.next = f"version: {self.last.version + 1}"
        self.rewording = Rewording(self.next, bumped=self.bumped)
        self.reported_matrices: set[tuple[str, Signature]] = set()
        self.forked: set[str] = set()  # computed values that now have another column

    def run(self) -> Iterator[Change]:
        changes = [*self.removed(), *self.questions(), *self.rules(), *self.alerts(), *relabelled(self.last, self.form)]
        if not changes:
            changes = [Change("form", "nothing has changed that answers are compared by")]
        yield from changes

    # Questions

    @cached_property
    def whens(self) -> dict[str, tuple[Condition, ...]]:
        """The `when` of each question as it was published."""
        return {path: question.when for path, question in self.last.questions.items()}

    @cached_property
    def gone(self) -> list[Question]:
        return [
            question
            for path, question in self.last.questions.items()
            if path not in self.asked and path not in self.now and not self.repeat_is_gone(path)
        ]

    @cached_property
    def new(self) -> list[str]:
        return [path for path in self.asked if path not in self.last.questions and path not in self.renamed]

    def repeat_is_gone(self, path: str) -> bool:
        repeat, dot, _ = path.partition(".")
        return bool(dot) and self.path_now(repeat) not in self.asked

    def path_now(self, path: str) -> str:
        """Return the current path of a published question."""
        return self.now.get(path, path)

    def removed(self) -> Iterator[Change]:
        for question in self.gone:
            replacement = self.replacement(question)
            repeat, dot, _ = question.path.partition(".")
            at = replacement or (self.path_now(repeat) if dot else "version")
            problem = f"'{question.path}' is not asked any more"
            if self.bumped:
                yield Change(at, f"{problem}: the answers so far stay in their column")
            elif replacement:
                yield Change(
                    at,
                    f"{problem}, and '{replacement}' is new",
                    self.remedy_for_removal(replacement, question.path),
                    True,
                )
            else:
                yield Change(at, problem, self.remedy_for_removal("", question.path), True)

    def remedy_for_removal(self, replacement: str, path: str) -> str:
        old = path.rpartition(".")[2]
        if not replacement:
            return (
                f"if another question is the same under a new name, write was: {old} under it;"
                f" if it is really gone, write {self.next} in the first block"
            )
        name = replacement.rpartition(".")[2]
        in_matrix = isinstance(self.asked[replacement].field, Matrix)
        write = f"write was: {{{name}: {old}}} under its matrix" if in_matrix else f"write was: {old} under '{name}'"
        return f"if it is the same question, {write}; if not, write {self.next} in the first block"

    def replacement(self, question: Question) -> str:
        """Return the new question that a removed one probably became, by its words or as the only candidate, or ""."""
        fitting = [path for path in self.new if self.fits(question, path)]
        same = [path for path in fitting if alike(question.ask, self.asked[path].ask)]
        if len(same) == 1:
            return same[0]
        rivals = [other for other in self.gone if fitting and self.fits(other, fitting[0])]
        return fitting[0] if len(fitting) == len(rivals) == 1 else ""

    def fits(self, question: Question, path: str) -> bool:
        repeat, dot, _ = question.path.partition(".")
        within = f"{self.path_now(repeat)}." if dot else ""
        inside = path.startswith(within) if dot else "." not in path
        return inside and signature(self.asked[path].field) == question.signature

    def questions(self) -> Iterator[Change]:
        asked_about = set() if self.bumped else {self.replacement(question) for question in self.gone}
        yield from self.swapped_wordings()
        for path, now in self.asked.items():
            yield from self.rewording.unknown_quotes(path, tuple(self.earlier(path).values()), now)
            if path in self.renamed and not self.moved_with_repeat(path):
                yield from self.renaming(path, now)
            elif question := self.last.questions.get(self.renamed.get(path, path)):
                yield from self.same_name(path, question, now)
            elif path in self.last.earlier_names and not self.bumped:
                other = self.last.earlier_names[path].path
                remedy = f"choose another name, or write {self.next} in the first block"
                yield Change(path, f"'{path}' is what '{other}' was called before", remedy, True)
            elif before := self.another_before(path, now):
                problem = f"'{path}' was another question before (“{before}”)"
                yield Change(path, problem, "choose a name that was never in use", True)
            elif path not in asked_about:
                yield Change(path, f"'{path}' is a new question")

    def earlier(self, path: str) -> dict[int, Question]:
        """Return the question as it was asked in each version, the latest first."""
        old = self.renamed.get(path, path)
        last = self.last.questions.get(old)
        return self.history.questions((old, *(last.was if last else ())))

    def swapped_wordings(self) -> Iterator[Change]:
        """Report a name or code that now has the words of another: old answers would be read as their opposite.

        Every wording that was ever published is compared. A new version helps only where codes or ranges change, too.
        """
        now = {path: plain(question.ask) for path, question in self.asked.items()}
        earlier = {path: tuple(self.earlier(path).values()) for path in self.asked}
        before = {
            path: frozenset(plain(words) for question in questions for words in question.wordings.known(ASK))
            for path, questions in earlier.items()
            if questions
        }
        for path, question in self.asked.items():
            same = [once for once in earlier[path] if once.signature == signature(question.field)]
            if not same:
                continue
            if other := taken_over(path, before, now):
                problem = f"'{path}' has the words that '{other}' was asked with"
                self.rewording.swapped.add((path, ASK))
                yield Change(path, problem, "put each name back to its own words, or give this one a new name", True)
            yield from self.rewording.swapped_labels(path, same, question)

    def another_before(self, path: str, now: Asked) -> str:
        """Return the words of a removed question of this kind that had this name; "" if there is none."""
        question, since = self.history.called(path)
        if question is None or since or question.signature != signature(now.field) or alike(question.ask, now.ask):
            return ""
        return "" if question.goes_on(signature(now.field), parts(now)) else question.ask

    def moved_with_repeat(self, path: str) -> bool:
        """Return whether only the repeat around a question was renamed, and not the question."""
        return "." in path and path.rpartition(".")[2] == self.renamed[path].rpartition(".")[2]

    def same_name(self, path: str, question: Question, asked: Asked) -> Iterator[Change]:
        field, now = asked.field, signature(asked.field)
        if now != question.signature:
            yield from self.another_kind(path, question, field, now)
            if not self.bumped:
                return
        yield from self.reworded(path, question, asked)
        if field.when != self.whens.get(question.path, ()):
            yield Change(path, f"'{path}' is asked after different answers than before")
        if alone_in(field) != question.alone:
            yield Change(path, f"'{path}' has other answers that stand alone: {', '.join(alone_in(field)) or 'none'}")

    def another_kind(self, path: str, question: Question, field: Field, now: Signature) -> Iterator[Change]:
        if isinstance(field, Matrix) and not self.is_first_report(field, question.signature):
            return
        rows = ", like all rows beside it," if isinstance(field, Matrix) and len(field.rows) > 1 else ""
        problem = f"'{path}'{rows} was {in_words(question.signature)} and is {in_words(now)} now"
        if self.bumped:
            yield Change(path, f"{problem}: {self.column(path)}")
        else:
            remedy = (
                f"write {self.next} in the first block, and its answers get a column of their own;"
                " or put it back as it was"
            )
            yield Change(path, problem, remedy, True)

    def reworded(self, path: str, question: Question, asked: Asked) -> Iterator[Change]:
        is_item = path in self.items or question.path in self.items
        yield from self.rewording.changes(path, question, asked, partial(self.column, path), is_item=is_item)

    @cached_property
    def items(self) -> frozenset[str]:
        """The paths of a measure's items, by their present and published names; all, if nothing says which count."""
        form, last = self.form, self.last
        ruled = (*form.scales, *last.scales), (*form.criteria, *last.criteria)
        if form.licence and not any(ruled):
            return frozenset((*self.asked, *last.questions))
        clusters = (cluster.items for criterion in ruled[1] for cluster in criterion.clusters)
        return frozenset(item for items in (*(scale.items for scale in ruled[0]), *clusters) for item in items)

    def is_first_report(self, matrix: Matrix, before: Signature) -> bool:
        """Return whether this is the first row of a matrix to report a change that all its rows share."""
        reported = (matrix.id, before) in self.reported_matrices
        self.reported_matrices.add((matrix.id, before))
        return not reported

    def column(self, path: str) -> str:
        """Return where the answers to a question go whose kind or meaning is not that of the last version."""
        for version, question in reversed(self.earlier(path).items()):
            if self.goes_on(question, self.asked[path]):
                return f"its answers continue in the column that they had in version {version}"
        name = f"{path.rpartition('.')[2]}_v{self.form.version}"
        return f"its answers get a column of their own, {name}"

    @staticmethod
    def goes_on(question: Question, now: Asked) -> bool:
        return question.goes_on(signature(now.field), parts(now))

    def renaming(self, path: str, asked: Asked) -> Iterator[Change]:
        old, field = self.renamed[path], asked.field
        question, since = self.history.called(old)
        at = f"{path} was"
        if question is None:
            known = ", ".join(f"'{other.path}'" for other in self.gone)
            remedy = (
                f"write the name of the question as it was published{f': {known}' if known else ''}, or leave it out"
            )
            yield Change(at, f"'{old}' has never been published", remedy, True)
        elif since:
            name = since.rpartition(".")[2]
            remedy = f"write was: {name}" if since not in self.asked else "leave 'was' out"
            yield Change(at, f"'{old}' has been called '{since}' since", remedy, True)
        elif question.signature != (now := signature(field)):
            problem = f"'{old}' was {in_words(question.signature)}, but '{path}' is {in_words(now)}"
            remedy = f"leave 'was' out, and write {self.next} in the first block; or ask it in the same way"
            yield Change(at, problem, remedy, True)
        elif path in self.last.earlier_names and not self.bumped and path not in question.was:
            other = self.last.earlier_names[path].path
            remedy = f"choose another name, or write {self.next} in the first block"
            yield Change(path, f"'{path}' is what '{other}' was called before", remedy, True)
        else:
            column = "its answers continue in the same column" if self.goes_on(question, asked) else self.column(path)
            yield Change(path, f"'{path}' is what '{old}' was: {column}")
            yield from self.reworded(path, question, asked)

    # Scales, criteria, computed values

    def rules(self) -> Iterator[Change]:
        last, form = self.last, self.form
        yield from self.rules_of(SCALE, _rules(rule, last.scales), _rules(rule, form.scales))
        yield from self.rules_of(
            CRITERION, _rules(criterion_rule, last.criteria), _rules(criterion_rule, form.criteria)
        )
        yield from self.rules_of(COMPUTED, _rules(formula, last.computed), _rules(formula, worked_out(form)))

    def rules_of(self, kind: Kind, last: Mapping[str, Rule], now: Mapping[str, Rule]) -> Iterator[Change]:
        for id, before in last.items():
            if id in now:
                yield from self.rule(kind, id, before, now[id])
            elif self.bumped:
                yield Change(
                    "version", f"the {kind.name} '{id}' is not worked out any more: {kind.results} so far stay"
                )
            else:
                remedy = f"put it back, or write {self.next} in the first block; a {kind.name} cannot be renamed"
                yield Change("version", f"the {kind.name} '{id}' is gone", remedy, True)
        yield from (Change(kind.path(id), f"'{id}' is a new {kind.name}") for id in now if id not in last)

    def rule(self, kind: Kind, id: str, before: Rule, now: Rule) -> Iterator[Change]:
        changed = [name for name in {**before, **now} if self.part(before.get(name)) != _part(now.get(name))]
        counts = any(name in (kind.counting or changed) for name in changed) or self.counts_other_ranges(before)
        if changed and not self.bumped:
            parts = dict.fromkeys(_RULES.get(name, "what it is made of") for name in changed)
            problem = f"the {kind.name} '{id}' has changed: {', '.join(parts)}"
            then = f"get {kind.place} of their own" if counts else f"continue in the same {kind.place.split()[-1]}"
            remedy = f"write {self.next} in the first block: {kind.results} then {then}; or put it back as it was"
            yield Change(kind.path(id), problem, remedy, True)
        elif changed or (counts and self.bumped):
            self.forked |= {id} if kind is COMPUTED else set()
            apart = f"{kind.results} get {kind.place} of their own, {id}_v{self.form.version}"
            how = "is worked out in another way" if counts else "is read in another way"
            then = apart if counts else f"{kind.results} continue as they are"
            yield Change(kind.path(id), f"the {kind.name} '{id}' {how}: {then}")

    def part(self, value: Any) -> Any:
        """Return a part of a published rule with the current names of its items."""
        return _part(tuple(self.path_now(item) for item in value) if isinstance(value, tuple) else value)

    def counts_other_ranges(self, before: Rule) -> bool:
        items = [item for value in before.values() if isinstance(value, tuple) for item in value]
        return any(item in self.forked for item in items) or any(
            path_now in self.asked and not self.goes_on(self.last.questions[item], self.asked[path_now])
            for item in items
            if item in self.last.questions and (path_now := self.path_now(item))
        )

    # Alerts

    def alerts(self) -> Iterator[Change]:
        before = [self.with_whens(alert, self.whens, self.path_now) for alert in self.last.alerts]
        whens = {path: asked.field.when for path, asked in self.asked.items()}
        now = [self.with_whens(alert, whens, str) for alert in self.form.alerts]
        for alert in before:
            if covers([other for other in now if other.tier in (alert.tier, "urgent")], alert, self.field):
                continue
            numbers = (n for n, other in enumerate(self.form.alerts) if other.label == alert.label)
            number = next(numbers, None)
            at = "version" if number is None else f"alert {number}"
            less = "is less urgent than it was" if covers(now, alert, self.field) else _LESS_OFTEN
            problem = f"the alert '{alert.label}' {less}"
            remedy = "" if self.bumped else f"put it back as it was, or write {self.next} in the first block"
            yield Change(at, problem, remedy, critical=not self.bumped)
        known = [alert.when for alert in before]
        for number, alert in enumerate(now):
            if alert.when not in known:
                yield Change(f"alert {number}", f"the alert '{alert.label}' is new, or goes off for other answers")

    def field(self, path: str) -> Field | None:
        return self.asked[path].field if path in self.asked else None

    @staticmethod
    def with_whens(alert: Alert, whens: Mapping[str, tuple[Condition, ...]], path_now: Callable[[str], str]) -> Alert:
        """Return an alert with the `when` of its questions added: a question that is not asked raises no alert."""
        waiting = with_whens(alert.when, lambda path: _waited(path, whens))
        return replace(alert, when=tuple(test.with_names(path_now) for test in waiting))


def _waited(path: str, whens: Mapping[str, tuple[Condition, ...]]) -> Iterator[Condition]:
    """Yield what a question waits for, by paths: a row's own question comes first."""
    repeat, dot, _ = path.rpartition(".")
    for condition in whens.get(path, ()):
        yield condition.with_names(lambda name: f"{repeat}{dot}{name}" if f"{repeat}{dot}{name}" in whens else name)
    yield from whens.get(repeat, ())  # no row is asked for while the repeat waits


def _part(value: Any) -> Any:
    return frozenset(value) if isinstance(value, tuple) else value


def _rules(rule_of: Callable[[Any], Rule], parts: Sequence[Any]) -> dict[str, Rule]:
    return {part.id: rule_of(part) for part in parts}
