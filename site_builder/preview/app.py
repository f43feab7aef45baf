"""The preview as a small web application: the frame, the site in it, news of every save, and try-outs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from html import escape
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

from site_builder.build import POLICY
from site_builder.forms import catalogue
from site_builder.forms.answers import to_pairs
from site_builder.forms.definition import Form
from site_builder.forms.examples import example_answers
from site_builder.preview.guard import Guard
from site_builder.preview.live import Live

HERE = Path(__file__).parent / "static"
LOOK = Path(__file__).parents[1] / "theme" / "assets" / "homeward"
HEARTBEAT = 10.0  # seconds; so that a browser that has gone is noticed
NOT_PAGES = ("shell.html", catalogue.FILE, POLICY)  # in the site's folder, and for nobody's eyes


class TryOut(Protocol):
    """What answers "Send to my therapist" in the preview: it stores nothing, and shows what would have been stored."""

    async def submit(self, request: Request, form: Form, site: Path, page: str) -> Response:
        """Answer a submission of `form`, which stands on `page` of the site that was built into `site`."""

    async def show(self, request: Request, site: Path) -> Response:
        """Show what the latest submissions would become."""


def create_app(live: Live, try_out: TryOut, host: str) -> Starlette:
    """Give the application; `live` has to be kept going beside it."""
    rooms = _Rooms(live, try_out)
    return Starlette(
        routes=[
            Route("/", rooms.frame),
            Route("/-/events", rooms.events),
            Route("/-/examples/{form}", rooms.examples),
            Mount("/-/look", StaticFiles(directory=LOOK)),
            Mount("/-", StaticFiles(directory=HERE)),
            Route("/forms/{form}", rooms.submit, methods=["POST"]),
            Route("/forms/{form}", rooms.worksheet),
            Route("/try-outs/{id}", rooms.tried_out),
            Route("/{path:path}", rooms.page),
        ],
        middleware=[Middleware(Guard, host=host)],
    )


class _Rooms:
    """The endpoints."""

    def __init__(self, live: Live, try_out: TryOut) -> None:
        self.live, self.try_out = live, try_out

    async def frame(self, request: Request) -> Response:
        """Show the frame; in the frame, the site's own first page (a browser that does not tell is led by frame.js)."""
        if request.headers.get("sec-fetch-dest") == "iframe":
            return self._page("")
        return FileResponse(HERE / "frame.html", headers={"Cache-Control": "no-cache"})

    async def page(self, request: Request) -> Response:
        return self._page(request.path_params["path"])

    def _page(self, path: str) -> Response:
        """Give a page or a file of the site; no page while the site cannot be built."""
        live = self.live
        is_page = "." not in path.rpartition("/")[2] or path.endswith(".html")
        if live.trouble and is_page:
            return self._trouble("The site cannot be built", live.trouble)
        if live.site is None:
            return self._trouble("The site is being built", "") if is_page else Response(status_code=404)
        if found := live.site.find(path):
            if found.trouble:
                return self._trouble("This page cannot be shown", found.trouble, found.page)
            return self._html(found.html, found.page)
        if path and not path.endswith("/") and live.site.find(f"{path}/"):
            return RedirectResponse(f"/{path}/")
        return self._file(live.site.folder, path, is_page)

    def _file(self, folder: Path, path: str, is_page: bool) -> Response:
        if full := _found(folder.resolve(), path):
            return FileResponse(full, headers={"Cache-Control": "no-cache"})
        missing = folder / "404.html"
        if is_page and missing.is_file():
            return self._html(missing.read_text("utf-8"), "", 404)
        return PlainTextResponse("This page is not here.", 404)

    def _html(self, html: str, page: str, status: int = 200) -> Response:
        """Give a page with the script that follows the news; it is put in here, and is in no file."""
        script = (
            '<script type="module" src="/-/page.js" data-homeward-preview '
            f'data-page="{escape(page)}" data-number="{self.live.number_of(page)}"></script>'
        )
        head, end, tail = html.rpartition("</body>")
        html = f"{head}{script}{end}{tail}" if end else html + script
        return HTMLResponse(html, status, {"Cache-Control": "no-cache"})

    def _trouble(self, title: str, text: str, page: str = "") -> Response:
        words = (HERE / "trouble.html").read_text("utf-8")
        shown = f"<pre>{escape(text)}</pre>" if text else ""
        return self._html(words.replace("<!--title-->", escape(title)).replace("<!--text-->", shown), page, 500)

    async def events(self, request: Request) -> Response:
        """Tell the state of things, and again whenever it changes (server-sent events)."""
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
        """Give made-up answers to a form, as pairs of wire name and value."""
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


def _found(folder: Path, path: str) -> Path | None:
    """Give the file that a path leads to, unless it is outside the folder or for nobody's eyes."""
    try:
        full = (folder / path).resolve()
        seen = full.is_relative_to(folder) and full not in {folder / name for name in NOT_PAGES} and full.is_file()
    except (OSError, ValueError):  # a name that no file can have
        return None
    return full if seen else None
