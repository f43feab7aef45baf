"""Secrets that people receive: long enough, easy to read out, never stored."""

from __future__ import annotations

import re

import pytest

from collector.ledger import tokens


def test_a_token_has_256_bits_and_fits_a_url() -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", tokens.new_token())
    assert len({tokens.new_token() for _ in range(100)}) == 100


def test_a_code_is_shown_in_two_groups_without_letters_that_are_misread() -> None:
    for _ in range(100):
        assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){2}[0-9A-HJKMNP-TV-Z]{4}", tokens.new_code())


@pytest.mark.parametrize(
    "typed",
    [
        "A1B0C-D1E0F",
        "a1b0cd1e0f",
        " A1B0C D1E0F ",
        "aLbOc-dIeoF",
        "AlB0C—D1E0F",
        "A1B0C\u00a0D1E0F",
        "A_1B0CD1E0F",
    ],
)
def test_a_code_is_read_leniently(typed: str) -> None:
    assert tokens.normal_code(typed) == "A1B0CD1E0F"


def test_a_displayed_code_normalises_to_itself() -> None:
    code = tokens.new_code()
    assert tokens.normal_code(code) == code.replace("-", "")


def test_a_client_code_is_neither_a_number_nor_a_word() -> None:
    for _ in range(200):
        code = tokens.new_client_code()
        assert re.fullmatch(r"[B-DF-HJ-NP-TV-Z][B-DF-HJ-NP-TV-Z2-9]{5}", code)


def test_a_password_has_80_bits() -> None:
    assert re.fullmatch(r"([0-9a-hjkmnp-tv-z]{4}-){3}[0-9a-hjkmnp-tv-z]{4}", tokens.new_password())


def test_only_the_hash_is_stored() -> None:
    assert tokens.hash_token("secret") == "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"
