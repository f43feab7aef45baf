from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.endpoints.posted import form_pairs
from collector.endpoints.refusals import Refusal

PIECES = st.sampled_from(["a", "ß", "%", "%4", "%C3%9F", "%ff", "%00", "+", "=", "&", ";", "\r\n", "\x00", " "])


@given(st.lists(st.tuples(st.text(), st.text())))
def test_what_a_browser_sends_is_read_as_it_was_typed(pairs: list[tuple[str, str]]) -> None:
    assert form_pairs(urlencode(pairs, errors="replace").encode()) == parse_qsl(
        urlencode(pairs, errors="replace"), keep_blank_values=True
    )


@given(st.lists(PIECES).map("".join))
def test_what_no_browser_sends_is_read_as_the_standard_library_does(query: str) -> None:
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        with pytest.raises(Refusal):
            form_pairs(query.encode())
    else:
        assert form_pairs(query.encode()) == pairs


@pytest.mark.parametrize("body", [b"%", b"=", b"&&", b"a", b"a=b=c", b"a=%EF%BF%BD"])
def test_odd_posts_are_read_as_the_standard_library_does(body: bytes) -> None:
    assert form_pairs(body) == parse_qsl(body.decode(), keep_blank_values=True)


@pytest.mark.parametrize(
    "body",
    [
        b"\xff=\xfe",
        b"a=%FF",
        b"a=caf%E9",
        b"caf%E9=a",
        b"a=caf\xe9",
        b"a=%C3",
        b"a=%ED%A0%80",
        b"a=%C0%AF",
        b"a=b&c=%93",
    ],
)
def test_bytes_that_are_not_utf_8_are_refused(body: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        form_pairs(body)
    assert refused.value.status == 400
