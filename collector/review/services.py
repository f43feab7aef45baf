"""The review's shared resources: opened when it starts, closed when it stops."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, cast

from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, Response

from collector.endpoints.rendering import templates_of
from collector.ledger.access import Access, Person
from collector.ledger.ledger import Ledger
from collector.ledger.opening import open_ledger
from collector.review.attempts import Attempts
from collector.review.cookies import Cookies
from collector.review.instances import Instances
from collector.review.notices import notices
from collector.secrets import derive, load_secret
from collector.settings import Settings
from collector.storage import Storage

LOOK_FOR_IDLE = 60.0  # seconds

templates = templates_of("collector.review")


@dataclass(frozen=True)
class ReviewServices:
    """The shared resources that the review's endpoints use."""

    settings: Settings
    ledger: Ledger
    access: Access
    cookies: Cookies
    attempts: Attempts
    instances: Instances

    def person(self, connection: HTTPConnection) -> tuple[Person | None, str]:
        """Return who is signed in, if anybody, and the token if its cookie should be renewed."""
        token, renew = self.cookies.token(connection)
        person = self.access.person_sign_in(token) if token else None
        return person, token if person and renew else ""

    def notices(self) -> list[str]:
        """Return what every page says while something is wrong with the computer."""
        return notices(self.settings.data, self.access)

    def page(
        self, template: str, *, status: int = 200, headers: dict[str, str] | None = None, **values: Any
    ) -> Response:
        """Return one of the gateway's own pages."""
        return HTMLResponse(templates.get_template(template).render(values), status, headers)


def services_of(connection: HTTPConnection) -> ReviewServices:
    """Return the services of the review that received this request."""
    return cast(ReviewServices, connection.state.services)


@contextlib.asynccontextmanager
async def opened(settings: Settings, attempts: Attempts) -> AsyncIterator[dict[str, Any]]:
    """Open the ledger, access checks and instances, and close them all at the end."""
    secret = load_secret(settings)
    with open_ledger(Storage(settings)) as (ledger, access):
        instances = Instances(settings, secret, ledger, access)
        cookies = Cookies(derive(secret, "person cookie"), settings.https, ledger.clock)
        closing = asyncio.create_task(_close_idle(instances))
        try:
            yield {"services": ReviewServices(settings, ledger, access, cookies, attempts, instances)}
        finally:
            closing.cancel()
            await asyncio.gather(closing, return_exceptions=True)
            await instances.close()


async def _close_idle(instances: Instances) -> None:
    while True:
        await asyncio.sleep(LOOK_FOR_IDLE)
        await instances.close_idle()
