"""A telephone number is dialled as it was meant, and whatever is not one number is none."""

from __future__ import annotations

import pytest

from site_builder.content.phone import dialled, readable_phone
from tests.cases.phones import PHONES


@pytest.mark.parametrize(("written", "dials"), PHONES)
def test_a_number_is_dialled_as_it_was_meant(written: str, dials: str) -> None:
    assert dialled(written) == dials


def test_a_number_is_shown_without_what_came_along_with_the_paste() -> None:
    assert readable_phone("\u202a+1\u00a0202 555  0142\u202c\n") == "+1 202 555 0142"
