"""Signs that cannot be seen, or that look like others: a person types them unaware, and no name matches with them."""

from __future__ import annotations

import re
import unicodedata

# Spaces other than the plain one, and signs that take no room: Unicode's Zs, Zl, Zp, Cf and Cc, and its blank letters.
_SPACE = "\t\x0b\x0c\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_ZERO_WIDTH = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e01ef"
)
UNSEEN = re.compile(f"[{_SPACE}{_ZERO_WIDTH}]")
_SPACES = re.compile(f"[{_SPACE}]")
# Of those, the ones that have no place in any wording: they end a line, turn its direction, or no database stores them.
NEVER = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202d\u202e\ufeff\ufffe\uffff\ud800-\udfff]")

# Letters that look the same in most typefaces (Unicode's confusables), and hyphens that word processors put in.
_LOOKS_LIKE = {
    **dict(zip("аеорсухіјѕһԁԛԝкмтвАВСЕНІЈКМОРЅТХУ", "aeopcyxijshdqwkmtbABCEHIJKMOPSTXY", strict=True)),
    **dict(zip("οαεικνρτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "oaeikvptuxABEZHIKMNOPTYX", strict=True)),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-"),
    **dict.fromkeys("\uff1a\ufe55\u2236\ua789", ":"),
}  # fmt: skip
_NAMES = {
    "\x00": "null character", "\t": "tab", "\ufeff": "byte order mark", "\u00a0": "no-break space",
    "\u2011": "non-breaking hyphen", "\u202e": "right-to-left override", "\u202d": "left-to-right override",
    "\uff1a": "full-width colon", "\u3000": "full-width space", "\u2028": "line separator",
    "\u2029": "paragraph separator",
}  # fmt: skip


def name_of(sign: str) -> str:
    """Return a sign's name with its number, like "no-break space (U+00A0)"."""
    name = _NAMES.get(sign) or unicodedata.name(sign, "control character").lower()
    name = re.sub("cyrillic|greek|latin|arabic|hebrew|braille", lambda script: script[0].capitalize(), name)
    return f"{name} (U+{ord(sign):04X})"


def plain(words: str) -> str:
    """Return words without signs that cannot be seen, and with plain letters for those that look like them."""
    if words.isascii() and not UNSEEN.search(words):
        return words
    seen = UNSEEN.sub("", _SPACES.sub(" ", words)).strip()
    return "".join(_LOOKS_LIKE.get(sign) or _narrow(sign) for sign in seen)


def visible(words: str) -> bool:
    """Return whether anything of these words can be seen."""
    return bool(UNSEEN.sub("", words).strip())


def oddity(words: str) -> tuple[int, str, str] | None:
    """Return where the first odd sign stands, what is wrong with it, and the remedy; None in plain words."""
    for at, sign in enumerate(words):
        if UNSEEN.match(sign):
            remedy = (
                "type a plain space" if _SPACES.match(sign) and words[:at].strip() and words[at + 1 :].strip() else ""
            )
            return at, f"there is a {name_of(sign)}, which cannot be seen", remedy or "delete it"
        meant = _LOOKS_LIKE.get(sign) or _narrow(sign)
        if meant != sign:
            what = "letter" if meant.isalpha() else "sign"
            return at, f"the '{sign}' here is a {name_of(sign)}", f"it only looks like the plain {what}: type {meant}"
    return None


def _narrow(sign: str) -> str:
    """Return the plain form of a full-width letter, figure or sign; any other sign as it is."""
    return unicodedata.normalize("NFKC", sign) if "\uff01" <= sign <= "\uff5e" else sign
