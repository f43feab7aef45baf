"""The current state of the preview: updates at every save, and notifies open browsers."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from site_builder.forms.model.amounts import counted
from site_builder.forms.model.definition import Form
from site_builder.forms.model.errors import SiteError
from site_builder.preview.site import Refreshed, Site

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Edition:
    """A version number for the last whole build, and one for each page that has changed since."""

    whole: int
    pages: dict[str, int]

    def with_pages(self, pages: Iterable[str], number: int) -> Edition:
        return Edition(self.whole, self.pages | dict.fromkeys(pages, number))


class Live:
    """The site built from the current files. Used from one event loop; rendering happens in threads.

    A save is shown as soon as its page has been rendered. A change to more than one page is built in the background,
    and the old site is shown until the new one is complete.
    """

    def __init__(self, config: Path, folder: Path, address: str, report: Report) -> None:
        self.config, self.address = config, address
        self.site: Site | None = None
        self.trouble = ""  # why the site cannot be built; no page is shown until it can
        self.building = False
        self.edition = Edition(self._next_number(), {})
        self._folder, self._print = folder, report
        self._builds = 0
        self._wanted = asyncio.Event()
        self._since: set[Path] = set()  # files saved during a build
        self._news = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()

    async def build(self) -> None:
        """Build a new site and replace the old one, or set `trouble` when it cannot be built."""
        self.building, self._builds = True, self._builds + 1
        self._since.clear()
        self._announce()
        started = time.monotonic()
        folder = self._folder / str(self._builds)
        try:
            site = await asyncio.to_thread(Site, self.config, folder, self.address)
            while self._since:
                since, self._since = self._since, set()
                await asyncio.to_thread(site.refresh, since)
        except Exception as error:  # reported in the preview, which keeps running
            self.trouble = str(error) if isinstance(error, SiteError) else f"{type(error).__name__}: {error}"
            shutil.rmtree(folder, ignore_errors=True)
        else:
            self._replace_site(site)
        self.building = False
        self.edition = Edition(self._next_number(), {})
        self._report(f"the whole site, {time.monotonic() - started:.1f} s", self.site.warnings if self.site else ())
        self._announce()

    async def saved(self, changed: set[Path]) -> None:
        """Show the changed files, and request a build when more than their pages is affected.

        Pages that have changed without being in `changed` are shown too.
        """
        started = time.monotonic()
        if self.building:
            self._since |= changed
        if self.site is None or self.trouble:
            self._wanted.set()
            return
        async with self._one_at_a_time:
            refreshed = await asyncio.to_thread(self.site.refresh, changed)
        if refreshed.wide:
            self._wanted.set()
        if refreshed.pages:
            self._show(refreshed, time.monotonic() - started)

    async def build_when_wanted(self) -> None:
        """Build the site whenever a save has affected more than a page, until cancelled."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            await self.build()

    @property
    def news(self) -> asyncio.Event:
        """An event that is set once, at the next change; take it before reading the state."""
        return self._news

    def form(self, id: str) -> Form | None:
        """Return the current form, or None when there is none or it has mistakes."""
        forms = self.site.library.forms if self.site else ()
        return next((form for form in forms if form.id == id), None)

    def number_of(self, page: str) -> int:
        """Return a number that changes whenever the page does."""
        return max(self.edition.whole, self.edition.pages.get(page, 0))

    def state(self) -> dict[str, Any]:
        """Return the state that the pages in browsers need."""
        return {
            "whole": self.edition.whole,
            "pages": self.edition.pages,
            "building": self.building,
            "trouble": self.trouble,
            "mistakes": self._mistakes(),
        }

    def _mistakes(self) -> list[dict[str, Any]]:
        if self.site is None:
            return []
        pages = {page.shown: page for page in self.site.library.pages}
        return [
            {
                "page": pages[error.source.page].path if error.source.page in pages else "",
                "title": pages[error.source.page].title if error.source.page in pages else error.source.page,
                "url": self.site.url_of(pages[error.source.page].path) if error.source.page in pages else "",
                "line": error.source.line,
                "problem": error.problem,
            }
            for error in self.site.findings
            if error.severity == "mistake"
        ]

    def _replace_site(self, site: Site) -> None:
        old, self.site, self.trouble = self.site, site, ""
        if old:
            old.close()
            shutil.rmtree(old.folder, ignore_errors=True)

    def _show(self, refreshed: Refreshed, seconds: float) -> None:
        self.edition = self.edition.with_pages(refreshed.pages, self._next_number())
        self._announce()
        names = (
            sorted(page.shown for page in self.site.library.pages if page.path in refreshed.pages) if self.site else ()
        )
        self._report(f"{', '.join(names)}, {seconds:.2f} s", refreshed.warnings)

    def _report(self, what: str, warnings: Iterable[str]) -> None:
        """Print what is shown, then every mistake and warning of the site, one line each."""
        self._print(f"{time.strftime('%H:%M:%S')} {what}")
        if self.trouble:
            self._print(self.trouble)
            return
        findings = self.site.findings if self.site else ()
        for line in (*warnings, *map(str, findings)):
            self._print(line)
        mistakes = sum(finding.severity == "mistake" for finding in findings)
        self._print(counted(mistakes, "mistake") if mistakes else "no mistakes")

    def _announce(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()

    def _next_number(self) -> int:
        """Return a number larger than all before, including those of an earlier preview."""
        now = time.time_ns() // 1_000_000
        latest = max((self.edition.whole, *self.edition.pages.values())) if hasattr(self, "edition") else 0
        return max(now, latest + 1)
