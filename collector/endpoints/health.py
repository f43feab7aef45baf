"""GET /health and GET /metrics: whether submissions can be stored, and how soon therapists see them.

Everybody hears whether all is well. How much there is of what would tell a stranger about the clinic, so that takes the
key to the details. Where a request comes from is no proof: behind a proxy, everybody's comes from this computer.
"""

from __future__ import annotations

import hmac
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from collector.clock_notice import clock_notice
from collector.disk import disk_free, disk_problem
from collector.endpoints.services import Services, services_of
from collector.errors import LedgerError
from collector.ledger.clock import Jump
from collector.position import Lag, lag

METRICS = {
    "ok": "1 while submissions can be stored and therapists see them within 30 seconds, and the disk has room.",
    "ledger_ok": "1 while the ledger can be read.",
    "waiting_events": "Events that are not on disk yet.",
    "disk_free_bytes": "Bytes that are free for the ledger.",
    "behind_events": "Events that no caseload file shows yet.",
    "behind_seconds": "The age of the oldest of these.",
    "clock_jump_seconds": "How far the computer's clock jumped last, in the last seven days; 0 if it did not.",
}
PROMETHEUS = "text/plain; version=0.0.4"


async def health(request: Request) -> Response:
    """Return `{"status": "ok"}`, or 503 and "not ok"; with the key to the details, the report of `report`."""
    services = services_of(request)
    details = report(services)
    well = details["status"] == "ok"
    if may_see_details(request, services):
        shown = details | request.scope["state"].get("notices", {})
    else:
        shown = {"status": "ok" if well else "not ok"}
    return JSONResponse(shown, 200 if well else 503)


async def metrics(request: Request) -> Response:
    """Return the details in Prometheus' text format; without the key to them there is no such page."""
    services = services_of(request)
    if not may_see_details(request, services):
        raise HTTPException(404)
    return PlainTextResponse(in_prometheus_format(report(services)), media_type=PROMETHEUS)


def may_see_details(request: Request, services: Services) -> bool:
    """Return whether the request carries the key to the details, as a bearer token."""
    sent = request.headers.get("authorization", "").encode("latin-1", "replace")
    return hmac.compare_digest(sent, b"Bearer " + services.details_key.encode())


def report(services: Services) -> dict[str, Any]:
    """Return `{"status", "ledger", "waiting", "disk_free", "behind", "behind_seconds", "clock", "clock_jump"}`.

    `waiting` counts events not yet on disk, `disk_free` is in bytes, `behind` counts events not yet folded,
    `clock_jump` is in seconds.
    """
    free = disk_free(services.settings.data)
    late: Lag | None = None
    jump: Jump | None = None
    try:
        late = lag(services.ledger, services.settings.position)
        jump = services.access.clock_jump()
        problem = disk_problem(free) or ("the projector is behind" if late.is_late else "")
    except LedgerError:
        problem = "the ledger cannot be read"
    return {
        "status": problem or "ok",
        "ledger": "ok" if late else "unavailable",
        "waiting": services.ledger.waiting,
        "disk_free": free,
        "behind": late.behind if late else None,
        "behind_seconds": round(late.seconds, 1) if late else None,
        "clock": clock_notice(jump) or "ok",
        "clock_jump": (round(jump.ahead.total_seconds()) if jump else 0) if late else None,
    }


def in_prometheus_format(details: dict[str, Any]) -> str:
    """Return a report as metrics; what is not known is left out."""
    values = (
        int(details["status"] == "ok"),
        int(details["ledger"] == "ok"),
        *(details[name] for name in ("waiting", "disk_free", "behind", "behind_seconds", "clock_jump")),
    )
    return "".join(
        f"# HELP homeward_{name} {meaning}\n# TYPE homeward_{name} gauge\nhomeward_{name} {value}\n"
        for (name, meaning), value in zip(METRICS.items(), values, strict=True)
        if value is not None
    )
