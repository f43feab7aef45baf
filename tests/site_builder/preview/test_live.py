"""Every save is shown: its page at once, the rest in the background, and errors until they are fixed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from site_builder.preview.live import Live
from site_builder.preview.watching import follow

ADDRESS = "http://127.0.0.1:8010/"
PATIENCE = 20.0  # seconds


def followed(clinic: Path, story: Callable[[Live, list[str]], Awaitable[None]]) -> None:
    """Run a story beside a preview that watches the files."""

    async def run() -> None:
        lines: list[str] = []
        live = Live(clinic / "mkdocs.yml", clinic / "shown", ADDRESS, lines.append)
        await live.build()
        stop = asyncio.Event()
        tasks = [asyncio.create_task(live.build_when_wanted()), asyncio.create_task(follow(live, stop))]
        await asyncio.sleep(0.3)  # until the operating system watches
        try:
            await story(live, lines)
        finally:
            stop.set()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(run())


async def until(live: Live, holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            news = live.news
            if holds():
                return
            await news.wait()


def shown(live: Live, path: str) -> str:
    page = live.site.find(path) if live.site else None
    return page.html if page else ""


def test_a_save_shows_and_only_its_page_counts_as_new(clinic: Path, sheet: Path) -> None:
    async def story(live: Live, lines: list[str]) -> None:
        before = live.edition
        sheet.write_text(sheet.read_text().replace("Before the form", "Above the form"))
        await until(live, lambda: "Above the form" in shown(live, "sheets/good/"))
        assert live.edition.whole == before.whole
        assert list(live.edition.pages) == ["sheets/good.md"]
        assert live.number_of("sheets/good.md") > live.number_of("other.md") == before.whole
        assert lines[-2].endswith(" s")
        assert "content/sheets/good.md" in lines[-2]
        assert lines[-1] == "no mistakes"

    followed(clinic, story)


def test_mistakes_are_reported_again_after_every_save(clinic: Path, sheet: Path) -> None:
    async def story(live: Live, lines: list[str]) -> None:
        good = sheet.read_text()
        sheet.write_text(good.replace("type: rating", "type: raiting"))
        await until(live, lambda: bool(live.state()["mistakes"]))
        mistake = "content/sheets/good.md:9:39 'raiting' is not an answer type; did you mean 'rating'?"
        assert lines[-2:] == [mistake, "1 mistake"]
        (clinic / "content" / "other.md").write_text("# Other\n\nOther words.\n")
        await until(live, lambda: "Other words" in shown(live, "other/"))
        assert lines[-2:] == [mistake, "1 mistake"]
        assert live.state()["mistakes"] == [
            {
                "page": "sheets/good.md",
                "title": "Three good things",
                "url": "/sheets/good/",
                "line": 9,
                "problem": "'raiting' is not an answer type",
            }
        ]
        sheet.write_text(good)
        await until(live, lambda: not live.state()["mistakes"])
        assert lines[-1] == "no mistakes"

    followed(clinic, story)


def test_a_new_page_comes_with_a_whole_build(clinic: Path) -> None:
    async def story(live: Live, lines: list[str]) -> None:
        (clinic / "content" / "new.md").write_text("# Brand new\n")
        await until(live, lambda: "Brand new" in shown(live, "new/"))
        await until(live, lambda: not live.building)
        assert "Brand new" in shown(live, "other/")  # in the menu

    followed(clinic, story)


def test_broken_settings_and_templates_are_reported_until_fixed(clinic: Path) -> None:
    async def story(live: Live, lines: list[str]) -> None:
        settings, template = clinic / "mkdocs.yml", clinic / "look" / "main.html"
        good = settings.read_text()
        settings.write_text("site_name: [")
        await until(live, lambda: "mkdocs.yml:1:12" in live.trouble)
        assert lines[-1].startswith(str(settings))
        settings.write_text(good)
        await until(live, lambda: not live.trouble and not live.building)
        template.write_text("{% block %}")
        await until(live, lambda: "main.html:1" in live.trouble)
        template.write_text("{% extends 'base.html' %}")
        await until(live, lambda: not live.trouble and not live.building)
        assert "Another page." in shown(live, "other/")

    followed(clinic, story)


def test_a_preview_that_starts_broken_recovers(clinic: Path) -> None:
    good = (clinic / "mkdocs.yml").read_text()
    (clinic / "mkdocs.yml").write_text("site_name: [")

    async def story(live: Live, lines: list[str]) -> None:
        assert live.site is None
        (clinic / "mkdocs.yml").write_text(good)
        await until(live, lambda: "Another page." in shown(live, "other/"))
        other = clinic / "content" / "other.md"
        await asyncio.sleep(1.5)  # until the folders that the settings name are watched
        other.write_text("# Other\n\nMended.\n")
        await until(live, lambda: "Mended." in shown(live, "other/"))

    followed(clinic, story)


def test_a_save_during_a_build_is_included(clinic: Path) -> None:
    async def story(live: Live, lines: list[str]) -> None:
        other = clinic / "content" / "other.md"
        building = asyncio.create_task(live.build())
        await asyncio.sleep(0)
        assert live.building
        other.write_text("# Other\n\nSaved meanwhile.\n")
        await live.saved({other})
        assert "Saved meanwhile." in shown(live, "other/")  # the old site is updated too
        await building
        assert "Saved meanwhile." in shown(live, "other/")

    followed(clinic, story)
