"""How written answers are searched: the same for the index, for what is looked for, and for the hits in a text.

Words meet whatever their case, accents, apostrophes and English endings; the beginning of a word is enough. Letters of
scripts that put no spaces between words (Chinese, Japanese, Thai, …) and emoji are indexed one by one, so that what is
looked for is found inside a sentence too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

TOKENIZER = "unicode61 remove_diacritics 2 categories ''L* N* Co Mn Mc So''"  # quoted as it stands in CREATE TABLE
LONGEST_SEARCH = 500  # characters; a text takes as many times its length to be marked
MOST_TERMS = 50  # of a search; SQLite limits how deep an expression may be
LONGEST_TERM = 200  # characters
SHORTEST_STEM = 3  # letters: "bed" is not the past of "b"
# English endings, the longest first, and those that only look like one.
ENDINGS: dict[str, tuple[str, ...]] = {
    "ings": (),
    "ing": (),
    "ness": (),
    "ed": ("eed",),
    "es": (),
    "s": ("ss", "us", "is"),
}
NOTHING = '""'  # an expression that finds nothing

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
_SYMBOLS = "\u2190-\u2bff\U0001f000-\U0001faff"
_ONE_BY_ONE = re.compile(rf"[{_UNSPACED}{_SYMBOLS}]")
_LETTER = rf"[^\W_{_UNSPACED}{_SYMBOLS}]"  # of a word between spaces
_TOKEN = re.compile(rf"[{_UNSPACED}{_SYMBOLS}]|{_LETTER}+")
_BLANK = rf"[^\w{_UNSPACED}{_SYMBOLS}]*"
_BETWEEN = rf"{_BLANK}(?:_+{_BLANK})*"  # two tokens; could it hold a token, emoji would be tried in countless ways
_INDEXED_AS_IT_IS = re.compile(
    r"[\0-\u00a9\u00ab\u00ac\u00ae-\u00b1\u00b4\u00b6\u00b7\u00bb\u00bf-\u00de\u00e0-\u017e\u2010-\u2027]*"
)
_TERM = re.compile(r'"([^"]*)"|([^\s"]+)')
_VOWEL = re.compile("[aeiouy]")


class Hit(NamedTuple):
    """A place in a text, from its first character to behind its last."""

    start: int
    end: int


def indexed(text: str) -> str | None:
    """Return what the index holds instead of a text; None where it can hold the text as it is, which is most often."""
    if _INDEXED_AS_IT_IS.fullmatch(text):
        return None
    return _ONE_BY_ONE.sub(r" \g<0> ", _folded(text)[0])


def expression(search: str) -> str:
    """Return a search as an FTS5 expression, which is valid whatever was typed: every term has to be in the text."""
    return " AND ".join(_alternatives(term) for term in _terms(search)) or NOTHING


def hits(text: str, search: str) -> list[Hit]:
    """Return the places of a text that a search finds, none within another."""
    pattern = _pattern(search)
    if pattern is None:
        return []
    folded, places = _folded(text)
    spans = (match.span() for match in pattern.finditer(folded))
    return [Hit(places[start], places[end - 1] + 1) for start, end in spans if end > start]


class _Term(NamedTuple):
    """The tokens of a term; `forms` are the beginnings that stand for a single English word."""

    tokens: tuple[str, ...]
    forms: tuple[str, ...] = ()
    whole: bool = False  # quoted, or ending in a letter of a script without spaces: its last token is no beginning


def _terms(search: str) -> Iterator[_Term]:
    """Yield the terms of a search that have something to look for: words, and phrases in quotes."""
    for number, match in enumerate(_TERM.finditer(search[:LONGEST_SEARCH])):
        if number >= MOST_TERMS:
            return
        quoted = match[1] is not None
        tokens = tuple(_TOKEN.findall(_folded((match[1] if quoted else match[2])[:LONGEST_TERM])[0]))
        if not tokens:
            continue
        alone = len(tokens) == 1 and not quoted
        yield _Term(tokens, forms(tokens[0]) if alone else (), quoted or bool(_ONE_BY_ONE.match(tokens[-1])))


def _alternatives(term: _Term) -> str:
    if term.forms:
        beginnings = " OR ".join(f'"{form}"*' for form in term.forms)
        return f"({beginnings})"
    phrase = " ".join(term.tokens)
    return f'"{phrase}"' if term.whole else f'"{phrase}"*'


@lru_cache(maxsize=64)  # a page marks the same search in each of its cells
def _pattern(search: str) -> re.Pattern[str] | None:
    alternatives = []
    for term in _terms(search):
        phrases: list[tuple[str, ...]] = [(form,) for form in term.forms]
        for phrase in phrases or [term.tokens]:
            first = "" if _ONE_BY_ONE.match(phrase[0]) else f"(?<!{_LETTER})"
            last = "" if _ONE_BY_ONE.match(phrase[-1]) else f"(?!{_LETTER})" if term.whole else f"{_LETTER}*"
            alternatives.append(first + _BETWEEN.join(map(re.escape, phrase)) + last)
    return re.compile("|".join(sorted(dict.fromkeys(alternatives), key=len, reverse=True))) if alternatives else None


def forms(word: str) -> tuple[str, ...]:
    """Return the beginnings that a word and its relatives have in common: panics → panic; worried → worri, worry."""
    if not word.isascii() or not word.isalpha():
        return (word,)
    if word.endswith(("ies", "ied")) and _is_stem(word[:-3]):
        return (word[:-1], word[:-3] + "y")
    for ending, unless in ENDINGS.items():
        stem = word.removesuffix(ending)
        if stem != word and _is_stem(stem) and not word.endswith(unless):
            single = stem[:-1] if ending in ("ing", "ings", "ed") and _is_doubled(stem) else stem
            return tuple(dict.fromkeys((single, single[:-1] + "y" if single.endswith("i") else single)))
    if word.endswith("y") and _is_stem(word[:-1]):
        return (word, word[:-1] + "i")
    if word.endswith("e") and _is_stem(word[:-1]):
        return (word, word[:-1] + "ing")
    return (word,)


def _is_stem(letters: str) -> bool:
    return len(letters) >= SHORTEST_STEM and _VOWEL.search(letters) is not None


def _is_doubled(stem: str) -> bool:
    """Return whether a stem ends in what is doubled before an ending: running, panicked; not calling, missing."""
    return len(stem) > SHORTEST_STEM and (
        (stem.endswith("ck") and len(stem) > 5) or stem[-1] == stem[-2] not in "aeiouls"
    )


def _folded(text: str) -> tuple[str, list[int]]:
    """Return a text without case, accents and what is not seen, and where in the text each character comes from."""
    letters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for letter in _letters(character):
            letters.append(letter)
            places.append(place)
    return "".join(letters), places


@lru_cache(maxsize=4096)
def _letters(character: str) -> str:
    if character.isascii():
        return character.lower()
    folded = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", character).casefold())
    letters = "".join(
        each for each in folded if not "\u0300" <= each <= "\u036f" and unicodedata.category(each) != "Cf"
    )
    return unicodedata.normalize("NFC", letters)
