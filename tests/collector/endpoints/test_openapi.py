from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from collector.endpoints.schemas import answers_schema
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.definition import Form, Section
from site_builder.forms.model.fields import (
    KINDS,
    AnyOf,
    Date,
    Duration,
    Field,
    LongText,
    Matrix,
    Number,
    OneOf,
    Rating,
    Repeat,
    Text,
    Time,
    YesNo,
)

from .conftest import DIARY, Clinic, reworded

AB = (Choice("a", "Apple"), Choice("b", "Pear"))
A_OR_B = {"oneOf": [{"const": "a", "title": "Apple"}, {"const": "b", "title": "Pear"}]}
EXAMPLES: list[tuple[Field, dict[str, Any]]] = [
    (Text(id="x", ask="?", max_length=9), {"type": "string", "maxLength": 9}),
    (LongText(id="x", ask="?", max_length=99), {"type": "string", "maxLength": 99}),
    (Number(id="x", ask="?", at_least=1, at_most=9), {"type": "integer", "minimum": 1, "maximum": 9}),
    (Number(id="x", ask="?", decimals=2), {"type": "number", "multipleOf": 0.01}),
    (Rating(id="x", ask="?"), {"type": "integer", "minimum": 0, "maximum": 10}),
    (Rating(id="x", ask="?", step=5), {"type": "integer", "enum": [0, 5, 10]}),
    (OneOf(id="x", ask="?", choices=AB), A_OR_B),
    (AnyOf(id="x", ask="?", choices=AB), {"type": "array", "items": A_OR_B, "uniqueItems": True}),
    (
        AnyOf(id="x", ask="?", choices=(AB[0], Choice("b", "Pear", alone=True))),
        {
            "type": "array",
            "items": A_OR_B,
            "uniqueItems": True,
            "if": {"contains": {"enum": ["b"]}},
            "then": {"maxItems": 1},
        },
    ),
    (Rating(id="x", ask="?", unit="%"), {"type": "integer", "minimum": 0, "maximum": 10, "x-unit": "%"}),
    (
        YesNo(id="x", ask="?"),
        {"oneOf": [{"const": "yes", "title": "Yes"}, {"const": "no", "title": "No"}]},
    ),
    (Date(id="x", ask="?"), {"type": "string", "format": "date"}),
    (Time(id="x", ask="?"), {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}),
    (
        Duration(id="x", ask="?", at_most=90),
        {"type": "integer", "minimum": 0, "maximum": 90, "x-unit": "minutes"},
    ),
    (
        Matrix(id="x", ask="?", choices=AB, rows=(Choice("r", "Row"),)),
        {
            "type": "object",
            "properties": {"r": {"title": "Row", "oneOf": [A_OR_B, {"type": "null"}]}},
            "additionalProperties": False,
        },
    ),
    (
        Repeat(id="x", ask="?", of=(Date(id="d", ask="When?", required=True),), at_most=4),
        {
            "type": "array",
            "maxItems": 4,
            "items": {
                "type": "object",
                "properties": {"d": {"title": "When?", "type": "string", "format": "date"}},
                "additionalProperties": False,
                "required": ["d"],
            },
        },
    ),
]


def form_of(field: Field) -> Form:
    return Form(id="f", version=1, title="F", sections=(Section((field,)),))


@pytest.mark.parametrize(("field", "schema"), EXAMPLES, ids=lambda value: getattr(value, "type", ""))
def test_each_kind_of_field_has_its_schema(field: Field, schema: dict[str, Any]) -> None:
    described = answers_schema(form_of(field))["properties"]["x"]
    assert described == {"title": "?", "oneOf": [schema, {"type": "null"}]}


def test_every_kind_of_field_has_an_example() -> None:
    assert {field.type for field, _ in EXAMPLES} == set(KINDS)


def test_required_answers_are_listed_and_may_not_be_null() -> None:
    schema = answers_schema(form_of(Date(id="x", ask="When?", hint="A guess will do.", required=True)))
    assert schema["required"] == ["x"]
    assert schema["properties"]["x"] == {
        "title": "When?",
        "description": "A guess will do.",
        "type": "string",
        "format": "date",
    }


def test_the_document_names_every_form_of_the_site(clinic: Clinic, charlie: TestClient) -> None:
    answer = charlie.get("/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    document = answer.json()
    assert document["openapi"].startswith("3.1")
    assert forms_in(document) == {"/forms/diary", "/forms/phq2"}
    post = document["paths"]["/forms/diary"]["post"]
    envelope = post["requestBody"]["content"]["application/json"]["schema"]
    assert envelope["properties"]["definition"]["examples"] == [DIARY.hash]
    assert envelope["properties"]["answers"]["$ref"] == "#/components/schemas/diary-answers"
    assert {"201", "403", "409", "413", "415", "422", "429", "503"} <= set(post["responses"])


def forms_in(document: dict[str, Any]) -> set[str]:
    return {path for path in document["paths"] if path.startswith("/forms/")}


def test_a_form_post_is_described_by_its_wire_names(clinic: Clinic, charlie: TestClient) -> None:
    content = charlie.get("/openapi.json").json()["paths"]["/forms/diary"]["post"]["requestBody"]["content"]
    schema = content["application/x-www-form-urlencoded"]["schema"]
    assert {"_id", "_definition", "situation", "believed", "believed.exact"} <= set(schema["properties"])
    assert "feelings" not in schema["properties"]
    assert set(schema["patternProperties"]) == {
        "^feelings\\.[0-9]{1,4}\\.feeling$",
        "^feelings\\.[0-9]{1,4}\\.before$",
        "^feelings\\.[0-9]{1,4}\\.before\\.exact$",
    }


def test_every_reference_resolves(clinic: Clinic, charlie: TestClient) -> None:
    document = charlie.get("/openapi.json").json()
    references = list(find_references(document))
    assert references
    for reference in references:
        place = document
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]


def find_references(value: Any) -> Any:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for inner in value.values():
            yield from find_references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from find_references(inner)


def test_the_document_follows_a_new_build(clinic: Clinic, charlie: TestClient) -> None:
    edited = reworded(DIARY)
    clinic.rebuild(edited)
    document = charlie.get("/openapi.json").json()
    assert forms_in(document) == {"/forms/diary"}
    assert edited.hash in str(document)
