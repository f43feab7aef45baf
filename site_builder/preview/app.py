"""The web application of the preview: the frame, the site in it, events at every save, and try-outs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from site_builder.forms.answering.answers import to_pairs
from site_builder.forms.answering.example_answers import example_answers
from site_builder.forms.model import catalogue
from site_builder.forms.model.definition import Form
from site_builder.forms.model.markup import escape, tag
from site_builder.preview.guard import Guard
from site_builder.preview.live import Live
from site_builder.publishing.build import POLICY

HERE = Path(__file__).parent / "static"
LOOK = Path(__file__).parents[1] / "theme" / "assets" / "homeward"
HEARTBEAT = 10.0  # seconds; shows when a browser has gone
NOT_PAGES = ("shell.html", catalogue.FILE, POLICY)  # files in the site's folder that are not served


class TryOut(Protocol):
    """Answers "Send to my therapist" in the preview: stores nothing, and shows what would have been stored."""

    async def submit(self, request: Request, form: Form, site: Path, page: str) -> Response:
        """Answer a submission of `form`, which is on `page` of the site that was built into `site`."""

    async def show(self, request: Request, site: Path) -> Response:
        """Show what the latest submissions would become."""


def create_app(live: Live, try_out: TryOut, host: str) -> Starlette:
    """Return the application; the caller has to keep `live` running."""
    endpoints = _Endpoints(live, try_out)
    return Starlette(
        routes=[
            Route("/", endpoints.frame),
            Route("/-/events", endpoints.events),
            Route("/-/examples/{form}", endpoints.examples),
            Mount("/-/look", StaticFiles(directory=LOOK)),
            Mount("/-", StaticFiles(directory=HERE)),
            Route("/forms/{form}", endpoints.submit, methods=["POST"]),
            Route("/forms/{form}", endpoints.worksheet),
            Route("/try-outs/{id}", endpoints.tried_out),
            Route("/{path:path}", endpoints.page),
        ],
        middleware=[Middleware(Guard, host=host)],
    )


class _Endpoints:
    def __init__(self, live: Live, try_out: TryOut) -> None:
        self.live, self.try_out = live, try_out

    async def frame(self, request: Request) -> Response:
        """Return the frame or, inside it, the site's first page; frame.js covers browsers without this header."""
        if request.headers.get("sec-fetch-dest") == "iframe":
            return self._page("")
        return FileResponse(HERE / "frame.html", headers={"Cache-Control": "no-cache"})

    async def page(self, request: Request) -> Response:
        return self._page(request.path_params["path"])

    def _page(self, path: str) -> Response:
        """Return a page or file of the site; no pages while the site cannot be built."""
        live = self.live
        is_page = "." not in path.rpartition("/")[2] or path.endswith(".html")
        if live.trouble and is_page:
            return self._trouble("The site cannot be built", live.trouble)
        if live.site is None:
            return self._trouble("The site is being built", "") if is_page else Response(status_code=404)
        if rendered := live.site.find(path):
            if rendered.trouble:
                return self._trouble("This page cannot be shown", rendered.trouble, rendered.page)
            return self._html(rendered.html, rendered.page)
        if path and not path.endswith("/") and live.site.find(f"{path}/"):
            return RedirectResponse(f"/{path}/")
        return self._file(live.site.folder, path, is_page)

    def _file(self, folder: Path, path: str, is_page: bool) -> Response:
        if full := _served_file(folder.resolve(), path):
            return FileResponse(full, headers={"Cache-Control": "no-cache"})
        missing = folder / "404.html"
        if is_page and missing.is_file():
            return self._html(missing.read_text("utf-8"), "", 404)
        return PlainTextResponse("This page is not here.", 404)

    def _html(self, html: str, page: str, status: int = 200) -> Response:
        """Return a page with the script that follows the events; the script is not part of the built site."""
        script = tag(
            "script",
            type="module",
            src="/-/page.js",
            data_homeward_preview=True,
            data_page=page,
            data_number=self.live.number_of(page),
        )
        head, end, tail = html.rpartition("</body>")
        html = f"{head}{script}{end}{tail}" if end else html + script
        return HTMLResponse(html, status, {"Cache-Control": "no-cache"})

    def _trouble(self, title: str, text: str, page: str = "") -> Response:
        words = (HERE / "trouble.html").read_text("utf-8")
        shown = tag("pre", text) if text else ""
        return self._html(words.replace("<!--title-->", escape(title)).replace("<!--text-->", shown), page, 500)

    async def events(self, request: Request) -> Response:
        """Stream the state, and each change of it, as server-sent events."""
        return StreamingResponse(self._events(), media_type="text/event-stream")

    async def _events(self) -> AsyncIterator[str]:
        while True:
            news = self.live.news
            yield f"data: {json.dumps(self.live.state())}\n\n"
            while not news.is_set():
                try:
                    await asyncio.wait_for(news.wait(), HEARTBEAT)
                except TimeoutError:
                    yield ":\n\n"

    async def examples(self, request: Request) -> Response:
        """Return example answers to a form, as pairs of wire name and value."""
        form = self._form(request)
        return JSONResponse(to_pairs(form, example_answers(form)), headers={"Cache-Control": "no-store"})

    async def worksheet(self, request: Request) -> Response:
        return RedirectResponse(self._page_of(self._form(request)), 303)

    async def submit(self, request: Request) -> Response:
        form = self._form(request)
        return await self.try_out.submit(request, form, self._folder(), self._page_of(form))

    async def tried_out(self, request: Request) -> Response:
        return await self.try_out.show(request, self._folder())

    def _form(self, request: Request) -> Form:
        form = self.live.form(request.path_params["form"])
        if form is None:
            raise HTTPException(404, "There is no such form, or it has mistakes.")
        return form

    def _folder(self) -> Path:
        if self.live.site is None:
            raise HTTPException(503, "The site cannot be built.")
        return self.live.site.folder

    def _page_of(self, form: Form) -> str:
        pages = self.live.site.library.pages if self.live.site else ()
        path = next((page.path for page in pages if page.form and page.form.id == form.id), "")
        return self.live.site.url_of(path) if self.live.site and path else "/"


def _served_file(folder: Path, path: str) -> Path | None:
    """Return the file that a path leads to, or None when it is outside the folder or not to be served."""
    try:
        full = (folder / path).resolve()
        served = full.is_relative_to(folder) and full not in {folder / name for name in NOT_PAGES} and full.is_file()
    except (OSError, ValueError):  # a name that no file can have
        return None
    return full if served else None
