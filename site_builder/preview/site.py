"""A whole build of the site with MkDocs's own objects kept, so that one page can be rendered anew in a moment.

Only this module knows MkDocs's private names, two of them: MkDocs has no public way to build one page. It is pinned
below 2, and a test renders one page through them.
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

from site_builder.build import NotBuilt, catalogue_of, settings_of
from site_builder.checks import findings, open_library
from site_builder.forms import catalogue as catalogues
from site_builder.forms.errors import FormError
from site_builder.library import Library, Page
from site_builder.mistakes import mistakes_html
from site_builder.said_by_mkdocs import gathered
from site_builder.settings import read_site


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What came of a save: the pages that are new, and whether more than they has changed (`wide`)."""

    pages: frozenset[str] = frozenset()
    wide: bool = False
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """A page as it is to be shown: its HTML, or why it has none."""

    page: str
    html: str = ""
    trouble: str = ""


class Kept(BasePlugin):  # type: ignore[type-arg,no-untyped-call]  # MkDocs's base takes no argument when it runs
    """Keeps what MkDocs makes on its way, and puts mistakes on pages that have no form to show them in."""

    nav: Any
    files: Any
    env: Any

    def __init__(self, library: Library) -> None:
        self.read(library)
        self.html: dict[str, str] = {}  # by the file's name in the site

    def read(self, library: Library) -> None:
        """Take the library as it is now, with everything that a check finds in it."""
        self.library, self.findings = library, findings(library)

    def told(self, page: Page) -> tuple[FormError, ...]:
        """Give what is found on a page, and in the files that its form is read from."""
        files = self.library.files_of(page)
        return tuple(finding for finding in self.findings if finding.source.page in files)

    def on_nav(self, nav: Any, **_: Any) -> Any:
        self.nav = nav
        return nav

    def on_env(self, env: Any, *, files: Any, **_: Any) -> Any:
        self.env, self.files = env, files
        return env

    def on_page_content(self, html: str, *, page: Any, **_: Any) -> str:
        found = self.library.by_path.get(page.file.src_uri)
        told = self.told(found) if found else ()
        if found and 'class="hw-mistakes"' in html:  # those of its form stand in the form's place already
            told = tuple(finding for finding in told if finding not in found.errors)
        return mistakes_html(told) + html if told else html

    def on_post_page(self, output: str, *, page: Any, **_: Any) -> str:
        self.html[page.file.dest_uri] = output
        return output


class Site:
    """One build in a folder of its own. Its methods may be called from one thread at a time."""

    def __init__(self, config: Path, folder: Path, address: str) -> None:
        """Build everything. Raises NotBuilt; a page with mistakes in its form is no reason to."""
        self.folder = folder
        self._troubles: dict[str, str] = {}  # of single pages that could not be rendered anew
        with gathered() as said:
            self._settings = settings_of(config, folder, said, preview_at=address)
            self.content = Path(self._settings.docs_dir)
            self._said_by_settings = read_site(config, self.content)
            self._kept = Kept(self._library())
            self._settings.plugins["homeward preview"] = self._kept
            self._build(address, said)
        self.warnings = tuple(said)
        self._catalogue = catalogue_of(self._settings, self.library, folder)
        catalogues.write(folder, self._catalogue)
        self._sources: Mapping[str, str] = {file.dest_uri: file.src_uri for file in self._documents()}

    @property
    def library(self) -> Library:
        return self._kept.library

    @property
    def watched(self) -> set[Path]:
        """The folders and files that the site is made of, besides its settings."""
        theme = self._settings.theme.custom_dir
        return {self.content, *([Path(theme)] if theme else []), *map(Path, self._settings.watch or ())}

    @property
    def findings(self) -> tuple[FormError, ...]:
        """Every mistake and warning of the site, in the order of the text."""
        return self._kept.findings

    def url_of(self, page: str) -> str:
        """Give a page's path in the preview, "" when the site does not have it."""
        file = self._kept.files.get_file_from_path(page)
        return "/" + file.url.removeprefix("./") if file else ""

    def find(self, path: str) -> Shown | None:
        """Give the page at a path of the preview, such as "worksheets/abc/"."""
        name = f"{path}index.html" if not path or path.endswith("/") else path
        source = self._sources.get(name)
        if source is None:
            return None
        return Shown(source, self._kept.html.get(name, ""), self._troubles.get(source, ""))

    def refresh(self, changed: Collection[Path]) -> Refreshed:
        """Render anew the pages that these files change, and the pages that this gives or takes a mistake."""
        old = {page.path: (page, [*map(str, self._kept.told(page))]) for page in self.library.pages}
        self._kept.read(self._library())
        new = {page.path: (page, [*map(str, self._kept.told(page))]) for page in self.library.pages}
        edited = {path.relative_to(self.content).as_posix() for path in changed if path.is_relative_to(self.content)}
        wide = old.keys() != new.keys() or len(edited) < len(set(changed)) or not edited <= new.keys()
        touched = [path for path in new if path in old and (path in edited or new[path] != old[path])]
        with gathered() as said:
            for path in touched:
                wide |= self._render(path)
        return Refreshed(frozenset(touched), wide, tuple(said))

    def close(self) -> None:
        self._settings.plugins.on_shutdown()

    def _library(self) -> Library:
        return open_library(self.content, self._said_by_settings)

    def _documents(self) -> list[File]:
        return list(self._kept.files.documentation_pages(inclusion=InclusionLevel.is_in_serve))

    def _build(self, address: str, said: list[str]) -> None:
        try:
            self._settings.plugins.on_startup(command="serve", dirty=False)
            build_pages(self._settings, serve_url=address)
        except (MkDocsException, TemplateError) as error:
            self.close()
            raise NotBuilt("\n".join([*said, _reason(error)])) from error

    def _render(self, path: str) -> bool:
        """Render one page; True when its title has changed, which other pages show too."""
        file = self._kept.files.get_file_from_path(path)
        if file is None or file.page is None:
            return False
        page, title = file.page, file.page.title
        try:
            _populate_page(page, self._settings, self._kept.files)
            excluded = file.inclusion.is_excluded()
            _build_page(page, self._settings, self._documents(), self._kept.nav, self._kept.env, excluded=excluded)
        except Exception as error:  # whatever an extension or a template throws, the preview goes on
            self._troubles[path] = _reason(error)
            return False
        self._troubles.pop(path, None)
        return bool(page.title != title)


def _reason(error: Exception) -> str:
    """Say what went wrong, with the file and line of a template where it is known."""
    where = [str(part) for part in (getattr(error, "filename", None), getattr(error, "lineno", None)) if part]
    words = str(error) or type(error).__name__
    return f"{':'.join(where)}: {words}" if where else words
