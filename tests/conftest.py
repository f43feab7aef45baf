"""Browser tests run last, because Playwright's event loop runs in the main thread until the session ends."""

from __future__ import annotations

import pytest
from hypothesis import settings

settings.register_profile("homeward", deadline=None)  # a test must not depend on how busy the machine is
settings.load_profile("homeward")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
