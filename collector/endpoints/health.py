"""GET /health: whether submissions can be stored, and how soon therapists see them."""

from __future__ import annotations

import os

from starlette.requests import Request
from starlette.responses import JSONResponse

from collector.endpoints.services import Services, services_of
from collector.errors import LedgerError
from collector.position import Lag, lag

LEAST_FREE = 256 * 1024 * 1024  # bytes; below it there is a day, not a week, to free some space


async def health(request: Request) -> JSONResponse:
    """Return `{"status", "ledger", "waiting", "disk_free", "behind", "behind_seconds"}`; 503 unless status is ok.

    `waiting` counts events not yet on disk, `disk_free` is in bytes, `behind` counts events not yet folded.
    """
    services = services_of(request)
    free = _disk_free(services)
    late: Lag | None
    try:
        late = lag(services.ledger, services.settings.position)
        problem = _problem(free, late)
        ledger = "ok"
    except LedgerError:
        late, problem, ledger = None, "the ledger cannot be read", "unavailable"
    body = {
        "status": problem or "ok",
        "ledger": ledger,
        "waiting": services.ledger.waiting,
        "disk_free": free,
        "behind": late.behind if late else None,
        "behind_seconds": round(late.seconds, 1) if late else None,
    }
    return JSONResponse(body, 503 if problem else 200)


def _problem(free: int, late: Lag) -> str:
    if not free:
        return "the disk cannot be written"
    if free < LEAST_FREE:
        return "the disk is nearly full"
    if late.is_late:
        return "the projector is behind"
    return ""


def _disk_free(services: Services) -> int:
    """Return the bytes that are free for the ledger; 0 if its file system is read-only."""
    volume = os.statvfs(services.settings.data)
    return 0 if volume.f_flag & os.ST_RDONLY else volume.f_bavail * volume.f_frsize
