"""GET and POST /sign-in, POST /sign-out: who a person is, by name and password."""

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
from collector.ledger.doors import PERSON_SIGN_IN_LIFE
from collector.ledger.events import Event, Kind, utc
from collector.ledger.tokens import hash_token, new_token
from collector.review.desk import ReviewDesk, desk_of

MOST_FIELDS = 8
LARGEST_FORM = 8 * 1024  # bytes: a name, a password, and where to go
LONGEST_NAME = 64  # characters, as the ledger's
LONGEST_PASSWORD = 1_000  # characters; nothing longer is hashed
MOST_WAITING = 20  # sign-ins in the queue, some seconds of work; more are asked to come again
SOON = 5.0  # seconds
# One sentence for every reason, so that a guess learns nothing.
NOT_KNOWN = "This name and password do not go together. Check both, and try again."
TOO_MANY = "There were too many attempts. Wait a few minutes, then try again."
# A path of this host, in visible ASCII: browsers take // and a backslash for the beginning of another host.
_OURS = re.compile(r"/(?!/)[!-\[\]-~]*")

hasher = PasswordHasher()  # argon2id with the library's defaults, RFC 9106's second choice: 64 MiB, 3 passes


class Attempts:
    """How often somebody may try: per name against guessing, per address against trying many names."""

    def __init__(self) -> None:
        self.name = Rate(10, 600)
        self.address = Rate(60, 600)  # a clinic's therapists share one, and all come at nine
        self.at_once = anyio.CapacityLimiter(2)  # each takes 64 MiB and a core
        _nobody()  # made now, so that the first unknown name takes no longer than the next

    def take(self, name: str, address: str) -> float:
        """Count an attempt, before it is known how it ends; give the seconds to wait when it is one too many."""
        if self.at_once.statistics().tasks_waiting >= MOST_WAITING:
            return SOON
        return self.address.take(address) or self.name.take(name)


@cache
def _nobody() -> str:
    """A hash that fits nobody, so that an unknown name takes as long as a known one."""
    return hasher.hash(new_token())


async def ask(request: Request) -> Response:
    """Show the page. It changes nothing."""
    desk = desk_of(request)
    if desk.person(request)[0]:
        return RedirectResponse(_safe(request.query_params.get("next", "")), 303)
    return _page(desk, request.query_params.get("next", ""))


async def enter(request: Request) -> Response:
    """Sign a person in: 303 to where they wanted to go; 403 with one sentence for all that can be wrong, 429."""
    desk = desk_of(request)
    name, password, following = await _typed(request)
    if wait := desk.attempts.take(name, address_block(request)):
        return _page(desk, following, TOO_MANY, status=429, headers={"Retry-After": str(int(wait) + 1)})
    stored = desk.doors.person(name)
    known = await anyio.to_thread.run_sync(
        _fits, stored.password if stored else _nobody(), password, limiter=desk.attempts.at_once
    )
    if stored is None or not known:
        return _page(desk, following, NOT_KNOWN, status=403)
    token = new_token()
    expires = utc(datetime.now(UTC) + PERSON_SIGN_IN_LIFE)
    data = {"person": stored.id, "sign_in": hash_token(token), "expires": expires}
    await desk.ledger.append_soon([Event(Kind.person_signed_in, data)])
    response = RedirectResponse(_safe(following), 303)
    desk.cookies.set(response, token)
    return response


async def leave(request: Request) -> Response:
    """Sign the person out, here and now; 303 to the sign-in."""
    desk = desk_of(request)
    token, _ = desk.cookies.token(request)
    if token and desk.doors.person_sign_in(token):
        await desk.ledger.append_soon([Event(Kind.person_signed_out, {"sign_in": hash_token(token)})])
    response = RedirectResponse("/sign-in", 303)
    desk.cookies.take_back(response)
    return response


async def _typed(request: Request) -> tuple[str, str, str]:
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


def _fits(stored: str, password: str) -> bool:
    try:
        return hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def _safe(following: str) -> str:
    """Give where to go after the sign-in: only a path of this host."""
    return following if _OURS.fullmatch(following) else "/"


def _page(
    desk: ReviewDesk, following: str, problem: str = "", *, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    return desk.page("sign_in.html", status=status, headers=headers, next=_safe(following), problem=problem)
