"""What the server itself refuses, before any of our pages is asked: in our words, with our headers."""

from __future__ import annotations

import logging

from starlette.responses import PlainTextResponse, Response

from collector.middleware.security_headers import ALWAYS, HTTPS_ONLY, NOTHING_POLICY
from collector.process.callers import Callers
from collector.process.crowd import Crowd
from collector.process.open_files import MOST

TRY_AGAIN = {"Retry-After": "5"}  # seconds: by then idle connections have been closed
WORDS = {
    400: "This is no request that can be read.",
    408: "What you sent took too long to arrive. Nothing has been stored. Please send it again.",
    431: "This request carries more beside its content than can be read.",
    503: "Too many people ask at the moment. Nothing has been stored. Please try again in a moment.",
}
HEALTH = b"/health"
SIGN_INS = (b"hw_client=", b"hw_person=")  # in a cookie; whether the sign-in lives is asked later, by who knows

log = logging.getLogger(__name__)


class Door:
    """What all connections of a server share: who calls, how many there are, and the words for those it turns away."""

    def __init__(self, callers: Callers | None = None, crowd: Crowd | None = None, https: bool = False) -> None:
        self.callers = callers or Callers()
        self.crowd = crowd or Crowd(MOST)
        self.refusals = {status: refusal(status, https) for status in WORDS}

    def refusal(self, status: int) -> Response:
        """Return the answer with this status, and leave a line in the log."""
        log.warning("refused with %d", status)
        return self.refusals[status]


def refusal(status: int, https: bool = False) -> Response:
    """Return the answer with this status; the connection ends with it."""
    headers = {"Content-Security-Policy": NOTHING_POLICY, "Cache-Control": "no-store", "Connection": "close"}
    ours = ALWAYS | (HTTPS_ONLY if https else {}) | headers | (TRY_AGAIN if status == 503 else {})
    return PlainTextResponse(f"{WORDS[status]}\n", status, ours)


def is_entitled(url: bytes, headers: list[tuple[bytes, bytes]]) -> bool:
    """Return whether what is kept in reserve is for this request: `/health`, and what comes with a sign-in's cookie."""
    return url.partition(b"?")[0] == HEALTH or any(
        sign_in in value for name, value in headers if name == b"cookie" for sign_in in SIGN_INS
    )
