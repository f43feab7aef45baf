"""The link's token moves from the address bar into the form, and only pressing the button sends it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

TOKEN = "Vq3-x_" * 7


def test_a_link_shows_the_button_and_leaves_no_trace_in_the_address(phone: Page, clinic: Any) -> None:
    requests: list[str] = []
    phone.on("request", lambda request: requests.append(f"{request.method} {request.url}"))
    phone.goto(f"{clinic.address}/open#{TOKEN}")
    expect(phone.get_by_role("button", name="Sign in with my link")).to_be_visible()
    assert phone.url == f"{clinic.address}/open"
    assert phone.locator("input[name=token]").input_value() == TOKEN
    assert not [request for request in requests if request.startswith("POST") or TOKEN in request.split("#")[0]]


@pytest.mark.parametrize("fragment", ["", "#top", "#<script>alert(1)</script>"])
def test_without_a_token_there_is_no_button(phone: Page, clinic: Any, fragment: str) -> None:
    phone.goto(f"{clinic.address}/open{fragment}")
    expect(phone.get_by_role("button", name="Sign in with my link")).to_be_hidden()


def test_a_second_link_in_the_same_tab_replaces_the_first(phone: Page, clinic: Any) -> None:
    phone.goto(f"{clinic.address}/open#{TOKEN}")
    other = TOKEN[::-1]
    phone.goto(f"{clinic.address}/open#{other}")
    expect(phone.locator("input[name=token]")).to_have_value(other)
