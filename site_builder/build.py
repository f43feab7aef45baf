"""content + mkdocs.yml → a whole new site beside the old one, which it then replaces."""

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

from pathspec import GitIgnoreSpec

from site_builder import locks
from site_builder.checks import counted, findings, open_library
from site_builder.extension import base_path, help_html
from site_builder.forms import catalogue as catalogues
from site_builder.forms.catalogue import Catalogue, Clinic, PublishedForm, PublishedPage
from site_builder.forms.changes import ChangesRefused
from site_builder.forms.errors import FormErrors, SiteError
from site_builder.inline import Inline, read_inline
from site_builder.library import Library, url_of
from site_builder.menu import addresses
from site_builder.said_by_mkdocs import gathered, quiet_mkdocs
from site_builder.settings import in_plain_words, read_site

EXTENSION = "site_builder.extension"
NOT_PUBLISHED = ("*.yml", "*.yaml", f"/{locks.FILE}")
LINKS = ("not_found", "anchors", "absolute_links", "unrecognized_links")  # what MkDocs can warn of
POLICY = "csp.json"  # in the site's folder: hashes of what its pages run inline

# Material greets MkDocs users with an advertisement against MkDocs 2, in colour, on every start.
os.environ.setdefault("NO_MKDOCS_2_WARNING", "true")


class NotBuilt(SiteError):
    """The site could not be built; the old one is still in place."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build has made. `warnings` are about the look: the site works. `unlisted` are pages outside the menu."""

    pages: int
    forms: int
    seconds: float
    site: str
    warnings: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()
    lock: str = ""  # the file of what was published, when it has changed

    def __str__(self) -> str:
        made = f"{counted(self.pages, 'page')} with {counted(self.forms, 'form')}"
        told = [f"Built {made} into {self.site} in {self.seconds:.1f} s."]
        if self.unlisted:
            told.append(f"Published, and not in the menu ('nav' in mkdocs.yml): {', '.join(self.unlisted)}.")
        if self.lock:
            told.append(f"{self.lock} has changed; commit it together with the content.")
        return "\n".join(told)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def build(config: Path, site: Path, *, publish: Callable[[Catalogue], None] | None = None) -> BuildReport:
    """Check the content, build the site beside `site`, publish its definitions, and put it in place.

    `publish` is called when the new site is whole and not yet to be seen: no page may ask what nobody knows. What it
    has published is then written down in forms.lock.
    Raises FormErrors for the content's mistakes and NotBuilt for everything else; the old site then stays.
    """
    started = time.monotonic()
    site = site.absolute()
    side = _beside(site, "new")
    try:
        with quiet_mkdocs(), gathered() as said:
            settings = settings_of(config, side, said)
            library = _checked(Path(settings.docs_dir), config)
            _mkdocs(settings, said)
        catalogue = catalogue_of(settings, library, side)
        catalogues.write(side, catalogue)
        inline = read_inline(side)
        _write_policy(side, inline)
        lock, refused = _publish(publish, catalogue, library) if publish else ("", ())
        _swap(side, site)
    finally:
        shutil.rmtree(side, ignore_errors=True)
    seconds = round(time.monotonic() - started, 2)
    warnings, unlisted = (*inline.refused, *refused), tuple(_unlisted(settings, catalogue))
    return BuildReport(len(catalogue.pages), len(catalogue.forms), seconds, str(site), warnings, unlisted, lock)


def _publish(
    publish: Callable[[Catalogue], None], catalogue: Catalogue, library: Library
) -> tuple[str, tuple[str, ...]]:
    """Publish the definitions, then write them down; give the lock's name when it has changed, and warnings.

    Raises FormErrors for what would mix answers with those that the ledger has from before.
    """
    try:
        publish(catalogue)
    except ChangesRefused as error:
        pages = [locks.Placed(page.form, page.places, page.form_at) for page in library.pages if page.form]
        raise FormErrors(locks.placed(error.changes, pages)) from error
    try:
        written = locks.write_lock(library.content, [published.form for published in catalogue.forms])
    except OSError as error:  # a read-only checkout must not keep a clinic from publishing
        return "", (f"{library.content / locks.FILE} could not be written: {error.strerror}",)
    return written, ()


