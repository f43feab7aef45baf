"""Puts the definitions of a site's forms into the ledger, before anybody can fill them in."""

from __future__ import annotations

import logging
import uuid
from dataclasses import replace

from collector.ledger.access import Doors
from collector.ledger.events import Event, Kind
from collector.ledger.ledger import Ledger
from site_builder.forms.catalogue import Catalogue
from site_builder.forms.changes import Change, ChangesRefused, compare
from site_builder.forms.definition import Form
from site_builder.forms.errors import UnknownDefinition
from site_builder.forms.versions import History, history_of

log = logging.getLogger(__name__)


def publish(ledger: Ledger, doors: Doors, catalogue: Catalogue) -> list[Form]:
    """Append each definition that the ledger does not have yet, and give those forms.

    Any number of processes may do so at once: the event's id follows from the definition, and an id is stored once.
    Raises ChangesRefused for changes that would mix answers with those to the definitions that the ledger has, and
    LedgerBusy or LedgerUnavailable; then nothing is published.
    """
    if refused := _refused(doors, catalogue):
        raise ChangesRefused(refused)
    forms = [entry.form for entry in catalogue.forms]
    receipts = ledger.append([_published(form) for form in forms]) if forms else []
    return [form for form, receipt in zip(forms, receipts, strict=True) if receipt.fresh]


def publish_what_fits(ledger: Ledger, doors: Doors, catalogue: Catalogue) -> list[Form]:
    """Publish all but the forms that `publish` would refuse, which are logged.

    For a site that is to be seen already: what its other pages ask can be sent, and a draft of these is kept.
    """
    refused = _refused(doors, catalogue)
    if refused:
        log.error("not published: %s", ChangesRefused(refused))
    rest = tuple(entry for entry in catalogue.forms if entry.form.id not in refused)
    return publish(ledger, doors, replace(catalogue, forms=rest))


def _refused(doors: Doors, catalogue: Catalogue) -> dict[str, list[Change]]:
    """Give the critical changes of each form; a definition that is known already changes nothing."""
    found = {}
    for form in (entry.form for entry in catalogue.forms):
        if doors.definition(form.hash) is None and (history := _history(doors, form.id)):
            found[form.id] = [change for change in compare(history, form) if change.critical]
    return {id: changes for id, changes in found.items() if changes}


def _history(doors: Doors, form: str) -> History | None:
    forms = []
    for body in doors.bodies(form):
        try:
            forms.append(Form.from_json(body))
        except UnknownDefinition:  # of another version of the form model; there is nothing to compare with
            continue
    return history_of(forms)


def _published(form: Form) -> Event:
    data = {"form": form.id, "version": form.version, "definition": form.hash, "body": form.to_json()}
    return Event(Kind.form_published, data, id=_id(form.hash))


def _id(definition: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"homeward:definition:{definition}"))
