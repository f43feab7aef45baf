"""The collector's refusals, as a page in plain words or as JSON of one shape."""

from __future__ import annotations

import math
from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from collector.endpoints.built_site import BuiltSite
from collector.endpoints.problems import MISHAP, problem_json
from collector.errors import LedgerBusy, LedgerError

RETRY_BUSY = 2  # seconds; a full queue is written in less than one
RETRY_UNAVAILABLE = 30  # seconds; somebody has to free or replace the disk

WORDS: dict[int, tuple[str, str]] = {
    400: ("This cannot be read", "What arrived here is damaged. Go back, and try again."),
    403: ("This was not sent", "It seems to come from another site. Open the page here, and try again."),
    404: ("This page is not here", "The address may have a slip in it, or the page has moved."),
    405: ("This does not work here", "This address cannot do what was asked of it."),
    408: ("This took too long", "Not everything arrived in time. Check your connection, and try again."),
    413: ("This is too long", "It is longer than can be taken in one piece. Shorten it, and send it again."),
    415: ("This cannot be read", "Send it as a form, or as JSON."),
    429: ("Please wait a little", "A lot was asked for from here in a short time. Wait a minute, then try again."),
    503: ("This could not be stored just now", "Nothing is lost here. Wait a minute, then try again."),
}


class Refusal(Exception):
    """A request that is not fulfilled: the status, and why in a client's words. `problems` names fields."""

    def __init__(
        self,
        status: int,
        title: str = "",
        detail: str = "",
        *,
        problems: Mapping[str, str] | None = None,
        retry_after: float = 0.0,
    ) -> None:
        super().__init__(status)
        own_title, own_detail = WORDS.get(status, MISHAP)
        self.status = status
        self.title = title or own_title
        self.detail = detail or own_detail
        self.problems = dict(problems or {})
        self.retry_after = math.ceil(retry_after)

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.retry_after)} if self.retry_after else {}

    @classmethod
    def of_ledger(cls, error: LedgerError) -> Refusal:
        """Return the refusal for a ledger that did not take something; nothing was acknowledged."""
        return cls(503, retry_after=RETRY_BUSY if isinstance(error, LedgerBusy) else RETRY_UNAVAILABLE)


def wants_json(request: HTTPConnection) -> bool:
    """Return whether a program or a page's script is asking, rather than a browser that shows what it gets."""
    if request.headers.get("content-type", "").startswith("application/json"):
        return True
    accepted = request.headers.get("accept", "")
    return "json" in accepted and "text/html" not in accepted


def refusal_json(refusal: Refusal) -> Response:
    return problem_json(
        refusal.status, refusal.title, refusal.detail, problems=refusal.problems, headers=refusal.headers
    )


class Refusals:
    """Answers refusals and HTTP exceptions from anywhere in a request."""

    def __init__(self, built_site: BuiltSite) -> None:
        self.built_site = built_site

    def respond(self, request: HTTPConnection, refusal: Refusal) -> Response:
        if wants_json(request):
            return refusal_json(refusal)
        return self.built_site.page(
            "notice.html",
            refusal.title,
            status=refusal.status,
            headers=refusal.headers,
            detail=refusal.detail,
        )

    async def refusal(self, request: Request, error: Exception) -> Response:
        """Answer a Refusal (for Starlette's table of handlers)."""
        if not isinstance(error, Refusal):
            raise error
        return self.respond(request, error)

    async def ledger(self, request: Request, error: Exception) -> Response:
        """Answer a ledger that cannot be read or written."""
        if not isinstance(error, LedgerError):
            raise error
        return self.respond(request, Refusal.of_ledger(error))

    async def http(self, request: Request, error: Exception) -> Response:
        """Answer what Starlette refuses: no such route, method or file, a body over its limits."""
        if not isinstance(error, HTTPException):
            raise error
        status = error.status_code if error.status_code in WORDS else _near(error.status_code)
        response = self.respond(request, Refusal(status))
        response.headers.update(error.headers or {})
        return response

    def as_app(self, status: int, retry_after: float = 0.0) -> ASGIApp:
        """Return an ASGI application that answers every request with this status."""

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            await self.respond(Request(scope), Refusal(status, retry_after=retry_after))(scope, receive, send)

        return answer


def _near(status: int) -> int:
    """Return the status whose words fit, since clients only care about the class of an error."""
    return 400 if 400 <= status < 500 else 500
