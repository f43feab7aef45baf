"""Reads what was posted to a form: a plain form post or JSON, parsed once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import unquote

import orjson
from starlette.requests import ClientDisconnect, Request

from collector.endpoints.refusals import Refusal, wants_json

MOST_PAIRS = 2_000  # names with values in a form post: thirty rows of a worksheet's longest repeat use a tenth
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_KEYS = {"id": str, "definition": str, "answers": dict}


class Posted(NamedTuple):
    """A submission as it arrived. `pairs` is a form post's content, `answers` that of JSON; the other is empty."""

    id: str
    definition: str
    as_json: bool  # how the sender wants the reply
    change: bool = False  # "Change my answers" was pressed on the page that asks to check them
    pairs: Sequence[tuple[str, str]] = ()
    answers: Mapping[str, Any] | None = None


async def read_posted(request: Request) -> Posted:
    """Return what was posted. Raises Refusal: 400 for what is damaged, 413, 415, and 422 for a wrong envelope."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        return _form_post(await read_body(request), wants_json(request))
    if kind == "application/json":
        return _json(await read_body(request))
    raise Refusal(415)


async def read_body(request: Request) -> bytes:
    """Return the whole body; it is in one message nearly always. Raises ClientDisconnect."""
    body = b""
    more = True
    while more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _form_post(body: bytes, as_json: bool) -> Posted:
    if body.count(b"&") >= MOST_PAIRS:
        raise Refusal(413)
    pairs = form_pairs(body)
    control = {name: value for name, value in pairs if name.startswith("_")}
    id = _id(control.get("_id", ""))
    if as_json and not id:
        raise _no_id("_id")
    return Posted(id, control.get("_definition", ""), as_json, "_change" in control, pairs)


def form_pairs(body: bytes) -> list[tuple[str, str]]:
    """Return the names and values of a form post, as urllib's parse_qsl reads them at twice the cost."""
    pieces = body.decode("utf-8", "replace").replace("+", " ").split("&")
    pairs = [piece.partition("=") for piece in pieces if piece]
    return [
        (unquote(name) if "%" in name else name, unquote(value) if "%" in value else value) for name, _, value in pairs
    ]


def _json(body: bytes) -> Posted:
    try:
        sent = orjson.loads(body)
    except ValueError:  # its text may quote what was sent
        raise Refusal(400) from None
    if not isinstance(sent, dict):
        raise Refusal(400)
    problems = {name: "There is no such key" for name in sent if name not in _KEYS}
    for name, kind in _KEYS.items():
        if name in sent and not isinstance(sent[name], kind):
            problems[name] = "This has the wrong type"
    if "answers" not in sent:
        problems["answers"] = "Send the answers"
    if problems:
        raise Refusal(422, problems=problems, title="There is a problem", detail="Mend this, and send it again.")
    id = _id(sent.get("id", ""))
    if not id:
        raise _no_id("id")
    return Posted(id, sent.get("definition", ""), as_json=True, answers=sent["answers"])


def _id(typed: str) -> str:
    """Return a UUID in its one canonical form; "" for anything else."""
    id = typed.lower()
    return id if _UUID.fullmatch(id) else ""


def _no_id(name: str) -> Refusal:
    return Refusal(
        422,
        "There is a problem",
        "Each submission needs a UUID of its own, so that it is stored once however often it is sent.",
        problems={name: "Send a UUID, such as crypto.randomUUID() gives"},
    )
