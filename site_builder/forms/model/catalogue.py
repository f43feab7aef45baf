"""The catalogue of forms.json: the forms that a built site publishes and the collector accepts answers to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from site_builder.forms.model.definition import Form
from site_builder.forms.model.errors import SiteError, UnknownDefinition

FORMAT = 1
FILE = "forms.json"  # in the site's folder


class UnreadableCatalogue(SiteError):
    """The catalogue is missing, or this version cannot read it."""


@dataclass(frozen=True, slots=True)
class Clinic:
    """What the collector's pages say about the clinic; `help_html` is written by the clinic."""

    name: str = ""
    help_html: str = ""
    help_url: str = ""
    help_title: str = ""


@dataclass(frozen=True, slots=True)
class PublishedPage:
    """A page of the site: `path` is its file in the content folder, `url` its address relative to the site's root."""

    path: str
    title: str
    url: str
    form: str = ""


@dataclass(frozen=True)
class PublishedForm:
    """A form and the page that it is on."""

    form: Form
    page: str
    url: str


@dataclass(frozen=True)
class Catalogue:
    """The forms and pages of one built site."""

    clinic: Clinic = Clinic()
    pages: tuple[PublishedPage, ...] = ()
    forms: tuple[PublishedForm, ...] = ()

    @cached_property
    def by_id(self) -> Mapping[str, PublishedForm]:
        return {published.form.id: published for published in self.forms}

    def to_json(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "clinic": {
                "name": self.clinic.name,
                "help_html": self.clinic.help_html,
                "help_url": self.clinic.help_url,
                "help_title": self.clinic.help_title,
            },
            "pages": [
                {"path": page.path, "title": page.title, "url": page.url} | ({"form": page.form} if page.form else {})
                for page in self.pages
            ],
            "forms": [_published_to_json(published) for published in self.forms],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Catalogue:
        """Return the catalogue stored as JSON. Raises UnreadableCatalogue."""
        if not isinstance(stored, Mapping) or stored.get("format") != FORMAT:
            raise UnreadableCatalogue(f"this catalogue is not of format {FORMAT}; build the site again")
        try:
            return cls(
                Clinic(**stored["clinic"]),
                tuple(PublishedPage(**page) for page in stored["pages"]),
                tuple(_published_from_json(form) for form in stored["forms"]),
            )
        except (KeyError, TypeError, UnknownDefinition) as error:
            raise UnreadableCatalogue(f"this catalogue cannot be read: {error}; build the site again") from error


def _published_to_json(published: PublishedForm) -> dict[str, Any]:
    form = published.form
    return {
        "form": form.id,
        "version": form.version,
        "hash": form.hash,
        "page": published.page,
        "url": published.url,
        "title": form.title,
        "definition": form.to_json(),
    }


def _published_from_json(stored: Mapping[str, Any]) -> PublishedForm:
    form = Form.from_json(stored["definition"])
    if form.hash != stored["hash"]:
        # Built by another version of the model: the pages carry the old hash, so their answers would be refused.
        raise UnknownDefinition(f"the definition of '{form.id}' does not have the hash that it was built with")
    return PublishedForm(form, stored["page"], stored["url"])
