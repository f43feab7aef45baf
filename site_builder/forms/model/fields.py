"""The kinds of field. Each kind reads its own answer.

`read(posted)` takes what arrived on the wire: a string from a form post, or any JSON value. It returns the answer
as it is stored, or None for no answer, and raises ValueError with a sentence for the client. A kind that is made of
parts raises AnswersRejected instead, its names relative to the field.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, TypeAlias

from site_builder.forms.model.amounts import counted
from site_builder.forms.model.choices import Choice, read_code, without_points
from site_builder.forms.model.computed import Computed
from site_builder.forms.model.conditions import Condition, all_hold
from site_builder.forms.model.days import day_of, time_of
from site_builder.forms.model.errors import AnswersRejected, unknown
from site_builder.forms.model.lengths import minutes_of
from site_builder.forms.model.numbers import ANY_NUMBER, Limits, number_of
from site_builder.forms.model.wire_values import is_storable, is_visible, text_of, with_line_feeds, without_point

Answer: TypeAlias = str | int | float | list[str] | dict[str, str] | list[dict[str, Any]]
Answers: TypeAlias = dict[str, Answer]

SHORT_TEXT = 500  # characters: a sentence or two
LONG_TEXT = 20_000  # characters: ten pages by hand; more is a mistake or an attack
MOST_ROWS = 30  # of a repeat: more than anybody fills in, less than hurts a page
MISSING = "Answer this question"
EXACT = "exact"  # a rating is a row of radios and a field for the exact number; the number wins when both come
DURATION_PARTS = ("hours", "minutes")
NO_ANSWERS: Mapping[str, Any] = {}


@dataclass(frozen=True, kw_only=True)
class Field:
    """One question. `late` asks it at the end of the form (only inside a repeat); `was` is the id that it had.

    With `when` it is asked only while all of these hold, and its answer is kept only then. `same_as` names the earlier
    question, or row of a matrix, that it asks again; everything about its answer is that question's. `beside` names the
    question whose choice `other` it lets the client put into words. `was_worded` quotes earlier words (of the question,
    the hint or the ends of a rating) that meant the same.
    """

    type: ClassVar[str]

    id: str
    ask: str
    hint: str = ""
    required: bool = False
    late: bool = False
    when: tuple[Condition, ...] = ()
    same_as: str = ""
    was: str = ""
    beside: str = ""
    was_worded: tuple[str, ...] = ()

    def read(self, posted: object) -> Answer | None:
        """Return the answer as it is stored, None for none; ValueError says what is wrong."""
        raise NotImplementedError

    def part_ids(self) -> tuple[str, ...]:
        """The names that this field takes in the form's one namespace of columns."""
        return (self.id,)

    def wire_parts(self) -> tuple[str, ...]:
        """The last parts of its wire names; "" stands for the field's own name."""
        return ("",)


@dataclass(frozen=True, kw_only=True)
class Text(Field):
    """A line of text."""

    type: ClassVar[str] = "text"
    max_length: int = SHORT_TEXT

    def read(self, posted: object) -> str | None:
        if posted == "":
            return None
        text = with_line_feeds(text_of(posted))
        if not is_storable(text):
            raise ValueError("There is a character here that cannot be stored. Type this answer again")
        if not is_visible(text):
            return None
        if len(text) > self.max_length:
            raise ValueError(
                f"Shorten this to {counted(self.max_length, 'character')} or fewer. It has {len(text):,} now"
            )
        return text


@dataclass(frozen=True, kw_only=True)
class LongText(Text):
    """Several lines of text."""

    type: ClassVar[str] = "long text"
    max_length: int = LONG_TEXT


