"""Finds the form that a submission answers, even if the page was loaded before an edit."""

from __future__ import annotations

import logging
import re

from collector.endpoints.built_site import BuiltSite
from collector.endpoints.refusals import Refusal
from collector.ledger.access import Access
from site_builder.forms.model.definition import Form
from site_builder.forms.model.errors import UnreadableDefinition

RETRY_UNKNOWN = 60  # seconds; publishing a site takes less
RETRY_UNREADABLE = 3600  # seconds; somebody has to look after it
log = logging.getLogger(__name__)
_HASH = re.compile(r"[0-9a-f]{64}")


class Definitions:
    """Reads forms by the hash of their definition, each once: a definition never changes."""

    def __init__(self, access: Access, built_site: BuiltSite) -> None:
        self.access = access
        self.built_site = built_site
        self.forms: dict[str, Form] = {}

    def form(self, id: str, hash: str = "") -> tuple[Form, str]:
        """Return a form with the hash it is stored under; without a hash, the form that is on the site now.

        Raises Refusal: 404 for an unknown form, 422 for the hash of another form, 503 for an unknown hash or a
        definition that cannot be read.
        """
        hash = hash or self._on_the_site(id)
        form = self.by_hash(hash)
        if form is None:
            raise Refusal(
                503,
                "This cannot be sent just now",
                "The site is being brought up to date. What you wrote is kept here. Wait a minute, then try again.",
                retry_after=RETRY_UNKNOWN,
            )
        if form.id != id:
            raise Refusal(
                422,
                "This cannot be sent",
                "This page belongs to another worksheet. Load the page again.",
                problems={"_definition": "This is the definition of another worksheet"},
            )
        return form, hash

    def by_hash(self, hash: str) -> Form | None:
        """Return a form that was ever published; None for an unknown hash.

        Raises Refusal 503 for a definition that cannot be read.
        """
        if hash not in self.forms:
            try:
                stored = self.access.definition(hash) if _HASH.fullmatch(hash) else None
                if stored is None:
                    return None
                self.forms[hash] = Form.from_json(stored)
            except UnreadableDefinition as error:
                log.error("the definition %s in the ledger cannot be used: %s", hash, error)
                raise _unreadable() from error
        return self.forms[hash]

    def _on_the_site(self, id: str) -> str:
        """Return the hash of a form's definition as it is on the site now. Raises Refusal."""
        catalogue = self.built_site.current().catalogue
        if published := catalogue.by_id.get(id):
            return published.hash
        if id in catalogue.unreadable:
            raise _unreadable()
        raise Refusal(404, "This page is not here", "There is no such worksheet.")


def _unreadable() -> Refusal:
    return Refusal(
        503,
        "This worksheet cannot be used just now",
        "Its questions cannot be read here. Nothing is lost: what you wrote is kept here, and what you sent before is"
        " safe. Tell your therapist, and try again later.",
        retry_after=RETRY_UNREADABLE,
    )
