"""A real Chromium, and a phone and a desktop in it."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from typing import NoReturn

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

SYSTEM_NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage")
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
PATIENCE = 5_000  # milliseconds until a test gives up on something that should show at once
LOOK_EVERY = 50  # milliseconds between two looks at a page that is waited for


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium if there is one, else Playwright's own."""
    system = next((path for name in SYSTEM_NAMES if (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=system, args=list(ARGUMENTS))
        except PlaywrightError as error:
            no_browser(str(error).splitlines()[0])
        yield browser
        browser.close()


def no_browser(reason: str) -> NoReturn:
    """In CI a missing browser must not count as a passed test."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"No browser can be started: {reason}")
    pytest.skip(f"no browser can be started: {reason}")


@pytest.fixture
def contexts(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Opens browser contexts and closes them after the test; an uncaught error in a page fails the test."""
    with contextlib.ExitStack() as stack:
        errors: list[str] = []

        def new(**options: object) -> BrowserContext:
            context = stack.enter_context(contextlib.closing(chromium.new_context(**options)))  # type: ignore[arg-type]  # the caller names real options
            context.set_default_timeout(PATIENCE)
            context.on("weberror", lambda error: errors.append(str(error.error)))
            return context

        yield new
        assert errors == []


@pytest.fixture
def becomes_true() -> Callable[[Page, str], None]:
    """Wait until an expression holds in a page.

    Playwright's own `wait_for_function` calls `eval` in the page, which the Content-Security-Policy forbids.
    """

    def wait(page: Page, expression: str) -> None:
        until = time.monotonic() + PATIENCE / 1000
        while not page.evaluate(expression):
            assert time.monotonic() < until, f"not true on {page.url}: {expression}"
            page.wait_for_timeout(LOOK_EVERY)

    return wait


@pytest.fixture
def phone(contexts: Callable[..., BrowserContext]) -> Page:
    """A page on a phone."""
    return contexts(viewport=PHONE, has_touch=True, is_mobile=True, device_scale_factor=2).new_page()


@pytest.fixture
def plain_phone(contexts: Callable[..., BrowserContext]) -> Page:
    """A page on a phone whose browser runs no scripts."""
    return contexts(viewport=PHONE, has_touch=True, is_mobile=True, java_script_enabled=False).new_page()


@pytest.fixture
def desktop(contexts: Callable[..., BrowserContext]) -> Page:
    """A page on a desktop."""
    return contexts(viewport=DESKTOP).new_page()
