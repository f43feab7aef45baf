"""What browsers are told about pages that Datasette makes: its inline scripts run by nonce, its answers are not kept.

Datasette 0.65 has inline scripts, styles and style attributes in its templates. The templates are trusted, what is
filled in is not; so the nonce is put in while a template is loaded, and no answer can ever carry it.
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
    """Give the Content-Security-Policy of the page being answered."""
    nonce = _nonce.get()
    return page_policy((f"'nonce-{nonce}'",), (f"'nonce-{nonce}'",)) if nonce else page_policy()


class StrictTemplates(BaseLoader):
    """Loads templates with a nonce on each script and style, and without style attributes."""

    def __init__(self, loader: BaseLoader) -> None:
        self.loader = loader

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, Callable[[], bool] | None]:
        source, filename, uptodate = self.loader.get_source(environment, template)
        source = _STYLE_ATTRIBUTE.sub("", source)
        return _INLINE.sub(r'<\1 nonce="{{ csp_nonce() }}"', source), filename, uptodate

    def list_templates(self) -> list[str]:
        return self.loader.list_templates()


def make_strict(environment: Environment) -> None:
    """Let an environment's pages pass a policy without unsafe-inline."""
    if environment.loader is not None and not isinstance(environment.loader, StrictTemplates):
        environment.loader = StrictTemplates(environment.loader)
        environment.globals["csp_nonce"] = _nonce.get


class DatasetteHeaders:
    """Gives each request its nonce, and takes from the answer what the gateway decides itself.

    With `static`, the answer is a file that is the same for everybody: it may be kept for an hour.
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
