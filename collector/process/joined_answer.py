"""The head of an answer and the first piece of its body, in one write to the socket."""

from __future__ import annotations

import asyncio
from typing import Protocol


class Connected(Protocol):
    """The connection that an answer goes out on."""

    transport: asyncio.Transport

    def put(self, data: bytes) -> None:
        """Write to the socket, and count."""

    def close_after_answer(self) -> None:
        """Close, once what is still on its way is here."""


class JoinedAnswer:
    """Sends the head of one answer together with the first piece of its body, in one write to the socket.

    ASGI asks servers to wait for that piece. What follows it goes out at once, as it comes.
    """

    def __init__(self, connection: Connected, joined: bool) -> None:
        self.connection = connection
        self.head: bytes | None = None if joined else b""  # b"" once it is sent

    def write(self, data: bytes) -> None:
        if self.head is None:
            self.head = data
        elif self.head:
            self.connection.put(self.head + data)
            self.head = b""
        else:
            self.connection.put(data)

    def close(self) -> None:
        if self.head:  # the answer breaks off before its body
            self.write(b"")
        self.connection.close_after_answer()

    def is_closing(self) -> bool:
        return self.connection.transport.is_closing()
