"""Serves the built site: pages, pictures and scripts, each with its own caching time."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.staticfiles import NotModifiedResponse, PathLike, StaticFiles
from starlette.types import Receive, Scope, Send

from collector.endpoints.refusals import wants_json

HASHED = re.compile(r"\.[0-9a-f]{8,}\.(min\.)?[a-z0-9]+$")  # main.1e989742.min.js: the name changes with the content
FOR_EVER = "public, max-age=31536000, immutable"
A_DAY = "public, max-age=86400"  # fonts and pictures; a day-old one does no harm
ASK_EACH_TIME = "no-cache"  # pages, and the scripts and styles that must match them
SELDOM_CHANGING = {".woff2", ".svg", ".png", ".jpg", ".webp", ".ico"}
LONGEST_PATH = 1_024  # characters; each part of a path is looked up on the disk
MOST_PARTS = 32
NOWHERE = "/-/-"  # a path that is always a 404
NOT_FOR_VISITORS = {"shell.html", "csp.json"}


class Files(StaticFiles):
    """Serves files, and looks for none where a request would make more work than one file does."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not is_short(scope["path"]):
            scope = {**scope, "path": NOWHERE}
        await super().__call__(with_one_range(scope), receive, send)


class StaticSite(Files):
    """Serves a folder that a new build may replace at any moment, or that does not exist yet."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, html=True, check_dir=False)

    async def check_config(self) -> None:
        """Skip the check that the folder exists: before the first build every page is a 404."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        if path in NOT_FOR_VISITORS:
            path = f"{path}/-"  # a path below a file, which is always a 404
        response = await super().get_response(path, scope)
        if response.status_code == 404 and wants_json(HTTPConnection(scope)):
            raise HTTPException(404)
        if isinstance(response, RedirectResponse):
            # Only the path: behind a proxy, the scheme and host seen here are wrong.
            response.headers["location"] = "/" + urlsplit(response.headers["location"]).path.lstrip("/")
        return response

    def file_response(
        self, full_path: PathLike, stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        response = FileResponse(full_path, status_code=status_code, stat_result=stat_result)
        response.headers["cache-control"] = caching(os.fspath(full_path))
        if self.is_not_modified(response.headers, Headers(scope=scope)):
            return NotModifiedResponse(response.headers)
        return response


def is_short(path: str) -> bool:
    """Return whether a path may be one of a file: the work of looking for it grows with its parts."""
    return len(path) <= LONGEST_PATH and path.count("/") <= MOST_PARTS


def with_one_range(scope: Scope) -> Scope:
    """Return the request without a Range of several parts, each of which would be read and wrapped by itself.

    A film or a recording is played with one; RFC 9110 (14.2) lets a server send the whole file instead.
    """
    headers = scope["headers"]
    if any(name == b"range" and b"," in value for name, value in headers):
        return {**scope, "headers": [pair for pair in headers if pair[0] != b"range"]}
    return scope


def caching(path: str) -> str:
    """Return the Cache-Control for a file of this name."""
    if HASHED.search(path):
        return FOR_EVER
    return A_DAY if os.path.splitext(path)[1] in SELDOM_CHANGING else ASK_EACH_TIME