@dataclass(frozen=True, kw_only=True)
class Number(Field):
    """A number with an optional unit; whole unless `decimals` allows places after the point."""

    type: ClassVar[str] = "number"
    at_least: float | None = None
    at_most: float | None = None
    decimals: int = 0
    unit: str = ""

    @cached_property
    def limits(self) -> Limits:
        """What it allows, for reading a number that may be meant in two ways."""
        lowest, highest = self.at_least, self.at_most
        return Limits(
            ANY_NUMBER.at_least if lowest is None else lowest,
            ANY_NUMBER.at_most if highest is None else highest,
            self.decimals,
            self.unit,
        )

    def read(self, posted: object) -> int | float | None:
        number = number_of(posted, self.limits)
        if number is None:
            return None
        if number != round(number, self.decimals):
            places = f"at most {self.decimals} decimal{'s' if self.decimals > 1 else ''}"
            raise ValueError(f"Give a number with {places}" if self.decimals else "Give a whole number")
        if self.at_least is not None and number < self.at_least:
            raise ValueError(f"This has to be {without_point(self.at_least)} or more")
        if self.at_most is not None and number > self.at_most:
            raise ValueError(f"This has to be {without_point(self.at_most)} or less")
        return without_point(number)


@dataclass(frozen=True, kw_only=True)
class Rating(Field):
    """A whole number on a scale with words at its ends, and with an optional unit."""

    type: ClassVar[str] = "rating"
    lowest: int = 0
    highest: int = 10
    step: int = 1
    ends: tuple[str, str] | tuple[()] = ()
    unit: str = ""

    @property
    def is_sound(self) -> bool:
        """Whether there is a number to choose."""
        return self.step > 0 and self.lowest <= self.highest

    def wire_parts(self) -> tuple[str, ...]:
        return ("", EXACT)

    @cached_property
    def limits(self) -> Limits:
        """What it allows, for reading a number that may be meant in two ways."""
        return Limits(self.lowest, self.highest, unit=self.unit)

    def read(self, posted: object) -> int | None:
        number = number_of(posted, self.limits)
        if number is None:
            return None
        if number != int(number) or not self.lowest <= number <= self.highest:
            raise ValueError(f"Give a whole number from {self.lowest} to {self.highest}")
        if (number - self.lowest) % self.step:
            raise ValueError(f"Give a number in steps of {self.step}, from {self.lowest} to {self.highest}")
        return int(number)


@dataclass(frozen=True, kw_only=True)
class OneOf(Field):
    """One of several choices, by its code."""

    type: ClassVar[str] = "choice"
    choices: tuple[Choice, ...] = ()

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(choice.code for choice in self.choices)

    def read(self, posted: object) -> str | None:
        return read_code(posted, self.choices)


@dataclass(frozen=True, kw_only=True)
class AnyOf(Field):
    """Any number of choices, by their codes, in the order of the definition."""

    type: ClassVar[str] = "choices"
    choices: tuple[Choice, ...] = ()

    def read(self, posted: object) -> list[str] | None:
        several = posted if isinstance(posted, list | tuple) else [posted]
        if len(several) > len(self.choices) + 1:  # more than can be ticked, and a blank one that clears them
            raise ValueError("Choose each answer once, of those that are offered")
        codes = {code for item in several if (code := read_code(item, self.choices)) is not None}
        chosen = [choice for choice in self.choices if choice.code in codes]
        if len(chosen) > 1 and (alone := next((choice for choice in chosen if choice.alone), None)):
            raise ValueError(f"“{alone.label}” does not go with another answer. Untick it, or untick the others")
        return [choice.code for choice in chosen] or None


@dataclass(frozen=True, kw_only=True)
class YesNo(Field):
    """Yes or no, stored as those words."""

    type: ClassVar[str] = "yes no"
    choices: ClassVar[tuple[Choice, ...]] = (Choice("yes", "Yes"), Choice("no", "No"))

    def read(self, posted: object) -> str | None:
        if isinstance(posted, bool):
            return "yes" if posted else "no"
        return read_code(posted, self.choices)


@dataclass(frozen=True, kw_only=True)
class Date(Field):
    """A day, stored as YYYY-MM-DD; one that is still to come only with `future`."""

    type: ClassVar[str] = "date"
    future: bool = False

    def read(self, posted: object) -> str | None:
        return day_of(text_of(posted), future=self.future)


