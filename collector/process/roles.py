"""The three roles, each in its own process. Each imports what it needs itself: only the review loads Datasette."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import threading
import time
from contextlib import suppress

from starlette.types import ASGIApp

from collector.driver import require_sound_sqlite
from collector.process.bursts import Bursts
from collector.process.listening import Place, review_of, site_of
from collector.secrets import ensure_secret
from collector.settings import Settings
from collector.storage import Storage

GARBAGE = (10_000, 20, 50)  # requests leave hardly any cycles; looking for them took a tenth of the time
TIME_TO_LEAVE = 15.0  # seconds for a clean stop once the supervisor is gone


def run_collect(settings: Settings, *, supervised: bool = False) -> None:
    """Serve the site and take in what clients send, until SIGTERM or Ctrl-C; requests under way are finished."""
    from collector.endpoints.app import create_app

    _prepare(settings, supervised)
    gc.set_threshold(*GARBAGE)
    _serve(create_app(settings), settings, site_of(settings))


def run_review(settings: Settings, *, supervised: bool = False) -> None:
    """Serve each therapist their own caseloads, until SIGTERM or Ctrl-C."""
    from collector.review.gateway import create_review

    _prepare(settings, supervised)
    _serve(create_review(settings), settings, review_of(settings))


def run_project(settings: Settings, *, supervised: bool = False) -> None:
    """Fold the ledger into the caseload files, until SIGTERM or Ctrl-C."""
    from collector.projector import Projector

    _prepare(settings, supervised)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with Projector(settings) as projector:
        projector.run(stop)


def _serve(app: ASGIApp, settings: Settings, place: Place) -> None:
    from collector.process.server import server

    if place.socket:  # of a port, uvicorn says so itself
        place.require_free()
    with suppress(KeyboardInterrupt):
        server(app, place, settings).run()


def end_with_input(seconds: float = TIME_TO_LEAVE) -> None:
    """End this process when its standard input closes, as it does when the supervisor that holds the other end dies."""

    def wait() -> None:
        while os.read(sys.stdin.fileno(), 1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(seconds)
        os._exit(1)  # stuck

    threading.Thread(target=wait, name="supervisor", daemon=True).start()


def _prepare(settings: Settings, supervised: bool) -> None:
    os.umask(0o077 if settings.group is None else 0o007)  # before any thread makes a file
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    for handler in logging.getLogger().handlers:
        handler.addFilter(Bursts())
    require_sound_sqlite()  # the role's modules are imported by now, and must use our driver
    Storage(settings).make_folder()
    ensure_secret(settings)
    if supervised:
        end_with_input()
