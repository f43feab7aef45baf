"""Measures `homeward preview`: the time from saving a page until Chromium shows it in the phone and desktop views."""

from __future__ import annotations

import re
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.report import Row
from benchmarks.stage import free_port, running

SAVES = 20
PAGES = 200
WITHIN = 1_000  # ms
BETWEEN = 0.3  # seconds between two saves; nobody saves faster
ROOT = Path(__file__).parent.parent
PROSE = "Avoiding what we fear keeps the fear alive. Small steps, taken often, teach the body something new. " * 6
EDITED = "worksheets/thought-record"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def measure() -> Iterator[Row]:
    for what, pages in (("the content here", 0), (f"a site of {PAGES} pages", PAGES)):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_site(folder, pages)
            saves = save_and_see(folder)
        slowest = max(saves)
        median = f"median {statistics.median(saves):.0f} ms, slowest of {SAVES}"
        yield Row(f"save to screen, {what}", f"{slowest:.0f} ms", median, f"≤ {WITHIN:,} ms", slowest <= WITHIN)


def write_site(folder: Path, pages: int) -> None:
    """Copy the content, and add pages up to this number."""
    shutil.copytree(ROOT / "content", folder / "content")
    settings = (ROOT / "mkdocs.yml").read_text("utf-8")
    theme = (ROOT / "site_builder" / "theme").as_posix()
    (folder / "mkdocs.yml").write_text(re.sub(r"custom_dir: .*", f"custom_dir: {theme}", settings), "utf-8")
    (folder / "content" / "more").mkdir()
    for number in range(pages - len(list((folder / "content").rglob("*.md")))):
        text = f"# Page {number}\n\n" + "\n\n".join(f"## Part {part}\n\n{PROSE}" for part in range(5))
        (folder / "content" / "more" / f"page-{number}.md").write_text(text, "utf-8")


def save_and_see(folder: Path) -> list[float]:
    """Save a worksheet repeatedly; return the milliseconds until both views show each save."""
    port = free_port()
    with (
        running(["collector", "preview", "--port", str(port)], port=port, cwd=folder),
        sync_playwright() as playwright,
    ):
        system = next((path for name in BROWSERS if (path := shutil.which(name))), None)
        browser = playwright.chromium.launch(executable_path=system, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1440, "height": 960})
        page.goto(f"http://127.0.0.1:{port}/#/{EDITED}/", timeout=60_000)
        for view in ("phone", "desktop"):
            page.frame_locator(f"iframe[name={view}]").locator("h1").wait_for()
        time.sleep(1)
        saves = [one_save(folder / "content" / f"{EDITED}.md", page, number) for number in range(SAVES)]
        browser.close()
    return saves


def one_save(file: Path, page: Page, number: int) -> float:
    text = file.read_text("utf-8")
    words = f"Saved for the {number}. time."
    changed = re.sub(r"Saved for the .* time\.\n\n", "", text).replace("```yaml form", f"{words}\n\n```yaml form", 1)
    started = time.perf_counter()
    file.write_text(changed, "utf-8")
    for view in ("phone", "desktop"):
        page.frame_locator(f"iframe[name={view}]").get_by_text(words).wait_for(state="attached")
    taken = (time.perf_counter() - started) * 1_000
    time.sleep(BETWEEN)
    return taken
