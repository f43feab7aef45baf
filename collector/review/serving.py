"""Runs the review on uvicorn, with the collector's limits."""

from __future__ import annotations

import contextlib
import logging

from collector.driver import require_sound_sqlite
from collector.process.server import server
from collector.review.gateway import create_review
from collector.settings import Settings


def run_review(settings: Settings) -> None:
    """Serve each therapist their own caseloads, until SIGTERM or Ctrl-C."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    require_sound_sqlite()  # Datasette is imported by now, and must use our driver
    with contextlib.suppress(KeyboardInterrupt):
        server(create_review(settings), settings.host, settings.review_port).run()
