"""Protects the preview, which has no sign-in, from pages of other sites."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Only from the site itself, as on the real site, so that what would not load there does not load here either. Inline
# scripts are allowed, because their hashes are known only after a whole build.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
SAFE = {"GET", "HEAD"}


class Guard:
    """Refuses requests for another host name, or from a page of another site.

    Another site can point its own name at this machine (DNS rebinding), so the Host has to be an IP address, localhost,
    or the host that the preview listens on.
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

        if self._is_allowed(scope["method"], Headers(scope=scope)):
            await self.app(scope, receive, send_with_headers)
        else:
            refusal = PlainTextResponse("The preview answers only on its own address, and only its own pages.", 403)
            await refusal(scope, receive, send_with_headers)

    def _is_allowed(self, method: str, headers: Headers) -> bool:
        host = headers.get("host", "")
        if not self._is_own_name(host):
            return False
        origin = headers.get("origin")
        if origin is not None and _host_of(origin) != host:
            return False
        site = headers.get("sec-fetch-site", "none")
        if site in ("same-origin", "none"):
            return True
        # Another site may link here, and nothing else.
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
    """Return the host and port of an origin, "" when it is invalid."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""
