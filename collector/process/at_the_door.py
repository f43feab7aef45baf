"""What the server itself refuses, before any of our pages is asked: in our words, with our headers."""

from __future__ import annotations

from starlette.responses import PlainTextResponse, Response

from collector.middleware.security_headers import ALWAYS, NOTHING_POLICY

TRY_AGAIN = {"Retry-After": "5"}  # seconds: by then idle connections have been closed
WORDS = {
    400: "This is no request that can be read.",
    408: "What you sent took too long to arrive. Nothing has been stored. Please send it again.",
    503: "Too many people ask at the moment. Nothing has been stored. Please try again in a moment.",
}


def refusal(status: int) -> Response:
    """Return the answer with this status; the connection ends with it."""
    headers = {"Content-Security-Policy": NOTHING_POLICY, "Cache-Control": "no-store", "Connection": "close"}
    return PlainTextResponse(f"{WORDS[status]}\n", status, ALWAYS | headers | (TRY_AGAIN if status == 503 else {}))
