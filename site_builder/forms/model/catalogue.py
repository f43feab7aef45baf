"""The catalogue of forms.json: the forms that a built site publishes and the collector accepts answers to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from site_builder.forms.model.definition import Form
from site_builder.forms.model.errors import SiteError, UnreadableDefinition
from site_builder.forms.model.markup import NO_HTML, Markup, trusted
from site_builder.forms.model.serialise import hash_of

FORMAT = 1
FILE = "forms.json"  # in the site's folder


class UnreadableCatalogue(SiteError):
    """The catalogue is missing, or this version cannot read it."""


@dataclass(frozen=True, slots=True)
class Clinic:
    """What the collector's pages say about the clinic.

    `help_html` is written by the clinic; `contact_html` has its number and hours.
    """

    name: str = ""
    help_html: Markup = NO_HTML
    help_url: str = ""
    help_title: str = ""
    contact_html: Markup = NO_HTML
    timezone: str = ""  # an IANA name; "" for UTC

    @property
    def help_now(self) -> Markup:
        """What stands beside a risky answer: the clinic's help text, then whom to call there."""
        return self.help_html + self.contact_html


@dataclass(frozen=True, slots=True)
class PublishedPage:
    """A page of the site: `path` is its file in the content folder, `url` its address relative to the site's root."""

    path: str
    title: str
    url: str
    form: str = ""


@dataclass(frozen=True)
class PublishedForm:
    """A form and the page that it is on.

    `built_as` is the definition of a site that was built before definitions had their present format: its pages carry
    the hash of that.
    """

    form: Form
    page: str
    url: str
    built_as: Mapping[str, Any] | None = None

    @cached_property
    def definition(self) -> Mapping[str, Any]:
        """The definition as the site was built with it."""
        return self.built_as or self.form.to_json()

    @cached_property
    def hash(self) -> str:
        """The hash of the definition, which the page carries."""
        return hash_of(self.definition)


@dataclass(frozen=True, slots=True)
class PublishedPractice:
    """A guided practice of the site: `page` is its file in the content folder, `url` its address."""

    id: str
    title: str
    page: str
    url: str


@dataclass(frozen=True)
class Catalogue:
    """The forms, practices and pages of one built site. `unreadable` has the ids of forms that cannot be read."""

    clinic: Clinic = Clinic()
    pages: tuple[PublishedPage, ...] = ()
    forms: tuple[PublishedForm, ...] = ()
    unreadable: tuple[str, ...] = ()
    practices: tuple[PublishedPractice, ...] = ()

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
                "contact_html": self.clinic.contact_html,
                "timezone": self.clinic.timezone,
            },
            "pages": [
                {"path": page.path, "title": page.title, "url": page.url} | ({"form": page.form} if page.form else {})
                for page in self.pages
            ],
            "forms": [_published_to_json(published) for published in self.forms],
            "practices": [asdict(practice) for practice in self.practices],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Catalogue:
        """Return the catalogue stored as JSON, without forms that cannot be read. Raises UnreadableCatalogue."""
        if not isinstance(stored, Mapping) or stored.get("format") != FORMAT:
            raise UnreadableCatalogue(f"this catalogue is not of format {FORMAT}; build the site again")
        try:
            entries = [_published_from_json(entry) for entry in stored["forms"]]
            return cls(
                _clinic_from_json(stored["clinic"]),
                tuple(PublishedPage(**page) for page in stored["pages"]),
                tuple(entry for entry in entries if isinstance(entry, PublishedForm)),
                tuple(id for id in entries if isinstance(id, str)),
                # A site that was built before there were practices has none.
                tuple(PublishedPractice(**practice) for practice in stored.get("practices", ())),
            )
        except (KeyError, TypeError) as error:
            raise UnreadableCatalogue(f"this catalogue cannot be read: {error}; build the site again") from error


def _clinic_from_json(stored: Mapping[str, Any]) -> Clinic:
    """Return the clinic, with its texts as the HTML that the build rendered."""
    rendered = {name: trusted(stored.get(name, "")) for name in ("help_html", "contact_html")}
    return Clinic(**{**stored, **rendered})


def _published_to_json(published: PublishedForm) -> dict[str, Any]:
    form = published.form
    return {
        "form": form.id,
        "version": form.version,
        "hash": published.hash,
        "page": published.page,
        "url": published.url,
        "title": form.title,
        "definition": published.definition,
    }


def _published_from_json(stored: Any) -> PublishedForm | str:
    """Return a published form, or its id if the definition cannot be read or is not the one that its page carries."""
    id = str(stored.get("form", "")) if isinstance(stored, dict) else ""
    try:
        definition, hash = stored["definition"], stored["hash"]
        form = Form.from_json(definition)
        if form.id != id or hash != hash_of(definition) or hash not in form.hashes:
            return id
        return PublishedForm(form, stored["page"], stored["url"], None if hash == form.hash else definition)
    except (KeyError, TypeError, UnreadableDefinition):
        return id
