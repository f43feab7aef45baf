"""Hashes passwords for storage and compares them: argon2id, in this one place."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from collector.ledger.tokens import new_token

_hasher = PasswordHasher()  # argon2id with the library's defaults, RFC 9106's second choice: 64 MiB, 3 passes


def hash_password(password: str) -> str:
    """Return the salted hash of a password, which is what the ledger stores."""
    return _hasher.hash(password)


def password_matches(stored: str, password: str) -> bool:
    """Return whether a stored hash is that of this password; False as well for a hash that is damaged."""
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def decoy_hash() -> str:
    """Return a hash that no password matches, so that an unknown name takes as long as a known one."""
    return hash_password(new_token())
