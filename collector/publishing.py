"""Publishes the definitions of a site's forms to the ledger, before anybody can fill them in."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable
from dataclasses import replace

from collector.ledger.access import Access
from collector.ledger.events import COMMAND, SYSTEM, By, Event, form_published
from collector.ledger.ledger import Ledger
from site_builder.forms.history.changes import Change, ChangesRefused, compare
from site_builder.forms.history.published import Published
from site_builder.forms.history.room import without_room
from site_builder.forms.history.versions import history_of
from site_builder.forms.model.catalogue import Catalogue, PublishedForm
from site_builder.forms.model.definition import Form
from site_builder.forms.model.errors import UnreadableDefinition
from site_builder.forms.model.serialise import parsed

log = logging.getLogger(__name__)


def publish(ledger: Ledger, access: Access, catalogue: Catalogue, by: By = COMMAND) -> list[Form]:
    """Append each definition that is new to the ledger. Return the forms of these.

    Any number of processes may publish at once: the event's id is derived from the definition, and each id is stored
    once. Raises ChangesRefused for changes that would mix new answers with those to earlier definitions, and LedgerBusy
    or LedgerUnavailable; nothing is published then.
    """
    if refused := _refused(access, catalogue):
        raise ChangesRefused(refused)
    entries = catalogue.forms
    receipts = ledger.append([_published(entry, by) for entry in entries]) if entries else []
    return [entry.form for entry, receipt in zip(entries, receipts, strict=True) if receipt.fresh]


def publish_what_fits(ledger: Ledger, access: Access, catalogue: Catalogue) -> list[Form]:
    """Publish all forms except those that `publish` would refuse, which are logged. Return the new ones.

    For a site that is already online: its other forms can be sent, and drafts of the refused ones are not lost.
    """
    refused = _refused(access, catalogue)
    if refused:
        log.error("not published: %s", ChangesRefused(refused))
    rest = tuple(entry for entry in catalogue.forms if entry.form.id not in refused)
    return publish(ledger, access, replace(catalogue, forms=rest), SYSTEM)


def published_in(access: Access) -> Published:
    """Return what a ledger holds of the forms, for comparing pages with it. Raises LedgerUnavailable."""
    forms = {id: _readable(access.bodies(id).values()) for id in access.forms()}
    histories = {id: history for id, known in forms.items() if (history := history_of(list(known.values())))}
    return Published(histories, frozenset(hash for known in forms.values() for hash in known), access.answers)


def _refused(access: Access, catalogue: Catalogue) -> dict[str, list[Change]]:
    """Return the critical changes of each form; a definition that is published already has none."""
    critical = {}
    for form in (entry.form for entry in catalogue.forms):
        bodies = access.bodies(form.id)
        published = {} if form.hash in bodies else _readable(bodies.values())
        if form.hash in bodies or form.hash in published:
            continue
        critical[form.id] = list(without_room(form))
        if history := history_of(list(published.values())):
            critical[form.id] += [change for change in compare(history, form) if change.critical]
    return {id: changes for id, changes in critical.items() if changes}


def _readable(bodies: Iterable[bytes]) -> dict[str, Form]:
    """Return the forms by their hash in today's format, in order of publication; the same form counts once."""
    forms: dict[str, Form] = {}
    for body in bodies:
        try:
            form = Form.from_json(parsed(body))
        except UnreadableDefinition:  # damaged, or from another version of the form model: it cannot be compared
            continue
        forms.setdefault(form.hash, form)
    return forms


def _published(entry: PublishedForm, by: By) -> Event:
    form = entry.form
    return form_published(
        form=form.id, version=form.version, definition=entry.hash, body=entry.definition, id=_id(entry.hash), by=by
    )


def _id(definition: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"homeward:definition:{definition}"))
