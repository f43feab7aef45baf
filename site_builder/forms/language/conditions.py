"""Conditions as written in YAML → tests of answers; a test that can never hold is a mistake."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator

from site_builder.forms.answering.possible import can_hold
from site_builder.forms.language.options import Options, is_lost, number
from site_builder.forms.language.scope import Names
from site_builder.forms.language.yaml_tree import Listing, Mistakes, Table, Value, Word
from site_builder.forms.model import fields as kinds
from site_builder.forms.model.conditions import MOST_NESTED, OF_GROUPS, TESTS, Condition, Test
from site_builder.forms.model.fields import Field
from site_builder.forms.model.identifiers import suggest

_TESTS: dict[str, Test] = {test: test for test in TESTS}
_GROUPS: dict[str, Test] = {test: test for test in OF_GROUPS}
_WHEN_LIKE = "when: {practised: yes}"
_LIKE = {
    "any": "any: [{practised: yes}, {fear: {at_least: 50}}]",
    "not": "not: {practised: yes}",
}
# What people write for any and not.
_MEANT = {"or": "any", "either": "any", "one_of": "any", "unless": "not", "none": "not", "neither": "not", "nor": "not"}
_BESIDE = dict.fromkeys(("and", "all", "both"), "leave it out: conditions that stand side by side all have to hold")
_LIMIT = re.compile(r"(?P<sign>[<>]=?|≥|≤)\s*(?P<number>\d+)|(?P<more>\d+)\s*\+", re.ASCII)
_OPPOSITE = re.compile(r"(?:not\s+|!=?\s*|<>\s*|≠\s*|isn't\s+|is not\s+)(?P<value>.+)", re.IGNORECASE)
_TOO_DEEP = f"write it with at most {MOST_NESTED} of 'any' and 'not' around each other"
_ELSEWHERE = {"any": f"write it around the names: {_LIKE['any']}"}
_NEVER_ASKED = "a question that is never asked is better left out"


def read_when(options: Options, names: Names, *, late: bool) -> tuple[Condition, ...]:
    """Read the `when` of a question or a block: tests of questions above it, all of which have to hold."""
    table = table_of_when(options, _WHEN_LIKE)
    reader = Conditions(
        options.mistakes,
        _WHEN_LIKE,
        _NEVER_ASKED,
        find=lambda item: names.find(item, late=late),
        is_question=names.knows,
    )
    return reader.read_all(options.key("when"), table, names.asked) if table else ()


def table_of_when(options: Options, like: str) -> Table | None:
    """Return the conditions of a `when`; a list does not say whether all have to hold, or any."""
    value = options.table.get("when")
    if not isinstance(value, Listing):
        return options.entries("when", like)
    problem = "a list does not say whether all of these have to hold, or one of them"
    remedy = f"for one of them write when: {{any: […]}}; for all, one beside the other: {like}"
    options.mistakes.add(value.source, problem, remedy)
    return None


class Conditions:
    """Reads conditions. In messages `like` is an example and `never` why a test must be able to hold.

    `find` returns the question that a condition names, or reports that there is none.
    """

    def __init__(
        self,
        mistakes: Mistakes,
        like: str,
        never: str,
        *,
        find: Callable[[Word], Field | None],
        is_question: Callable[[str], bool],
    ) -> None:
        self.mistakes = mistakes
        self.like = like
        self.never = never
        self.find = find
        self.is_question = is_question
        self.item = ""  # the one whose tests are being read
        self.fields: dict[str, Field] = {}  # what is tested, by name

    def read_all(self, at: Word, table: Table, asked: Callable[[str], Field | None]) -> tuple[Condition, ...]:
        """Read a whole `when`; one that no answers can make hold is a mistake. `asked` knows questions by name."""
        before = len(self.mistakes)
        conditions = self.group(table)
        if len(self.mistakes) == before and not can_hold(conditions, lambda name: self.fields.get(name) or asked(name)):
            problem = "this can never happen: no answers make all of these conditions hold"
            self.mistakes.add(at.source, problem, f"change what does not go together; {self.never}")
        return conditions

    def group(self, table: Table, depth: int = 0) -> tuple[Condition, ...]:
        """Read conditions that have to hold all together; `depth` counts the groups around them."""
        return tuple(condition for name, value in table.entries for condition in self.named(name, value, depth))

    def named(self, name: Word, value: Value, depth: int = 0) -> Iterator[Condition]:
        """Read what stands beside a name: the tests of a question, or the groups of an `any` or a `not`."""
        if not self.is_question(name.text):
            word = name.text.lower()
            if test := _GROUPS.get(word):
                yield from self._of_groups(test, name, value, depth + 1)
                return
            if meant := _MEANT.get(word):
                self.mistakes.add(
                    name.source, f"'{name.text}' is not a question", f"write it like this: {_LIKE[meant]}"
                )
                return
            if remedy := _BESIDE.get(word):
                self.mistakes.add(name.source, f"'{name.text}' is not a question", remedy)
                return
        if field := self.find(name):
            yield from self.read(name, value, field, depth)

    def _of_groups(self, test: Test, at: Word, value: Value, depth: int) -> Iterator[Condition]:
        if depth > MOST_NESTED:
            self.mistakes.add(at.source, "these conditions stand too deep within each other", _TOO_DEEP)
            return
        if is_lost(value):
            return
        if test == "not" and isinstance(value, Table) and len(value.entries) > 1:
            self._report_two_meanings(at, value)
            return
        groups = tuple(group for part in self._parts(test, value) if (group := self.group(part, depth)))
        if groups:
            yield Condition("", test, of=groups)

    def _parts(self, test: Test, value: Value) -> Iterator[Table]:
        """Yield each group of an `any` or a `not`; in a table each name is one."""
        if isinstance(value, Table) and value.entries:
            yield from (Table(name.source, ((name, tests),), value.whole) for name, tests in value.entries)
        elif isinstance(value, Listing) and value.items:
            for item in value.items:
                if isinstance(item, Table) and item.entries:
                    yield item
                elif not is_lost(item):
                    self.mistakes.add(item.source, f"each of '{test}' has to be a condition", self._write(test))
                    return
        else:
            self.mistakes.add(value.source, f"'{test}' needs conditions", self._write(test))

    def _report_two_meanings(self, at: Word, value: Table) -> None:
        first, second = (name.text for name, _ in value.entries[:2])
        problem = f"'not' around '{first}' and '{second}' can mean neither of them, or not both together"
        remedy = (
            f"for neither write not: [{{{first}: …}}, {{{second}: …}}];"
            f" for not both write any: [{{not: {{{first}: …}}}}, {{not: {{{second}: …}}}}]"
        )
        self.mistakes.add(at.source, problem, remedy)

    def _write(self, test: Test) -> str:
        return f"write it like this: {_LIKE[test]}"

    def read(self, item: Word, tests: Value, field: Field, depth: int = 0) -> Iterator[Condition]:
        """Read the tests of one item, all of which have to hold."""
        self.item = item.text
        self.fields[item.text] = field
        limits: dict[str, float] = {}
        for name, wanted in self._tests_of(item, tests):
            if name.text == "not":
                yield from self._opposite(item, name, wanted, field, depth + 1)
            elif test := _TESTS.get(name.text):
                operand = self._operand(test, name, wanted, field)
                if operand is not None:
                    yield _by_points(Condition(item.text, test, operand), field)
                if isinstance(operand, int | float):
                    limits[test] = operand
        if limits.get("at_least", -math.inf) > limits.get("at_most", math.inf):
            self.mistakes.add(
                item.source,
                "this can never happen: 'at_least' is more than 'at_most'",
                f"swap the two numbers; {self.never}",
            )

    def _opposite(self, item: Word, at: Word, wanted: Value, field: Field, depth: int) -> Iterator[Condition]:
        """Read the `not` of an item: `fear: {not: 3}`, `{not: [1, 2]}` or `{not: {at_least: 3}}`."""
        if depth > MOST_NESTED:
            self.mistakes.add(at.source, "these conditions stand too deep within each other", _TOO_DEEP)
        elif tests := tuple(self.read(item, wanted, field, depth)):
            yield Condition.none_of(tests)

    def _tests_of(self, item: Word, tests: Value) -> tuple[tuple[Word, Value], ...]:
        """Return each test with its operand; a bare value means `equals`, a bare list `one_of`."""
        if isinstance(tests, Word):
            return ((Word(item.source, "equals"), tests),)
        if isinstance(tests, Listing):
            return ((Word(item.source, "one_of"), tests),)
        Options(tests, self.mistakes, "a condition").only((*_TESTS, "not"), _ELSEWHERE)
        if not tests.entries:
            problem = f"nothing is asked of '{item.text}'"
            self.mistakes.add(tests.source, problem, f"write it like this: {self.like}")
        return tests.entries

    def _operand(self, test: Test, at: Word, wanted: Value, field: Field) -> object:
        """Read the operand of a test; None after a mistake."""
        if test == "answered":
            return self._answered(wanted)
        if test in ("at_least", "at_most"):
            return self._limit(test, at, wanted, field)
        if test == "equals":
            return self._equal(at, wanted, field)
        if not isinstance(wanted, Listing) or not wanted.items:
            self.mistakes.add(wanted.source, "'one_of' has to be a list", "write it like this: one_of: [1, 2, 3]")
            return None
        several = [self._equal(at, value, field) for value in wanted.items]
        return None if None in several else tuple(several)

    def _answered(self, wanted: Value) -> bool | None:
        flag = wanted.text.lower() if isinstance(wanted, Word) else ""
        if flag in ("true", "yes", "false", "no"):
            return flag in ("true", "yes")
        self.mistakes.add(wanted.source, "'answered' has to be true or false", "write answered: true")
        return None

    def _limit(self, test: Test, at: Word, wanted: Value, field: Field) -> float | None:
        reach = _reach(field)
        if reach is None:
            problem = f"'{test}' needs an answer that is a number"
            self.mistakes.add(at.source, problem, "write the codes instead, like one_of: [often, always]")
            return None
        limit = number(wanted, f"'{test}'", self.mistakes)
        if limit is not None and (limit > reach[1] if test == "at_least" else limit < reach[0]):
            self._report_never(wanted, reach)
        return limit

    def _equal(self, at: Word, wanted: Value, field: Field) -> object:
        """Read an answer as it would be stored: a code, a number, yes or no."""
        if isinstance(field, kinds.OneOf | kinds.AnyOf | kinds.YesNo | kinds.Matrix):
            return self._code(wanted, [choice.code for choice in field.choices])
        reach = _reach(field)
        if reach is None:
            problem = f"an answer of the type {field.type} cannot be compared"
            remedy = f"write {self.item}: {{answered: true}}, or ask it as a choice"
            self.mistakes.add(at.source, problem, remedy)
            return None
        if remedy := self._suggested(wanted):
            self.mistakes.add(wanted.source, f"'{getattr(wanted, 'text', '')}' is not a number", remedy)
            return None
        value = number(wanted, "what the answer is compared with", self.mistakes)
        if value is not None and not reach[0] <= value <= reach[1]:
            self._report_never(wanted, reach)
        return value

    def _code(self, wanted: Value, codes: list[str]) -> str | None:
        if isinstance(wanted, Word) and wanted.text in codes:
            return wanted.text
        if isinstance(wanted, Word) and wanted.kind == "lost":
            return None
        shown = f"'{wanted.text}'" if isinstance(wanted, Word) else "this"
        remedy = self._suggested(wanted) or suggest(getattr(wanted, "text", ""), codes)
        self.mistakes.add(wanted.source, f"{shown} is not one of the answers", remedy)
        return None

    def _suggested(self, wanted: Value) -> str:
        """Return how to write an informal test such as ">= 5", "5+" or "low or sad"; "" for anything else."""
        typed = wanted.text if isinstance(wanted, Word) else ""
        if opposite := _OPPOSITE.fullmatch(typed.strip()):
            return f"write {self.item}: {{not: {opposite['value']}}}"
        if " or " in typed:
            return f"for one of several write a list, like {self.item}: [{', '.join(typed.split(' or '))}]"
        if limit := _LIMIT.fullmatch(typed.strip()):
            test = "at_most" if limit["sign"] and limit["sign"][0] in "<≤" else "at_least"
            return f"write {self.item}: {{{test}: {limit['number'] or limit['more']}}}"
        return ""

    def _report_never(self, wanted: Value, reach: tuple[float, float]) -> None:
        lowest, highest = ("any number" if math.isinf(end) else f"{end:g}" for end in reach)
        problem = f"this can never happen: the answers go from {lowest} to {highest}"
        self.mistakes.add(wanted.source, problem, f"write a number that can be answered; {self.never}")


def _by_points(condition: Condition, field: Field) -> Condition:
    """Return a limit for choices that have points as the codes that are within it: it tests what they count."""
    if condition.test not in ("at_least", "at_most") or not isinstance(field, kinds.OneOf | kinds.Matrix):
        return condition
    if all(choice.scored and choice.points is None for choice in field.choices):
        return condition
    within = [
        choice.code
        for choice in field.choices
        if choice.value is not None
        and (choice.value >= condition.value if condition.test == "at_least" else choice.value <= condition.value)
    ]
    return Condition(condition.field, "one_of", tuple(within))


def _reach(field: Field) -> tuple[float, float] | None:
    """Return the lowest and highest answer; None for answers that are not numbers."""
    if isinstance(field, kinds.Duration):
        return 0, field.at_most
    if isinstance(field, kinds.Number):
        lowest = -math.inf if field.at_least is None else field.at_least
        return lowest, math.inf if field.at_most is None else field.at_most
    return kinds.numbers_of(field)
