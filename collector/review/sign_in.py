"""GET and POST /sign-in, POST /sign-out: signs people in by name and password."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import parse_qs

import anyio
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from collector.endpoints.posted import form_pairs
from collector.endpoints.rates import address_block
from collector.endpoints.refusals import Refusal
from collector.ledger.access_events import PERSON_SIGN_IN_LIFE
from collector.ledger.events import person_signed_in, person_signed_out, utc
from collector.ledger.names import LONGEST_NAME
from collector.ledger.tokens import hash_token, new_token
from collector.passwords import decoy_hash, password_matches
from collector.review.services import ReviewServices, services_of

MOST_FIELDS = 8
LARGEST_FORM = 8 * 1024  # bytes: a name, a password, and where to go
# The same message for every cause, so that guessing reveals nothing.
NOT_KNOWN = "This name and password do not go together. Check both, and try again."
TOO_MANY = "There were too many attempts. Wait a few minutes, then try again."
# A path on this host, in visible ASCII: browsers read // or a backslash as the start of another host.
_LOCAL_PATH = re.compile(r"/(?!/)[!-\[\]-~]*")


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
    name, password, following = await _posted(request)
    if wait := services.attempts.take(name, address_block(request)):
        return _page(services, following, TOO_MANY, status=429, headers={"Retry-After": str(int(wait) + 1)})
    stored = services.access.person(name)
    is_theirs = await anyio.to_thread.run_sync(
        password_matches, stored.password if stored else decoy_hash(), password, limiter=services.attempts.at_once
    )
    if stored is None or not is_theirs:
        return _page(services, following, NOT_KNOWN, status=403)
    token = new_token()
    expires = utc(datetime.now(UTC) + PERSON_SIGN_IN_LIFE)
    signed_in = person_signed_in(stored.id, sign_in=hash_token(token), expires=expires)
    await services.ledger.append_soon([signed_in])
    response = RedirectResponse(_local_path(following), 303)
    services.cookies.set(response, token)
    return response


async def leave(request: Request) -> Response:
    """Sign the person out at once and redirect (303) to the sign-in."""
    services = services_of(request)
    token, _ = services.cookies.token(request)
    if token and (person := services.access.person_sign_in(token)):
        await services.ledger.append_soon([person_signed_out(person.id, sign_in=hash_token(token))])
    response = RedirectResponse("/sign-in", 303)
    services.cookies.delete(response)
    return response


async def _posted(request: Request) -> tuple[str, str, str]:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            return "", "", ""
    try:
        posted = parse_qs(body.decode("utf-8"), max_num_fields=MOST_FIELDS)
    except ValueError:
        return "", "", ""
    name, password, following = (posted.get(key, [""])[0] for key in ("name", "password", "next"))
    return name.strip().lower()[:LONGEST_NAME], password, following


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
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response:
    return services.page("sign_in.html", status=status, headers=headers, next=_local_path(following), problem=problem)
