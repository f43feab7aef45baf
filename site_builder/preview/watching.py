"""Hears of every save in the files that a site is made of."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

from watchfiles import Change, DefaultFilter, awatch

from site_builder.preview.live import Live

STEP = 15  # milliseconds without another change until a save counts as done
SETTLED = 0.2  # seconds until the system watches for certain
LOOK_EVERY = 1.0  # seconds, for folders that come
AT_MOST = 200  # milliseconds that a stream of changes is gathered


class Pages(DefaultFilter):
    """Passes over what editors leave beside a file: swap files, backups, hidden folders."""

    def __call__(self, change: Change, path: str) -> bool:
        name = Path(path).name
        return (
            not name.startswith((".", "#")) and not name.endswith((".tmp", ".swx")) and super().__call__(change, path)
        )


class Settings(Pages):
    """Of the folder that the settings are in, only the settings."""

    def __call__(self, change: Change, path: str) -> bool:
        return path.endswith((".yml", ".yaml")) and super().__call__(change, path)


async def follow(live: Live, stop: asyncio.Event) -> None:
    """Tell `live` of every save until `stop` is set."""
    config = live.config.absolute().parent
    settings = asyncio.create_task(_follow(live, {config}, stop, settings_only=True))
    try:
        while not stop.is_set():
            folders = _folders(live)
            moved = asyncio.Event()  # the settings may name other folders after a build
            looking = asyncio.create_task(_look_for_other(live, folders, moved, stop))
            catching_up = asyncio.create_task(_catch_up(live))
            await _follow(live, folders, moved)
            looking.cancel()
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
    """Show what was saved after the build had read it and before anybody watched."""
    await asyncio.sleep(SETTLED)
    if live.site and not live.trouble:
        await live.saved(set())


def _folders(live: Live) -> set[Path]:
    """Give what is to be watched; before the first build it is where content usually is."""
    watched = live.site.watched if live.site else {live.config.absolute().parent / "content"}
    return {path for path in watched if path.exists()}


async def _look_for_other(live: Live, folders: set[Path], moved: asyncio.Event, stop: asyncio.Event) -> None:
    while not stop.is_set() and _folders(live) == folders:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(live.news.wait(), LOOK_EVERY)
    moved.set()
