"""The three roles, each in its own process. Each imports what it needs itself: only the review loads Datasette."""

from __future__ import annotations

import gc
import logging
import signal
import threading
from contextlib import suppress

from starlette.types import ASGIApp

from collector.driver import require_sound_sqlite
from collector.settings import Settings

GARBAGE = (10_000, 20, 50)  # requests leave hardly any cycles; looking for them took a tenth of the time


def run_collect(settings: Settings) -> None:
    """Serve the site and take in what clients send, until SIGTERM or Ctrl-C; requests under way are finished."""
    from collector.endpoints.app import create_app

    _prepare()
    gc.set_threshold(*GARBAGE)
    _serve(create_app(settings), settings.host, settings.port)


def run_review(settings: Settings) -> None:
    """Serve each therapist their own caseloads, until SIGTERM or Ctrl-C."""
    from collector.review.gateway import create_review

    _prepare()
    _serve(create_review(settings), settings.host, settings.review_port)


def run_project(settings: Settings) -> None:
    """Fold the ledger into the caseload files, until SIGTERM or Ctrl-C."""
    from collector.projector import Projector

    _prepare()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with Projector(settings) as projector:
        projector.run(stop)


def _serve(app: ASGIApp, host: str, port: int) -> None:
    from collector.process.server import server

    with suppress(KeyboardInterrupt):
        server(app, host, port).run()


def _prepare() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    require_sound_sqlite()  # the role's modules are imported by now, and must use our driver
