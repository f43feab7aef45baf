"""GET and POST /sign-in, POST /sign-out: signs people in by name and password."""

from __future__ import annotations

import math
import re
from typing import NamedTuple
from urllib.parse import parse_qs

import anyio
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from collector.endpoints.posted import form_pairs
from collector.endpoints.rates import address_block
from collector.endpoints.refusals import Refusal
from collector.ledger.access import PersonSecret
from collector.ledger.access_events import PERSON_SIGN_IN_LIFE
from collector.ledger.events import person_signed_in, person_signed_out, utc
from collector.ledger.names import LONGEST_NAME
from collector.ledger.tokens import hash_token, new_token
from collector.passwords import decoy_hash, password_matches
from collector.review.line import TooMany
from collector.review.services import ReviewServices, services_of
from site_builder.forms.model.amounts import counted

MOST_FIELDS = 8
LARGEST_FORM = 8 * 1024  # bytes: a name, a password, and where to go
# The same message for every cause, so that guessing reveals nothing.
NOT_KNOWN = "This name and password do not go together. Check both, and try again."
# A path on this host, in visible ASCII: browsers read // or a backslash as the start of another host.
_LOCAL_PATH = re.compile(r"/(?!/)[!-\[\]-~]*")


class Typed(NamedTuple):
    """What somebody typed who wants to sign in, and where to go then."""

    name: str = ""
    password: str = ""
    following: str = ""


async def ask(request: Request) -> Response:
    """Show the sign-in page, or redirect a person who is signed in."""
    services = services_of(request)
    following = _following(request.scope["query_string"])
    if services.person(request)[0]:
        return RedirectResponse(_local_path(following), 303)
    return _page(services, following)


async def enter(request: Request) -> Response:
    """Sign a person in and redirect (303) to where they wanted to go; 403 for a wrong name or password, 429."""
    services = services_of(request)
    typed = await _posted(request)
    try:
        stored = await _person(services, request, typed)
    except TooMany as many:
        wait = math.ceil(many.wait)
        words = f"Many sign-ins are being tried just now. Wait {counted(wait, 'second')}, then try again."
        return _page(services, typed.following, words, name=typed.name, status=429, headers={"Retry-After": str(wait)})
    if stored is None:
        return _page(services, typed.following, NOT_KNOWN, name=typed.name, status=403)
    token, device = new_token(), services.cookies.device.value(request)
    if not services.access.is_device(device):
        device = new_token()
    expires = utc(services.ledger.clock.now() + PERSON_SIGN_IN_LIFE)
    signed_in = person_signed_in(stored.id, sign_in=hash_token(token), expires=expires, device=hash_token(device))
    await services.ledger.append_soon([signed_in])
    response = RedirectResponse(_local_path(typed.following), 303)
    services.cookies.set(response, token)
    services.cookies.set_device(response, device)
    return response


async def _person(services: ReviewServices, request: Request, typed: Typed) -> PersonSecret | None:
    """Return the person with this name and password. Raises TooMany.

    An unknown name stands in the same line, and takes as long.
    """
    device = services.cookies.device.value(request)
    known = device if services.access.is_device(device, typed.name) else ""
    async with services.attempts.turn(typed.name, address_block(request), known) as take_back:
        stored = services.access.person(typed.name)
        password = stored.password if stored else decoy_hash()
        is_theirs = await anyio.to_thread.run_sync(password_matches, password, typed.password)
        if stored is None or not is_theirs:
            return None
        take_back()
        return stored


async def leave(request: Request) -> Response:
    """Sign the person out at once and redirect (303) to the sign-in."""
    services = services_of(request)
    token, _ = services.cookies.token(request)
    if token and (person := services.access.person_sign_in(token)):
        await services.ledger.append_soon([person_signed_out(person.id, sign_in=hash_token(token))])
    response = RedirectResponse("/sign-in", 303)
    services.cookies.delete(response)
    return response


async def _posted(request: Request) -> Typed:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            return Typed()
    try:
        posted = parse_qs(body.decode("utf-8"), max_num_fields=MOST_FIELDS)
    except ValueError:
        return Typed()
    name, password, following = (posted.get(key, [""])[0] for key in ("name", "password", "next"))
    return Typed(name.strip().lower()[:LONGEST_NAME], password, following)


def _following(query: bytes) -> str:
    """Return where to go after the sign-in, as the address says; "" for nothing that can be read."""
    try:
        return dict(form_pairs(query)).get("next", "")
    except Refusal:
        return ""


def _local_path(following: str) -> str:
    """Return `following` if it is a path on this host, else "/"."""
    return following if _LOCAL_PATH.fullmatch(following) else "/"


def _page(
    services: ReviewServices,
    following: str,
    problem: str = "",
    *,
    name: str = "",
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response:
    values = {"next": _local_path(following), "problem": problem, "name": name}
    return services.page("sign_in.html", status=status, headers=headers, **values)
