"""Answers what went wrong inside Datasette, as a Datasette plugin that takes its own one's place: it logs no values."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from datasette import hookimpl
from datasette.utils.asgi import Base400, Request, Response
from datasette.views.base import DatasetteError
from markupsafe import Markup

from collector.middleware.mishaps import place_of

REPLACED = "datasette.handle_exception"
MISHAP = "Something went wrong here. It is not your fault. Wait a minute, then try again."

log = logging.getLogger(__name__)


@hookimpl
def handle_exception(datasette: Any, request: Request, exception: Exception) -> Callable[[], Awaitable[Response]]:
    async def answer() -> Response:
        title, message, status, info = _told(exception)
        told = {**info, "ok": False, "error": message, "status": status, "title": title}
        if request.path.partition("?")[0].endswith(".json"):
            return Response.json(told, status=status)
        page = await datasette.render_template([f"{status}.html", "error.html"], told, request=request)
        return Response.html(page, status=status)

    return answer


def _told(exception: Exception) -> tuple[str | None, str, int, dict[str, Any]]:
    """Give title, words, status and details of what Datasette meant to say, or of a mishap that it did not mean."""
    if isinstance(exception, DatasetteError):
        message = Markup(exception.message) if exception.message_is_html else exception.message  # noqa: S704 - its own
        return exception.title, message, exception.status, dict(exception.error_dict)
    if isinstance(exception, Base400):
        return None, str(exception.args[0]) if exception.args else "", exception.status, {}
    log.error("%s in %s", type(exception).__name__, place_of(exception))
    return None, MISHAP, 500, {}
