"""A process of four strangers, each of whom sends the dearest requests in turn, as fast as they are answered."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from itertools import cycle
from typing import BinaryIO, NoReturn

from tests.cases.costs import BODIES, FORM_POST, HEADS, JSON, LONG_PATHS, Request, filled

STRANGERS = 4
PATIENCE = 20  # seconds for an answer
ROWS = "&".join(f"feelings.{row}.feeling=x" for row in range(1_990))
FULL = "&".join(f"feelings.{row}.feeling=x" for row in range(30))
DEAREST = (
    Request("POST", "/forms/diary", FORM_POST, body=f"{ROWS}&_change=1".encode()),
    Request("POST", "/forms/diary", FORM_POST, body=f"{FULL}&_change=1".encode()),
    Request("POST", "/forms/diary", FORM_POST, body=FULL.encode()),
    Request("POST", "/forms/diary", FORM_POST, body=filled("%41%", 250_000, of="thought={}").encode()),
    Request("POST", "/forms/nothing", FORM_POST, body=BODIES["two thousand names"][1]),
    Request("POST", "/forms/diary", JSON, body=BODIES["empty lists"][1]),
    Request("GET", "/signed-in", HEADS["a cookie of backslashes"]),
    Request("GET", "/index.html", HEADS["ninety ranges"]),
    Request("GET", LONG_PATHS["parts by the thousand"]),
    Request("GET", "/openapi.json"),
    Request("GET", "/health"),
    Request("GET", "/"),
    Request("POST", "/open", FORM_POST, body=BODIES["a long token"][1]),
    Request("PUT", "/forms/diary", JSON, body=BODIES["thousands of keys"][1]),
)


def on_the_wire(request: Request) -> bytes:
    lines = [f"{request.method} {request.path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(request.body)}"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + request.body


def stranger(port: int, address: str, requests: Iterator[bytes]) -> None:
    """Send for ever, from an address of one's own; a connection that the server closes is made anew."""
    while True:
        with (
            suppress(OSError),
            socket.create_connection(("127.0.0.1", port), PATIENCE, (address, 0)) as connection,
            connection.makefile("rb") as answers,
        ):
            for request in requests:
                connection.sendall(request)
                read_answer(answers)


def read_answer(answers: BinaryIO) -> None:
    """Read one whole answer. Raises OSError at the end of the connection."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        if not (line := answers.readline()):
            _hung_up()
        head += line
    lower = head.lower()
    if b"content-length:" in lower:
        length = int(lower.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        if len(answers.read(length)) < length:
            _hung_up()
    elif b"chunked" in lower:
        while size := int(answers.readline() or b"0", 16):
            answers.read(size + 2)
        answers.readline()
    if b"connection: close" in lower:
        _hung_up()


def _hung_up() -> NoReturn:
    raise ConnectionError


if __name__ == "__main__":
    wires = [on_the_wire(request) for request in DEAREST]
    for number in range(STRANGERS):
        turned = wires[number * 3 :] + wires[: number * 3]
        arguments = (int(sys.argv[1]), f"127.0.0.{2 + number}", cycle(turned))
        threading.Thread(target=stranger, args=arguments, daemon=True).start()
    sys.stdin.read()  # until whoever started this has ended
