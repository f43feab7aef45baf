"""The site as the last build left it, and the pages that the collector puts into its shell."""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import escape
from starlette.responses import HTMLResponse

from collector.middleware.security_headers import page_policy
from site_builder.forms.catalogue import FILE, Catalogue, read
from site_builder.forms.errors import SiteError

LOOK_EVERY = 1.0  # seconds; a new build shows within one, and a page costs no more than a clock reading
READ = ("shell.html", FILE, "csp.json")
TITLE, CONTENT = "<!--hw:title-->", "<!--hw:content-->"
SHEET = "<!--hw:sheet-->"  # a class of the page: a form lies on a sheet of paper

log = logging.getLogger(__name__)
templates = jinja2.Environment(
    loader=jinja2.PackageLoader("collector", "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Build:
    """What one build of the site left for the collector."""

    catalogue: Catalogue
    shell: str
    policy: str

    def page_of(self, form: str) -> str:
        """Give the address of the page that a form stands on, "" when the site does not have it."""
        published = self.catalogue.by_id.get(form)
        return f"/{published.url}" if published else ""


class Website:
    """Reads the built site again when it has changed; a build that cannot be read leaves the one before in place."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self.folder = folder
        self.clock = clock
        self.looked_at = -LOOK_EVERY
        self.seen: tuple[Any, ...] = ()
        self.build = Build(Catalogue(), _own_shell(), page_policy())

    def current(self) -> Build:
        """Give the present build."""
        now = self.clock()
        if now - self.looked_at >= LOOK_EVERY:
            self.looked_at = now
            if (found := self._marks()) != self.seen:
                self._read()
                self.seen = found
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
    ) -> HTMLResponse:
        """Fill a template and put it into the site's shell, on a `sheet` when it is a form; nobody keeps a copy."""
        content = templates.get_template(template).render(title=title, **values)
        shell = self.current().shell
        html = shell.replace(SHEET, "hw-sheet" if sheet else "", 1)
        html = html.replace(TITLE, escape(title), 1).replace(CONTENT, content, 1)
        return HTMLResponse(html, status, dict(headers or {}))

    def _marks(self) -> tuple[Any, ...]:
        """Give what changes when a build takes the place of another, by rename or in place."""
        return tuple(_mark(self.folder / name) for name in READ)

    def _read(self) -> None:
        try:
            hashes = _json(self.folder / "csp.json", {})
            self.build = Build(
                read(self.folder),
                _shell(self.folder / "shell.html"),
                page_policy(hashes.get("script", ()), hashes.get("style", ())),
            )
        except (OSError, ValueError, SiteError) as error:
            log.warning("the site in %s is not read: %s", self.folder, error)


def _mark(path: Path) -> tuple[int, int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _shell(path: Path) -> str:
    """Read the shell; without its two markers it could not hold a page."""
    shell = path.read_text("utf-8")
    if TITLE not in shell or CONTENT not in shell:
        raise ValueError("shell.html lacks a marker")
    return shell


def _own_shell() -> str:
    """Give a bare shell, for as long as no site has been built."""
    return files("collector").joinpath("templates", "shell.html").read_text("utf-8")


def _json(path: Path, default: Any) -> Any:
    return json.loads(path.read_text("utf-8")) if path.exists() else default
