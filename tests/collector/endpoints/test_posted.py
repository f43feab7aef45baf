from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.endpoints.posted import form_pairs

PIECES = st.sampled_from(["a", "ß", "%", "%4", "%C3%9F", "%ff", "%00", "+", "=", "&", ";", "\r\n", "\x00", " "])


@given(st.lists(st.tuples(st.text(), st.text())))
def test_what_a_browser_sends_is_read_as_it_was_typed(pairs: list[tuple[str, str]]) -> None:
    assert form_pairs(urlencode(pairs, errors="replace").encode()) == parse_qsl(
        urlencode(pairs, errors="replace"), keep_blank_values=True
    )


@given(st.lists(PIECES).map("".join))
def test_what_no_browser_sends_is_read_as_the_standard_library_does(query: str) -> None:
    assert form_pairs(query.encode()) == parse_qsl(query, keep_blank_values=True)


@pytest.mark.parametrize("body", [b"\xff=\xfe", b"a=%FF", b"%", b"=", b"&&", b"a", b"a=b=c"])
def test_damaged_bytes_are_read_as_the_standard_library_does(body: bytes) -> None:
    assert form_pairs(body) == parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
