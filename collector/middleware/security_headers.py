"""Tells browsers what our pages may do, on every answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# What is no page of ours, such as JSON, has nothing to load and nobody to frame it.
NOTHING_POLICY = "default-src 'none'; frame-ancestors 'none'"
NOBODY_KEEPS = (b"cache-control", b"no-store")
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: that makes browsers send `Origin: null` with a plain form post.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HTTPS_ONLY = {"Strict-Transport-Security": "max-age=31536000"}  # a year, as browsers' own lists ask


def page_policy(scripts: Sequence[str] = (), styles: Sequence[str] = ()) -> str:
    """Return the Content-Security-Policy of pages: from the site itself only, and these inline hashes."""
    return "; ".join(
        (
            "default-src 'self'",
            " ".join(("script-src 'self'", *scripts)),
            " ".join(("style-src 'self'", *styles)),
            "img-src 'self' data:",  # the site's theme draws its icons as data
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


class SecurityHeaders:
    """Adds the headers. `policy` gives the one for pages, asked each time because a new build changes it.

    What says nothing of its own about caching is not kept by anybody.
    """

    def __init__(self, app: ASGIApp, policy: Callable[[], str], https: bool = False) -> None:
        self.app = app
        self.policy = policy
        headers = ALWAYS | (HTTPS_ONLY if https else {})
        self.always = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "http":
            return self.app(scope, receive, send)

        def send_with_headers(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                message["headers"] = self._with_ours(message.get("headers", ()))
            return send(message)

        return self.app(scope, receive, send_with_headers)

    def _with_ours(self, headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        own = dict(headers)
        policy = NOTHING_POLICY if b"json" in own.get(b"content-type", b"") else self.policy()
        added = (b"content-security-policy", policy.encode())
        if b"cache-control" in own:
            return [*headers, added, *self.always]
        return [*headers, added, *self.always, NOBODY_KEEPS]
