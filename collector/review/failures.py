"""Replaces Datasette's own plugin for exceptions with one that never logs values."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from datasette import hookimpl
from datasette.utils.asgi import Base400, Request, Response
from datasette.views.base import DatasetteError

from collector.endpoints import problems
from collector.middleware.mishaps import place_of
from site_builder.forms.model.markup import trusted

REPLACED = "datasette.handle_exception"
MISHAP = ". ".join(problems.MISHAP)

log = logging.getLogger(__name__)


@hookimpl
def handle_exception(datasette: Any, request: Request, exception: Exception) -> Callable[[], Awaitable[Response]]:
    async def answer() -> Response:
        title, message, status, info = _explain(exception)
        context = {**info, "ok": False, "error": message, "status": status, "title": title}
        if request.path.partition("?")[0].endswith(".json"):
            return Response.json(context, status=status)
        page = await datasette.render_template([f"{status}.html", "error.html"], context, request=request)
        return Response.html(page, status=status)

    return answer


def _explain(exception: Exception) -> tuple[str | None, str, int, dict[str, Any]]:
    """Return title, message, status and details: those of Datasette's own errors, else of an unexpected failure."""
    if isinstance(exception, DatasetteError):
        message = trusted(exception.message) if exception.message_is_html else exception.message
        return exception.title, message, exception.status, dict(exception.error_dict)
    if isinstance(exception, Base400):
        return None, str(exception.args[0]) if exception.args else "", exception.status, {}
    log.error("%s in %s", type(exception).__name__, place_of(exception))
    return None, MISHAP, 500, {}
