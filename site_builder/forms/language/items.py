"""The items of a form: the single answers that scales add up and alerts test."""

from __future__ import annotations

from collections.abc import Iterable

from site_builder.forms.language.options import Options
from site_builder.forms.language.yaml_tree import Listing, Mistakes, Word
from site_builder.forms.model import fields as kinds
from site_builder.forms.model.definition import Form
from site_builder.forms.model.fields import Field
from site_builder.forms.model.identifiers import suggest


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

    def find(self, name: Word) -> Field | None:
        """Return the field of an item, or report that there is none."""
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
            self.mistakes.add(name.source, problem, "name a question outside of it")
        elif self.all_read and name.text.lower() not in self.written:
            remedy = suggest(name.text, self.draft.items)
            self.mistakes.add_unknown(name, "", remedy)
        return None

    def find_scored(self, name: Word) -> bool:
        """Return whether an item has numbers to add up, and report it if not."""
        field = self.find(name)
        if field is None:
            return False
        if field.when:
            problem = f"'{name.text}' is not always asked, so a score with it would compare unlike with unlike"
            self.mistakes.add(name.source, problem, "take 'when' from the question, or the question from the scale")
            return False
        if kinds.numbers_of(field):
            return True
        coded = isinstance(field, kinds.OneOf | kinds.Matrix)
        remedy = "use whole numbers as the codes of its choices" if coded else "name a rating, choice or row"
        self.mistakes.add(name.source, f"'{name.text}' has no numbers to add up", remedy)
        return False

    def listed(self, options: Options, name: str) -> tuple[Word, ...]:
        """Read an option that lists items to count; items without numbers and repeated items are reported."""
        counted: dict[str, Word] = {}
        for item in options.several(name, f"{name}: [q1, q2]"):
            if item.text in counted:
                self.mistakes.add(item.source, f"'{item.text}' is counted twice", "delete one of the two")
            else:
                self.find_scored(item)
                counted[item.text] = item
        value = options.table.get(name)
        if isinstance(value, Listing) and not value.items:
            self.mistakes.add(value.source, f"'{name}' is empty", f"write it like this: {name}: [q1, q2]")
        return tuple(counted.values())

    def _repeat_with(self, name: str) -> str:
        repeats = (field for field in self.draft.fields if isinstance(field, kinds.Repeat))
        return next((repeat.id for repeat in repeats if any(f.id == name for f in repeat.of)), "")
