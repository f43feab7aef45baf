"""Puts the definitions of a site's forms into the ledger, before anybody can fill them in."""

from __future__ import annotations

import uuid

from collector.ledger.events import Event, Kind
from collector.ledger.ledger import Ledger
from site_builder.forms.catalogue import Catalogue
from site_builder.forms.definition import Form


def publish(ledger: Ledger, catalogue: Catalogue) -> list[Form]:
    """Append each definition that the ledger does not have yet, and give those forms.

    Any number of processes may do so at once: the event's id follows from the definition, and an id is stored once.
    Raises LedgerBusy or LedgerUnavailable; then nothing is published.
    """
    forms = [entry.form for entry in catalogue.forms]
    receipts = ledger.append([_published(form) for form in forms]) if forms else []
    return [form for form, receipt in zip(forms, receipts, strict=True) if receipt.fresh]


def _published(form: Form) -> Event:
    data = {"form": form.id, "version": form.version, "definition": form.hash, "body": form.to_json()}
    return Event(Kind.form_published, data, id=_id(form.hash))


def _id(definition: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"homeward:definition:{definition}"))
