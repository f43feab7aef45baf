"""The review as one ASGI application, which checks on every request who may see which caseload."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from collector.endpoints.problems import MISHAP, problem_json
from collector.endpoints.rates import RETRY_PACED, Turns, address_block, usual_pace
from collector.endpoints.static_site import Files, caching
from collector.errors import LedgerError
from collector.ledger.access import Person
from collector.middleware.access_log import AccessLog
from collector.middleware.body_limits import BodyLimits
from collector.middleware.mishaps import Mishaps
from collector.middleware.pace import Pace
from collector.middleware.same_origin import SameOrigin
from collector.middleware.security_headers import SecurityHeaders
from collector.review import actions, headers, sign_in
from collector.review.attempts import Attempts
from collector.review.services import ReviewServices, opened, services_of
from collector.review.spreadsheets import SafeSpreadsheets
from collector.settings import Settings

# Matches the raw path: Datasette uses that too, so no spelling can mean one thing here and another there.
ADDRESS = re.compile(rb"/c/(?P<caseload>[a-z0-9-]{1,64})(?P<slash>/?)(?P<rest>.*)")
# All that can be reached below a caseload. Not Datasette's own services under /-/, nor a download of the file.
OPEN = re.compile(
    rb"(?:\.json"
    rb"|(?:client|submission)/[^/]+"
    rb"|-/(?:static|static-plugins|homeward)/.+"
    rb"|caseload(?:\.(?!db$)\w+|/.*)?"
    rb")?"
)
STATIC = re.compile(rb"-/static(?:-plugins)?/")
OUR_ROUTES = b"-/homeward/"  # of the plugin; only these accept a POST
READ = ("GET", "HEAD")
DATA = (".json", ".csv", ".blob")  # requested by programs, for which a sign-in page is useless
# Datasette does no access checks, so it needs neither of the first two; and it fails at a host that is none.
FROM_THE_BROWSER = frozenset({b"authorization", b"cookie", b"host"})
SITE_ASSETS = Path("assets", "homeward")

WORDS = {
    400: ("This cannot be read", "The request was damaged on its way. Go back, and try again."),
    403: (
        "This was not done",
        "It is for a therapist of this caseload alone, or the request came from another site. If it is yours to do,"
        " open the page here, and try again.",
    ),
    404: ("There is nothing here", "The address may have a slip in it, or the page is not yours to see."),
    405: ("This does not work here", "This address can only be read."),
    429: ("Please wait a little", "A lot was asked for from here in a short time. Wait a minute, then try again."),
    500: MISHAP,
    503: ("This cannot be shown just now", "Nothing is lost. Wait a minute, then try again."),
}
RETRY_AFTER = 30  # seconds; an unreadable ledger is not fixed sooner


def create_review(settings: Settings, attempts: Attempts | None = None, asking: Turns | None = None) -> Starlette:
    """Return the review application; its ledger, access checks and instances are open during its lifespan."""
    turns = asking or usual_pace()

    def paced(app: ASGIApp) -> Pace:
        return Pace(app, turns, address_block, _person, always(429, {"Retry-After": str(RETRY_PACED)}))

    review = Starlette(
        routes=[
            Route("/", start),
            Route("/sign-in", sign_in.ask, methods=["GET"]),
            Route("/sign-in", sign_in.enter, methods=["POST"]),
            Route("/sign-out", sign_in.leave, methods=["POST"]),
            Mount("/static", Static(settings)),
            Route("/c/{caseload}/client/{client}/course", actions.begin_course, methods=["POST"]),
            Mount("/c", serve_caseload),
        ],
        middleware=[
            Middleware(AccessLog, room="review"),
            Middleware(SecurityHeaders, policy=headers.policy, https=settings.https),
            Middleware(Mishaps, answer=always(500)),
            Middleware(SameOrigin, refusal=paced(always(403)), https=settings.https),
            Middleware(paced),
            Middleware(BodyLimits),
        ],
        exception_handlers={LedgerError: unavailable, HTTPException: refused},
        lifespan=lambda app: opened(settings, attempts or Attempts()),
    )
    review.router.redirect_slashes = False  # a wrong address is a 404
    return review


def _person(connection: HTTPConnection) -> str:
    """Return who is signed in; "" for nobody."""
    try:
        person, _ = services_of(connection).person(connection)
    except LedgerError:
        return ""
    return person.id if person else ""


async def start(request: Request) -> Response:
    """Redirect to the person's caseload, or let them choose among several."""
    services = services_of(request)
    person, renewed = services.person(request)
    if person is None:
        return to_sign_in(request)
    caseloads = services.access.caseloads_of(person.id)
    if len(caseloads) == 1:
        return RedirectResponse(f"/c/{caseloads[0].id}/", 303)
    response = services.page("caseloads.html", person=person, caseloads=caseloads, notices=services.notices())
    if renewed:
        services.cookies.set(response, renewed)
    return response


