"""/open signs a client's device in, by the link's token or a typed code; /leave signs it out."""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from collector.endpoints.posted import read_body
from collector.endpoints.rates import address_block
from collector.endpoints.refusals import Refusal, refusal_json, wants_json
from collector.endpoints.services import Services, services_of
from collector.errors import Refused
from collector.ledger.access import Link
from collector.ledger.access_events import CLIENT_SIGN_IN_LIFE
from collector.ledger.events import Event, link_opened, utc
from collector.ledger.tokens import hash_token, new_token

MOST_FIELDS = 8  # a sign-in has one
LARGEST_FORM = 8 * 1024  # bytes: a token or a code
LONGEST_CODE = 40  # characters that are shown again: a code, as generously as anybody spaces it
LONGEST_REST = 5.0  # seconds; nobody has to keep them
# The same message for every cause, so that guessing reveals nothing.
NOT_KNOWN = "This link or code does not work. It may be too old, used before, or replaced. Ask for a new one"


async def ask(request: Request) -> Response:
    """Show the page that a link leads to. It changes nothing, so mail scanners may open it."""
    return _page(services_of(request))


async def enter(request: Request) -> Response:
    """Sign this device in and redirect (303) to its confirmation; 403 with the same body for every invalid attempt.

    After many of these from one address the answer is 429. A right link or code still signs in.
    """
    services = services_of(request)
    token, code = await _token_and_code(request)
    link = services.access.link_for(token=token, code=code)
    sign_in = new_token()
    try:
        if link is None:
            raise Refused(NOT_KNOWN)
        await services.ledger.append_soon([_link_opened(services, link, "token" if token else "code", sign_in)])
    except Refused:
        return _refused(services, request, _not_known(services, address_block(request)), code)
    response = RedirectResponse("/signed-in", 303)
    services.cookie.set(response, sign_in, max_age=int(CLIENT_SIGN_IN_LIFE.total_seconds()))
    return response


async def signed_in(request: Request) -> Response:
    """Show who will read what this device sends, and the list of worksheets."""
    services = services_of(request)
    if services.client(request) is None:
        return RedirectResponse("/open", 303)
    build = services.built_site.current()
    return services.built_site.page(
        "signed_in.html",
        "You are signed in",
        clinic=build.catalogue.clinic.name,
        worksheets=[published for published in build.catalogue.forms if not published.form.with_clinician],
    )


async def leave(request: Request) -> Response:
    """Sign this device out by deleting its cookie, the only copy of its token."""
    services = services_of(request)
    response = RedirectResponse("/", 303)
    services.cookie.delete(response)
    return response


def _link_opened(services: Services, link: Link, secret: str, sign_in: str) -> Event:
    expires = utc(services.ledger.clock.now() + CLIENT_SIGN_IN_LIFE)
    return link_opened(link.client, link=link.link, secret=secret, sign_in=hash_token(sign_in), expires=expires)


async def _token_and_code(request: Request) -> tuple[str, str]:
    """Return the token and the code; "" for each that is missing, or much too long."""
    body = await read_body(request)
    if len(body) > LARGEST_FORM:
        return "", ""
    try:
        sent = parse_qs(body.decode("utf-8", "replace"), max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Refusal(400) from None
    return sent.get("token", [""])[0].strip(), sent.get("code", [""])[0]


def _not_known(services: Services, address: str) -> Refusal:
    title = "There is a problem"
    if wait := services.limits.wrong_codes.take(address):
        detail = f"{NOT_KNOWN}. Many wrong ones have come from your network: wait a few seconds before you try again."
        return Refusal(429, title, detail, retry_after=min(wait, LONGEST_REST))
    return Refusal(403, title, f"{NOT_KNOWN}.")


def _refused(services: Services, request: Request, refusal: Refusal, code: str) -> Response:
    return refusal_json(refusal) if wants_json(request) else _page(services, refusal, code[:LONGEST_CODE])


def _page(services: Services, refusal: Refusal | None = None, code: str = "") -> Response:
    title = "Sign in on this device"
    return services.built_site.page(
        "open.html",
        f"Error: {title}" if refusal else title,
        status=refusal.status if refusal else 200,
        headers=refusal.headers if refusal else None,
        problem=refusal.detail if refusal else "",
        code=code,
    )
