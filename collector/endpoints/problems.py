"""Errors as JSON, in the one shape that every program gets, and the words for an unexpected one."""

from __future__ import annotations

import json
from collections.abc import Mapping

from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"  # RFC 9457
MISHAP = ("Something went wrong here", "It is not your fault. Wait a minute, then try again.")


def problem_json(
    status: int,
    title: str,
    detail: str = "",
    *,
    problems: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return an error as JSON; `problems` are listed by the name of their field."""
    body: dict[str, object] = {"title": title, "status": status}
    if detail:
        body["detail"] = detail
    if problems:
        body["problems"] = [{"name": name, "message": text} for name, text in problems.items()]
    # ASCII only: a name that was sent may hold what UTF-8 cannot express.
    return Response(json.dumps(body), status, headers, MEDIA_TYPE)