async def serve_caseload(scope: Scope, receive: Receive, send: Send) -> None:
    """Pass a member's request on to the caseload's Datasette; 404 for everybody else."""
    request = Request(scope, receive)
    services = services_of(request)
    person, renewed = services.person(request)
    if person is None:
        await to_sign_in(request)(scope, receive, send)
        return
    address = ADDRESS.fullmatch(raw_path(scope))
    id = address["caseload"].decode() if address else ""
    caseload = next((each for each in services.access.caseloads_of(person.id) if each.id == id), None)
    response: ASGIApp
    if address is None or caseload is None or not OPEN.fullmatch(address["rest"]):
        response = notice(request, 404)
    elif request.method not in READ and not address["rest"].startswith(OUR_ROUTES):
        response = notice(request, 405)
    elif not address["slash"]:
        response = RedirectResponse(f"/c/{id}/", 303)
    elif not services.instances.has_file(caseload):
        response = services.page("nothing_yet.html", caseload=caseload, notices=services.notices())
    elif not services.instances.is_ready(caseload):
        response = notice(request, 503, {"Retry-After": str(RETRY_AFTER)})
    else:

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            await services.instances.answer(caseload, scope, receive, send)

        static = STATIC.match(address["rest"]) is not None
        inner = headers.DatasetteHeaders(SafeSpreadsheets(answer), static)
        base = f"/c/{id}"
        await inner(for_datasette(scope, person, base), receive, below(base, renewing(services, renewed, send)))
        return
    await response(scope, receive, renewing(services, renewed, send))


def raw_path(scope: Scope) -> bytes:
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw.partition(b"?")[0]


def to_sign_in(request: Request) -> Response:
    """Redirect a browser to the sign-in, which leads back here; return 401 to a program."""
    is_page = request.method in READ and "text/html" in request.headers.get("accept", "")
    if not is_page or request.url.path.endswith(DATA):
        return problem_json(401, "Sign in first")
    query: bytes = request.scope["query_string"]
    wanted = (raw_path(request.scope) + (b"?" + query if query else b"")).decode("latin-1")
    return RedirectResponse("/sign-in" if wanted == "/" else f"/sign-in?next={quote(wanted, safe='')}", 303)


def for_datasette(scope: Scope, person: Person, base: str) -> Scope:
    """Return the request for Datasette: below its own root, without cookies, with the person as its actor.

    Datasette prefixes every link with its base_url, so the path must not contain it. The actor's id has a prefix,
    because Datasette gives the actor `root` more rights.
    """
    return {
        **scope,
        "path": scope["path"][len(base) :],
        "raw_path": raw_path(scope)[len(base) :],
        "root_path": "",
        "headers": [
            *(pair for pair in scope["headers"] if pair[0] not in FROM_THE_BROWSER),
            (b"host", HTTPConnection(scope).url.netloc.encode("latin-1")),
        ],
        "actor": {"id": f"person:{person.id}", "person": person.id, "name": person.name},
    }


def below(base: str, send: Send) -> Send:
    """Return a `send` that keeps redirects below the caseload: Datasette builds some from the path alone."""

    def prefixed(name: bytes, value: bytes) -> bytes:
        outside = value.startswith(b"/") and not value.startswith(f"{base}/".encode())
        return base.encode() + value if name.lower() == b"location" and outside else value

    async def redirecting(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [(name, prefixed(name, value)) for name, value in message.get("headers", ())]
            message = {**message, "headers": headers}
        await send(message)

    return redirecting


def renewing(services: ReviewServices, token: str, send: Send) -> Send:
    """Return a `send` that sets a new cookie for `token`; the same `send` without one."""
    if not token:
        return send
    carrier = Response()
    services.cookies.set(carrier, token)
    cookies = [pair for pair in carrier.raw_headers if pair[0] == b"set-cookie"]

    async def send_with_cookie(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *cookies]}
        await send(message)

    return send_with_cookie


def notice(request: HTTPConnection, status: int, extra: dict[str, str] | None = None) -> Response:
    """Return an error as a page or as JSON. It depends on the request alone, so it reveals nothing to strangers."""
    title, detail = WORDS.get(status) or WORDS[400 if status < 500 else 500]
    if request.url.path.endswith(DATA) or "text/html" not in request.headers.get("accept", ""):
        return problem_json(status, title, detail, headers=extra)
    return services_of(request).page("notice.html", status=status, headers=extra, title=title, detail=detail)


def always(status: int, extra: dict[str, str] | None = None) -> ASGIApp:
    """Return an ASGI application that answers every request with this status."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await notice(Request(scope), status, extra)(scope, receive, send)

    return answer


async def refused(request: Request, error: Exception) -> Response:
    """Return the notice for an HTTPException: an unknown route or method, a body over its limits."""
    if not isinstance(error, HTTPException):
        raise error
    return notice(request, error.status_code, dict(error.headers or {}))


async def unavailable(request: Request, error: Exception) -> Response:
    """Return 503: without the ledger nobody's access can be checked."""
    return notice(request, 503, {"Retry-After": str(RETRY_AFTER)})


class Static(Files):
    """Serves the review's own styles and the site's fonts and colours, to everybody."""

    def __init__(self, settings: Settings) -> None:
        own = str(files("collector.review").joinpath("static"))
        super().__init__(directory=own)
        theme = Path(str(files("site_builder"))) / "theme" / SITE_ASSETS
        self.all_directories = [
            own,
            settings.site / SITE_ASSETS,
            theme,
        ]  # the theme itself is used before the first build

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = caching(path)
        return response
