"""Which form a submission was filled in on, also when the page was loaded before an edit."""

from __future__ import annotations

import re

from collector.endpoints.built_site import BuiltSite
from collector.endpoints.refusals import Refusal
from collector.ledger.access import Access
from site_builder.forms.model.definition import Form
from site_builder.forms.model.errors import UnknownDefinition

RETRY_UNKNOWN = 60  # seconds; by then a site that is just being published is there
_HASH = re.compile(r"[0-9a-f]{64}")


class Definitions:
    """Reads forms by the hash of their definition, each once: a definition never changes."""

    def __init__(self, access: Access, built_site: BuiltSite) -> None:
        self.access = access
        self.built_site = built_site
        self.forms: dict[str, Form] = {}

    def form(self, id: str, hash: str = "") -> tuple[Form, str]:
        """Return a form with the hash it is stored under; without a hash the one that is on the site now.

        Raises Refusal: 404 for an unknown form, 422 for the hash of another form, 503 for an unknown hash.
        """
        if not hash:
            published = self.built_site.current().catalogue.by_id.get(id)
            if published is None:
                raise Refusal(404, "This page is not here", "There is no such worksheet.")
            hash = published.form.hash
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
        """Return a form that was ever published; None when the ledger has none or this version cannot read it."""
        if hash not in self.forms:
            stored = self.access.definition(hash) if _HASH.fullmatch(hash) else None
            if stored is None:
                return None
            try:
                self.forms[hash] = Form.from_json(stored)
            except UnknownDefinition:
                return None
        return self.forms[hash]
