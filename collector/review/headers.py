"""Security headers for Datasette's pages: inline scripts need a nonce, and responses are not cached.

Datasette 0.65 has inline scripts, styles and style attributes in its templates. The templates are trusted, the values
rendered into them are not. So the nonce is inserted when a template is loaded, and never into a client's answer.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from contextvars import ContextVar

from jinja2 import BaseLoader, Environment
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from collector.middleware.security_headers import page_policy

_nonce: ContextVar[str] = ContextVar("nonce", default="")
_INLINE = re.compile(r"<(script|style)\b(?![^>]*\bnonce=)")
_STYLE_ATTRIBUTE = re.compile(r"""\sstyle="(?:\{\{.*?\}\}|\{%.*?%\}|[^"{])*\"""")
OURS = frozenset({b"cache-control", b"content-security-policy", b"referrer-policy", b"set-cookie"})


def policy() -> str:
    """Return the Content-Security-Policy for the current request."""
    nonce = _nonce.get()
    return page_policy((f"'nonce-{nonce}'",), (f"'nonce-{nonce}'",)) if nonce else page_policy()


class StrictTemplates(BaseLoader):
    """Loads templates, adding a nonce to each script and style and removing style attributes."""

    def __init__(self, loader: BaseLoader) -> None:
        self.loader = loader

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, Callable[[], bool] | None]:
        source, filename, uptodate = self.loader.get_source(environment, template)
        source = _STYLE_ATTRIBUTE.sub("", source)
        return _INLINE.sub(r'<\1 nonce="{{ csp_nonce() }}"', source), filename, uptodate

    def list_templates(self) -> list[str]:
        return self.loader.list_templates()


def make_strict(environment: Environment) -> None:
    """Make an environment's pages work under a policy without unsafe-inline."""
    if environment.loader is not None and not isinstance(environment.loader, StrictTemplates):
        environment.loader = StrictTemplates(environment.loader)
        environment.globals["csp_nonce"] = _nonce.get


class DatasetteHeaders:
    """Sets a nonce for each request, and removes the headers that the gateway sets itself.

    With `static`, the response is a file that is the same for everybody, and browsers may cache it for an hour.
    """

    def __init__(self, app: ASGIApp, static: bool = False) -> None:
        self.app = app
        self.static = static

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        _nonce.set(secrets.token_urlsafe(16))

        async def send_ours(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [pair for pair in message.get("headers", ()) if pair[0].lower() not in OURS]
                if self.static and message["status"] == 200:
                    headers.append((b"cache-control", b"private, max-age=3600"))
                message = {**message, "headers": headers}
            await send(message)

        await self.app(scope, receive, send_ours)
