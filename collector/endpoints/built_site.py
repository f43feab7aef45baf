"""The latest build of the site, and the collector's own pages in its shell."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from itertools import chain
from pathlib import Path
from typing import Any

from markupsafe import escape

from collector.endpoints.catalogue_file import read_catalogue
from collector.endpoints.drawn import DrawnPage
from collector.endpoints.rendering import templates_of
from collector.middleware.security_headers import page_policy
from site_builder.forms.model.catalogue import FILE, Catalogue
from site_builder.forms.model.direction import isolated
from site_builder.forms.model.errors import SiteError

LOOK_EVERY = 1.0  # seconds; a new build shows within one, and in between a page only reads the clock
WATCHED = ("shell.html", FILE, "csp.json")
TITLE, CONTENT = "<!--hw:title-->", "<!--hw:content-->"
SHEET = "<!--hw:sheet-->"  # a class of the page: a form lies on a sheet of paper

log = logging.getLogger(__name__)
templates = templates_of("collector.endpoints")


@dataclass(frozen=True, eq=False)  # each is a build of its own
class Build:
    """The output of one site build that the collector uses."""

    catalogue: Catalogue
    shell: str
    policy: str

    def page_of(self, form: str) -> str:
        """Return the address of the page with this form; "" if the site does not have it."""
        published = self.catalogue.by_id.get(form)
        return f"/{published.url}" if published else ""


class BuiltSite:
    """The built site, read again when it has changed; if a build cannot be read, the previous one is used."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self.folder = folder
        self.clock = clock
        self.looked_at = -LOOK_EVERY
        self.seen: tuple[Any, ...] = ()
        self.build = Build(Catalogue(), _own_shell(), page_policy())
        self.turn = asyncio.Lock()  # of the long pages, which are drawn a block at a time

    def current(self) -> Build:
        """Return the current build."""
        now = self.clock()
        if now - self.looked_at >= LOOK_EVERY:
            self.looked_at = now
            if (stamps := self._stamps()) != self.seen:
                self._read()
                self.seen = stamps
        return self.build

    def page(
        self,
        template: str,
        title: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        sheet: bool = False,
        **values: Any,
    ) -> DrawnPage:
        """Return a page of a template, drawn inside the site's shell; a form lies on a `sheet`.

        What is long among the values comes in pieces, for the page is drawn while it is sent.
        """
        content = templates.get_template(template).generate(title=title, **values)
        shell = self.current().shell.replace(SHEET, "hw-sheet" if sheet else "", 1)
        before, _, after = shell.replace(TITLE, escape(isolated(title)), 1).partition(CONTENT)
        return DrawnPage(chain((before,), content, (after,)), status, dict(headers or {}), self.turn)

    def _stamps(self) -> tuple[Any, ...]:
        """Return a value that changes with each new build, whether it was renamed into place or written in place."""
        return tuple(_stamp(self.folder / name) for name in WATCHED)

    def _read(self) -> None:
        try:
            hashes = _json(self.folder / "csp.json", {})
            catalogue = read_catalogue(self.folder)
            for id in catalogue.unreadable:
                log.error("the form '%s' of the site in %s cannot be read; build the site again", id, self.folder)
            self.build = Build(
                catalogue,
                _shell(self.folder / "shell.html"),
                page_policy(hashes.get("script", ()), hashes.get("style", ())),
            )
        except (OSError, ValueError, SiteError) as error:
            log.warning("the site in %s is not read: %s", self.folder, error)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size


def _shell(path: Path) -> str:
    """Return the shell. Raises ValueError if one of the two markers that a page replaces is missing."""
    shell = path.read_text("utf-8")
    if TITLE not in shell or CONTENT not in shell:
        raise ValueError("shell.html lacks a marker")
    return shell


def _own_shell() -> str:
    """Return a minimal shell, for use until a site has been built."""
    return files("collector.endpoints").joinpath("templates", "shell.html").read_text("utf-8")


def _json(path: Path, default: Any) -> Any:
    return json.loads(path.read_text("utf-8")) if path.exists() else default