@dataclass(frozen=True, kw_only=True)
class Time(Field):
    """A time of day, stored as HH:MM on the 24-hour clock."""

    type: ClassVar[str] = "time"

    def read(self, posted: object) -> str | None:
        return time_of(text_of(posted))


@dataclass(frozen=True, kw_only=True)
class Duration(Field):
    """A length of time, stored in whole minutes; posted as minutes, or as {hours, minutes}."""

    type: ClassVar[str] = "duration"
    at_most: int = 24 * 60

    def wire_parts(self) -> tuple[str, ...]:
        return DURATION_PARTS

    def read(self, posted: object) -> int | None:
        parts = posted if isinstance(posted, Mapping) else {"minutes": posted}
        minutes = minutes_of(*(parts.get(unit) for unit in DURATION_PARTS))
        if minutes is not None and minutes > self.at_most:
            most = f"{counted(self.at_most // 60, 'hour')} {counted(self.at_most % 60, 'minute')}"
            raise ValueError(f"This has to be {most} or less")
        return minutes


@dataclass(frozen=True, kw_only=True)
class Matrix(Field):
    """The same choices for several rows; stored as {row: code}, unanswered rows left out.

    `renamed` holds (row, the id that it had before); a matrix has no `was` of its own, for its id names no column.
    """

    type: ClassVar[str] = "matrix"
    choices: tuple[Choice, ...] = ()
    rows: tuple[Choice, ...] = ()  # code is the row's id, label its wording
    renamed: tuple[tuple[str, str], ...] = ()

    @cached_property
    def _row_ids(self) -> frozenset[str]:
        return frozenset(self.part_ids())

    @cached_property
    def _codes(self) -> frozenset[str]:
        return frozenset(choice.code for choice in self.choices)

    def part_ids(self) -> tuple[str, ...]:
        return tuple(row.code for row in self.rows)

    def wire_parts(self) -> tuple[str, ...]:
        return self.part_ids()

    def read(self, posted: object) -> dict[str, str] | None:
        if posted is not None and not isinstance(posted, (dict, Mapping)):  # dict first: most are, and it is quick
            raise ValueError("Give an answer to each row")
        rows: Mapping[str, object] = posted or {}
        answers: dict[str, str] = {}
        problems: dict[str, str] = {}
        codes = self._codes
        if not rows.keys() <= self._row_ids:
            problems = unknown([name for name in rows if name not in self._row_ids], "There is no such row")
        for row in self.rows:
            code = rows.get(row.code)
            if isinstance(code, str) and code in codes:
                answers[row.code] = code
                continue
            try:
                code = read_code(code, self.choices)
            except ValueError as problem:
                problems[row.code] = str(problem)
                continue
            if code is not None:
                answers[row.code] = code
            elif self.required:
                problems[row.code] = MISSING
        if problems:
            raise AnswersRejected(problems)
        return answers or None


