"""The review as one ASGI application: who may enter which caseload, decided on every request."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from collector.endpoints.website import caching
from collector.errors import LedgerError
from collector.ledger.access import Person
from collector.logging import AccessLog
from collector.middleware.body_limits import BodyLimits
from collector.middleware.mishaps import Mishaps
from collector.middleware.same_origin import SameOrigin
from collector.middleware.security_headers import SecurityHeaders
from collector.review import headers, sign_in
from collector.review.desk import ReviewDesk, desk_of, opened
from collector.review.spreadsheets import SafeSpreadsheets
from collector.settings import Settings

# As it came over the wire: Datasette reads that too, so no second spelling can mean one thing here and another there.
ADDRESS = re.compile(rb"/c/(?P<caseload>[a-z0-9-]{1,64})(?P<slash>/?)(?P<rest>.*)")
# All that is open below a caseload. Not Datasette's own services under /-/, nor the file as a whole.
OPEN = re.compile(
    rb"(?:\.json"
    rb"|(?:client|submission)/[^/]+"
    rb"|-/(?:static|static-plugins|homeward)/.+"
    rb"|caseload(?:\.(?!db$)\w+|/.*)?"
    rb")?"
)
STATIC = re.compile(rb"-/static(?:-plugins)?/")
OUR_ROUTES = b"-/homeward/"  # of the plugin; only these may take a POST
READ = ("GET", "HEAD")
DATA = (".json", ".csv", ".blob")  # what a program asks for, to which a sign-in page is no answer
FROM_THE_BROWSER = frozenset({b"authorization", b"cookie"})  # Datasette decides nothing, so it needs neither
SITE_ASSETS = Path("assets", "homeward")

WORDS = {
    400: ("This cannot be read", "The request was damaged on its way. Go back, and try again."),
    403: ("This was not done", "The request seems to come from another site. Open the page here, and try again."),
    404: ("There is nothing here", "The address may have a slip in it, or the page is not yours to see."),
    405: ("This does not work here", "This address can only be read."),
    500: ("Something went wrong here", "It is not your fault. Wait a minute, then try again."),
    503: ("This cannot be shown just now", "Nothing is lost. Wait a minute, then try again."),
}
RETRY_AFTER = 30  # seconds; a ledger that cannot be read needs somebody to look


def create_review(settings: Settings, attempts: sign_in.Attempts | None = None) -> Starlette:
    """Put the review together; ledger, doors and instances are open while its lifespan lasts."""
    review = Starlette(
        routes=[
            Route("/", start),
            Route("/sign-in", sign_in.ask, methods=["GET"]),
            Route("/sign-in", sign_in.enter, methods=["POST"]),
            Route("/sign-out", sign_in.leave, methods=["POST"]),
            Mount("/static", Static(settings)),
            Mount("/c", caseload_door),
        ],
        middleware=[
            Middleware(AccessLog, room="review"),
            Middleware(SecurityHeaders, policy=headers.policy, https=settings.https),
            Middleware(Mishaps, answer=saying(500)),
            Middleware(SameOrigin, refusal=saying(403), https=settings.https),
            Middleware(BodyLimits),
        ],
        exception_handlers={LedgerError: unavailable, HTTPException: refused},
        lifespan=lambda app: opened(settings, attempts or sign_in.Attempts()),
    )
    review.router.redirect_slashes = False  # an address is right or it is not here
    return review


async def start(request: Request) -> Response:
    """Go to the person's caseload, or let them choose among several."""
    desk = desk_of(request)
    person, renewed = desk.person(request)
    if person is None:
        return to_sign_in(request)
    caseloads = desk.doors.caseloads_of(person.id)
    if len(caseloads) == 1:
        return RedirectResponse(f"/c/{caseloads[0].id}/", 303)
    response = desk.page("caseloads.html", person=person, caseloads=caseloads)
    if renewed:
        desk.cookies.set(response, renewed)
    return response


async def caseload_door(scope: Scope, receive: Receive, send: Send) -> None:
    """Pass a member's request on to the caseload's Datasette; for everybody else there is nothing here."""
    request = Request(scope, receive)
    desk = desk_of(request)
    person, renewed = desk.person(request)
    if person is None:
        await to_sign_in(request)(scope, receive, send)
        return
    address = ADDRESS.fullmatch(raw_path(scope))
    id = address["caseload"].decode() if address else ""
    caseload = next((found for found in desk.doors.caseloads_of(person.id) if found.id == id), None)
    response: ASGIApp
    if address is None or caseload is None or not OPEN.fullmatch(address["rest"]):
        response = notice(request, 404)
    elif request.method not in READ and not address["rest"].startswith(OUR_ROUTES):
        response = notice(request, 405)
    elif not address["slash"]:
        response = RedirectResponse(f"/c/{id}/", 303)
    elif not desk.instances.has_file(caseload):
        response = desk.page("nothing_yet.html", caseload=caseload)
    else:

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            await desk.instances.answer(caseload, scope, receive, send)

        static = STATIC.match(address["rest"]) is not None
        inner = headers.DatasetteHeaders(SafeSpreadsheets(answer), static)
        base = f"/c/{id}"
        await inner(for_datasette(scope, person, base), receive, below(base, renewing(desk, renewed, send)))
        return
    await response(scope, receive, renewing(desk, renewed, send))


