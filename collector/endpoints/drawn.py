"""Pages that are drawn while they are sent, a block at a time, so that none of them holds up what others have sent.

A long sheet is not drawn on the spot: each block waits for its turn, and for the visitor to have read those before it.
Whoever never reads costs a block.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping

from starlette.responses import HTMLResponse
from starlette.types import Receive, Scope, Send

BLOCK = 16 * 1024  # characters: half a millisecond of drawing, and a usual page is one or two
LARGEST_WRITE = 64 * 1024  # bytes handed to the socket at a time; what a connection may hold that nobody reads


class DrawnPage(HTMLResponse):
    """A page of pieces. A short one is drawn at once and says its length; of a longer one, that is the first block."""

    def __init__(
        self,
        pieces: Iterable[str],
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        turn: asyncio.Lock | None = None,
    ) -> None:
        self.blocks = _blocks(pieces)
        self.turn = turn or asyncio.Lock()  # whoever has it draws a block
        first = next(self.blocks, "")
        self.second = next(self.blocks, None)
        super().__init__(first, status, headers)
        if self.second is not None:
            del self.headers["content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.second is None:
            await super().__call__(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        block: str | None = self.second if scope["method"] != "HEAD" else None
        await _send_block(send, bytes(self.body))
        while block is not None:
            await _send_block(send, block.encode())
            async with self.turn:
                block = next(self.blocks, None)
                await asyncio.sleep(0)  # others come first, even while this one's connection takes all that is written
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _blocks(pieces: Iterable[str]) -> Iterator[str]:
    """Yield the pieces joined into blocks; a piece that is longer by itself stays whole."""
    block: list[str] = []
    length = 0
    for piece in pieces:
        block.append(piece)
        length += len(piece)
        if length >= BLOCK:
            yield "".join(block)
            block, length = [], 0
    if block:
        yield "".join(block)


async def _send_block(send: Send, block: bytes) -> None:
    for start in range(0, len(block), LARGEST_WRITE):
        piece = block[start : start + LARGEST_WRITE]
        await send({"type": "http.response.body", "body": piece, "more_body": True})
