"""Security headers of the review: only what a page holds itself may run or be styled, by its hash."""

from __future__ import annotations

import base64
import hashlib
from html.parser import HTMLParser

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from collector.middleware.security_headers import ALWAYS, HTTPS_ONLY, NOTHING_POLICY, page_policy


class ReviewPolicy:
    """Adds the headers, and to pages a Content-Security-Policy with the hashes of what Datasette writes inline."""

    def __init__(self, app: ASGIApp, https: bool = False) -> None:
        self.app = app
        headers = ALWAYS | (HTTPS_ONLY if https else {})
        self.always = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        held: list[Message] = []  # a page is held back until it is whole, for its hashes

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                if _is_page(message):
                    held.append(message)
                    return
                await send(self._start(message, NOTHING_POLICY))
            elif held:
                held.append(message)
                if not message.get("more_body"):
                    body = b"".join(part.get("body", b"") for part in held[1:])
                    await send(self._start(held[0], policy_of(body.decode("utf-8", "replace"))))
                    await send({"type": "http.response.body", "body": body})
            else:
                await send(message)

        await self.app(scope, receive, send_with_headers)

    def _start(self, message: Message, policy: str) -> Message:
        headers = [*message.get("headers", ()), (b"content-security-policy", policy.encode()), *self.always]
        if b"cache-control" not in dict(headers):
            headers.append((b"cache-control", b"no-store"))
        return {**message, "headers": headers}


def _is_page(message: Message) -> bool:
    kind: bytes = dict(message.get("headers", ())).get(b"content-type", b"")
    return kind.startswith(b"text/html")


def policy_of(page: str) -> str:
    """Give the policy of a page: from here only, and the inline scripts, styles and style attributes it holds."""
    found = _Inline()
    found.feed(page)
    found.close()
    styles = [_hash(style) for style in found.styles]
    if found.attributes:
        styles += ["'unsafe-hashes'", *(_hash(style) for style in found.attributes)]
    return page_policy([_hash(script) for script in found.scripts], styles)


def _hash(words: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(words.encode()).digest()).decode()}'"


class _Inline(HTMLParser):
    """Gathers what a page runs and styles inline, each once."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.scripts: dict[str, None] = {}
        self.styles: dict[str, None] = {}
        self.attributes: dict[str, None] = {}
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("style"):
            self.attributes[given["style"] or ""] = None
        if tag == "style" or (tag == "script" and "src" not in given):
            self.inside = tag

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside:
            (self.scripts if self.inside == "script" else self.styles)[data] = None
