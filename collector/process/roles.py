"""Runs the collector."""

from __future__ import annotations

import contextlib
import gc
import logging

from collector.endpoints.app import create_app
from collector.process.server import server
from collector.settings import Settings

GARBAGE = (10_000, 20, 50)  # a request makes no cycles to speak of; looking for them took a tenth of the time


def run_collect(settings: Settings) -> None:
    """Serve the site and take in what clients send, until SIGTERM or Ctrl-C; requests under way are finished."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    settings.data.mkdir(parents=True, exist_ok=True)
    gc.set_threshold(*GARBAGE)
    with contextlib.suppress(KeyboardInterrupt):
        server(create_app(settings), settings.host, settings.port).run()
