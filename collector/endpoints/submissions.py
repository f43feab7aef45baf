"""POST /forms/{form}: takes in what a client has filled in, and acknowledges it once it is on the disk."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from collector import clinic_time
from collector.endpoints.built_site import BuiltSite
from collector.endpoints.posted import MOST_PAIRS, Posted, read_posted
from collector.endpoints.rates import address_block
from collector.endpoints.receipts import receipt_code
from collector.endpoints.refusals import Refusal
from collector.endpoints.sent_before import SentBefore, sent_before
from collector.endpoints.services import Services, services_of
from collector.errors import IdTaken, LedgerError, Refused, Unstorable
from collector.ledger.access import ClientSignIn
from collector.ledger.events import Receipt, by_client, submission_received
from collector.middleware.body_limits import MOST_BYTES
from collector.middleware.pace import wait_for_turn
from site_builder.forms.answering.alerts import raised
from site_builder.forms.answering.answers import passed_over, place_pairs, read_answers, to_pairs
from site_builder.forms.answering.doubts import doubts
from site_builder.forms.html.render import form_pieces
from site_builder.forms.html.sent import answer_pieces
from site_builder.forms.model.definition import Form
from site_builder.forms.model.errors import AnswersRejected
from site_builder.forms.model.fields import Answers

LARGE = 64 * 1024  # bytes that a stranger's post may have for one: the work of reading it grows with its length
A_LOT = "A lot was sent from here in a short time."
WAIT = "Wait a few minutes, then send it."
GO_BACK = f"Go back: what you wrote is still on that page. {WAIT}"


class Filled(NamedTuple):
    """A form with what a client put into it, readable or not. `left_over` has no place in it, for these `problems`."""

    form: Form
    definition: str
    entered: Mapping[str, Any]
    problems: Mapping[str, str]
    left_over: Sequence[tuple[str, str]]


async def submit(request: Request) -> Response:
    """Store a submission: 303 to its receipt, or 201 (200 when it was stored before) with the receipt as JSON.

    A plain post without a UUID is answered by a page that asks to check the answers, and stores nothing. Every post is
    counted before it is read.
    """
    services = services_of(request)
    id = request.path_params["form"]
    sender = services.sender(request)
    too_much = await _count(services, request, sender)
    posted = await read_posted(request, lambda: _most_pairs(services, id))
    try:
        form, definition = services.definitions.form(id, posted.definition)
    except (Refusal, LedgerError) as error:
        return _unknown_worksheet(services, id, posted, _refusal(error))
    filled = fill(form, definition, posted)
    if posted.change and not too_much:
        return worksheet_page(services.built_site, filled)
    try:
        signed_in = _admit(sender if posted.id else services.client(request), too_much)
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


def fill(form: Form, definition: str, posted: Posted) -> Filled:
    """Return the form with what was posted, nested as JSON is."""
    if posted.answers is not None:
        return Filled(form, definition, posted.answers, {}, ())
    return Filled(form, definition, *place_pairs(form, posted.pairs))


def _most_pairs(services: Services, id: str) -> int:
    """Return how many names with values a post to this form may have; the form need not be one that is known here."""
    try:
        return services.definitions.largest_post(id).pairs
    except (Refusal, LedgerError):
        return MOST_PAIRS


async def _count(services: Services, request: Request, sender: ClientSignIn | None) -> Refusal | None:
    """Return the refusal, 429, of what is too much, and None for what is not; a large post counts for several.

    The refusal's page holds what was written, so it comes at a pace. Raises Refusal for what is too much even for that.
    """
    limits = services.limits
    rate, key, each = (
        (limits.link, sender.link, MOST_BYTES) if sender else (limits.stranger, address_block(request), LARGE)
    )
    if not (wait := rate.take(key, 1 + _length(request) // each)):
        return None
    turn = limits.refusing.take(key)
    await wait_for_turn(request.scope, limits.refusing.patience if turn is None else turn)
    if turn is None:
        raise Refusal(429, "Please wait a little", f"{A_LOT} {GO_BACK}", retry_after=wait)
    return Refusal(429, "Please wait a little", f"{A_LOT} What you wrote is kept here. {WAIT}", retry_after=wait)


def _length(request: Request) -> int:
    """Return the length that a body declares, or the usual most for one that comes in pieces."""
    declared = request.headers.get("content-length", "")
    return int(declared) if declared.isdecimal() else MOST_BYTES


def _admit(signed_in: ClientSignIn | None, too_much: Refusal | None) -> ClientSignIn:
    """Return the sign-in of this device. Raises Refusal: 403 without one, 429 when it is too much.

    What is about to be stored carries the sign-in, and the ledger has the last word.
    """
    if too_much:
        raise too_much
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
    worksheet = form_pieces(
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
        left_over=filled.left_over,
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
        answers=answer_pieces(form, answers, clinic_time.zone(clinic.timezone)),
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