@dataclass(frozen=True, kw_only=True)
class Repeat(Field):
    """Rows of fields; stored as a list of {field: answer}, rows that are wholly blank left out.

    `called` is what one row is ("feeling"), `blank_rows` how many are there without script. `computed` holds the values
    that are worked out for each row.
    """

    type: ClassVar[str] = "repeat"
    of: tuple[Field, ...] = ()
    called: str = ""
    blank_rows: int = 3
    at_most: int = MOST_ROWS
    computed: tuple[Computed, ...] = ()

    @cached_property
    def _outside(self) -> frozenset[str] | None:
        """The names that a question of a row may wait for outside of it are all but these; None: none waits."""
        if not any(field.when for field in self.of):
            return None
        return frozenset(field.id for field in self.of)

    @property
    def too_many(self) -> str:
        return f"Keep this to {counted(self.at_most, 'entry', 'entries')} or fewer"

    def read(self, posted: object) -> list[dict[str, Any]] | None:
        return self.read_rows(posted, NO_ANSWERS)

    def read_rows(self, posted: object, form: Mapping[str, Any]) -> list[dict[str, Any]] | None:
        """Read the rows, where `form` holds the answers that were given before them."""
        outer = self.seen_by_rows(form)
        rows = self._rows(posted)
        if len(rows) > self.at_most:
            raise ValueError(self.too_many)
        problems: dict[str, str] = {}
        answers: list[dict[str, Any]] = []
        for index, row in enumerate(rows):
            try:
                answer = read_each(self.of, row, outer)
            except AnswersRejected as rejected:
                problems.update((f"{index}.{name}", problem) for name, problem in rejected.problems.items())
                continue
            if answer:
                answers.append(answer)
        if problems:
            raise AnswersRejected(problems)
        return answers or None

    def seen_by_rows(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the form's answers that a row's questions may wait for: a row's own names come first."""
        if self._outside is None:
            return NO_ANSWERS
        return {id: _without(self._outside, answer) for id, answer in form.items() if id not in self._outside}

    @staticmethod
    def _rows(posted: object) -> Sequence[Mapping[str, object]]:
        if posted is None:
            return []
        if not isinstance(posted, list) or not all(isinstance(row, Mapping) for row in posted):
            raise ValueError("Give the entries as a list")
        return posted


def numbers_of(field: Field) -> tuple[float, float] | None:
    """Return the lowest and highest value that an answer can count; None for what does not count."""
    if isinstance(field, Rating):
        return field.lowest, field.highest
    if isinstance(field, OneOf | Matrix) and not without_points(field.choices):
        values = [choice.value for choice in field.choices if choice.value is not None]
        return (min(values), max(values)) if values else None
    return None


def _without(names: frozenset[str], answer: Any) -> Any:
    """Return the answer without the rows of a matrix that have one of these names."""
    return {row: code for row, code in answer.items() if row not in names} if isinstance(answer, dict) else answer


def is_asked(field: Field, answers: Mapping[str, Any], outer: Mapping[str, Any] = NO_ANSWERS) -> bool:
    """Return whether a question is asked, by the stored answers of its row or form, and those around its row."""
    return not field.when or all_hold(field.when, answers, outer)


def read_each(
    of: Sequence[Field], posted: Mapping[str, object], outer: Mapping[str, Any] = NO_ANSWERS
) -> dict[str, Any]:
    """Return the answers to the fields of a form or of a row; a row with nothing in it is {} and lacks nothing.

    A question can only wait for one above it, so one pass decides what is asked; what is not is passed over, whatever
    was posted. Raises AnswersRejected with all the problems at once.
    """
    answers: dict[str, Any] = {}
    problems: dict[str, str] = {}
    unanswered: list[Field] = []
    if not posted.keys() <= (ids := {field.id for field in of}):
        problems = unknown([name for name in posted if name not in ids], "There is no such question")
    for field in of:
        if field.when and not all_hold(field.when, answers, outer):
            continue
        sent = posted.get(field.id)
        try:
            answer = field.read_rows(sent, answers) if isinstance(field, Repeat) else field.read(sent)
        except ValueError as problem:
            problems[field.id] = str(problem)
        except AnswersRejected as rejected:
            problems.update((f"{field.id}.{name}", text) for name, text in rejected.problems.items())
        else:
            if answer is not None:
                answers[field.id] = answer
            elif field.required:
                unanswered.append(field)
    if unanswered and (answers or problems):
        problems |= missing(unanswered, answers, problems)
    if problems:
        raise AnswersRejected(problems)
    return answers


def missing(of: Sequence[Field], answers: Mapping[str, Any], problems: Mapping[str, str]) -> dict[str, str]:
    """Name the required fields that have neither an answer nor a problem already."""
    with_problems = {name.partition(".")[0] for name in problems}
    return {
        field.id: MISSING
        for field in of
        if field.required and field.id not in answers and field.id not in with_problems
    }


KINDS: dict[str, type[Field]] = {
    kind.type: kind
    for kind in (
        Text, LongText, Number, Rating, OneOf, AnyOf, YesNo, Date, Time, Duration, Matrix, Repeat,
    )
}  # fmt: skip
