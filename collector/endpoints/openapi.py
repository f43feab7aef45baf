"""GET /openapi.json: the collector's OpenAPI 3.1 description, generated from the site's forms."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from collector.endpoints.built_site import Build
from collector.endpoints.problems import MEDIA_TYPE
from collector.endpoints.schemas import Schema, answers_schema
from collector.endpoints.services import services_of
from site_builder.forms.model.catalogue import PublishedForm
from site_builder.forms.model.definition import Form

UUID: Schema = {"type": "string", "format": "uuid"}
PROBLEM: Schema = {
    "type": "object",
    "required": ["title", "status", "detail"],
    "properties": {
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "problems": {
            "type": "array",
            "description": "Everything that is wrong, each with the wire name of its field",
            "items": {
                "type": "object",
                "required": ["name", "message"],
                "properties": {"name": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
RECEIPT: Schema = {
    "type": "object",
    "required": ["id", "receipt", "received_at", "url"],
    "properties": {
        "id": UUID,
        "receipt": {"type": "string", "pattern": "^[0-9A-Z]{4}-[0-9A-Z]{4}$"},
        "received_at": {"type": "string", "format": "date-time"},
        "url": {"type": "string", "format": "uri-reference"},
    },
}
REFUSED = {
    "400": "What was sent is damaged",
    "403": "The device is not signed in, or another site sent the request",
    "404": "There is no such form",
    "408": "The body took too long",
    "409": "Other answers were sent under this id before; those are kept",
    "413": "The body is too large",
    "415": "The body is neither a form post nor JSON",
    "422": "Some answers cannot be taken; all problems are named at once",
    "429": "Too much in a short time; see Retry-After",
    "503": "It could not be stored; nothing is acknowledged; send the same again, see Retry-After",
}


async def openapi(request: Request) -> Response:
    build = services_of(request).built_site.current()
    return Response(_described(build), media_type="application/json")


@lru_cache(maxsize=1)
def _described(build: Build) -> bytes:
    """Return the document of a build, worked out once."""
    return orjson.dumps(document(build.catalogue.forms))


def document(published: Sequence[PublishedForm]) -> dict[str, Any]:
    """Return the OpenAPI document for sending these forms."""
    forms = [entry.form for entry in published]
    return {
        "openapi": "3.1.0",
        "info": {"title": "Homeward: sending homework", "version": "1"},
        "paths": {f"/forms/{entry.form.id}": {"post": _operation(entry.form, entry.hash)} for entry in published},
        "components": {
            "schemas": {"Problem": PROBLEM, "Receipt": RECEIPT} | {_name(form): answers_schema(form) for form in forms},
            "securitySchemes": {
                "signedIn": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "hw_client",
                    "description": "Set by POST /open; __Host-hw_client over HTTPS",
                }
            },
        },
        "security": [{"signedIn": []}],
    }


def _name(form: Form) -> str:
    return f"{form.id}-answers"


def _operation(form: Form, hash: str) -> dict[str, Any]:
    return {
        "operationId": f"send-{form.id}",
        "summary": f"Send “{form.title}”",
        "requestBody": {"required": True, "content": {"application/json": {"schema": _envelope(form, hash)}}},
        "responses": {
            "201": _answer("It is stored, and on the disk", "Receipt", "application/json"),
            "200": _answer("It had been stored before; the same receipt", "Receipt", "application/json"),
        }
        | {status: _answer(meaning, "Problem", MEDIA_TYPE) for status, meaning in REFUSED.items()},
    }


def _envelope(form: Form, hash: str) -> Schema:
    return {
        "type": "object",
        "required": ["id", "answers"],
        "additionalProperties": False,
        "properties": {
            "id": UUID | {"description": "Made by the sender; the same one for every attempt to send this"},
            "definition": {
                "type": "string",
                "pattern": "^[0-9a-f]{64}$",
                "description": "Of the form as it was filled in; without it, the one that is on the site now",
                "examples": [hash],
            },
            "answers": {"$ref": f"#/components/schemas/{_name(form)}"},
        },
    }


def _answer(description: str, schema: str, kind: str) -> dict[str, Any]:
    content = {kind: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": description, "content": content}
