"""Links in the words of a question."""

from __future__ import annotations

import pytest

from site_builder.forms.model.wording import SCHEMES, html, unfit_wording


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_question_may_link_wherever_a_page_may(scheme: str) -> None:
    words = f"Call [us]({scheme}:555)"
    assert unfit_wording(words) is None
    assert html(words) == f'Call <a href="{scheme}:555">us</a>'


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "JavaScript:x", "data:text/html,x", "sms", "a.md", "//x.org"]
)
def test_other_addresses_are_reported_and_never_linked(address: str) -> None:
    words = f"See [this]({address})"
    assert unfit_wording(words) is not None
    assert "href" not in html(words)
