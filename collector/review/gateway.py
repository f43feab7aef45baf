"""The review as one ASGI application: who may enter which caseload, decided on every request."""

from __future__ import annotations

import re
from importlib.resources import files
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Message, Receive, Scope, Send

from collector.errors import LedgerError
from collector.ledger.access import Person
from collector.logging import AccessLog
from collector.middleware.same_origin import SameOrigin
from collector.review import sign_in
from collector.review.desk import ReviewDesk, desk_of, opened
from collector.review.formulas import Harmless
from collector.review.policy import ReviewPolicy
from collector.settings import Settings

# Datasette's own services stay shut; only what its pages are made of is open.
OPEN_SERVICES = re.compile(r"-/(static|static-plugins)/")
READ = ("GET", "HEAD")
STATIC_LIFE = "public, max-age=3600"
NOTHING_HERE = PlainTextResponse("There is nothing here.", 404)


def create_review(settings: Settings, attempts: sign_in.Attempts | None = None) -> Starlette:
    """Put the review together; ledger, doors and instances are open while its lifespan lasts."""
    return Starlette(
        routes=[
            Route("/", start),
            Route("/sign-in", sign_in.ask, methods=["GET"]),
            Route("/sign-in", sign_in.enter, methods=["POST"]),
            Route("/sign-out", sign_in.leave, methods=["POST"]),
            Mount("/static", Static(settings)),
            Mount("/c", CaseloadDoor()),
        ],
        middleware=[
            Middleware(AccessLog, room="review"),
            Middleware(ReviewPolicy, https=settings.https),
            Middleware(SameOrigin, refusal=PlainTextResponse("Forbidden", 403), https=settings.https),
        ],
        exception_handlers={LedgerError: unavailable},
        lifespan=lambda app: opened(settings, attempts or sign_in.Attempts()),
    )


async def start(request: Request) -> Response:
    """Go to the person's caseload, or let them choose among several."""
    desk = desk_of(request)
    person, _ = desk.person(request)
    if person is None:
        return RedirectResponse("/sign-in", 303)
    caseloads = desk.doors.caseloads_of(person.id)
    if len(caseloads) == 1:
        return RedirectResponse(f"/c/{caseloads[0].id}/", 303)
    return desk.page("caseloads.html", person=person, caseloads=caseloads)


async def unavailable(request: Request, error: Exception) -> Response:
    """The ledger cannot be asked, so nobody may enter for now."""
    return PlainTextResponse("This cannot be shown just now. Try again in a minute.", 503, {"Retry-After": "60"})


class Static(StaticFiles):
    """The review's own styles, and the site's type and colours; public, like any stylesheet."""

    def __init__(self, settings: Settings) -> None:
        own = files("collector.review").joinpath("static")
        super().__init__(directory=str(own))
        self.all_directories = [str(own), settings.site / "assets" / "homeward"]

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = STATIC_LIFE
        return response


class CaseloadDoor:
    """Passes a member's request on to the caseload's Datasette; for everybody else there is nothing here."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        desk = desk_of(request)
        person, renew = desk.person(request)
        caseload_id, slash, rest = scope["path"].removeprefix("/c/").partition("/")
        response = self._refusal(desk, request, person, caseload_id, slash, rest)
        if person is None or response is not None:
            await (response or NOTHING_HERE)(scope, receive, send)
            return
        caseload = next(found for found in desk.doors.caseloads_of(person.id) if found.id == caseload_id)
        if not desk.instances.has_file(caseload):
            await desk.page("nothing_yet.html", caseload=caseload)(scope, receive, send)
            return
        base = f"/c/{caseload_id}"
        outer = Harmless(_below(base, _renewing(desk, renew, send)))
        await desk.instances.answer(caseload, _for_datasette(scope, desk, person, base), receive, outer)

    @staticmethod
    def _refusal(
        desk: ReviewDesk, request: Request, person: Person | None, caseload: str, slash: str, rest: str
    ) -> Response | None:
        """Say no, or nothing. A stranger's no is the same as for a caseload that does not exist."""
        if person is None:
            if request.method not in READ or "text/html" not in request.headers.get("accept", ""):
                return JSONResponse({"title": "Sign in first"}, 401)
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(f"/sign-in?next={quote(request.url.path + query, safe='')}", 303)
        if not desk.doors.role(person.id, caseload) or _shut(rest) or _disguised(request, caseload):
            return NOTHING_HERE
        if not slash:
            return RedirectResponse(f"/c/{caseload}/", 303)
        return None if request.method in READ else PlainTextResponse("This can only be read.", 405)


def _disguised(request: Request, caseload: str) -> bool:
    """Whether the caseload's own part of the address was percent-encoded, which no link of ours does."""
    raw: bytes = request.scope.get("raw_path", b"")
    return not raw.startswith(f"/c/{caseload}".encode())


def _shut(rest: str) -> bool:
    """Whether an address below a caseload is one of Datasette's own services, or a whole file."""
    if rest.startswith("-/"):
        return not OPEN_SERVICES.match(rest)
    first = rest.partition("/")[0]
    return first.startswith("_") or first.endswith(".db") or "/-/" in f"/{rest}"


def _for_datasette(scope: Scope, desk: ReviewDesk, person: Person, base: str) -> Scope:
    """Give the request as Datasette may see it: below its own root, without our cookie, and with who is asking.

    Datasette puts its base_url in front of every link that it makes, so the path must come without it.
    """
    headers = [(name, desk.cookies.without(value) if name == b"cookie" else value) for name, value in scope["headers"]]
    return {
        **scope,
        "path": scope["path"][len(base) :],
        "raw_path": scope["raw_path"][len(base) :],
        "root_path": "",
        "headers": [(name, value) for name, value in headers if name != b"cookie" or value],
        "actor": {"id": person.id, "name": person.name},
    }


def _below(base: str, send: Send) -> Send:
    """Give a send that keeps redirects below the caseload: Datasette makes some of them from the path alone."""

    async def redirecting(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [
                (name, base.encode() + value if _is_outside(name, value, base) else value)
                for name, value in message.get("headers", ())
            ]
        await send(message)

    return redirecting


def _is_outside(name: bytes, value: bytes, base: str) -> bool:
    return name.lower() == b"location" and value.startswith(b"/") and not value.startswith(f"{base}/".encode())


def _renewing(desk: ReviewDesk, token: str, send: Send) -> Send:
    """Give a send that puts a new cookie on the answer, when it is time for one."""
    if not token:
        return send
    carrier = Response()
    desk.cookies.set(carrier, token)
    cookie = next(value for name, value in carrier.raw_headers if name == b"set-cookie")

    async def renewing(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), (b"set-cookie", cookie)]
        await send(message)

    return renewing
