"""GET /health: whether submissions can be stored, and whether therapists see what has been stored."""

from __future__ import annotations

import os

from starlette.requests import Request
from starlette.responses import JSONResponse

from collector.endpoints.desk import Desk, desk_of
from collector.errors import LedgerError
from collector.position import Lag, lag

LATEST = 30.0  # seconds behind; caseload pages warn at the same age
LEAST_FREE = 256 * 1024 * 1024  # bytes; below it there is a day, not a week, to make room


async def health(request: Request) -> JSONResponse:
    """Give `{"status", "ledger", "waiting", "disk_free", "behind", "behind_seconds"}`; 503 unless status is ok.

    `waiting` counts events on their way to the disk, `disk_free` is in bytes, `behind` counts events not yet folded.
    """
    desk = desk_of(request)
    free = _disk_free(desk)
    found: Lag | None
    try:
        found = lag(desk.ledger, desk.settings.position)
        problem = _problem(free, found)
        ledger = "ok"
    except LedgerError:
        found, problem, ledger = None, "the ledger cannot be read", "unavailable"
    body = {
        "status": problem or "ok",
        "ledger": ledger,
        "waiting": desk.ledger.waiting,
        "disk_free": free,
        "behind": found.behind if found else None,
        "behind_seconds": round(found.seconds, 1) if found else None,
    }
    return JSONResponse(body, 503 if problem else 200)


def _problem(free: int, late: Lag) -> str:
    if not free:
        return "the disk cannot be written"
    if free < LEAST_FREE:
        return "the disk is nearly full"
    if late.seconds > LATEST:
        return "the projector is behind"
    return ""


def _disk_free(desk: Desk) -> int:
    """Give the bytes that are left for the ledger, 0 when its file system takes none."""
    found = os.statvfs(desk.settings.data)
    return 0 if found.f_flag & os.ST_RDONLY else found.f_bavail * found.f_frsize
