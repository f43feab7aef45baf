"""The collector's shared resources: opened when it starts, closed when it stops."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

from starlette.requests import HTTPConnection

from collector.endpoints.built_site import BuiltSite
from collector.endpoints.cookies import SignInCookie
from collector.endpoints.definitions import Definitions
from collector.endpoints.rates import Limits
from collector.ledger.access import Access, ClientSignIn
from collector.ledger.ledger import Ledger
from collector.ledger.opening import open_ledger
from collector.publishing import publish_what_fits
from collector.secrets import derive, details_key, load_secret
from collector.settings import Settings
from collector.storage import Storage
from site_builder.forms.model.days import today_by

MOST_SEEN = 4_096  # devices remembered, about 2 MB: more than send within the same hours


@dataclass(frozen=True)
class Services:
    """The shared resources that the collector's endpoints use."""

    settings: Settings
    built_site: BuiltSite
    ledger: Ledger
    access: Access
    definitions: Definitions
    limits: Limits
    receipt_key: bytes = field(repr=False)
    details_key: str = field(repr=False)
    seen: dict[str, ClientSignIn] = field(default_factory=dict, repr=False)

    @cached_property
    def cookie(self) -> SignInCookie:
        return SignInCookie("hw_client", self.settings.https)

    def client(self, request: HTTPConnection) -> ClientSignIn | None:
        """Return the device's sign-in from the ledger; None without one."""
        token = self.cookie.value(request)
        return self.access.client_sign_in(token) if token else None

    def sender(self, request: HTTPConnection) -> ClientSignIn | None:
        """Return the sign-in of the device that sends, perhaps from memory; None without one.

        It may have ended meanwhile, so use it only for a submission that carries it: the ledger checks it again in the
        transaction that stores the submission. Call `forget` when the ledger refuses it.
        """
        token = self.cookie.value(request)
        if not token:
            return None
        signed_in = self.seen.get(token)
        if signed_in is None and (signed_in := self.access.client_sign_in(token)) is not None:
            if len(self.seen) >= MOST_SEEN:
                del self.seen[next(iter(self.seen))]
            self.seen[token] = signed_in
        return signed_in

    def forget(self, request: HTTPConnection) -> None:
        """Forget the device's sign-in, so that its next submission reads it from the ledger."""
        self.seen.pop(self.cookie.value(request), None)


def services_of(request: HTTPConnection) -> Services:
    """Return the services of the collector that received this request."""
    return cast(Services, request.scope["state"]["services"])


@asynccontextmanager
async def opened(settings: Settings, built_site: BuiltSite, limits: Limits) -> AsyncIterator[dict[str, Any]]:
    """Open the ledger and access checks, publish the site's forms to the ledger, and close everything at the end."""
    secret = load_secret(settings)
    key = derive(secret, "receipt")
    with open_ledger(Storage(settings)) as (ledger, access), today_by(ledger.clock.now):
        publish_what_fits(ledger, access, built_site.current().catalogue)
        definitions = Definitions(access, built_site)
        yield {
            "services": Services(settings, built_site, ledger, access, definitions, limits, key, details_key(secret))
        }
