"""`homeward preview` as a clinician starts it, on an editable copy of the content."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, FrameLocator, Page

ROOT = Path(__file__).parents[3]
READY_WITHIN = 30.0  # seconds
SCREEN = {"width": 1440, "height": 960}


@dataclass
class Preview:
    """The running preview, the files it shows, and its terminal output."""

    folder: Path
    address: str

    def page(self, name: str) -> Path:
        return self.folder / "content" / name

    @property
    def terminal(self) -> str:
        return (self.folder / "terminal").read_text("utf-8")

    def wait_for(self, words: str) -> None:
        """Wait until the terminal shows this text."""
        deadline = time.monotonic() + READY_WITHIN
        while words not in self.terminal:
            assert time.monotonic() < deadline, self.terminal
            time.sleep(0.02)


def copy_of_content(folder: Path) -> None:
    """Copy what a clinic writes, without the theme."""
    shutil.copytree(ROOT / "content", folder / "content")
    theme = (ROOT / "site_builder" / "theme").as_posix()
    settings = (ROOT / "mkdocs.yml").read_text("utf-8")
    (folder / "mkdocs.yml").write_text(re.sub(r"custom_dir: .*", f"custom_dir: {theme}", settings), "utf-8")


@pytest.fixture
def preview(tmp_path: Path) -> Iterator[Preview]:
    copy_of_content(tmp_path)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (tmp_path / "terminal").open("wb") as terminal:
        process = subprocess.Popen(
            [sys.executable, "-m", "collector", "preview", "--port", str(port)],
            cwd=tmp_path,
            stdout=terminal,
            stderr=subprocess.STDOUT,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )
        try:
            preview = Preview(tmp_path, f"http://127.0.0.1:{port}")
            preview.wait_for("The preview is at")
            yield preview
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture
def screen(preview: Preview, contexts: Callable[..., BrowserContext]) -> Page:
    """A clinician's screen. The preview comes first, so that it ends last: a page may still be loading from it."""
    return contexts(viewport=SCREEN).new_page()


def view(page: Page, name: str) -> FrameLocator:
    """Return the page inside one view of the frame."""
    return page.frame_locator(f"iframe[name={name}]")
