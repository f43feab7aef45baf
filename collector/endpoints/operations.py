"""The operations of the OpenAPI description that no form makes, and the answers that all of them share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collector.endpoints.problems import MEDIA_TYPE
from collector.endpoints.schemas import Schema

PAGE = "text/html"
JSON = "application/json"
FORM_POST = "application/x-www-form-urlencoded"

PROBLEM: Schema = {
    "type": "object",
    "required": ["title", "status"],
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
WELL: Schema = {"type": "object", "required": ["status"], "properties": {"status": {"type": "string"}}}
RETRY_AFTER = {
    "Retry-After": {"required": True, "description": "Seconds to wait", "schema": {"type": "integer", "minimum": 0}}
}
REFUSALS = {
    "400": "What was sent is damaged",
    "403": "Another site sent the request",
    "404": "There is no such page",
    "408": "The body took too long",
    "413": "The body is too large",
    "429": "Too much in a short time; see Retry-After",
    "503": "The ledger cannot be read or written; nothing is acknowledged; send the same again, see Retry-After",
}
TO_WAIT = ("429", "503")  # these say when to come again
EVERYWHERE = ("400", "429", "503")  # a damaged request, too many of them, no room or no ledger: whatever was asked
AT_THE_DOOR = ("400", "408", "503")  # the server says these in plain text, before the application is asked


def answer(description: str, **content: Schema) -> Schema:
    """Return an answer with one body: its media type is the name, with `page`, `json` and `problem` for the usual."""
    kinds = {"page": PAGE, "json": JSON, "problem": MEDIA_TYPE, "text": "text/plain"}
    return {
        "description": description,
        "content": {kinds[name]: {"schema": schema} for name, schema in content.items()},
    }


def redirect(description: str, *, cookie: bool = False) -> Schema:
    headers: Schema = {"Location": {"required": True, "schema": {"type": "string", "format": "uri-reference"}}}
    if cookie:
        headers["Set-Cookie"] = {"required": True, "schema": {"type": "string"}}
    return {"description": description, "headers": headers}


def refusals(meanings: Mapping[str, str]) -> Schema:
    """Return the answers that refuse, by status: as a page, or as a problem to whoever asks for JSON."""
    return {status: _refusal(status, meaning) for status, meaning in meanings.items()}


def _refusal(status: str, meaning: str) -> Schema:
    plain = {"text": A_PAGE} if status in AT_THE_DOOR else {}
    refused = answer(meaning, page=A_PAGE, problem={"$ref": "#/components/schemas/Problem"}, **plain)
    return refused | ({"headers": RETRY_AFTER} if status in TO_WAIT else {})


def complete(operations: Schema) -> Schema:
    """Return the operations of one address, with what may be answered whatever was asked."""
    return {
        method: operation | {"responses": usual(*EVERYWHERE) | operation["responses"]}
        for method, operation in operations.items()
    }


def usual(*statuses: str) -> Schema:
    return refusals({status: REFUSALS[status] for status in statuses})


A_PAGE: Schema = {"type": "string"}
POSTED = ("400", "403", "408", "413")
NOBODY: list[dict[str, Any]] = []  # needs no sign-in
SECRET: Schema = {
    "type": "object",
    "properties": {
        "token": {"type": "string", "description": "What follows the # of a client's link"},
        "code": {"type": "string", "description": "The code to type instead"},
    },
}
RECEIPT_ID: Schema = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}

OPERATIONS: dict[str, Schema] = {
    "/open": {
        "get": {
            "operationId": "ask-to-sign-in",
            "summary": "The page that a client's link leads to; it changes nothing",
            "security": NOBODY,
            "responses": {"200": answer("The page", page=A_PAGE)} | usual("429"),
        },
        "post": {
            "operationId": "sign-in",
            "summary": "Sign this device in by a link's token or a typed code",
            "security": NOBODY,
            "requestBody": {"required": True, "content": {FORM_POST: {"schema": SECRET}}},
            "responses": {"303": redirect("It is signed in", cookie=True)}
            | usual(*POSTED)
            | refusals({"403": "The link or code does not work, or another site sent the request"}),
        },
    },
    "/signed-in": {
        "get": {
            "operationId": "signed-in",
            "summary": "Who reads what this device sends",
            "responses": {"200": answer("The page", page=A_PAGE), "303": redirect("It is not signed in")}
            | usual("429", "503"),
        }
    },
    "/leave": {
        "post": {
            "operationId": "leave",
            "summary": "Sign this device out",
            "security": NOBODY,
            "responses": {"303": redirect("It is signed out", cookie=True)} | usual("403", "429"),
        }
    },
    "/receipts/{id}": {
        "get": {
            "operationId": "receipt",
            "summary": "The receipt of a submission, for the client who sent it",
            "parameters": [RECEIPT_ID],
            "responses": {"200": answer("The receipt", page=A_PAGE)} | usual("404", "429", "503"),
        }
    },
    "/health": {
        "get": {
            "operationId": "health",
            "summary": "Whether all is well; with the key to the details, how much there is of what",
            "security": [{}, {"detailsKey": []}],
            "responses": {
                "200": answer("All is well", json=WELL),
                "503": answer("Something is not", json=WELL, text=A_PAGE),
            }
            | usual("429"),
        }
    },
    "/metrics": {
        "get": {
            "operationId": "metrics",
            "summary": "The details in Prometheus' text format; without the key there is no such page",
            "security": [{"detailsKey": []}],
            "responses": {"200": answer("The details", text={"type": "string"})} | usual("404", "429"),
        }
    },
    "/openapi.json": {
        "get": {
            "operationId": "description",
            "summary": "This description",
            "security": NOBODY,
            "responses": {"200": answer("OpenAPI 3.1", json={"type": "object"})} | usual("429"),
        }
    },
}
