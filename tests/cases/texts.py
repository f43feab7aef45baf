"""Texts as they are typed and pasted, and what is stored."""

from __future__ import annotations

from typing import NamedTuple


class Case(NamedTuple):
    """`stored` is None where there is nothing to see, and so no answer."""

    name: str
    typed: str
    stored: str | None


def _as_typed(name: str, typed: str) -> Case:
    return Case(name, typed, typed)


def _nothing(name: str, typed: str) -> Case:
    return Case(name, typed, None)


CASES = [
    _as_typed("a word", "Sad"),
    _as_typed("one letter", "a"),
    _as_typed("a full stop", "."),
    _as_typed("spaces around", "  kept as typed "),
    _as_typed("markup", "<b>&amp;</b>"),
    _as_typed("Chinese", "我很好"),
    _as_typed("Arabic with its marks", "مَرْحَبًا"),
    _as_typed("Thai", "ไม่"),
    _as_typed("Hangul from parts", "\u1112\u1161\u11ab"),
    _as_typed("an emoji", "😀"),
    _as_typed("an emoji with a colour", "👍🏽"),
    _as_typed("a family", "👨\u200d👩\u200d👧"),
    _as_typed("a heart with a variation selector", "❤\ufe0f"),
    _as_typed("a flag", "🇩🇪"),
    _as_typed("a keycap", "5\ufe0f\u20e3"),
    _as_typed("a flag made of tags", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"),
    _as_typed("a braille letter", "⠁"),
    _as_typed("a sign of a font's own", "\ue000"),
    _as_typed("what could not be decoded, and was pasted so", "caf\ufffd"),
    _as_typed("an override that stays inside", "\u202eright to left"),
    _as_typed("a word with an unseen space", "\u200bSad\u200b"),
    _as_typed("a soft hyphen in a word", "un\u00adseen"),
    _as_typed("a letter with many marks", "a\u0301\u0302\u0303"),
    _as_typed("a line separator", "one\u2028two"),
    Case("line breaks of a form post", "one\r\ntwo\r\n", "one\ntwo\n"),
    Case("a line break of an old Mac", "one\rtwo", "one\ntwo"),
    _as_typed("a line break", "one\ntwo"),
    _nothing("nothing", ""),
    _nothing("spaces", "   "),
    _nothing("line breaks", "\r\n\n\r"),
    _nothing("tabs", "\t\t"),
    _nothing("a no-break space", "\u00a0"),
    _nothing("a zero width space", "\u200b"),
    _nothing("a joiner", "\u200d"),
    _nothing("a byte order mark", "\ufeff"),
    _nothing("a word joiner", "\u2060"),
    _nothing("a soft hyphen", "\u00ad"),
    _nothing("a blank of braille", "\u2800"),
    _nothing("a Hangul filler", "\u3164"),
    _nothing("a halfwidth Hangul filler", "\uffa0"),
    _nothing("a Hangul initial filler", "\u115f"),
    _nothing("a Hangul medial filler", "\u1160"),
    _nothing("an ideographic space", "\u3000"),
    _nothing("an Ogham space", "\u1680\u180e"),
    _nothing("overrides", "\u202e\u202c\u2066\u2069\u200e\u200f\u061c"),
    _nothing("a variation selector", "\ufe0f"),
    _nothing("a far variation selector", "\U000e0100"),
    _nothing("tags", "\U000e0041\U000e007f"),
    _nothing("marks without a letter", "\u0301\u0323"),
    _nothing("a joiner of graphemes", "\u034f"),
    _nothing("line and paragraph separators", "\u2028\u2029"),
    _nothing("a place for an object", "\ufffc"),
    _nothing("invisible signs of mathematics", "\u2061\u2062\u2063\u2064"),
    _nothing("Khmer vowels without a shape", "\u17b4\u17b5"),
    _nothing("control characters", "\x01\x07\x7f\x85"),
    _nothing("all sorts", " \u200b\u2800\u3164\u00ad\ufeff \n"),
]
