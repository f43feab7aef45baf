"""Finds a Chromium to test with, the system's or Playwright's own, or installs one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

SYSTEM_NAMES = ("chromium", "chromium-browser", "google-chrome")


def system_chromium() -> str | None:
    """Return the path of the system's Chromium, or None."""
    return next((path for name in SYSTEM_NAMES if (path := shutil.which(name))), None)


def playwright_chromium() -> str | None:
    """Return the path of the Chromium that Playwright has downloaded, or None."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def ways() -> Sequence[Sequence[Sequence[str]]]:
    """Return the ways to install one, each a series of commands: Debian's package for root, then Playwright's."""
    apt = [
        ["apt-get", "update", "-q"],
        ["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium"],
    ]
    download = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    return [apt, download] if os.geteuid() == 0 and shutil.which("apt-get") else [download]


def main() -> int:
    if system_chromium() or playwright_chromium():
        return 0
    for commands in ways():
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        if all(subprocess.run(command, env=quiet).returncode == 0 for command in commands):
            return 0
    print("No Chromium could be installed. Install one by hand; the browser tests need it.", file=sys.stderr)  # noqa: T201
    return 1


if __name__ == "__main__":
    sys.exit(main())
