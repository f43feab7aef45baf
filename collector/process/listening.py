"""Where the site and the review listen: an address and a port each, or a Unix socket each in one folder."""

from __future__ import annotations

import http.client
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from collector.errors import CollectorError
from collector.settings import Settings

SITE_SOCKET, REVIEW_SOCKET = "site.sock", "review.sock"
FOLDER_MODE = 0o750  # of a folder that we make: its group's members, the proxy among them, may enter
TIMEOUT = 5.0  # seconds for a question of our own


class PlaceTaken(CollectorError):
    """Something else listens there, or nobody can."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place to listen on: an address and a port, or a Unix socket."""

    host: str
    port: int = 0
    socket: Path | None = None

    def __str__(self) -> str:
        if self.socket:
            return f"unix:{self.socket}"
        return f"http://[{self.host}]:{self.port}/" if ":" in self.host else f"http://{self.host}:{self.port}/"

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, bytes]:
        """Return the status and the body of an answer. Raises OSError or http.client.HTTPException."""
        connection = _Connection(self)
        try:
            connection.request("GET", path, headers=dict(headers or {}))
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def require_free(self) -> None:
        """Raise PlaceTaken unless one can listen here. Makes the folder of a socket, and clears a dead one away."""
        if self.socket:
            _require_free_socket(self.socket)
            return
        with socket.socket(socket.AF_INET6 if ":" in self.host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
            except OSError as error:
                raise PlaceTaken(
                    f"Port {self.port} of {self.host} cannot be had ({error.strerror}). Choose another with --port."
                ) from error


def site_of(settings: Settings) -> Place:
    return _place(settings, settings.port, SITE_SOCKET)


def review_of(settings: Settings) -> Place:
    return _place(settings, settings.review_port, REVIEW_SOCKET)


def _place(settings: Settings, port: int, name: str) -> Place:
    if settings.sockets:
        return Place("localhost", socket=settings.sockets / name)
    return Place(settings.host, port)


def _require_free_socket(path: Path) -> None:
    try:
        path.parent.mkdir(mode=FOLDER_MODE, exist_ok=True)
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(os.fspath(path)) == 0:
                raise PlaceTaken(f"Something else listens on {path}. Stop that first, or name another folder.")
        if path.is_socket():  # its listener is dead
            path.unlink()
        if os.path.lexists(path):
            raise PlaceTaken(f"{path} is in the way: there is to be a socket. Move it, or name another folder.")
    except OSError as error:
        raise PlaceTaken(f"There can be no socket in {path.parent} ({error.strerror}).") from error


class _Connection(http.client.HTTPConnection):
    """A connection to a place, by either way."""

    def __init__(self, place: Place) -> None:
        super().__init__(place.host, place.port or None, timeout=TIMEOUT)
        self.place = place

    def connect(self) -> None:
        if self.place.socket is None:
            super().connect()
            return
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(TIMEOUT)
        self.sock.connect(os.fspath(self.place.socket))
