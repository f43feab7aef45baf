"""The collector as one ASGI application: wiring only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from collector.endpoints import client_sign_in, services
from collector.endpoints.built_site import BuiltSite
from collector.endpoints.definitions import FORMS, largest_body
from collector.endpoints.health import health, metrics
from collector.endpoints.openapi import openapi
from collector.endpoints.rates import RETRY_PACED, Limits, address_block
from collector.endpoints.receipts import receipt
from collector.endpoints.refusals import Refusal, Refusals
from collector.endpoints.static_site import StaticSite
from collector.endpoints.submissions import submit, worksheet
from collector.errors import LedgerError
from collector.middleware.access_log import AccessLog
from collector.middleware.body_limits import BodyLimits
from collector.middleware.mishaps import Mishaps
from collector.middleware.pace import Pace
from collector.middleware.same_origin import SameOrigin
from collector.middleware.security_headers import SecurityHeaders
from collector.settings import Settings


class Direct:
    """An endpoint without the layer that Starlette puts round a function: the application's own handlers suffice."""

    def __init__(self, endpoint: Callable[[Request], Awaitable[Response]]) -> None:
        self.endpoint = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self.endpoint(Request(scope, receive))
        await response(scope, receive, send)


def _counts_itself(scope: Scope) -> bool:
    """Return whether `submit` answers this: it counts each post by itself, before it is read."""
    path: str = scope["path"]
    return (
        path.startswith(FORMS)
        and len(path) > len(FORMS)
        and scope["method"] == "POST"
        and path.find("/", len(FORMS)) < 0
    )


def _link(connection: HTTPConnection) -> str:
    """Return the link of the client who is signed in; "" for nobody."""
    try:
        sender = services.services_of(connection).sender(connection)
    except LedgerError:
        return ""
    return sender.link if sender else ""


def create_app(settings: Settings, limits: Limits | None = None) -> Starlette:
    """Return the collector, put together; ledger and access are open while its lifespan lasts."""
    built_site = BuiltSite(settings.site)
    refusals = Refusals(built_site)
    limits = limits or Limits()
    too_many = refusals.as_app(429, RETRY_PACED)

    def paced(app: ASGIApp) -> Pace:
        return Pace(app, limits.asking, address_block, _link, too_many, unless=_counts_itself)

    from_elsewhere = Pace(refusals.as_app(403), limits.asking, address_block, _link, too_many)
    app = Starlette(
        routes=[
            Route("/forms/{form}", Direct(submit), methods=["POST"]),
            Route("/forms/{form}", worksheet, methods=["GET"]),
            Route("/receipts/{id}", receipt),
            Route("/open", client_sign_in.ask, methods=["GET"]),
            Route("/open", client_sign_in.enter, methods=["POST"]),
            Route("/signed-in", client_sign_in.signed_in),
            Route("/leave", client_sign_in.leave, methods=["POST"]),
            Route("/health", health),
            Route("/metrics", metrics),
            Route("/openapi.json", openapi),
            Mount("/", StaticSite(settings.site)),
        ],
        middleware=[
            Middleware(AccessLog, room="collect"),
            Middleware(SecurityHeaders, policy=lambda: built_site.current().policy, https=settings.https),
            Middleware(Mishaps, answer=refusals.as_app(500)),
            Middleware(SameOrigin, refusal=from_elsewhere, https=settings.https),
            Middleware(paced),
            Middleware(BodyLimits, larger=largest_body),
        ],
        exception_handlers={
            Refusal: refusals.refusal,
            LedgerError: refusals.ledger,
            HTTPException: refusals.http,
        },
        lifespan=lambda app: services.opened(settings, built_site, limits),
    )
    app.router.redirect_slashes = False  # to an address made from the Host header, which anybody can write
    return app
