"""Finds the form that a submission answers, even if the page was loaded before an edit."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

from starlette.types import Scope

from collector.endpoints.built_site import BuiltSite
from collector.endpoints.refusals import Refusal
from collector.ledger.access import Access
from site_builder.forms.answering.sizes import MOST_SENDABLE, Size, largest_post
from site_builder.forms.model.definition import Form
from site_builder.forms.model.errors import UnreadableDefinition
from site_builder.forms.model.serialise import parsed

RETRY_UNKNOWN = 60  # seconds; publishing a site takes less
RETRY_UNREADABLE = 3600  # seconds; somebody has to look after it
FORMS = "/forms/"  # the address of a form begins so
log = logging.getLogger(__name__)
_HASH = re.compile(r"[0-9a-f]{64}")


class Definitions:
    """Reads forms by the hash of their definition, each once: a definition never changes."""

    def __init__(self, access: Access, built_site: BuiltSite) -> None:
        self.access = access
        self.built_site = built_site
        self.forms: dict[str, Form] = {}
        self.largest: dict[str, tuple[str, Size]] = {}

    def form(self, id: str, hash: str = "") -> tuple[Form, str]:
        """Return a form with the hash it is stored under; without a hash, the form that is on the site now.

        Raises Refusal: 404 for an unknown form, 422 for the hash of another form or of none, 503 for one that is on
        the site and not in the ledger, or that cannot be read.
        """
        hash = hash or self._on_the_site(id)
        form = self.by_hash(hash)
        if form is None:
            raise self._unknown(id, hash)
        if form.id != id:
            raise Refusal(
                422,
                "This cannot be sent",
                "This page belongs to another worksheet. Load the page again.",
                problems={"_definition": "This is the definition of another worksheet"},
            )
        return form, hash

    def _unknown(self, id: str, hash: str) -> Refusal:
        """Return the refusal of a hash that the ledger does not know; only the site's own will be known in a moment."""
        published = self.built_site.current().catalogue.by_id.get(id)
        if published and published.hash == hash:
            return Refusal(
                503,
                "This cannot be sent just now",
                "The site is being brought up to date. What you wrote is kept here. Wait a minute, then try again.",
                retry_after=RETRY_UNKNOWN,
            )
        return Refusal(
            422,
            "This cannot be sent",
            "These questions were never asked here. What you wrote is kept here. Load the worksheet's page again, and "
            "copy your words into it.",
            problems={"_definition": "No worksheet with this definition was ever published"},
        )

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

    def largest_post(self, id: str) -> Size:
        """Return the size of the largest post that any definition of a form admits, the one on the site and older ones.

        Raises Refusal for a form that is not on the site.
        """
        hash = self._on_the_site(id)
        newest, size = self.largest.get(id, ("", Size(0, 0)))
        if newest != hash:
            sizes = [largest_post(form) for form in self._ever(id)]
            size = Size(*(max((size[part] for size in sizes), default=0) for part in range(2)))
            self.largest[id] = hash, size
        return size

    def _ever(self, id: str) -> Iterator[Form]:
        for body in self.access.bodies(id).values():
            try:
                yield Form.from_json(parsed(body))
            except UnreadableDefinition:  # nothing can be sent to it
                continue

    def _on_the_site(self, id: str) -> str:
        """Return the hash of a form's definition as it is on the site now. Raises Refusal."""
        catalogue = self.built_site.current().catalogue
        if published := catalogue.by_id.get(id):
            return published.hash
        if id in catalogue.unreadable:
            raise _unreadable()
        raise Refusal(404, "This page is not here", "There is no such worksheet.")


def largest_body(scope: Scope) -> int:
    """Return how many bytes a request may carry: as many as the longest answers to its form; 0 for anything else."""
    path: str = scope["path"]
    if not path.startswith(FORMS):
        return 0
    definitions: Definitions = scope["state"]["services"].definitions
    try:
        return min(definitions.largest_post(path.removeprefix(FORMS)).bytes, MOST_SENDABLE)
    except Refusal:
        return 0


def _unreadable() -> Refusal:
    return Refusal(
        503,
        "This worksheet cannot be used just now",
        "Its questions cannot be read here. Nothing is lost: what you wrote is kept here, and what you sent before is"
        " safe. Tell your therapist, and try again later.",
        retry_after=RETRY_UNREADABLE,
    )
