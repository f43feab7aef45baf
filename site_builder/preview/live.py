"""What the preview shows at this moment: follows every save, and tells whoever is looking."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from site_builder.checks import counted
from site_builder.forms.definition import Form
from site_builder.forms.errors import SiteError
from site_builder.preview.site import Refreshed, Site

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Edition:
    """How new things are: a number for what has changed since the last whole build, and one for all the rest."""

    whole: int
    pages: dict[str, int]

    def with_pages(self, pages: Iterable[str], number: int) -> Edition:
        return Edition(self.whole, self.pages | dict.fromkeys(pages, number))


class Live:
    """The site as the files are now. Lives in one event loop; the rendering is done in threads.

    A save shows within the time that one page takes. What changes more than a page is built in the background, with
    the old site shown until the new one is whole.
    """

    def __init__(self, config: Path, folder: Path, address: str, tell: Tell) -> None:
        self.config, self.address = config, address
        self.site: Site | None = None
        self.trouble = ""  # why the site cannot be built; until it can, nothing of it is shown
        self.building = False
        self.edition = Edition(self._next_number(), {})
        self._folder, self._tell = folder, tell
        self._builds = 0
        self._wanted = asyncio.Event()
        self._since: set[Path] = set()  # what was saved while a build was under way
        self._news = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()

    async def build(self) -> None:
        """Build the site anew and put it in the place of the old one, or keep the reason why it cannot be built."""
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
        except Exception as error:  # a site that cannot be built is told of; the preview goes on
            self.trouble = str(error) if isinstance(error, SiteError) else f"{type(error).__name__}: {error}"
            shutil.rmtree(folder, ignore_errors=True)
        else:
            self._put(site)
        self.building = False
        self.edition = Edition(self._next_number(), {})
        self._report(f"the whole site, {time.monotonic() - started:.1f} s", self.site.warnings if self.site else ())
        self._announce()

    async def saved(self, changed: set[Path]) -> None:
        """Show what was saved; what concerns more than a page is left to the background.

        Pages that have changed without being named are found too.
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
        """Build the site whenever a save has changed more than a page, until cancelled."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            await self.build()

    @property
    def news(self) -> asyncio.Event:
        """What is set when there is something new, once; take it before you look at the state."""
        return self._news

    def form(self, id: str) -> Form | None:
        """Give a form as it is now; None when there is none, or when it has mistakes."""
        forms = self.site.library.forms if self.site else ()
        return next((form for form in forms if form.id == id), None)

    def number_of(self, page: str) -> int:
        """Give the number that changes when a page does."""
        return max(self.edition.whole, self.edition.pages.get(page, 0))

    def state(self) -> dict[str, Any]:
        """Give what the pages in browsers need to know."""
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

    def _put(self, site: Site) -> None:
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
        """Tell in the terminal what is shown and every mistake that there is, one line each."""
        self._tell(f"{time.strftime('%H:%M:%S')} {what}")
        if self.trouble:
            self._tell(self.trouble)
            return
        found = self.site.findings if self.site else ()
        for line in (*warnings, *map(str, found)):
            self._tell(line)
        mistakes = sum(finding.severity == "mistake" for finding in found)
        self._tell(counted(mistakes, "mistake") if mistakes else "no mistakes")

    def _announce(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()

    def _next_number(self) -> int:
        """Give a number larger than any before, also than those of a preview that ran before this one."""
        now = time.time_ns() // 1_000_000
        known = max((self.edition.whole, *self.edition.pages.values())) if hasattr(self, "edition") else 0
        return max(now, known + 1)
