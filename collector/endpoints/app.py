"""The collector as one ASGI application: wiring only."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Mount, Route

from collector.endpoints import client_sign_in as doors
from collector.endpoints import services as desk
from collector.endpoints.built_site import Website
from collector.endpoints.health import health
from collector.endpoints.openapi import openapi
from collector.endpoints.rates import Limits
from collector.endpoints.receipts import receipt
from collector.endpoints.refusals import Refusal, Refusals
from collector.endpoints.static_site import SiteFiles
from collector.endpoints.submissions import submit, worksheet
from collector.errors import LedgerError
from collector.middleware.access_log import AccessLog
from collector.middleware.body_limits import BodyLimits
from collector.middleware.mishaps import Mishaps
from collector.middleware.same_origin import SameOrigin
from collector.middleware.security_headers import SecurityHeaders
from collector.settings import Settings


def create_app(settings: Settings, limits: Limits | None = None) -> Starlette:
    """Put the collector together; ledger and doors are open while its lifespan lasts."""
    website = Website(settings.site)
    refusals = Refusals(website)
    return Starlette(
        routes=[
            Route("/forms/{form}", submit, methods=["POST"]),
            Route("/forms/{form}", worksheet, methods=["GET"]),
            Route("/receipts/{id}", receipt),
            Route("/open", doors.ask, methods=["GET"]),
            Route("/open", doors.enter, methods=["POST"]),
            Route("/signed-in", doors.signed_in),
            Route("/leave", doors.leave, methods=["POST"]),
            Route("/health", health),
            Route("/openapi.json", openapi),
            Mount("/", SiteFiles(settings.site)),
        ],
        middleware=[
            Middleware(AccessLog, room="collect"),
            Middleware(SecurityHeaders, policy=lambda: website.current().policy, https=settings.https),
            Middleware(Mishaps, answer=refusals.as_app(500)),
            Middleware(SameOrigin, refusal=refusals.as_app(403), https=settings.https),
            Middleware(BodyLimits),
        ],
        exception_handlers={
            Refusal: refusals.refusal,
            LedgerError: refusals.ledger,
            HTTPException: refusals.http,
        },
        lifespan=lambda app: desk.opened(settings, website, limits or Limits()),
    )
