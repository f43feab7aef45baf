"""What a question can refer to while a page is read: names in use, the questions above it, lists of choices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from site_builder.forms.language.yaml_tree import Mistakes, Word
from site_builder.forms.model import fields as kinds
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.computed import Computed
from site_builder.forms.model.errors import Source
from site_builder.forms.model.fields import Field
from site_builder.forms.model.identifiers import slug, suggest, unfit_field_id

Lists = Mapping[str, tuple[Choice, ...] | None]  # by name; None for a list with mistakes
UNREAD = ""  # in the place of the names that stand in a part which cannot be read

_ONLY_ABOVE = "a question can only depend on what is asked above it"


class Names:
    """The namespace of the columns of a form, or of a repeat; names are unique regardless of case.

    Inside the repeat `within`, `outer` is the form around it. `places` collects the place of each question by its path.
    """

    def __init__(
        self, mistakes: Mistakes, lists: Lists | None = None, outer: Names | None = None, within: str = ""
    ) -> None:
        self.mistakes = mistakes
        self.lists: Lists = outer.lists if outer else lists or {}
        self.outer = outer
        self.before = f"{within}." if within else ""
        self.places: dict[str, Source] = outer.places if outer else {}
        self.renamed: list[tuple[str, Word]] = []
        self.taken: dict[str, Word] = {}
        self.above: dict[str, Field] = {}  # single answers: a question, or a row of a matrix
        self.whole: dict[str, Field] = {}  # every question that could be read, by its id
        self.failed: set[str] = set()
        self.unread = False  # whether part of the page could not be read, which may hold any name
        self.coming: frozenset[str] = frozenset()  # every name in the section or repeat that is being read
        self.computed: dict[str, Computed] = {}

    def take(self, name: Word) -> bool:
        """Register a name, or report why it cannot be used."""
        if unfit := unfit_field_id(name.text):
            self.mistakes.add(name.source, *unfit)
        elif first := self.taken.get(name.text.lower()):
            remedy = f"choose another name; it stands in line {first.source.line} already"
            self.mistakes.add(name.source, f"the name '{name.text}' is taken", remedy)
        else:
            self.taken[name.text.lower()] = name
            self.places.setdefault(f"{self.before}{name.text}", name.source)
            return True
        return False

    def add_rename(self, name: str, earlier: Word) -> None:
        """Record the name that a question had before; `require_sound_renames` checks it at the end."""
        self.renamed.append((name, earlier))
        self.places[f"{self.before}{name} was"] = earlier.source

    def require_sound_renames(self) -> None:
        """Report each impossible `was`, once every name is known."""
        first: dict[str, str] = {}
        for name, earlier in self.renamed:
            if earlier.text == name:
                problem, remedy = f"'{name}' has that name now", "write the name that it had before, or leave it out"
            elif earlier.text.lower() in self.taken:
                problem = f"'{earlier.text}' is still asked, so '{name}' cannot be the same question"
                remedy = "leave 'was' out once the new name has been published, or give one of the two another name"
            elif other := first.get(earlier.text):
                problem = f"'{other}' was '{earlier.text}' already"
                remedy = "keep 'was' under the one that asks the same"
            else:
                first[earlier.text] = name
                continue
            self.mistakes.add(earlier.source, problem, remedy)

    def add(self, field: Field) -> None:
        """Let later questions refer to this one."""
        self.whole[field.id] = field
        if isinstance(field, kinds.Matrix):
            self.above |= dict.fromkeys(field.part_ids(), field)
        elif not isinstance(field, kinds.Repeat):
            self.above[field.id] = field

    def give_up(self, name: Word, names: Iterable[str]) -> None:
        """Mark a question with mistakes, and its rows, so that references to it are not reported as well."""
        for each in (name.text, *names):
            self.failed |= {each, slug(each, "_")}

    def has(self, name: str) -> bool:
        """Return whether this form, or this repeat, has a question or a computed value by this name."""
        return name in self.whole or name in self.above or name in self.computed or name in self.failed

    def asked(self, name: str) -> Field | None:
        """Return the question with a single answer by this name, of this repeat or of the form around it."""
        return self.above.get(name) or (self.outer.asked(name) if self.outer else None)

    def knows(self, name: str) -> bool:
        """Return whether there is a question above, or around this repeat, by this name."""
        return name in self.whole or name in self.above or (self.outer is not None and self.outer.knows(name))

    def hide_names(self) -> None:
        """Note that names are lost in what could not be read, here or around this repeat."""
        self.unread = True
        if self.outer:
            self.outer.hide_names()

    @property
    def all_read(self) -> bool:
        """Whether every question above could be read, or at least its name."""
        return self.outer.all_read if self.outer else not self.unread

    def find(self, name: Word, *, late: bool = False) -> Field | None:
        """Return the question above with a single answer by this name, or report that there is none.

        `late` means that the referring question is asked last, so that others asked last count as above it.
        """
        scope: Names | None = self
        while scope and name.text not in scope.whole and name.text not in scope.above:
            if name.text in scope.failed:
                return None
            if name.text in scope.coming:  # a row's own question hides one of the form, even further down
                scope = None
                break
            scope = scope.outer
        if scope is None:
            self._report_unknown(name)
        elif name.text not in scope.above:
            self._report_whole(name, scope.whole[name.text])
        elif scope.above[name.text].late and not late:
            self.mistakes.add(name.source, f"'{name.text}' is asked last, after this question", _ONLY_ABOVE)
        else:
            return scope.above[name.text]
        return None

    def _report_whole(self, name: Word, field: Field) -> None:
        if isinstance(field, kinds.Matrix):
            remedy = f"name one of its rows: {', '.join(field.part_ids())}"
            self.mistakes.add(name.source, f"'{name.text}' is a whole matrix", remedy)
        else:
            self.mistakes.add(name.source, f"'{name.text}' is a repeat", "name a question with a single answer")

    def _report_unknown(self, name: Word) -> None:
        if not self.all_read:
            return
        for repeat in self.whole.values():
            if isinstance(repeat, kinds.Repeat) and name.text.removeprefix(f"{repeat.id}.") in _inside(repeat):
                problem = f"'{name.text}' stands inside the repeat '{repeat.id}', so it has many answers or none"
                self.mistakes.add(name.source, problem, "name a question outside of it")
                return
        known = [*self.above, *(self.outer.above if self.outer else ())]
        remedy = suggest(name.text, [other for other in known if other != name.text])
        if "did you mean" not in remedy:
            remedy = _ONLY_ABOVE
        self.mistakes.add_unknown(name, " above this one", remedy)


def _inside(repeat: kinds.Repeat) -> set[str]:
    return {*(field.id for field in repeat.of), *(computed.id for computed in repeat.computed)}
