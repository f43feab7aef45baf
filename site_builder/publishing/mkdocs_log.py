"""Collects the warnings of MkDocs instead of printing them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_this_thread = threading.local()


class _WarningCollector(logging.Handler):
    """Adds a message to the list of the thread that logged it: a page may be rendered while the site is built."""

    def emit(self, record: logging.LogRecord) -> None:
        warnings: list[str] | None = getattr(_this_thread, "warnings", None)
        if warnings is not None:
            warnings.append(record.getMessage())


_handler = _WarningCollector(logging.WARNING)


@contextmanager
def collected_warnings() -> Iterator[list[str]]:
    """Yield a list that receives what MkDocs warns of in this thread; only inside `quiet_mkdocs`."""
    warnings: list[str] = []
    before, _this_thread.warnings = getattr(_this_thread, "warnings", None), warnings
    try:
        yield warnings
    finally:
        _this_thread.warnings = before


@contextmanager
def quiet_mkdocs() -> Iterator[None]:
    """Keep MkDocs from printing its warnings; `collected_warnings` has them."""
    log = logging.getLogger("mkdocs")
    if _handler in log.handlers:  # already quiet; the outer call restores it
        yield
        return
    propagate, log.propagate = log.propagate, False
    log.addHandler(_handler)
    try:
        yield
    finally:
        log.removeHandler(_handler)
        log.propagate = propagate
