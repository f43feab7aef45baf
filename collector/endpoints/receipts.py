"""GET /receipts/{id}: that it has arrived, what happens next, and, for a while, what was written."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from collector import clinic_time
from collector.endpoints.refusals import Refusal
from collector.endpoints.services import Services, services_of
from collector.ledger.events import Kind, Recorded, utc
from collector.ledger.tokens import CROCKFORD
from site_builder.forms.answering.alerts import raised
from site_builder.forms.html.sent import answer_pieces

# A link lets its holder send, not read: phones and messages are shared. What somebody has just sent they may
# still look over; reading it later asks for the client's PIN.
SHOWN_FOR = timedelta(minutes=30)
# Eight letters of 5 bits, two at a time: enough to name a submission on the telephone; it opens nothing.
_PAIRS = [one + two for one in CROCKFORD for two in CROCKFORD]


def receipt_code(key: bytes, id: str) -> str:
    """Return the short code of a submission, the same each time: XXXX-XXXX, from a keyed hash (BLAKE2) of its id."""
    digest = hashlib.blake2b(id.encode(), key=key, digest_size=5).digest()
    first, second = divmod(int.from_bytes(digest, "big"), 1 << 20)
    return f"{_PAIRS[first >> 10]}{_PAIRS[first & 1023]}-{_PAIRS[second >> 10]}{_PAIRS[second & 1023]}"


async def receipt(request: Request) -> Response:
    """Show a receipt to the client who sent the submission. Raises Refusal 404 for everybody else."""
    services = services_of(request)
    signed_in = services.client(request)
    event = services.ledger.find(request.path_params["id"].lower()) if signed_in else None
    if signed_in is None or event is None or not _is_theirs(event, signed_in.client):
        raise Refusal(
            404,
            "This receipt is not here",
            "It shows only on a device that is signed in with your own link.",
        )
    return _page(services, event)


def _is_theirs(event: Recorded, client: str) -> bool:
    return event.kind == Kind.submission_received and event.client == client


def _is_recent(services: Services, event: Recorded) -> bool:
    """Return whether this was sent a moment ago. Once a later event says no, no clock that is set back says yes."""
    at = datetime.fromisoformat(event.at)
    recent = abs(services.ledger.clock.now() - at) < SHOWN_FOR
    return recent and not services.ledger.is_past(event.seq, utc(at + SHOWN_FOR))


def _page(services: Services, event: Recorded) -> Response:
    form, _ = services.definitions.form(event.data["form"], event.data["definition"])
    answers = event.data["answers"]
    build = services.built_site.current()
    clinic = build.catalogue.clinic
    at_risk = raised(form, answers)
    clinic_zone = clinic_time.zone(build.catalogue.clinic.timezone)
    return services.built_site.page(
        "receipt.html",
        "Thank you",
        form=form,
        code=receipt_code(services.receipt_key, event.id),
        received_at=event.at,
        received=clinic_time.in_words(event.at, clinic_zone),
        zone=clinic_time.name_of(clinic_zone),
        minutes=SHOWN_FOR // timedelta(minutes=1),
        answers=answer_pieces(form, answers, clinic_zone) if _is_recent(services, event) else None,
        help=clinic.help_now if at_risk else "",
        contact="" if at_risk else clinic.contact_html,
        help_url=clinic.help_url,
        page_url=build.page_of(form.id),
    )
