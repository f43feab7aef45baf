"""Signs that a language or an emoji needs are left alone in words, and are reported in names."""

from __future__ import annotations

import pytest

from site_builder.forms.language.form import Block, parse_blocks
from site_builder.forms.model.errors import FormErrors


@pytest.mark.parametrize(
    "words",
    ["Pourquoi\u00a0?", "می\u200cخواهم", "שלום\u200f!", "Selbst\u00adwert", "👨\u200d👩\u200d👧",
     "5–9", "−5", "Сор", "很好：是", "ｙｅｓ！"],
)  # fmt: skip
def test_words_keep_the_signs_that_they_need(words: str) -> None:
    block = Block(f"form: abc\nfields: {{a: {{ask: {words}, type: choice, choices: {{0: {words}, 1: More}}}}}}", 1)
    field = parse_blocks([block], page="page.md", title="A").fields[0]
    assert (field.ask, field.choices[0].label) == (words, words)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("line", "place", "sign"),
    [
        ("required: yes\u200b", 14, "zero width space (U+200B)"),
        ("required: t\u200brue", 12, "zero width space (U+200B)"),
        ("type: long\u00a0text", 11, "no-break space (U+00A0)"),
        ("type: 'long\u2009text'", 12, "thin space (U+2009)"),
        ("typ\u0435: text", 4, "Cyrillic small letter ie (U+0435)"),
        ("hint\u2060: More.", 5, "word joiner (U+2060)"),
        ("max_length: 2\u202f00", 14, "narrow no-break space (U+202F)"),
        ("max_length: \uff12\uff10", 13, "fullwidth digit two (U+FF12)"),
        ("was: ol\u00add", 8, "soft hyphen (U+00AD)"),
        ("hint:\u3000More.", 6, "full-width space (U+3000)"),
        ("hint\uff1a More.", 5, "full-width colon (U+FF1A)"),
        ("\u200btype: text", 1, "zero width space (U+200B)"),
        ("hint: 'A\ufeffB'", 9, "byte order mark (U+FEFF)"),
    ],
)
def test_a_sign_that_a_name_cannot_have_is_reported_alone(line: str, place: int, sign: str) -> None:
    with pytest.raises(FormErrors) as refused:
        parse_blocks([Block(f"form: abc\nfields:\n  a:\n    ask: A?\n    {line}\n", 1)], page="page.md", title="A")
    (error,) = refused.value.errors
    assert (error.source.line, error.source.column) == (5, place + 4)
    assert sign in error.problem
