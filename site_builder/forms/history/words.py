"""The words that a question's answers are compared by, and whether a later wording asks for the same answers.

Answers share a column only if each of these words is spelled alike one that was meant before, or if the author has
quoted the words that it replaces (`was_worded`). A wording that differs in spelling is compared with the ones that
were meant, never with another slip of spelling, so that no row of small steps leads from one word to its opposite.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple, TypeAlias

from site_builder.forms.history.similarity import may_be_reworded, plain, spelled_alike
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.fields import AnyOf, Field, Matrix, OneOf, Rating
from site_builder.forms.model.wording import plain as without_markup

ASK, HINT = "ask", "hint"
ABOVE, ABOVE_HINT = "above", "above_hint"  # of a matrix, or of a repeat
LABEL = "label "  # with the code, or the number at an end of a rating

Words: TypeAlias = Mapping[str, str]  # by part; a part that is missing was not recorded


class Asked(NamedTuple):
    """A question as a form asks it: a field, or a row of a matrix; `around` is the repeat that it stands in.

    `renamed` is true in the definition that gives it a new name (`was`): that says that it is the same question.
    """

    field: Field
    ask: str
    row: Choice | None = None
    around: Field | None = None
    renamed: bool = False


class Part(NamedTuple):
    """The words of one part of a question, and the earlier ones that its author quotes beside them.

    `is_same` is true where the author has said so without quoting.
    """

    words: str
    quotes: tuple[str, ...] = ()
    is_same: bool = False


class Meaning(Enum):
    """What has become of the words of a part."""

    same = "the same words"
    spelled = "another spelling"
    agreed = "the same, better put"
    other = "another meaning"


def parts(asked: Asked) -> dict[str, Part]:
    """Return every part of a question that its answers are compared by."""
    return dict(_parts(asked))


def _parts(asked: Asked) -> Iterator[tuple[str, Part]]:
    field, quotes = asked.field, asked.field.was_worded
    if asked.row:
        yield ASK, Part(without_markup(asked.row.label), asked.row.was_worded, asked.renamed)
    else:
        yield ASK, Part(without_markup(field.ask), quotes, asked.renamed)
        yield HINT, Part(without_markup(field.hint), quotes, asked.renamed)
    if around := field if asked.row else asked.around:
        yield ABOVE, Part(without_markup(around.ask), around.was_worded)
        yield ABOVE_HINT, Part(without_markup(around.hint), around.was_worded)
    if isinstance(field, Rating):
        for number, end in zip((field.lowest, field.highest), field.ends or ("", ""), strict=True):
            yield f"{LABEL}{number}", Part(without_markup(end), quotes)
    elif isinstance(field, OneOf | AnyOf | Matrix):
        for choice in field.choices:
            yield f"{LABEL}{choice.code}", Part(without_markup(choice.label), choice.was_worded)


def words_of(parts: Mapping[str, Part]) -> dict[str, str]:
    return {name: part.words for name, part in parts.items()}


@dataclass(frozen=True)
class Wordings:
    """The words of one question, for as long as its answers share a column.

    `last` holds the latest words by part; `meant` those of each part that had several which mean the same, the first
    ones first, without other spellings. `quoted` holds what the latest definition quotes: that has been said of one
    change, and says nothing about another.
    """

    last: Words
    meant: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    quoted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def first(cls, now: Mapping[str, Part]) -> Wordings:
        """Return the wordings of a column that begins with a question as it is now."""
        return cls(words_of(now), quoted=_quoted(now))

    def known(self, name: str) -> tuple[str, ...]:
        """Return every wording of a part; () if none was recorded."""
        last = (self.last[name],) if name in self.last else ()
        return tuple(dict.fromkeys((*self.meant.get(name, ()), *last)))

    def meaning(self, name: str, now: Mapping[str, Part]) -> Meaning:
        """Return what has become of one part; one that was not recorded counts as the same."""
        words, last = now[name].words, self.last.get(name)
        if last is None or words == last:
            return Meaning.same
        if any(spelled_alike(words, once) for once in self.meant.get(name, (last,))):
            return Meaning.spelled
        is_agreed = now[name].is_same or self._is_agreed(name, now[name], now)
        return Meaning.agreed if is_agreed and not self._is_anothers(name, words) else Meaning.other

    def _is_anothers(self, name: str, words: str) -> bool:
        """Return whether a label has been that of another code, which no quotation makes the same."""
        labels = (other for other in self.last if name.startswith(LABEL) and other.startswith(LABEL) and other != name)
        return any(spelled_alike(words, once) for other in labels for once in self.known(other) if once)

    def _is_agreed(self, name: str, part: Part, now: Mapping[str, Part]) -> bool:
        """Return whether the author quotes the words of a part, or for an empty one, those of its question."""
        names = (name,) if self.last[name] else _asked_in(name)
        return any(self._quotes(name, now[asked], self.last.get(asked, "")) for asked in names if asked in now)

    def _quotes(self, name: str, part: Part, words: str) -> bool:
        return quotes(part, words) and not quotes(Part("", self.quoted.get(name, ())), words)

    def go_on(self, now: Mapping[str, Part]) -> bool:
        """Return whether answers to the question as it is now may stand beside those to the earlier one."""
        return all(self.meaning(name, now) is not Meaning.other for name in now)

    def went_on(self, now: Mapping[str, Part]) -> bool:
        """Return the same for two definitions of one version, published perhaps before words were compared.

        Every rewording of a question counted as better put then; one that is alike is taken at its word, but no label.
        """
        return all(
            self.meaning(name, now) is not Meaning.other
            or (not name.startswith(LABEL) and may_be_reworded(self.last[name], now[name].words))
            for name in now
        )

    def then(self, now: Mapping[str, Part]) -> Wordings:
        """Return the wordings with those of the question as it is now."""
        meant = dict(self.meant)
        for name in now:
            if self.meaning(name, now) in (Meaning.agreed, Meaning.other):
                meant[name] = (*self.meant.get(name, (self.last[name],)), now[name].words)
        return Wordings({**self.last, **words_of(now)}, meant, _quoted(now))


def _quoted(now: Mapping[str, Part]) -> dict[str, tuple[str, ...]]:
    return {name: part.quotes for name, part in now.items() if part.quotes}


def quotes(part: Part, words: str) -> bool:
    return bool(words) and any(plain(quote) == plain(words) for quote in part.quotes)


def _asked_in(name: str) -> tuple[str, ...]:
    """Return the parts whose words an author quotes for a part that had none."""
    return (ABOVE,) if name in (ABOVE, ABOVE_HINT) else (ASK, ABOVE) if name.startswith(LABEL) else (ASK,)
