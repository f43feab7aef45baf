"""JSON Schemas (2020-12) of a form's answers, for programs that send them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import singledispatch
from typing import Any

from site_builder.forms.model.choices import Choice, words_by_code
from site_builder.forms.model.definition import Form
from site_builder.forms.model.fields import (
    AnyOf,
    Date,
    Duration,
    Field,
    Matrix,
    Number,
    OneOf,
    Rating,
    Repeat,
    Text,
    Time,
    YesNo,
)
from site_builder.forms.model.wording import plain

Schema = dict[str, Any]


def answers_schema(form: Form) -> Schema:
    """Return the schema of a form's answers; answers that are not required may be missing or null."""
    return {"title": form.title, "description": form.purpose} | _fields(form.fields)


def pairs_schema(form: Form) -> Schema:
    """Return the schema of the same answers as a plain form post, where every value is text."""
    properties: Schema = {
        "_id": {"type": "string", "format": "uuid", "description": "Without it, a page asks to check the answers"},
        "_definition": {"type": "string", "description": "As in JSON"},
        "_change": {"type": "string", "description": "Return the form as it was filled in, and store nothing"},
        "_again": {"type": "string", "description": "Send the same answers once more"},
    }
    properties |= {name: _typed(field, part) for name, (field, part) in form.wire_names.items()}
    rows = {
        f"^{repeat.id}\\.[0-9]{{1,4}}\\.{inner.id}{re.escape(f'.{part}' if part else '')}$": _typed(inner, part)
        for repeat in form.repeats.values()
        for inner in repeat.of
        for part in inner.wire_parts()
    }
    return {"type": "object", "properties": properties, "additionalProperties": False} | (
        {"patternProperties": rows} if rows else {}
    )


def _typed(field: Field, part: str) -> Schema:
    """Return the schema of one value of a form post; what is more than one value is sent under its name again."""
    if isinstance(field, Matrix):
        return _one_of(field.choices)
    return {"type": "string"} if part else _schema(field)


def _fields(fields: Sequence[Field]) -> Schema:
    required = [field.id for field in fields if field.required and not field.when]
    return _object({field.id: _described(field) for field in fields}, required)


def _object(properties: Schema, required: Sequence[str]) -> Schema:
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return schema | ({"required": list(required)} if required else {})


def _described(field: Field) -> Schema:
    """Return a field's schema; a conditional field may be left out, with its condition as `x-when`."""
    words: Schema = {"title": plain(field.ask)} | ({"description": plain(field.hint)} if field.hint else {})
    if field.when:
        words["x-when"] = [condition.to_json() for condition in field.when]
    schema = _schema(field)
    return words | (schema if field.required and not field.when else _or_null(schema))


def _or_null(schema: Schema) -> Schema:
    return {"oneOf": [schema, {"type": "null"}]}


def _one_of(choices: Sequence[Choice]) -> Schema:
    return {"oneOf": [{"const": code, "title": words} for code, words in words_by_code(choices).items()]}


@singledispatch
def _schema(field: Field) -> Schema:
    raise TypeError(f"there is no schema for a field of type {field.type}")


@_schema.register
def _(field: Text) -> Schema:
    return {"type": "string", "maxLength": field.max_length}


@_schema.register
def _(field: Number) -> Schema:
    schema: Schema = {"type": "number" if field.decimals else "integer"}
    if field.decimals:
        schema["multipleOf"] = 10.0**-field.decimals
    if field.at_least is not None:
        schema["minimum"] = field.at_least
    if field.at_most is not None:
        schema["maximum"] = field.at_most
    return schema


@_schema.register
def _(field: Rating) -> Schema:
    unit: Schema = {"x-unit": field.unit} if field.unit else {}
    if field.step == 1:
        return {"type": "integer", "minimum": field.lowest, "maximum": field.highest} | unit
    return {"type": "integer", "enum": list(range(field.lowest, field.highest + 1, field.step))} | unit


@_schema.register
def _(field: OneOf) -> Schema:
    return _one_of(field.choices)


@_schema.register
def _(field: YesNo) -> Schema:
    return _one_of(field.choices)


@_schema.register
def _(field: AnyOf) -> Schema:
    schema: Schema = {"type": "array", "items": _one_of(field.choices), "uniqueItems": True}
    alone = [choice.code for choice in field.choices if choice.alone]
    return schema | ({"if": {"contains": {"enum": alone}}, "then": {"maxItems": 1}} if alone else {})


@_schema.register
def _(field: Date) -> Schema:
    return {"type": "string", "format": "date"}


@_schema.register
def _(field: Time) -> Schema:
    return {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}


@_schema.register
def _(field: Duration) -> Schema:
    return {"type": "integer", "minimum": 0, "maximum": field.at_most, "x-unit": "minutes"}


@_schema.register
def _(field: Matrix) -> Schema:
    code = _one_of(field.choices)
    rows = {row.code: {"title": row.label} | (code if field.required else _or_null(code)) for row in field.rows}
    return _object(rows, [row.code for row in field.rows] if field.required else [])


@_schema.register
def _(field: Repeat) -> Schema:
    return {"type": "array", "maxItems": field.at_most, "items": _fields(field.of)}
