"""Watches the files that a site is built from."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

from watchfiles import Change, DefaultFilter, awatch

from site_builder.preview.live import Live

STEP = 15  # milliseconds without a further change after which a save counts as complete
SETTLED = 0.2  # seconds until the operating system reliably watches
LOOK_EVERY = 1.0  # seconds between checks for new folders
AT_MOST = 200  # milliseconds for which continuous changes are collected


class Pages(DefaultFilter):
    """Ignores what editors leave beside a file: swap files, backups, hidden folders."""

    def __call__(self, change: Change, path: str) -> bool:
        name = Path(path).name
        return (
            not name.startswith((".", "#")) and not name.endswith((".tmp", ".swx")) and super().__call__(change, path)
        )


class Settings(Pages):
    """Watches only the settings in their folder."""

    def __call__(self, change: Change, path: str) -> bool:
        return path.endswith((".yml", ".yaml")) and super().__call__(change, path)


async def follow(live: Live, stop: asyncio.Event) -> None:
    """Pass every save to `live` until `stop` is set."""
    config = live.config.absolute().parent
    settings = asyncio.create_task(_follow(live, {config}, stop, settings_only=True))
    try:
        while not stop.is_set():
            folders = _folders(live)
            folders_changed = asyncio.Event()  # the settings may name other folders after a build
            watching_folders = asyncio.create_task(_watch_for_other_folders(live, folders, folders_changed, stop))
            catching_up = asyncio.create_task(_catch_up(live))
            await _follow(live, folders, folders_changed)
            watching_folders.cancel()
            catching_up.cancel()
    finally:
        settings.cancel()


async def _follow(live: Live, folders: set[Path], stop: asyncio.Event, *, settings_only: bool = False) -> None:
    if not folders:
        await stop.wait()
        return
    kind = Settings() if settings_only else Pages()
    async for changes in awatch(
        *folders, watch_filter=kind, step=STEP, debounce=AT_MOST, stop_event=stop, recursive=not settings_only
    ):
        await live.saved({Path(path) for _, path in changes})


async def _catch_up(live: Live) -> None:
    """Show what was saved between the build's reading and the start of watching."""
    await asyncio.sleep(SETTLED)
    if live.site and not live.trouble:
        await live.saved(set())


def _folders(live: Live) -> set[Path]:
    """Return the folders to watch; before the first build, the usual content folder."""
    watched = live.site.watched if live.site else {live.config.absolute().parent / "content"}
    return {path for path in watched if path.exists()}


async def _watch_for_other_folders(
    live: Live, folders: set[Path], folders_changed: asyncio.Event, stop: asyncio.Event
) -> None:
    while not stop.is_set() and _folders(live) == folders:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(live.news.wait(), LOOK_EVERY)
    folders_changed.set()