def raw_path(scope: Scope) -> bytes:
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw.partition(b"?")[0]


def to_sign_in(request: Request) -> Response:
    """Send a person to the sign-in and back; tell a program that it has to sign in first."""
    is_page = request.method in READ and "text/html" in request.headers.get("accept", "")
    if not is_page or request.url.path.endswith(DATA):
        return JSONResponse({"title": "Sign in first", "status": 401}, 401, media_type="application/problem+json")
    query: bytes = request.scope["query_string"]
    wanted = (raw_path(request.scope) + (b"?" + query if query else b"")).decode("latin-1")
    return RedirectResponse("/sign-in" if wanted == "/" else f"/sign-in?next={quote(wanted, safe='')}", 303)


def for_datasette(scope: Scope, person: Person, base: str) -> Scope:
    """Give the request as Datasette may see it: below its own root, without cookies, and with who is asking.

    Datasette puts its base_url in front of every link that it makes, so the path must come without it. The id has a
    prefix because Datasette lets the actor `root` do more than others.
    """
    return {
        **scope,
        "path": scope["path"][len(base) :],
        "raw_path": raw_path(scope)[len(base) :],
        "root_path": "",
        "headers": [pair for pair in scope["headers"] if pair[0] not in FROM_THE_BROWSER],
        "actor": {"id": f"person:{person.id}", "person": person.id, "name": person.name},
    }


def below(base: str, send: Send) -> Send:
    """Give a send that keeps redirects below the caseload: Datasette makes some of them from the path alone."""

    def kept(name: bytes, value: bytes) -> bytes:
        outside = value.startswith(b"/") and not value.startswith(f"{base}/".encode())
        return base.encode() + value if name.lower() == b"location" and outside else value

    async def redirecting(message: Message) -> None:
        if message["type"] == "http.response.start":
            told = [(name, kept(name, value)) for name, value in message.get("headers", ())]
            message = {**message, "headers": told}
        await send(message)

    return redirecting


def renewing(desk: ReviewDesk, token: str, send: Send) -> Send:
    """Give a send that puts a new cookie on the answer, when it is time for one."""
    if not token:
        return send
    carrier = Response()
    desk.cookies.set(carrier, token)
    cookies = [pair for pair in carrier.raw_headers if pair[0] == b"set-cookie"]

    async def send_with_cookie(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *cookies]}
        await send(message)

    return send_with_cookie


def notice(request: HTTPConnection, status: int, extra: dict[str, str] | None = None) -> Response:
    """Say no, in words or as JSON. It depends on the request alone, so a stranger learns nothing from it."""
    title, detail = WORDS.get(status) or WORDS[400 if status < 500 else 500]
    if request.url.path.endswith(DATA) or "text/html" not in request.headers.get("accept", ""):
        body = {"title": title, "status": status, "detail": detail}
        return JSONResponse(body, status, extra, media_type="application/problem+json")
    return desk_of(request).page("notice.html", status=status, headers=extra, title=title, detail=detail)


def saying(status: int) -> ASGIApp:
    """Give an ASGI application that answers every request with this status."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await notice(Request(scope), status)(scope, receive, send)

    return answer


async def refused(request: Request, error: Exception) -> Response:
    """Answer what Starlette refuses: no such route or method, a body over its limits."""
    if not isinstance(error, HTTPException):
        raise error
    return notice(request, error.status_code, dict(error.headers or {}))


async def unavailable(request: Request, error: Exception) -> Response:
    """The ledger cannot be asked, so nobody may enter for now."""
    return notice(request, 503, {"Retry-After": str(RETRY_AFTER)})


class Static(StaticFiles):
    """The review's own styles, and the site's type and colours: public, like any stylesheet."""

    def __init__(self, settings: Settings) -> None:
        own = str(files("collector.review").joinpath("static"))
        super().__init__(directory=own)
        theme = Path(str(files("site_builder"))) / "theme" / SITE_ASSETS
        self.all_directories = [own, settings.site / SITE_ASSETS, theme]  # the theme's own, before the first build

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = caching(path)
        return response
