"""Keeps other sites' pages out of the preview, which has no sign-in."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# From the site itself only, as in the real one, so that what will not load there does not load here. Inline scripts
# are the theme's own; the real site knows them by their hashes, which only a whole build can tell.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
SAFE = {"GET", "HEAD"}


class Guard:
    """Refuses what comes under another name, or from another site's page.

    A page elsewhere can point a name of its own at this machine (DNS rebinding), so a Host has to be an address,
    localhost, or the host that the preview was told to listen on.
    """

    def __init__(self, app: ASGIApp, host: str) -> None:
        self.app, self.host = app, host.lower()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        if self._is_ours(scope["method"], Headers(scope=scope)):
            await self.app(scope, receive, send_with_headers)
        else:
            refusal = PlainTextResponse("The preview answers only on its own address, and only its own pages.", 403)
            await refusal(scope, receive, send_with_headers)

    def _is_ours(self, method: str, headers: Headers) -> bool:
        host = headers.get("host", "")
        if not self._is_own_name(host):
            return False
        origin = headers.get("origin")
        if origin is not None and _host_of(origin) != host:
            return False
        site = headers.get("sec-fetch-site", "none")
        if site in ("same-origin", "none"):
            return True
        # A link on another site may lead here; nothing else of another site may.
        return method in SAFE and headers.get("sec-fetch-mode") == "navigate" and self._is_whole_page(headers)

    @staticmethod
    def _is_whole_page(headers: Headers) -> bool:
        return headers.get("sec-fetch-dest") == "document"

    def _is_own_name(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        if name in ("localhost", self.host):
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True


def _host_of(origin: str) -> str:
    """Give the host and port of an origin, "" for what is none."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""
