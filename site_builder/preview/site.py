"""A whole build of the site that keeps MkDocs's objects, so that a single page can be rendered again quickly.

Only this module uses private names of MkDocs, two of them, because MkDocs has no public way to build one page. MkDocs
is pinned below 2, and a test renders one page through them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import TemplateError
from mkdocs.commands.build import _build_page, _populate_page
from mkdocs.commands.build import build as build_pages
from mkdocs.exceptions import MkDocsException
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import File, InclusionLevel

from site_builder.checks import findings, open_library
from site_builder.content.folder import RULE as UNSAFE
from site_builder.content.library import Library, Page
from site_builder.content.mkdocs_settings import read_site
from site_builder.content.page_lists import has_lists
from site_builder.forms.model.errors import FormError
from site_builder.publishing.assets import missing_assets
from site_builder.publishing.build import NotBuilt, catalogue_of, settings_of
from site_builder.publishing.catalogue_file import write_catalogue
from site_builder.publishing.mistakes_page import mistakes_html
from site_builder.publishing.mkdocs_log import collected_warnings


@dataclass(frozen=True, slots=True)
class Refreshed:
    """The result of a save: the pages rendered again, and whether more than these is affected (`wide`)."""

    pages: frozenset[str] = frozenset()
    wide: bool = False
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RenderedPage:
    """The HTML of a page, or why it could not be rendered."""

    page: str
    html: str = ""
    trouble: str = ""


class PreviewPlugin(BasePlugin):  # type: ignore[type-arg,no-untyped-call]  # MkDocs's base class takes no type argument at run time
    """Captures the objects of a MkDocs build, and shows mistakes on pages without a form."""

    nav: Any
    files: Any
    env: Any

    def __init__(self, library: Library) -> None:
        self.read(library)
        self.html: dict[str, str] = {}  # by the file's name in the site

    def read(self, library: Library) -> None:
        """Use this library and its findings from now on."""
        self.library, self.findings = library, findings(library)

    def findings_on(self, page: Page) -> tuple[FormError, ...]:
        """Return the findings on a page, and in the files that its form refers to."""
        files = self.library.files_of(page)
        return tuple(finding for finding in self.findings if finding.source.page in files)

    def on_nav(self, nav: Any, **_: Any) -> Any:
        self.nav = nav
        return nav

    def on_env(self, env: Any, *, files: Any, **_: Any) -> Any:
        self.env, self.files = env, files
        return env

    def on_page_content(self, html: str, *, page: Any, **_: Any) -> str:
        source = self.library.by_path.get(page.file.src_uri)
        findings = self.findings_on(source) if source else ()
        if source and 'class="hw-mistakes"' in html:  # the mistakes of its form are already shown in place of the form
            findings = tuple(finding for finding in findings if finding not in source.errors)
        return f"{mistakes_html(findings)}{html}"

    def on_post_page(self, output: str, *, page: Any, **_: Any) -> str:
        self.html[page.file.dest_uri] = output
        return output


class Site:
    """One build in its own folder. Not thread-safe: call its methods from one thread at a time."""

    def __init__(self, config: Path, folder: Path, address: str) -> None:
        """Build the whole site. Raises NotBuilt, but not for mistakes in forms."""
        self.folder = folder
        self._troubles: dict[str, str] = {}  # of pages that could not be rendered again
        with collected_warnings() as messages:
            self._settings = settings_of(config, folder, messages, preview_at=address)
            self.content = Path(self._settings.docs_dir)
            self._site_settings = read_site(config, self.content)
            self._plugin = PreviewPlugin(self._library())
            if unsafe := self._unsafe():
                raise NotBuilt("\n".join(unsafe))
            self._settings.plugins["homeward preview"] = self._plugin
            self._build(address, messages)
        self.warnings = (*messages, *(f"{config}: {message}" for message in missing_assets(self._settings, folder)))
        self._catalogue = catalogue_of(self._settings, self.library, folder)
        write_catalogue(folder, self._catalogue)
        self._sources: Mapping[str, str] = {file.dest_uri: file.src_uri for file in self._documents()}

    @property
    def library(self) -> Library:
        return self._plugin.library

    @property
    def watched(self) -> set[Path]:
        """The folders and files that the site is built from, besides its settings."""
        theme = self._settings.theme.custom_dir
        return {self.content, *([Path(theme)] if theme else []), *map(Path, self._settings.watch or ())}

    @property
    def findings(self) -> tuple[FormError, ...]:
        """Every mistake and warning of the site, in text order."""
        return self._plugin.findings

    def url_of(self, page: str) -> str:
        """Return a page's path in the preview, "" when the site does not have the page."""
        file = self._plugin.files.get_file_from_path(page)
        return "/" + file.url.removeprefix("./") if file else ""

    def find(self, path: str) -> RenderedPage | None:
        """Return the page at a path of the preview, such as "worksheets/abc/", or None."""
        name = f"{path}index.html" if not path or path.endswith("/") else path
        source = self._sources.get(name)
        if source is None:
            return None
        return RenderedPage(source, self._plugin.html.get(name, ""), self._troubles.get(source, ""))

    def refresh(self, changed: Collection[Path]) -> Refreshed:
        """Render the changed pages again, and the pages that have gained or lost a mistake by it."""
        old = {page.path: (page, [*map(str, self._plugin.findings_on(page))]) for page in self.library.pages}
        self._plugin.read(self._library())
        if self._unsafe():
            return Refreshed(wide=True)  # the build says what is wrong
        new = {page.path: (page, [*map(str, self._plugin.findings_on(page))]) for page in self.library.pages}
        edited = {path.relative_to(self.content).as_posix() for path in changed if path.is_relative_to(self.content)}
        wide = old.keys() != new.keys() or len(edited) < len(set(changed)) or not edited <= new.keys()
        touched = [path for path in new if path in old and (path in edited or new[path] != old[path])]
        if any(_on_lists(old[path][0]) != _on_lists(new[path][0]) for path in touched):
            touched += [path for path in new if path in old and path not in touched and has_lists(new[path][0].body)]
        with collected_warnings() as messages:
            for path in touched:
                wide |= self._render(path)
        return Refreshed(frozenset(touched), wide, tuple(messages))

    def close(self) -> None:
        self._settings.plugins.on_shutdown()

    def _library(self) -> Library:
        return open_library(self.content, self._site_settings)

    def _unsafe(self) -> list[str]:
        """Return the links that lead out of the content or in a loop: MkDocs would follow them."""
        return [str(finding) for finding in self.findings if finding.rule == UNSAFE]

    def _documents(self) -> list[File]:
        return list(self._plugin.files.documentation_pages(inclusion=InclusionLevel.is_in_serve))

    def _build(self, address: str, messages: list[str]) -> None:
        try:
            self._settings.plugins.on_startup(command="serve", dirty=False)
            build_pages(self._settings, serve_url=address)
        except (MkDocsException, TemplateError) as error:
            self.close()
            raise NotBuilt("\n".join([*messages, _reason(error)])) from error

    def _render(self, path: str) -> bool:
        """Render one page. Return whether its title has changed, which other pages show too."""
        file = self._plugin.files.get_file_from_path(path)
        if file is None or file.page is None:
            return False
        page, title = file.page, file.page.title
        try:
            _populate_page(page, self._settings, self._plugin.files)
            excluded = file.inclusion.is_excluded()
            _build_page(page, self._settings, self._documents(), self._plugin.nav, self._plugin.env, excluded=excluded)
        except Exception as error:  # an extension or template may raise anything; the preview keeps running
            self._troubles[path] = _reason(error)
            return False
        self._troubles.pop(path, None)
        return bool(page.title != title)


def _on_lists(page: Page) -> tuple[object, ...]:
    """Return what lists on other pages show of a page, or are made by."""
    return page.title, page.front, bool(page.form and page.form.with_clinician)


def _reason(error: Exception) -> str:
    """Return what went wrong, with the file and line of a template if known."""
    where = [str(part) for part in (getattr(error, "filename", None), getattr(error, "lineno", None)) if part]
    words = str(error) or type(error).__name__
    return f"{':'.join(where)}: {words}" if where else words
