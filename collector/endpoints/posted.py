"""Reads what was posted to a form: a plain form post or JSON, parsed once."""

from __future__ import annotations

import re
from binascii import a2b_qp
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from starlette.requests import ClientDisconnect, Request

from collector.endpoints.refusals import Refusal, wants_json
from site_builder.forms.model.errors import unknown

MOST_PAIRS = 2_000  # names with values in a post to a form that is not known here
FEW_PAIRS = 100  # as few are read whatever the form admits, to say by name what has no place in it
LONGEST_WITHOUT_TEXTS = 16 * 1024  # bytes of JSON beside its texts, where the form itself does not admit more
BYTES_A_PAIR = 64  # of a number, its name's brackets, commas and blanks: outside of quotation marks
_LONE_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_ESCAPES = re.compile(rb"(?:%[0-9A-Fa-f]{2})++")
_TEXTS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"')  # possessive: each byte is looked at once
_UTF8 = frozenset(("", "utf-8", "utf8", "utf_8", "unicode-1-1-utf-8", "ascii", "us-ascii"))  # read alike
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_KEYS = {"id": str, "definition": str, "answers": dict}


class Posted(NamedTuple):
    """A submission as it arrived. `pairs` is a form post's content, `answers` that of JSON; the other is empty."""

    id: str
    definition: str
    as_json: bool  # how the sender wants the reply
    change: bool = False  # "Change my answers" was pressed on the page that asks to check them
    again: bool = False  # the same was sent before, and is to be sent as another sheet
    pairs: Sequence[tuple[str, str]] = ()
    answers: Mapping[str, Any] | None = None


async def read_posted(request: Request, most_pairs: Callable[[], int]) -> Posted:
    """Return what was posted; `most_pairs` tells how many names with values the form admits. More are not read.

    Raises Refusal: 400 for what is damaged, 413, 415, and 422 for a wrong envelope.
    """
    kind, _, parameters = request.headers.get("content-type", "").lower().partition(";")
    kind = kind.strip()
    if kind == "application/x-www-form-urlencoded":
        body = await read_body(request)
        if (pairs := body.count(b"&")) >= FEW_PAIRS and pairs >= most_pairs():
            raise _too_many()
        posted = _form_post(body, wants_json(request))
    elif kind == "application/json":
        body = await read_body(request)
        if len(body) > LONGEST_WITHOUT_TEXTS:
            _require_few(body, most_pairs())
        posted = _json(body)
    else:
        raise Refusal(415)
    if "charset=" in parameters or b"_charset_" in body:
        _require_utf8(posted, parameters, body)
    return posted


def _require_few(body: bytes, pairs: int) -> None:
    """Raise Refusal for JSON that holds more than a form admits, unread: three bytes can take a hundred in memory."""
    if not body.lstrip().startswith(b"{"):
        raise Refusal(400)
    if len(_TEXTS.sub(b"", body)) > max(LONGEST_WITHOUT_TEXTS, BYTES_A_PAIR * pairs):
        raise _too_many()


def _too_many() -> Refusal:
    return Refusal(
        413,
        "This is more than the sheet has room for",
        "There are more answers here than questions. Go back: what you wrote is still on that page. Load the page "
        "anew, and copy your words into it.",
    )


async def read_body(request: Request) -> bytes:
    """Return the whole body; it is in one message nearly always. Raises ClientDisconnect."""
    pieces: list[bytes] = []
    more = True
    while more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        pieces.append(message.get("body", b""))
        more = message.get("more_body", False)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _form_post(body: bytes, as_json: bool) -> Posted:
    pairs = form_pairs(body)
    control = {name: value for name, value in pairs if name.startswith("_")}
    id = _id(control.get("_id", ""))
    if as_json and not id:
        raise _no_id("_id")
    return Posted(id, control.get("_definition", ""), as_json, "_change" in control, "_again" in control, pairs)


def form_pairs(body: bytes) -> list[tuple[str, str]]:
    """Return the names and values of a form post, as urllib's strict parse_qsl reads them.

    Raises Refusal 400 for bytes that are not UTF-8, encoded with % or not.
    """
    try:
        pieces = body.decode().replace("+", " ").split("&")
        pairs = [piece.partition("=") for piece in pieces if piece]
        return [
            (unquoted(name) if "%" in name else name, unquoted(value) if "%" in value else value)
            for name, _, value in pairs
        ]
    except UnicodeDecodeError:
        raise _not_utf8() from None


def unquoted(piece: str) -> str:
    """Return what stands behind the percent signs; one that is no escape stays as it is. Raises UnicodeDecodeError.

    As urllib's unquote does, which takes two hundred times the memory of a text of percent signs. Quoted-printable
    writes = where a URL writes %, and Python reads it in C.
    """
    sent = piece.encode()
    if _LONE_PERCENT.search(sent):
        return _ESCAPES.sub(lambda run: bytes.fromhex(run[0].replace(b"%", b"").decode()), sent).decode()
    return a2b_qp(sent.replace(b"=", b"=3D").replace(b"%", b"=")).decode()


def _require_utf8(posted: Posted, parameters: str, body: bytes) -> None:
    """Raise Refusal 400 if the sender says that its letters are in another encoding, and there are any.

    U+FFFD itself, where somebody has pasted it, is a character like another: nothing was lost on the way here.
    """
    named = [parameters.partition("charset=")[2].partition(";")[0].strip(' "')] if "charset=" in parameters else []
    if b"_charset_" in body:
        named += [value for name, value in posted.pairs if name == "_charset_"]
    if all(_is_utf8(charset) for charset in named):
        return
    if not body.isascii() or not all(value.isascii() for _, value in posted.pairs):
        raise _not_utf8()


def _is_utf8(charset: str) -> bool:
    return charset.lower() in _UTF8  # codecs.lookup() would remember every name that anybody ever sends


def _not_utf8() -> Refusal:
    return Refusal(
        400,
        "Some letters did not arrive",
        "Your browser sent them in a way that cannot be read here. Nothing has been stored, so that no word is lost. "
        "Go back: what you wrote is still on that page. Open the page in another browser, and copy your words into it.",
    )


def _json(body: bytes) -> Posted:
    try:
        sent = orjson.loads(body)
    except ValueError:  # its text may quote what was sent
        raise (Refusal(400) if _can_be_decoded(body) else _not_utf8()) from None
    if not isinstance(sent, dict):
        raise Refusal(400)
    problems = unknown([name for name in sent if name not in _KEYS], "There is no such key")
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


def _can_be_decoded(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


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
