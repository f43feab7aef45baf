"""POST /forms/{form}: takes in what a client has filled in, and acknowledges it once it is on the disk."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from collector import clinic_time
from collector.endpoints.built_site import BuiltSite
from collector.endpoints.posted import Posted, read_posted
from collector.endpoints.rates import address_block
from collector.endpoints.receipts import receipt_code
from collector.endpoints.refusals import Refusal
from collector.endpoints.sent_before import SentBefore, sent_before
from collector.endpoints.services import Services, services_of
from collector.errors import IdTaken, LedgerError, Refused, Unstorable
from collector.ledger.access import ClientSignIn
from collector.ledger.events import Receipt, by_client, submission_received
from site_builder.forms.answering.alerts import raised
from site_builder.forms.answering.answers import from_pairs, passed_over, read_answers, to_pairs
from site_builder.forms.answering.doubts import doubts
from site_builder.forms.html.render import render_answers, render_form
from site_builder.forms.model.definition import Form
from site_builder.forms.model.errors import AnswersRejected
from site_builder.forms.model.fields import Answers


class Filled(NamedTuple):
    """A form with what a client put into it, readable or not. `problems` are names that the form does not have."""

    form: Form
    definition: str
    entered: Mapping[str, Any]
    problems: Mapping[str, str]


async def submit(request: Request) -> Response:
    """Store a submission: 303 to its receipt, or 201 (200 when it was stored before) with the receipt as JSON.

    A plain post without a UUID is answered by a page that asks to check the answers, and stores nothing.
    """
    services = services_of(request)
    id = request.path_params["form"]
    posted = await read_posted(request, lambda: services.definitions.largest_post(id).pairs)
    try:
        form, definition = services.definitions.form(id, posted.definition)
    except (Refusal, LedgerError) as error:
        return _unknown_worksheet(services, id, posted, _refusal(error))
    filled = Filled(form, definition, *entered(form, posted))
    if posted.change:
        return worksheet_page(services.built_site, filled)
    try:
        signed_in = _admit(services, request, to_store=bool(posted.id))
        answers = read(filled)
        asks = not (posted.as_json or posted.again)
        before = sent_before(services, signed_in.client, id, answers, posted.id) if asks else None
        if before and services.client(request) is None:  # its sign-in has ended since it was remembered
            services.forget(request)
            raise _signed_out()
        if not posted.id or before:
            return check_page(services.built_site, filled, answers, posted.id or str(uuid.uuid4()), before=before)
        receipt = await _store(services, request, filled, signed_in, posted.id, answers)
    except (Refusal, LedgerError) as error:
        return _refused(services, filled, posted, _refusal(error))
    return _acknowledge(services, posted, receipt)


async def worksheet(request: Request) -> Response:
    """Redirect whoever types a form's address, or loads an answer of ours anew, to the page that it stands on."""
    page = services_of(request).built_site.current().page_of(request.path_params["form"])
    if not page:
        raise Refusal(404)
    return RedirectResponse(page, 303)


def entered(form: Form, posted: Posted) -> tuple[Mapping[str, Any], Mapping[str, str]]:
    """Return what was filled in, nested as JSON is, and the problems of what has no place in the form."""
    if posted.answers is not None:
        return posted.answers, {}
    try:
        return from_pairs(form, posted.pairs), {}
    except AnswersRejected as rejected:
        problems = rejected.problems
        return from_pairs(form, [pair for pair in posted.pairs if pair[0] not in problems]), problems


def _admit(services: Services, request: Request, *, to_store: bool) -> ClientSignIn:
    """Return the sign-in of this device. Raises Refusal: 403 without one, 429 when it is too much.

    What is about to be stored carries the sign-in, and the ledger has the last word.
    """
    signed_in = services.sender(request) if to_store else services.client(request)
    rate, key = (
        (services.limits.link, signed_in.link) if signed_in else (services.limits.stranger, address_block(request))
    )
    if wait := rate.take(key):
        raise Refusal(
            429,
            "Please wait a little",
            "A lot was sent from here in a short time. What you wrote is kept here. Wait a few minutes, then send it.",
            retry_after=wait,
        )
    if signed_in is None:
        raise _signed_out()
    return signed_in


def _signed_out() -> Refusal:
    return Refusal(
        403,
        "This was not sent",
        "To send it, first open the link from your therapist on this device. What you wrote stays on this page, "
        "and nowhere else. You can print it, too.",
    )


