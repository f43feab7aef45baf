"""The items of a form: the single answers that scales add up and alerts test."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from site_builder.forms.language.options import Options
from site_builder.forms.language.points import doubtful, without_numbers
from site_builder.forms.language.ranges import expand
from site_builder.forms.language.yaml_tree import Listing, Mistakes, Word
from site_builder.forms.model import fields as kinds
from site_builder.forms.model.conditions import Condition
from site_builder.forms.model.definition import Form
from site_builder.forms.model.errors import FormError, Source
from site_builder.forms.model.fields import Field
from site_builder.forms.model.identifiers import suggest

Gate: TypeAlias = tuple[Condition, ...]


class Items:
    """Looks up the items that scales, criteria and alerts name.

    `written` holds every name on the page, including questions with mistakes; `all_read` is False
    if part of the page could not be read, so that an unknown name may be in that part.
    """

    def __init__(self, draft: Form, written: Iterable[str], mistakes: Mistakes, *, all_read: bool) -> None:
        self.draft = draft
        self.written = set(written)
        self.mistakes = mistakes
        self.all_read = all_read
        self.questions: list[FormError] = []  # warnings
        self._reported: set[object] = set()

    def find(self, name: Word, also: Iterable[str] = ()) -> Field | None:
        """Return the field of an item, or report that there is none; `also` are other names that it could have been."""
        if name.text in self.draft.items:
            return self.draft.items[name.text][0]
        whole = next((field for field in self.draft.fields if field.id == name.text), None)
        if isinstance(whole, kinds.Matrix):
            remedy = f"name its rows: {', '.join(whole.part_ids())}"
            self.mistakes.add(name.source, f"'{name.text}' is a whole matrix", remedy)
        elif isinstance(whole, kinds.Repeat):
            self.mistakes.add(name.source, f"'{name.text}' is a repeat", "name a question outside of it")
        elif any(computed.id == name.text for computed in self.draft.computed):
            problem = f"'{name.text}' is worked out, so it is not an answer"
            self.mistakes.add(name.source, problem, "name the questions that it is made of")
        elif inside := self._repeat_with(name.text):
            problem = f"'{name.text}' stands inside the repeat '{inside}', so it has many answers or none"
            remedy = f"write {inside}.{name.text}" if also else "name a question outside of it"
            self.mistakes.add(name.source, problem, remedy)
        elif self.all_read and name.text.lower() not in self.written:
            remedy = suggest(name.text, [*self.draft.items, *also])
            self.mistakes.add_unknown(name, "", remedy)
        return None

    def find_scored(self, name: Word, gate: Gate = ()) -> bool:
        """Return whether an item has numbers to add up, and report it if not.

        It may be asked only where the `gate` of its scale is open.
        """
        field = self.find(name)
        if field is None:
            return False
        if field.when and set(field.when) != set(gate):
            problem = f"'{name.text}' is not always asked, so a score with it would compare unlike with unlike"
            remedy = "take 'when' from the question, or the question from the scale"
            self.mistakes.add(name.source, problem, f"{remedy}; or give the scale a gate with exactly that 'when'")
            return False
        if kinds.numbers_of(field) is None:
            self._report_choices(name, field, *without_numbers(field))
            return False
        self.require_doubtless(name, field)
        return True

    def require_doubtless(self, name: Word, field: Field) -> None:
        """Report a choice that is probably no answer and would count."""
        if question := doubtful(field):
            self._report_choices(name, field, f"counts all its answers: {question[0]}", question[1])

    def find_in_repeat(self, name: Word) -> Field | None:
        """Return the field of `urges.strength`, a question of a repeat, or report that there is none."""
        outer, _, inner = name.text.partition(".")
        whole = next((field for field in self.draft.fields if field.id == outer), None)
        if isinstance(whole, kinds.Repeat):
            asked = {field.id: field for field in whole.of}
            if inner in asked:
                return asked[inner]
            last = inner.rpartition(".")[2]  # of urges.2.strength
            remedy = f"write {outer}.{last}, for every row" if last in asked else suggest(inner, asked)
            self.mistakes.add(name.source, f"there is no question '{inner}' in the repeat '{outer}'", remedy)
        elif inner in self.draft.items:
            problem = f"'{outer}' is no repeat"
            self.mistakes.add(name.source, problem, f"write {inner} alone")
        elif self.all_read and outer.lower() not in self.written:
            repeats = [field.id for field in self.draft.fields if isinstance(field, kinds.Repeat)]
            self.mistakes.add(name.source, f"there is no repeat '{outer}'", suggest(outer, repeats))
        elif whole is not None:
            self.mistakes.add(name.source, f"'{outer}' is no repeat", f"write {outer} alone")
        return None

    def _report_choices(self, name: Word, field: Field, problem: str, remedy: str) -> None:
        """Report what is wrong with the choices of an item, once for all items that have the same ones."""
        choices = getattr(field, "choices", ())
        if not choices or choices not in self._reported:
            self._reported.add(choices)
            self.mistakes.add(name.source, f"'{name.text}' {problem}", remedy)

    def words(self, options: Options, name: str) -> tuple[Word, ...]:
        """Read an option that lists items, with every range written out."""
        named = options.several(name, f"{name}: [q1, q2]")
        return expand(named, self.written | self.draft.items.keys() if self.all_read else None, self.mistakes)

    def listed(self, options: Options, name: str, gate: Gate = ()) -> tuple[Word, ...]:
        """Read an option that lists items to count; items without numbers and repeated items are reported."""
        counted: dict[str, Word] = {}
        faulty: set[Source] = set()  # one message is enough for a range
        for item in self.words(options, name):
            before = len(self.mistakes)
            if item.text in counted and item.source not in faulty:
                self.mistakes.add(item.source, f"'{item.text}' is counted twice", "delete one of the two")
            elif item.text not in counted:
                counted[item.text] = item
                if item.source not in faulty:
                    self.find_scored(item, gate)
            if len(self.mistakes) > before:
                faulty.add(item.source)
        value = options.table.get(name)
        if isinstance(value, Listing) and not value.items:
            self.mistakes.add(value.source, f"'{name}' is empty", f"write it like this: {name}: [q1, q2]")
        return tuple(counted.values())

    def _repeat_with(self, name: str) -> str:
        repeats = (field for field in self.draft.fields if isinstance(field, kinds.Repeat))
        return next((repeat.id for repeat in repeats if any(f.id == name for f in repeat.of)), "")