def settings_of(config: Path, side: Path, said: list[str], *, preview_at: str = "") -> Any:
    """Read the settings of a site that goes into `side`, with the extension's options filled in. Raises NotBuilt.

    With `preview_at`, the address of a preview, the site is for there: mistakes show on their pages and stop nothing.
    """
    from mkdocs.config import load_config
    from mkdocs.exceptions import MkDocsException

    if not config.is_file():
        raise NotBuilt(f"There is no file '{config}'. Name the site's settings with --config.")
    try:
        changes = {"strict": False, "site_url": preview_at} if preview_at else {"strict": True}
        settings = load_config(str(config), site_dir=str(side), **changes)
    except (MkDocsException, ValueError, OSError, RecursionError) as error:  # MkDocs lets some of them through
        raise NotBuilt("\n".join([_unreadable(config, error), *said])) from error
    if EXTENSION not in settings.markdown_extensions:
        raise NotBuilt(f"{config}: add '{EXTENSION}' to 'markdown_extensions'; forms are not read without it.")
    for kind in LINKS:  # they are checked before, with line and column, and need not be told twice
        settings.validation.links[kind] = logging.DEBUG
    # Files that pages are read from are not pages; without this the site would hand them out.
    settings.exclude_docs = (settings.exclude_docs or GitIgnoreSpec([])) + GitIgnoreSpec.from_lines(NOT_PUBLISHED)
    # What the file leaves out follows from the rest of it, and from where the file is.
    options = settings.mdx_configs.setdefault(EXTENSION, {})
    options["content"] = settings.docs_dir
    options.setdefault("site_url", settings.site_url or "")
    options.setdefault("help", _clinic(settings).get("help", ""))
    if preview_at:
        options |= {"site_url": preview_at, "on_mistake": "show"}
    return settings


def _unreadable(config: Path, error: Exception) -> str:
    """Say where the settings cannot be read, as other mistakes do, when it is their YAML."""
    if isinstance(error, RecursionError):
        return f"{config} cannot be read: something in it holds itself, or is nested too deeply"
    is_yaml = getattr(error.__context__, "problem_mark", None) is not None
    return (in_plain_words(config) if is_yaml else "") or f"{config}: {error}"


def _checked(content: Path, config: Path) -> Library:
    library = open_library(content, read_site(config, content))
    if mistakes := [finding for finding in findings(library) if finding.severity == "mistake"]:
        raise FormErrors(mistakes)
    return library


def _mkdocs(settings: Any, said: list[str]) -> None:
    from jinja2 import TemplateError
    from mkdocs.commands.build import build as build_pages
    from mkdocs.exceptions import MkDocsException

    try:
        settings.plugins.on_startup(command="build", dirty=False)
        build_pages(settings)
    except (MkDocsException, TemplateError) as error:
        raise NotBuilt("\n".join([*said, f"The site was not built: {error}"])) from error
    finally:
        settings.plugins.on_shutdown()


def _clinic(settings: Any) -> dict[str, Any]:
    clinic = settings.extra.get("clinic")
    return clinic if isinstance(clinic, dict) else {}


def catalogue_of(settings: Any, library: Library, side: Path) -> Catalogue:
    """Give what the pages that were built publish; the settings may leave some out (`exclude_docs`)."""
    clinic, base = _clinic(settings), base_path(settings.site_url or "")
    help_url = str(clinic.get("help_url", ""))
    below = help_url and not help_url.startswith("/") and ":" not in help_url
    urls = {page.path: url_of(page.path, directories=settings.use_directory_urls) for page in library.pages}
    built = [page for page in library.pages if _file_of(side, urls[page.path]).is_file()]
    forms = tuple(PublishedForm(page.form, page.path, urls[page.path]) for page in built if page.form)
    for published in forms:
        # A page of which another extension or plugin has changed the text would send a hash that nobody knows.
        if published.form.hash not in _file_of(side, published.url).read_text("utf-8"):
            raise NotBuilt(f"{published.page} does not show its form as it is published; does a plugin change it?")
    return Catalogue(
        Clinic(
            name=str(clinic.get("name", settings.site_name)),
            help_html=help_html(str(clinic.get("help", ""))),
            help_url=f"{base}{help_url}" if below else help_url,
            help_title=str(clinic.get("help_title", "")),
        ),
        tuple(
            PublishedPage(page.path, page.title, urls[page.path], page.form.id if page.form else "") for page in built
        ),
        forms,
    )


def _unlisted(settings: Any, catalogue: Catalogue) -> Iterator[str]:
    """Give the pages that the menu leaves out, but for those that the settings leave out on purpose."""
    listed, meant = set(addresses(settings.nav)), settings.not_in_nav
    for page in catalogue.pages if listed else ():
        if page.path not in listed and not (meant and meant.match_file(page.path)):
            yield page.path


def _file_of(side: Path, url: str) -> Path:
    path = side / unquote(url)
    return path / "index.html" if url.endswith("/") else path


def _write_policy(folder: Path, inline: Inline) -> None:
    policy = {"script": sorted(inline.scripts), "style": sorted(inline.styles)}
    (folder / POLICY).write_text(json.dumps(policy, indent=1) + "\n", "utf-8")


def _beside(site: Path, what: str) -> Path:
    """Name a folder on the same disk, so that a rename is all it takes to put it in place."""
    site.parent.mkdir(parents=True, exist_ok=True)
    return site.parent / f".{site.name}.{what}-{secrets.token_hex(4)}"


def _swap(new: Path, site: Path) -> None:
    """Put `new` in the place of `site`; when that fails the old site is put back. Raises NotBuilt."""
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
