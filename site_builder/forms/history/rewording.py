"""What has become of the words of a form's questions, for its author: each change old → new, with its remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from site_builder.forms.history.change import Change
from site_builder.forms.history.similarity import plain, taken_over
from site_builder.forms.history.versions import Question
from site_builder.forms.history.words import (
    ABOVE,
    ABOVE_HINT,
    ASK,
    HINT,
    LABEL,
    Asked,
    Meaning,
    Part,
    parts,
    quotes,
)
from site_builder.forms.model.fields import AnyOf, Matrix, OneOf, Rating

_QUOTED = " was_worded"  # after a path: the place of the words that are quoted there


class Rewording:
    """Compares the words of questions; what the rows of a matrix share is reported once.

    `next` is the line with the next version, `bumped` whether the form has one already.
    """

    def __init__(self, next: str, *, bumped: bool) -> None:
        self.next, self.bumped = next, bumped
        self.swapped: set[tuple[str, str]] = set()  # (path or matrix, part) that already has a message
        self._reported: set[tuple[str, str, str]] = set()

    def changes(
        self, path: str, before: Question, now: Asked, column: Callable[[], str], *, is_item: bool
    ) -> Iterator[Change]:
        """Yield every changed part of one question. `column` says where its answers go if they have a new meaning.

        `is_item` is true for a measure's items, whose words are the measure's own.
        """
        present = parts(now)
        for name, part in present.items():
            old = before.wordings.last.get(name)
            of = _owner(path, name, now)
            if old is None or old == part.words or (of, name) in self.swapped:
                continue
            if (now.around and name in (ABOVE, ABOVE_HINT)) or not self._is_first(of, name, old):
                continue  # the repeat, or another row, has reported it
            meaning = before.wordings.meaning(name, present)
            yield self._change(_Worded(path, of, name, old, part.words), now, meaning, column, is_item)

    def _change(
        self, worded: _Worded, now: Asked, meaning: Meaning, column: Callable[[], str], is_item: bool
    ) -> Change:
        problem = worded.problem(now)
        if is_item and not self.bumped:
            remedy = f"the words of a measure are its own: put them back, or write {self.next} in the first block"
            return Change(worded.of, problem, remedy, True)
        if meaning is not Meaning.other:
            return Change(worded.of, f"{problem}: {meaning.value}")
        if self.bumped:
            return Change(worded.of, f"{problem}: {column()}")
        if quotes(parts(now)[worded.name], worded.old):
            remedy = f"was_worded was for an earlier change here; write {self.next} in the first block"
            return Change(worded.of, problem, remedy, True)
        remedy = (
            f"if it means the same, better put, write {worded.quotation(now)}; if not, write {self.next} in the first"
            " block, and its answers get a column of their own"
        )
        return Change(worded.of, problem, remedy, True)

    def _is_first(self, of: str, name: str, old: str) -> bool:
        reported = (of, name, old) in self._reported
        self._reported.add((of, name, old))
        return not reported

    def swapped_labels(self, path: str, earlier: Sequence[Question], now: Asked) -> Iterator[Change]:
        """Report a code that has the words of another: answers would be read as their opposite."""
        of = _owner(path, LABEL, now)
        present = {name: plain(part.words) for name, part in parts(now).items() if name.startswith(LABEL)}
        before = {name: _ever(earlier, name) for name in present}
        for name in present:
            if (other := taken_over(name, before, present)) and self._is_first(of, "swapped", ""):
                code, had = name.removeprefix(LABEL), other.removeprefix(LABEL)
                problem = f"in '{path}' the answer {code} has the words that {had} had"
                self.swapped |= {(of, label) for label in present}
                yield Change(
                    path, problem, "put each code back to its own words, or give the question a new name", True
                )
                break  # one is enough: the others follow from it

    def unknown_quotes(self, path: str, earlier: Sequence[Question], now: Asked) -> Iterator[Change]:
        """Report quotations of words that were never published."""
        present = parts(now)
        for of, written, names in _quoted(path, now, present):
            known = {
                words for name in names for question in earlier for words in question.wordings.known(name) if words
            }
            for quote in written:
                if any(quotes(Part("", (quote,)), words) for words in known) or not self._is_first(of, "quote", quote):
                    continue
                problem = f"“{quote}” is no earlier wording of {_thing(of, names, now)}"
                remedy = "leave was_worded out; nothing was published before"
                if known:
                    listed = " or ".join(f"was_worded: {in_yaml(words)}" for words in sorted(known))
                    remedy = f"quote the words as they were published: {listed}"
                yield Change(f"{path}{_QUOTED}", problem, remedy, True)


class _Worded:
    """The old and the new words of one part."""

    def __init__(self, path: str, of: str, name: str, old: str, new: str) -> None:
        self.path, self.of, self.name, self.old, self.new = path, of, name, old, new

    def problem(self, now: Asked) -> str:
        return f"{_thing(self.of, (self.name,), now)} was {_in_quotes(self.old)} and is {_in_quotes(self.new)} now"

    def quotation(self, now: Asked) -> str:
        """Return what the author writes when the words mean the same."""
        if not self.old:
            asked = now.field.ask if not now.around or self.name == HINT else now.around.ask
            return f"was_worded: {in_yaml(asked)} beside the question"
        if self.name.startswith(LABEL) and not isinstance(now.field, Rating):
            code = self.name.removeprefix(LABEL)
            return f"{code}: {{label: {in_yaml(self.new)}, was_worded: {in_yaml(self.old)}}}"
        if self.name == ASK and now.row:
            return f"{self.path}: {{label: {in_yaml(self.new)}, was_worded: {in_yaml(self.old)}}}"
        return f"was_worded: {in_yaml(self.old)} under '{self.of.rpartition('.')[2]}'"


def in_yaml(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"


def _owner(path: str, name: str, now: Asked) -> str:
    """Return the path of what a part belongs to: the matrix, for what its rows share."""
    return now.field.id if now.row and name != ASK else path


def _thing(of: str, names: Sequence[str], now: Asked) -> str:
    name = names[0]
    if name.startswith(LABEL):
        kind = "the end" if isinstance(now.field, Rating) else "the answer"
        return f"{kind} {name.removeprefix(LABEL)} of '{of}'"
    return f"the hint of '{of}'" if name in (HINT, ABOVE_HINT) else f"'{of}'"


def _in_quotes(words: str) -> str:
    return f"“{words}”" if words else "empty"


def _ever(earlier: Sequence[Question], name: str) -> frozenset[str]:
    """Return every wording that a part had."""
    return frozenset(plain(words) for question in earlier for words in question.wordings.known(name) if words)


def _quoted(
    path: str, now: Asked, present: Mapping[str, Part]
) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Yield what quotes earlier words: its path, the quotations, and the parts that they may be of."""
    if now.row:
        yield path, now.row.was_worded, (ASK,)
        yield now.field.id, now.field.was_worded, (ABOVE, ABOVE_HINT)
    else:
        ends = tuple(name for name in present if name.startswith(LABEL)) if isinstance(now.field, Rating) else ()
        yield path, now.field.was_worded, (ASK, HINT, *ends)
    if isinstance(now.field, OneOf | AnyOf | Matrix):
        for choice in now.field.choices:
            yield _owner(path, LABEL, now), choice.was_worded, (f"{LABEL}{choice.code}",)
