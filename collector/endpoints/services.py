"""What the endpoints work with: opened when the collector starts, closed when it stops."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from starlette.requests import Request

from collector.endpoints.built_site import BuiltSite
from collector.endpoints.definitions import Definitions
from collector.endpoints.rates import Limits
from collector.ledger.access import Access, ClientSignIn
from collector.ledger.ledger import Ledger
from collector.publishing import publish_what_fits
from collector.secrets import derive, load_secret
from collector.settings import Settings

SIGN_IN_COOKIE = "hw_client"
MOST_SEEN = 4_096  # devices remembered, about 2 MB: more than send within the same hours


@dataclass(frozen=True)
class Services:
    """The collector's parts, as the endpoints know them."""

    settings: Settings
    built_site: BuiltSite
    ledger: Ledger
    access: Access
    definitions: Definitions
    limits: Limits
    receipt_key: bytes = field(repr=False)
    seen: dict[str, ClientSignIn] = field(default_factory=dict, repr=False)

    @property
    def cookie(self) -> str:
        """The name of the cookie; over HTTPS its prefix keeps other hosts from setting it."""
        return f"__Host-{SIGN_IN_COOKIE}" if self.settings.https else SIGN_IN_COOKIE

    def client(self, request: Request) -> ClientSignIn | None:
        """Return which client's device is asking, as the ledger has it now."""
        token = request.cookies.get(self.cookie)
        return self.access.client_sign_in(token) if token else None

    def sender(self, request: Request) -> ClientSignIn | None:
        """Return whose device wants to send, as it was when it last sent.

        Good only for a submission that carries the sign-in: the ledger asks again in the transaction that stores it,
        and refuses what has ended. Call `forget` then.
        """
        token = request.cookies.get(self.cookie)
        if not token:
            return None
        signed_in = self.seen.get(token)
        if signed_in is None and (signed_in := self.access.client_sign_in(token)) is not None:
            if len(self.seen) >= MOST_SEEN:
                del self.seen[next(iter(self.seen))]
            self.seen[token] = signed_in
        return signed_in

    def forget(self, request: Request) -> None:
        """Ask the ledger anew when this device wants to send again."""
        self.seen.pop(request.cookies.get(self.cookie, ""), None)


def services_of(request: Request) -> Services:
    """Return the services of the collector that got this request."""
    return cast(Services, request.scope["state"]["services"])


@asynccontextmanager
async def opened(settings: Settings, built_site: BuiltSite, limits: Limits) -> AsyncIterator[dict[str, Any]]:
    """Open ledger and access, make sure that the site's forms are in the ledger, and close it all at the end."""
    settings.data.mkdir(parents=True, exist_ok=True)
    key = derive(load_secret(settings.secret), "receipt")
    with Ledger.open(settings.ledger) as ledger, Access(settings.ledger) as access:
        publish_what_fits(ledger, access, built_site.current().catalogue)
        definitions = Definitions(access, built_site)
        yield {"services": Services(settings, built_site, ledger, access, definitions, limits, key)}
