"""uvicorn with the guards that it leaves to others: slow connections, too many of them, proxies."""

from __future__ import annotations

import asyncio
import functools
import gc
import os
import socket
import time
from contextlib import suppress
from typing import cast

import uvicorn
from starlette.types import ASGIApp

from collector.process.at_the_door import Door
from collector.process.callers import Callers
from collector.process.connection import GuardedProtocol
from collector.process.crowd import Crowd
from collector.process.listening import Place
from collector.process.open_files import room_for_connections
from collector.settings import Settings

KEEP_ALIVE = 15  # seconds an idle connection is kept, for the next page and its pictures
TIME_TO_FINISH = 3  # seconds that requests under way get at a stop, which is to take five at most; a client sends again
TICKS = 10  # of uvicorn's clock in a second
MOST_IN_SYSTEM = 128 * 1024  # bytes of an answer that the system keeps to send next; it would keep megabytes


class GuardedServer(uvicorn.Server):
    """Looks through its connections once a second and closes those that are late."""

    def __init__(self, config: uvicorn.Config, door: Door) -> None:
        super().__init__(config)
        self.door = door

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listener in (each for server in self.servers for each in server.sockets):
            _bound_what_the_system_keeps(listener)
        self.lifespan.state["notices"] = self.door.callers.notices
        gc.freeze()  # what is there now stays till the end and need not be looked through

    async def on_tick(self, counter: int) -> bool:
        if counter % TICKS == 0:
            now = time.monotonic()
            for connection in list(self.server_state.connections):
                if isinstance(connection, GuardedProtocol):
                    connection.look(now)
        return await super().on_tick(counter)


def _bound_what_the_system_keeps(listener: socket.socket) -> None:
    """Have connections from this listener keep little for slow readers: the rest waits here, where it is counted."""
    if listener.family != socket.AF_UNIX and hasattr(socket, "TCP_NOTSENT_LOWAT"):
        with suppress(OSError):
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, MOST_IN_SYSTEM)


def server(app: ASGIApp, place: Place, settings: Settings) -> GuardedServer:
    """Return a server, not yet started. It raises this process's limit of open files."""
    door = Door(Callers(settings.trusted_proxies), Crowd(room_for_connections()), settings.https)
    return GuardedServer(
        uvicorn.Config(
            app,
            host=place.host,
            port=place.port,
            uds=os.fspath(place.socket) if place.socket else None,
            loop="uvloop",
            http=cast(type[asyncio.Protocol], functools.partial(GuardedProtocol, door=door)),
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,  # ours keeps the path only
            server_header=False,
            proxy_headers=False,  # Callers reads them, before the server itself decides by who it is
            timeout_keep_alive=KEEP_ALIVE,
            timeout_graceful_shutdown=TIME_TO_FINISH,
        ),
        door,
    )
