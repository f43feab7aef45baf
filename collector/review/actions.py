"""What a therapist does from a page of the review; whether they may is checked in the transaction that stores it."""

from __future__ import annotations

from datetime import datetime, time
from http import HTTPStatus
from urllib.parse import parse_qs, quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from collector import position
from collector.clinic_time import ClinicZone
from collector.errors import Refused
from collector.ledger.events import by_person, course_begun, utc
from collector.ledger.tokens import hash_token
from collector.review.services import ReviewServices, services_of

LARGEST_FORM = 1024  # bytes: a day
SHOWN_WITHIN = 2.0  # seconds that the page waits for the projector, so that it shows what was done


async def begin_course(request: Request) -> Response:
    """Begin a course of treatment on the posted day, and show the client's page (303).

    Raises HTTPException: 404 for whoever may not see the client, 403 for a role that may not do this, 400 for a day
    that is none, or is still to come. Whoever is not signed in is sent to the sign-in.
    """
    services = services_of(request)
    caseload, client = request.path_params["caseload"], request.path_params["client"]
    token, _ = services.cookies.token(request)
    person = services.access.person_sign_in(token) if token else None
    if person is None:
        return RedirectResponse(f"/sign-in?next={quote(f'/c/{caseload}/client/{client}', safe='')}", 303)
    _require_member(services, person.id, caseload, client)
    begun = _beginning(await _posted(request, "day"), ClinicZone(services.settings.site), services.ledger.clock.now())
    event = course_begun(client, begun=begun, by=by_person(person.id, hash_token(token)))
    try:
        (receipt,) = await services.ledger.append_soon([event])
    except Refused as error:
        raise HTTPException(HTTPStatus.FORBIDDEN) from error
    await position.wait_for(services.settings.position, receipt.seq, SHOWN_WITHIN)
    return RedirectResponse(f"/c/{caseload}/client/{client}", 303)


def _require_member(services: ReviewServices, person: str, caseload: str, client: str) -> None:
    """Raise HTTPException 404 unless the client is in this caseload, and the person is a member of it."""
    known = services.access.client(client)
    is_member = caseload in {each.id for each in services.access.caseloads_of(person)}
    if known is None or known.caseload != caseload or not is_member:
        raise HTTPException(HTTPStatus.NOT_FOUND)


async def _posted(request: Request, name: str) -> str:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            raise HTTPException(HTTPStatus.BAD_REQUEST)
    try:
        return parse_qs(body.decode("utf-8"), max_num_fields=4).get(name, [""])[0].strip()
    except ValueError as error:
        raise HTTPException(HTTPStatus.BAD_REQUEST) from error


def _beginning(day: str, zone: ClinicZone, now: datetime) -> str:
    """Return the moment at which a day begins for the clinic; "" for now, when no day was posted."""
    if not day:
        return ""
    try:
        begins = datetime.combine(datetime.strptime(day, "%Y-%m-%d").date(), time(), zone.current())  # noqa: DTZ007
        moment = utc(begins)
    except (ValueError, OverflowError) as error:
        raise HTTPException(HTTPStatus.BAD_REQUEST) from error
    if begins > now:
        raise HTTPException(HTTPStatus.BAD_REQUEST)
    return moment
