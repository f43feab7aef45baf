"""GET /openapi.json: the collector's OpenAPI 3.1 description, generated from the site's forms."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from collector.endpoints.built_site import Build
from collector.endpoints.operations import (
    A_PAGE,
    FORM_POST,
    JSON,
    NOBODY,
    OPERATIONS,
    PROBLEM,
    REFUSALS,
    answer,
    complete,
    redirect,
    refusals,
    usual,
)
from collector.endpoints.schemas import Schema, answers_schema, pairs_schema
from collector.endpoints.services import services_of
from site_builder.forms.model.catalogue import PublishedForm
from site_builder.forms.model.definition import Form

UUID: Schema = {"type": "string", "format": "uuid"}
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
    **REFUSALS,
    "403": "The device is not signed in, or another site sent the request",
    "404": "There is no such form, or not as it is said to have been filled in",
    "409": "Other answers were sent under this id before; those are kept",
    "415": "The body is neither a form post nor JSON",
    "422": "Some answers cannot be taken; all problems are named at once",
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
    forms_paths = {f"/forms/{entry.form.id}": _operations(entry.form, entry.hash) for entry in published}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Homeward: sending homework", "version": "1"},
        "paths": {path: complete(operations) for path, operations in (forms_paths | OPERATIONS).items()},
        "components": {
            "schemas": {"Problem": PROBLEM, "Receipt": RECEIPT} | {_name(form): answers_schema(form) for form in forms},
            "securitySchemes": {
                "signedIn": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "hw_client",
                    "description": "Set by POST /open; __Host-hw_client over HTTPS",
                },
                "detailsKey": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "What `homeward health --key` prints",
                },
            },
        },
        "security": [{"signedIn": []}],
    }


def _name(form: Form) -> str:
    return f"{form.id}-answers"


def _operations(form: Form, hash: str) -> Schema:
    receipt = {"$ref": "#/components/schemas/Receipt"}
    content = {JSON: {"schema": _envelope(form, hash)}, FORM_POST: {"schema": pairs_schema(form)}}
    return {
        "get": {
            "operationId": f"show-{form.id}",
            "summary": f"The page with “{form.title}”",
            "security": NOBODY,
            "responses": {"303": redirect("Where the page is")} | usual("404", "429"),
        },
        "post": {
            "operationId": f"send-{form.id}",
            "summary": f"Send “{form.title}”",
            "requestBody": {"required": True, "content": content},
            "responses": {
                "201": answer("It is stored, and on the disk", json=receipt),
                "200": answer(
                    "It had been stored before; the same receipt. A page asks to check", json=receipt, page=A_PAGE
                ),
                "303": redirect("A form post is stored, and on the disk; where its receipt is"),
            }
            | refusals(REFUSED),
        },
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
