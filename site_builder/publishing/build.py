"""Builds a whole new site from the content and mkdocs.yml beside the old site, and then replaces it."""

from __future__ import annotations

import json
import logging
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import yaml
from pathspec import GitIgnoreSpec

from site_builder.checks import findings, offered, open_library
from site_builder.content import lock
from site_builder.content.library import Library, placed_forms, url_of
from site_builder.content.menu import addresses
from site_builder.content.mkdocs_settings import EXTENSION, read_site, yaml_mistake
from site_builder.content.published import compared
from site_builder.forms.history.changes import ChangesRefused
from site_builder.forms.history.published import Published
from site_builder.forms.model.amounts import counted
from site_builder.forms.model.catalogue import Catalogue, Clinic, PublishedForm, PublishedPage, PublishedPractice
from site_builder.forms.model.errors import FormErrors, SiteError
from site_builder.forms.model.markup import NO_HTML
from site_builder.publishing.assets import missing_assets
from site_builder.publishing.catalogue_file import write_catalogue
from site_builder.publishing.contact import contact_html
from site_builder.publishing.csp_hashes import Inline, read_inline
from site_builder.publishing.extension import base_path, help_html
from site_builder.publishing.mkdocs_log import collected_warnings, quiet_mkdocs

NOT_PUBLISHED = ("*.yml", "*.yaml", f"/{lock.FILE}")
LINKS = ("not_found", "anchors", "absolute_links", "unrecognized_links")  # the link checks of MkDocs
POLICY = "csp.json"  # in the site's folder: hashes of inline scripts and styles

# Otherwise Material prints an advertisement against MkDocs 2 on every start.
os.environ.setdefault("NO_MKDOCS_2_WARNING", "true")


