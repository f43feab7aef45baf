"""Pages are easy to read: people in distress read below their usual level."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import syllapy

from site_builder.content.library import Library, Page
from site_builder.content.outline import Passage
from site_builder.forms.model.errors import FormError, Source

WARN_ABOVE = 6.0  # a reading age of 11, which most adults manage even on a bad day
FAIL_ABOVE = 8.0
SHORTEST = 100  # words; on a shorter page one long word would decide
_HARD_FROM = 8  # words; a heading of one long word is not a hard sentence
_SHOWN = 60  # characters of a sentence in a message

_WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")
_ABBREVIATION = re.compile(r"\b(?:Drs?|Mrs?|Ms|Prof|St|vs|No|e\.g|i\.e|etc|approx)\.$", re.IGNORECASE)
_END = re.compile(r"""[.!?…]+["'”’)\]]*(?=\s+["'“‘(\[]?[^\W_])""")
_NOT = re.compile(r"[bcdfghjklmnpqrstvwxz]n't$")  # "didn't" has two syllables; the word list lacks such words


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, and the line where it starts."""

    text: str
    line: int

    @property
    def words(self) -> list[str]:
        return _WORD.findall(self.text)


def check(library: Library) -> Iterator[FormError]:
    """Warn of pages above grade 6, and report those above grade 8 or above their own limit."""
    for page in library.pages:
        sentences = [sentence for passage in page.outline.passages for sentence in sentences_of(passage)]
        if sum(len(sentence.words) for sentence in sentences) < SHORTEST:
            continue
        reached = round(grade(sentences), 1)
        own = _own_limit(page)
        limit = FAIL_ABOVE if own is None else own
        if reached > limit:
            yield _finding(page, sentences, reached, limit, "mistake")
        elif own is None and reached > WARN_ABOVE:
            yield _finding(page, sentences, reached, WARN_ABOVE, "warning")


def grade(sentences: Sequence[Sentence]) -> float:
    """Return the Flesch-Kincaid grade: years of school in the US.

    0.39 × words a sentence + 11.8 × syllables a word - 15.59. Kincaid JP, Fishburne RP, Rogers RL, Chissom BS.
    Derivation of new readability formulas for Navy enlisted personnel. Research Branch Report 8-75, 1975.
    """
    words = [word for sentence in sentences for word in sentence.words]
    if not words:
        return 0.0
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


@lru_cache(maxsize=50_000)
def syllables(word: str) -> int:
    """Return the number of syllables of a word; a number counts as one."""
    plain = word.lower().replace("’", "'")
    counted: int = syllapy.count(plain)
    return max(1, counted) + bool(_NOT.search(plain))


def sentences_of(passage: Passage) -> Iterator[Sentence]:
    """Return the sentences of a passage; text without a full stop, like a heading, is a sentence too."""
    start = 0
    for end in _END.finditer(passage.text):
        if not _ABBREVIATION.search(passage.text[start : end.end()]):
            yield from _sentence(passage, start, end.end())
            start = end.end()
    yield from _sentence(passage, start, len(passage.text))


def _sentence(passage: Passage, start: int, end: int) -> Iterator[Sentence]:
    text = passage.text[start:end]
    if _WORD.search(text):
        yield Sentence(" ".join(text.split()), passage.line_at(start + len(text) - len(text.lstrip())))


def _own_limit(page: Page) -> float | None:
    level = page.front.get("reading_level")
    return float(level) if isinstance(level, int | float) and not isinstance(level, bool) else None


def _finding(page: Page, sentences: Sequence[Sentence], reached: float, limit: float, severity: str) -> FormError:
    long = [sentence for sentence in sentences if len(sentence.words) >= _HARD_FROM]
    hardest = max(long or sentences, key=lambda sentence: grade([sentence]))
    problem = f"this page reads at school grade {reached:g}, above {limit:g}"
    shown = hardest.text if len(hardest.text) <= _SHOWN else f"{hardest.text[:_SHOWN].rpartition(' ')[0]} …"
    remedy = f"begin here, with its hardest sentence: make two of it, or use shorter words (“{shown}”)"
    at = Source(page.shown, hardest.line, _column(page, hardest))
    return FormError(at, problem, remedy, rule="reading", severity="mistake" if severity == "mistake" else "warning")


def _column(page: Page, sentence: Sentence) -> int:
    words = sentence.text.split()
    start = re.escape(words[0]) + (rf"\W+{re.escape(words[1])}" if len(words) > 1 else "")
    line = page.text.split("\n")[sentence.line - 1]
    match = re.search(rf"(?<!\w){start}", line) or re.search(re.escape(words[0]), line)
    return match.start() + 1 if match else 1
