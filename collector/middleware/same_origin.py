"""Refuses requests that another site made a browser send."""

from __future__ import annotations

from collections.abc import Awaitable
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})  # RFC 9110, 9.2.1: these change nothing here
DEFAULT_PORTS = {"http": 80, "https": 443}


class SameOrigin:
    """Passes on what the site's own pages send, and answers the rest by `refusal`.

    Only methods that change something are looked at. Browsers say where a request comes from in Sec-Fetch-Site; older
    ones in Origin. A request with neither comes from a program, which has no cookies that somebody else could ride on.
    """

    def __init__(self, app: ASGIApp, refusal: ASGIApp, https: bool = False) -> None:
        self.app = app
        self.refusal = refusal
        self.https = https

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] == "http" and scope["method"] not in SAFE and not self._is_ours(scope):
            return self.refusal(scope, receive, send)
        return self.app(scope, receive, send)

    def _is_ours(self, scope: Scope) -> bool:
        headers = dict(scope["headers"])
        site = headers.get(b"sec-fetch-site")
        if site is not None:
            return site in (b"same-origin", b"none")
        origin = headers.get(b"origin")
        if origin is None:
            return True
        scheme = "https" if self.https else scope.get("scheme", "http")
        place = _place(origin.decode("latin-1"))
        host = headers.get(b"host", b"").decode("latin-1")
        return place is not None and place == _place(f"{scheme}://{host}")


def _place(url: str) -> tuple[str, str, int] | None:
    """Return scheme, host and port; None for what is no origin."""
    try:
        parts = urlsplit(url)
        port = parts.port or DEFAULT_PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
    return (parts.scheme, parts.hostname, port) if parts.hostname else None
