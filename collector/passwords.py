"""Hashes and checks passwords; the only module that uses argon2."""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LONGEST = 1_000  # characters; longer ones are cut off, so that hashing never takes megabytes

_hasher = PasswordHasher()  # argon2id with the library's defaults, RFC 9106's second choice: 64 MiB, 3 passes


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password, which includes its own salt and parameters."""
    return _hasher.hash(password[:LONGEST])


def password_matches(stored: str, password: str) -> bool:
    """Return whether a password has this hash; False for a hash that is damaged."""
    try:
        return _hasher.verify(stored, password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False


@cache
def decoy_hash() -> str:
    """Return a hash that no password matches, so that an unknown name takes as long as a known one."""
    return hash_password(secrets.token_urlsafe(32))
