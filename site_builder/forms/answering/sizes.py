"""How large an answered form can be: what it admits question by question must be sendable as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from site_builder.forms.model.choices import Choice
from site_builder.forms.model.definition import Form
from site_builder.forms.model.fields import AnyOf, Field, Matrix, Repeat, Text
from site_builder.forms.model.numbers import LONGEST_TYPED

MOST_SENDABLE = 16 * 1024 * 1024  # bytes: seventy long texts; what one sheet may take of the collector's memory
BYTES_A_CHARACTER = 12  # at most: an emoji is %F0%9F%98%80 in a form post, and \ud83d\ude00 in JSON
SHORT_ANSWER = LONGEST_TYPED  # bytes for a number, a day, a time
BESIDE_A_NAME = 8  # bytes: = and &, or quotes, colon, comma and brackets
ENVELOPE = 1024  # bytes for the id and the hash of the definition
OUR_OWN_PAIRS = 8  # _id, _definition, and a button


class Size(NamedTuple):
    """The largest post of a form: its bytes, and its pairs of name and value."""

    bytes: int
    pairs: int


def largest_post(form: Form) -> Size:
    """Return the size of a form in which every question has its longest answer."""
    size = _total(form.fields, 0)
    return Size(size.bytes + ENVELOPE, size.pairs + OUR_OWN_PAIRS)


def _total(fields: Iterable[Field], before: int) -> Size:
    """Return the size of all answers; `before` is the length of what stands before a name."""
    sizes = [_of(field, before + len(field.id) + BESIDE_A_NAME) for field in fields]
    return Size(sum(size.bytes for size in sizes), sum(size.pairs for size in sizes))


def _of(field: Field, name: int) -> Size:
    if isinstance(field, Text):
        return Size(name + BYTES_A_CHARACTER * field.max_length, 1)
    if isinstance(field, AnyOf):
        return _codes(field.choices, len(field.choices), name)
    if isinstance(field, Matrix):
        longest = max((len(row.code) for row in field.rows), default=0)
        return _codes(field.choices, len(field.rows), name + longest)
    if isinstance(field, Repeat):
        row = _total(field.of, name + len(str(field.at_most)) + 1)
        return Size(name + field.at_most * row.bytes, field.at_most * row.pairs)
    parts = field.wire_parts()
    return Size(len(parts) * (name + max(map(len, parts)) + SHORT_ANSWER), len(parts))


def _codes(choices: Iterable[Choice], times: int, name: int) -> Size:
    longest = max((len(choice.code) for choice in choices), default=0)
    return Size(times * (name + BYTES_A_CHARACTER * longest), times)