def read(filled: Filled) -> Answers:
    """Return the answers as they are stored. Raises Refusal 422 with every problem."""
    problems = dict(filled.problems)
    answers: Answers = {}
    try:
        answers = read_answers(filled.form, filled.entered)
    except AnswersRejected as rejected:
        problems |= rejected.problems
    if problems:
        raise Refusal(
            422,
            "There is a problem",
            "Nothing has been sent yet. Mend this, and send it again.",
            problems=problems,
        )
    return answers


async def _store(
    services: Services, request: Request, filled: Filled, signed_in: ClientSignIn, id: str, answers: Answers
) -> Receipt:
    event = submission_received(
        signed_in.client,
        form=filled.form.id,
        version=filled.form.version,
        definition=filled.definition,
        answers=answers,
        id=id,
        by=by_client(signed_in.sign_in),
    )
    try:
        (receipt,) = await services.ledger.append_soon([event])
    except IdTaken:
        raise Refusal(
            409,
            "This was sent before, with other answers",
            "What you sent first is kept as it was. To send this as well, send it as a new one.",
        ) from None
    except Unstorable:
        raise Refusal(422) from None
    except Refused:
        services.forget(request)
        raise _signed_out() from None
    return receipt


def _acknowledge(services: Services, posted: Posted, receipt: Receipt) -> Response:
    url = f"/receipts/{posted.id}"
    if not posted.as_json:
        return Response(status_code=303, headers={"location": url})  # a UUID has nothing to quote in a URL
    body = {
        "id": posted.id,
        "receipt": receipt_code(services.receipt_key, posted.id),
        "received_at": receipt.at,
        "url": url,
    }
    return Response(orjson.dumps(body), 201 if receipt.fresh else 200, media_type="application/json")


def _refusal(error: Refusal | LedgerError) -> Refusal:
    return Refusal.of_ledger(error) if isinstance(error, LedgerError) else error


def _refused(services: Services, filled: Filled, posted: Posted, refusal: Refusal) -> Response:
    """Return the refusal in the sender's way; on a page everything typed is still there."""
    if posted.as_json:
        raise refusal
    if refusal.status == 503 and posted.id:
        # The same UUID again: if it did reach the disk after all, it is stored once.
        return check_page(services.built_site, filled, read(filled), posted.id, refusal)
    return worksheet_page(services.built_site, filled, refusal)


def worksheet_page(built_site: BuiltSite, filled: Filled, refusal: Refusal | None = None) -> Response:
    """Return the worksheet as it was filled in, with what stands in its way."""
    problems = refusal.problems if refusal else {}
    form = filled.form
    worksheet = render_form(
        form,
        answers=filled.entered,
        problems=problems,
        action=f"/forms/{form.id}",
        hidden={"_definition": filled.definition},
        help_html=built_site.current().catalogue.clinic.help_now,
    )
    return built_site.page(
        "worksheet.html",
        f"Error: {form.title}" if refusal else form.title,
        status=refusal.status if refusal else 200,
        headers=refusal.headers if refusal else None,
        sheet=True,
        form=form,
        notice=None if problems else refusal,
        worksheet=worksheet,
    )


def check_page(
    built_site: BuiltSite,
    filled: Filled,
    answers: Answers,
    id: str,
    refusal: Refusal | None = None,
    before: SentBefore | None = None,
) -> Response:
    """Return a page that asks to check the answers; it carries them, and nothing is stored.

    With `before` it asks whether what has arrived already is to be sent as another sheet.
    """
    form = filled.form
    clinic = built_site.current().catalogue.clinic
    return built_site.page(
        "check.html",
        f"Error: {refusal.title}" if refusal else "Check your answers",
        status=refusal.status if refusal else 200,
        headers=refusal.headers if refusal else None,
        form=form,
        definition=filled.definition,
        id=id,
        pairs=to_pairs(form, answers),
        answers=render_answers(form, answers, clinic_time.zone(clinic.timezone)),
        doubts=doubts(form, answers),
        passed_over=passed_over(form, filled.entered, answers),
        help=clinic.help_now if raised(form, answers) else "",
        notice=refusal,
        before=before,
    )


def _unknown_worksheet(services: Services, id: str, posted: Posted, refusal: Refusal) -> Response:
    """Return a page for a worksheet whose questions are unknown here; what was typed is shown by its names."""
    if posted.as_json:
        raise refusal
    return services.built_site.page(
        "unknown_worksheet.html",
        f"Error: {refusal.title}",
        status=refusal.status,
        headers=refusal.headers,
        form_id=id,
        pairs=posted.pairs,
        notice=refusal,
    )
