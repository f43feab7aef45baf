"""How two wordings are compared: which are the same words, and which differ in spelling alone.

`spelled_alike` decides which answers share a column, so its rules must not change: a rebuild would make other columns.
A letter can reverse what a word means (not and now, can and can't, lonely and lovely, Montag and Sonntag), so few
differences pass as spelling: in long words of an alphabet only, away from their beginning, and never in a number, in a
word of negation, or in a short word, but for a letter that is doubled.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from itertools import groupby

LIKENESS = 0.6  # difflib's ratio from which two wordings may be the same question
MOST_SLIPS = 2  # letters that may differ in a whole wording
# Letters that the longer word has at least. A letter put for another often makes another word: stronger, stranger.
DOUBLED, LEFT_OUT, REPLACED = 5, 6, 9
BEGINNING = 2  # letters that have to be the same: un-, in- and de- come first

_ALPHABETS = ("LATIN", "GREEK", "CYRILLIC")  # elsewhere a sign is a syllable or a word: 上周 and 上月
_BETWEEN_DIGITS = re.compile(r"(?<=[0-9])[.,:/](?=[0-9])")
_MINUS = re.compile(r"(?<![^\W_])[-−](?=[0-9])")
_MEANT = frozenset("%‰+-<>=")  # marks that say something, whatever their category
_NEGATIONS = (
    "never neither nobody nothing nowhere without cannot hardly seldom niemals niemand nichts nirgends keine keiner"
    " keines kaum ohne jamais aucun aucune personne nunca jamás ninguno ninguna nadie nessuno nessuna никогда ничего"
    " nikdy nigdy aldrig nooit"
)
_NEGATED = re.compile(r"n['’]?t$|m[ıiuü]yor")  # couldn't; Turkish: gelmiyor


@lru_cache(maxsize=4096)
def plain(words: str) -> str:
    """Return words without punctuation and case, with single spaces; marks alone, such as "--", stay as they are."""
    folded = unicodedata.normalize("NFKC", words).casefold()
    folded = _MINUS.sub("\0", _BETWEEN_DIGITS.sub(lambda mark: f"\1{mark[0]}", folded))
    letters = []
    for before, letter in zip(f" {folded}", folded, strict=False):
        category = unicodedata.category(letter)
        if letter == "\0":
            letters.append("-")
        elif letter in "'’\1" or category in ("Cf", "Sk"):
            continue
        elif before == "\1" or letter in _MEANT - {"-"} or category[0] in "LNMS":
            letters.append(letter)
        else:
            letters.append(" ")
    return " ".join("".join(letters).split()) or " ".join(folded.split())


def spelled_alike(one: str, other: str) -> bool:
    """Return whether two wordings are the same but for punctuation, case and spelling; the order does not matter."""
    one, other = plain(one), plain(other)
    if one == other:
        return True
    words, others = one.split(), other.split()
    if len(words) != len(others):
        return False
    slips = [_slips(*pair) for pair in zip(words, others, strict=True) if pair[0] != pair[1]]
    return None not in slips and sum(filter(None, slips)) <= MOST_SLIPS


def _slips(word: str, other: str) -> int | None:
    """Return how many slips of spelling lie between two different words; None if they may be two words."""
    longer = max(len(word), len(other))
    if not (_is_spelled(word) and _is_spelled(other)) or {word, other} & frozenset(_NEGATIONS.split()):
        return None
    if word[:BEGINNING] != other[:BEGINNING] or bool(_NEGATED.search(word)) != bool(_NEGATED.search(other)):
        return None
    if longer >= DOUBLED and _without_doubles(word) == _without_doubles(other):
        return abs(len(word) - len(other))
    if longer >= LEFT_OUT and (_unmarked(word) == _unmarked(other) or _is_one_slip(word, other)):
        return 1
    return 1 if longer >= REPLACED and len(word) == len(other) and _differing(word, other) == 1 else None


def _is_spelled(word: str) -> bool:
    return all(unicodedata.name(letter, "").startswith(_ALPHABETS) for letter in unicodedata.normalize("NFC", word))


def _without_doubles(word: str) -> str:
    return "".join(letter for letter, _ in groupby(word))


def _unmarked(word: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter))


def _is_one_slip(word: str, other: str) -> bool:
    """Return whether a letter is left out in one of them, or two neighbours have changed places."""
    if len(word) == len(other):
        at = [number for number, pair in enumerate(zip(word, other, strict=True)) if pair[0] != pair[1]]
        return len(at) == 2 and at[1] == at[0] + 1 and word[at[0]] == other[at[1]] and word[at[1]] == other[at[0]]
    shorter, longer = sorted((word, other), key=len)
    return len(longer) == len(shorter) + 1 and any(
        longer[:number] + longer[number + 1 :] == shorter for number in range(len(longer))
    )


def _differing(word: str, other: str) -> int:
    return sum(one != another for one, another in zip(word, other, strict=True))


def taken_over(name: str, before: Mapping[str, frozenset[str]], now: Mapping[str, str]) -> str:
    """Return another name that once had the words of `name`, if it is still there with new ones, or "".

    `before` holds every wording that each name has had, `now` the present ones, all of them plain.
    """
    words = now[name]
    if name not in before or any(spelled_alike(words, own) for own in before[name]):
        return ""
    others = ((old, own) for old, own in before.items() if old != name and now.get(old, words) != words)
    return next((old for old, own in others if any(spelled_alike(words, once) for once in own)), "")


def may_be_reworded(one: str, other: str) -> bool:
    """Return whether one wording may be the other better put: alike, with the same numbers and negations."""
    return not one or not other or (alike(one, other) and _turns(one) == _turns(other))


def _turns(words: str) -> list[str]:
    """Return the numbers and negations of a wording."""
    turning = {"no", "not", "nor", "none", "nicht", "kein", "nein", "non", "pas", "ne", *_NEGATIONS.split()}
    return [word for word in plain(words).split() if word in turning or _NEGATED.search(word) or not word.isalpha()]


def alike(one: str, other: str) -> bool:
    """Return whether two wordings may be of the same question."""
    return difflib.SequenceMatcher(None, one.lower(), other.lower()).ratio() >= LIKENESS
