"""Gathers what MkDocs warns of, instead of having it printed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_here = threading.local()


class _Gather(logging.Handler):
    """Hands what is logged to whoever gathers in the same thread: a page may be rendered while the site is built."""

    def emit(self, record: logging.LogRecord) -> None:
        said: list[str] | None = getattr(_here, "said", None)
        if said is not None:
            said.append(record.getMessage())


_handler = _Gather(logging.WARNING)


@contextmanager
def gathered() -> Iterator[list[str]]:
    """Gather what MkDocs warns of in this thread, while it is quiet."""
    said: list[str] = []
    before, _here.said = getattr(_here, "said", None), said
    try:
        yield said
    finally:
        _here.said = before


@contextmanager
def quiet_mkdocs() -> Iterator[None]:
    """Keep MkDocs from printing its warnings; `gathered` has them."""
    log = logging.getLogger("mkdocs")
    if _handler in log.handlers:  # it is quiet already, and stays so
        yield
        return
    propagate, log.propagate = log.propagate, False
    log.addHandler(_handler)
    try:
        yield
    finally:
        log.removeHandler(_handler)
        log.propagate = propagate