class NotBuilt(SiteError):
    """The site could not be built; the old one is still in place."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """The result of a build.

    `warnings` are about looks, and about forms that are not in the site; `unlisted` are pages outside the menu;
    `changes` are those of forms in use, each with its place.
    """

    pages: int
    forms: int
    seconds: float
    site: str
    warnings: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()
    lock: str = ""  # the name of forms.lock, when it has changed
    changes: tuple[str, ...] = ()

    def __str__(self) -> str:
        built = f"{counted(self.pages, 'page')} with {counted(self.forms, 'form')}"
        lines = [*self.changes, f"Built {built} into {self.site} in {self.seconds:.1f} s."]
        if self.unlisted:
            lines.append(f"Published, and not in the menu ('nav' in mkdocs.yml): {', '.join(self.unlisted)}.")
        if self.lock:
            lines.append(f"{self.lock} has changed; commit it together with the content.")
        return "\n".join(lines)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def build(
    config: Path,
    site: Path,
    *,
    publish: Callable[[Catalogue], None] | None = None,
    published: Published | None = None,
) -> BuildReport:
    """Check the content, build the site beside `site`, publish its definitions, and put it in place.

    `publish` is called when the new site is complete but not yet visible, so that no page ever sends an unknown
    definition hash. The published forms are then recorded in forms.lock. `published` is what its ledger holds already.
    Raises FormErrors for mistakes in the content and NotBuilt for everything else; the old site then stays.
    """
    started = time.monotonic()
    site = site.absolute()
    side = _beside(site, "new")
    try:
        with quiet_mkdocs(), collected_warnings() as messages:
            settings = settings_of(config, side, messages)
            library = _checked(Path(settings.docs_dir), config, published)
            _build_pages(settings, messages)
        if missing := [f"{config}: {message}" for message in missing_assets(settings, side)]:
            raise NotBuilt("\n".join(missing))
        catalogue = catalogue_of(settings, library, side)
        write_catalogue(side, catalogue)
        inline = read_inline(side)
        _write_policy(side, inline)
        lock, refused = _publish(publish, catalogue, library, published) if publish else ("", ())
        _swap(side, site)
    finally:
        shutil.rmtree(side, ignore_errors=True)
    seconds = round(time.monotonic() - started, 2)
    warnings = (*map(str, offered.hidden(library)), *inline.refused, *refused)
    unlisted = tuple(_unlisted(settings, catalogue))
    changes = tuple(map(str, library.changes))
    return BuildReport(
        len(catalogue.pages), len(catalogue.forms), seconds, str(site), warnings, unlisted, lock, changes
    )


def _publish(
    publish: Callable[[Catalogue], None], catalogue: Catalogue, library: Library, published: Published | None
) -> tuple[str, tuple[str, ...]]:
    """Publish the definitions, then record them in the lock. Return the lock's name when it has changed, and warnings.

    Raises FormErrors for changes that would mix new answers with those already in the ledger.
    """
    try:
        publish(catalogue)
    except ChangesRefused as error:
        raise FormErrors(lock.with_places(error.changes, placed_forms(library.pages))) from error
    try:
        forms = [entry.form for entry in catalogue.forms]
        pages = {page.path: page.form for page in catalogue.pages}
        written = lock.write_lock(library.content, forms, pages, published.histories if published else None)
    except OSError as error:  # a read-only checkout must not keep a clinic from publishing
        return "", (f"{library.content / lock.FILE} could not be written: {error.strerror}",)
    return written, ()


def settings_of(config: Path, side: Path, messages: list[str], *, preview_at: str = "") -> Any:
    """Return the settings of a site to be built into `side`, with the extension's options filled in. Raises NotBuilt.

    `messages` are warnings of MkDocs, which join the error. With `preview_at`, the address of a preview, mistakes are
    shown on their pages and do not stop the build.
    """
    from mkdocs.config import load_config
    from mkdocs.exceptions import MkDocsException

    if not config.is_file():
        raise NotBuilt(f"There is no file '{config}'. Name the site's settings with --config.")
    try:
        changes = {"strict": False, "site_url": preview_at} if preview_at else {"strict": True}
        settings = load_config(str(config), site_dir=str(side), **changes)
    except (MkDocsException, ValueError, OSError, RecursionError) as error:  # MkDocs does not catch all of these
        raise NotBuilt("\n".join([_unreadable(config, error), *messages])) from error
    if EXTENSION not in settings.markdown_extensions:
        raise NotBuilt(f"{config}: add '{EXTENSION}' to 'markdown_extensions'; forms are not read without it.")
    for kind in LINKS:  # our own check has reported these already, with line and column
        settings.validation.links[kind] = logging.DEBUG
    # Without this, the site would serve the files that forms are read from.
    settings.exclude_docs = (settings.exclude_docs or GitIgnoreSpec([])) + GitIgnoreSpec.from_lines(NOT_PUBLISHED)
    # Options that are not set follow from the other settings.
    options = settings.mdx_configs.setdefault(EXTENSION, {})
    options["content"] = settings.docs_dir
    options.setdefault("site_url", settings.site_url or "")
    options["directory_urls"] = settings.use_directory_urls
    clinic = _clinic(settings)
    options.setdefault("help", clinic.get("help", ""))
    contact = contact_html({"name": settings.site_name, **clinic})
    clinic["contact_html"] = options["contact_html"] = contact  # on the help page, and beside risky answers
    if preview_at:
        options |= {"site_url": preview_at, "on_mistake": "show"}
    return settings


def _unreadable(config: Path, error: Exception) -> str:
    """Return why the settings cannot be read, with the place when their YAML is wrong."""
    if isinstance(error, RecursionError):
        return f"{config} cannot be read: something in it holds itself, or is nested too deeply"
    is_yaml = isinstance(error.__context__, yaml.YAMLError)
    return (yaml_mistake(config) if is_yaml else "") or f"{config}: {error}"


def _checked(content: Path, config: Path, published: Published | None) -> Library:
    library = compared(open_library(content, read_site(config, content)), published)
    if mistakes := [finding for finding in findings(library) if finding.severity == "mistake"]:
        raise FormErrors(mistakes)
    return library


def _build_pages(settings: Any, messages: list[str]) -> None:
    from jinja2 import TemplateError
    from mkdocs.commands.build import build as build_pages
    from mkdocs.exceptions import MkDocsException

    try:
        settings.plugins.on_startup(command="build", dirty=False)
        build_pages(settings)
    except (MkDocsException, TemplateError) as error:
        raise NotBuilt("\n".join([*messages, f"The site was not built: {error}"])) from error
    finally:
        settings.plugins.on_shutdown()


def _clinic(settings: Any) -> dict[str, Any]:
    clinic = settings.extra.get("clinic")
    return clinic if isinstance(clinic, dict) else {}


def catalogue_of(settings: Any, library: Library, side: Path) -> Catalogue:
    """Return the catalogue of the pages that were built; the settings may leave some out (`exclude_docs`)."""
    clinic, base = _clinic(settings), base_path(settings.site_url or "")
    help_url = str(clinic.get("help_url", ""))
    below = help_url and not help_url.startswith("/") and ":" not in help_url
    urls = {page.path: url_of(page.path, directories=settings.use_directory_urls) for page in library.pages}
    built = [page for page in library.pages if _file_of(side, urls[page.path]).is_file()]
    forms = tuple(PublishedForm(page.form, page.path, urls[page.path]) for page in built if page.form)
    for published in forms:
        # A page whose text a plugin has changed would send an unknown definition hash.
        if published.hash not in _file_of(side, published.url).read_text("utf-8"):
            raise NotBuilt(f"{published.page} does not show its form as it is published; does a plugin change it?")
    return Catalogue(
        Clinic(
            name=str(clinic.get("name", settings.site_name)),
            help_html=help_html(str(clinic.get("help", ""))),
            help_url=f"{base}{help_url}" if below else help_url,
            help_title=str(clinic.get("help_title", "")),
            contact_html=clinic.get("contact_html", NO_HTML),
            timezone=str(clinic.get("timezone") or ""),
        ),
        tuple(
            PublishedPage(page.path, page.title, urls[page.path], page.form.id if page.form else "") for page in built
        ),
        forms,
        practices=tuple(
            PublishedPractice(read.practice.id, read.practice.title, page.path, urls[page.path])
            for page in built
            if (read := page.practice)
        ),
    )


def _unlisted(settings: Any, catalogue: Catalogue) -> Iterator[str]:
    """Return pages that are not in the menu, except those the settings leave out on purpose."""
    listed, unlisted_on_purpose = set(addresses(settings.nav)), settings.not_in_nav
    for page in catalogue.pages if listed else ():
        if page.path not in listed and not (unlisted_on_purpose and unlisted_on_purpose.match_file(page.path)):
            yield page.path


def _file_of(side: Path, url: str) -> Path:
    path = side / unquote(url)
    return path / "index.html" if url.endswith("/") else path


def _write_policy(folder: Path, inline: Inline) -> None:
    policy = {"script": sorted(inline.scripts), "style": sorted(inline.styles)}
    (folder / POLICY).write_text(json.dumps(policy, indent=1) + "\n", "utf-8")


def _beside(site: Path, what: str) -> Path:
    """Return an unused folder name on the same disk, so that one rename puts the folder in place."""
    site.parent.mkdir(parents=True, exist_ok=True)
    return site.parent / f".{site.name}.{what}-{secrets.token_hex(4)}"


def _swap(new: Path, site: Path) -> None:
    """Replace `site` by `new`, or restore the old site when that fails. Raises NotBuilt."""
    old = _beside(site, "old")
    try:
        if site.exists():
            site.rename(old)
        new.rename(site)
    except OSError as error:
        if old.exists() and not site.exists():
            old.rename(site)
        raise NotBuilt(f"The new site could not be put in the place of {site}: {error.strerror}") from error
    shutil.rmtree(old, ignore_errors=True)
