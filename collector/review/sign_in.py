"""GET and POST /sign-in, POST /sign-out: signs people in by name and password."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from urllib.parse import parse_qs

import anyio
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from collector.endpoints.rates import Rate, address_block
from collector.ledger.access_events import PERSON_SIGN_IN_LIFE
from collector.ledger.events import person_signed_in, person_signed_out, utc
from collector.ledger.tokens import hash_token, new_token
from collector.review.services import ReviewServices, services_of

MOST_FIELDS = 8
LARGEST_FORM = 8 * 1024  # bytes: a name, a password, and where to go
LONGEST_NAME = 64  # characters, as the ledger's
LONGEST_PASSWORD = 1_000  # characters; longer ones are cut off before hashing
MOST_WAITING = 20  # queued sign-ins, a few seconds of work; further ones are told to try again
SOON = 5.0  # seconds
# The same message for every cause, so that guessing reveals nothing.
NOT_KNOWN = "This name and password do not go together. Check both, and try again."
TOO_MANY = "There were too many attempts. Wait a few minutes, then try again."
# A path on this host, in visible ASCII: browsers read // or a backslash as the start of another host.
_LOCAL_PATH = re.compile(r"/(?!/)[!-\[\]-~]*")

hasher = PasswordHasher()  # argon2id with the library's defaults, RFC 9106's second choice: 64 MiB, 3 passes


class Attempts:
    """Limits on attempts: per name against guessing, per address against trying many names."""

    def __init__(self) -> None:
        self.name = Rate(10, 600)
        self.address = Rate(60, 600)  # a clinic's therapists share one, and all sign in at nine
        self.at_once = anyio.CapacityLimiter(2)  # each hash takes 64 MiB and a core
        _decoy_hash()  # computed now, so that the first unknown name takes no longer than later ones

    def take(self, name: str, address: str) -> float:
        """Count an attempt, whatever its result. Return the seconds to wait if there were too many, else 0."""
        if self.at_once.statistics().tasks_waiting >= MOST_WAITING:
            return SOON
        return self.address.take(address) or self.name.take(name)


@cache
def _decoy_hash() -> str:
    """Return a hash that no password matches, so that an unknown name takes as long as a known one."""
    return hasher.hash(new_token())


async def ask(request: Request) -> Response:
    """Show the sign-in page, or redirect a person who is signed in."""
    services = services_of(request)
    if services.person(request)[0]:
        return RedirectResponse(_local_path(request.query_params.get("next", "")), 303)
    return _page(services, request.query_params.get("next", ""))


async def enter(request: Request) -> Response:
    """Sign a person in and redirect (303) to where they wanted to go; 403 for a wrong name or password, 429."""
    services = services_of(request)
    name, password, following = await _posted(request)
    if wait := services.attempts.take(name, address_block(request)):
        return _page(services, following, TOO_MANY, status=429, headers={"Retry-After": str(int(wait) + 1)})
    stored = services.access.person(name)
    matches = await anyio.to_thread.run_sync(
        _password_matches, stored.password if stored else _decoy_hash(), password, limiter=services.attempts.at_once
    )
    if stored is None or not matches:
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
    return name.strip().lower()[:LONGEST_NAME], password[:LONGEST_PASSWORD], following


def _password_matches(stored: str, password: str) -> bool:
    try:
        return hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


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
