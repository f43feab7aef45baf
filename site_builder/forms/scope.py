"""What a question can see while a page is read: the names that are taken, the questions above it, lists of choices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from site_builder.forms import fields as kinds
from site_builder.forms.definition import Computed
from site_builder.forms.errors import Source
from site_builder.forms.fields import Choice, Field
from site_builder.forms.naming import suggest, unfit_field_id
from site_builder.forms.reading import Mistakes, Word

Lists = Mapping[str, tuple[Choice, ...] | None]  # by name; None for a list with mistakes of its own

_ONLY_ABOVE = "a question can only depend on what is asked above it"


class Names:
    """The one namespace of a form's columns, or of a repeat's: every name once, whatever its capital letters.

    Inside the repeat `within`, `outer` is the form around it. `places` gathers where each question stands, by its path.
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
        self.coming: frozenset[str] = frozenset()  # every name of the row or section that is being read
        self.computed: dict[str, Computed] = {}

    def take(self, name: Word) -> bool:
        """Take a name, or report why it cannot be had."""
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
        """Take note of the name that a question had before; `require_sound_renames` checks it at the end."""
        self.renamed.append((name, earlier))
        self.places[f"{self.before}{name} was"] = earlier.source

    def require_sound_renames(self) -> None:
        """Report each `was` that cannot be meant, now that every name is known."""
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
        """Let the questions below see one that has been read."""
        self.whole[field.id] = field
        if isinstance(field, kinds.Matrix):
            self.above |= dict.fromkeys(field.part_ids(), field)
        elif not isinstance(field, kinds.Repeat):
            self.above[field.id] = field

    def give_up(self, name: Word, names: Iterable[str]) -> None:
        """Remember a question that has mistakes of its own, with its rows: nobody needs to hear of it twice."""
        self.failed |= {name.text, *names}

    def find(self, name: Word, *, late: bool = False) -> Field | None:
        """Give the question above that has one answer by this name, or report that there is none.

        `late` tells that the asking question is asked last, so that one which is, too, counts as above.
        """
        scope: Names | None = self
        while scope and name.text not in scope.whole and name.text not in scope.above:
            if name.text in scope.failed:
                return None
            if name.text in scope.coming:  # a row's own name comes before one of the form, also further down
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
        for repeat in self.whole.values():
            if isinstance(repeat, kinds.Repeat) and any(field.id == name.text for field in repeat.of):
                problem = f"'{name.text}' stands inside the repeat '{repeat.id}', so it has many answers or none"
                self.mistakes.add(name.source, problem, "name a question outside of it")
                return
        known = [*self.above, *(self.outer.above if self.outer else ())]
        remedy = suggest(name.text, [other for other in known if other != name.text])
        if "did you mean" not in remedy:
            remedy = _ONLY_ABOVE
        self.mistakes.add(name.source, f"there is no question '{name.text}' above this one", remedy)
