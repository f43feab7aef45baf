"""Passwords are stored as argon2id hashes, and only the right one matches."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import collector
from collector.ledger.access import Access
from collector.ledger.ledger import Ledger
from collector.passwords import LONGEST, hash_password, password_matches
from collector.people import add_therapist

RIGHT = "correct horse battery"


def test_the_right_password_matches_and_no_other() -> None:
    stored = hash_password(RIGHT)
    assert password_matches(stored, RIGHT)
    assert not password_matches(stored, RIGHT.upper())
    assert not password_matches(stored, "")


def test_a_hash_is_salted_and_says_how_it_was_derived() -> None:
    first, second = hash_password(RIGHT), hash_password(RIGHT)
    assert first != second
    assert first.startswith("$argon2id$v=19$m=65536,t=3,p=4$")  # RFC 9106, section 4: the second recommended option


@pytest.mark.parametrize("stored", ["", "plain", "$argon2id$", "$argon2id$v=19$m=65536,t=3,p=4$damaged"])
def test_a_damaged_hash_matches_nothing(stored: str) -> None:
    assert not password_matches(stored, RIGHT)
    assert not password_matches(stored, stored)


def test_a_password_longer_than_the_limit_signs_in_all_the_same() -> None:
    longest = "a" * LONGEST
    assert password_matches(hash_password(longest + "b"), longest + "b")
    assert not password_matches(hash_password(longest), longest[:-1])


def test_a_therapist_is_stored_with_such_a_hash(ledger: Ledger, access: Access) -> None:
    added = add_therapist(ledger, "Ana", password=RIGHT)
    person = access.person(added.name)
    assert person is not None
    assert password_matches(person.password, RIGHT)


def test_only_one_module_knows_argon2() -> None:
    root = Path(collector.__file__).parent
    imports = [
        path.name
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("argon2")
    ]
    assert set(imports) == {"passwords.py"}
