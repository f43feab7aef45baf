"""Generates tokens, codes and passwords, and hashes them for storage."""

from __future__ import annotations

import hashlib
import re
import secrets
import uuid

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U, which are easily misread
CODE_GROUPS = 3  # of four characters: 60 bits; used once, valid for 72 hours: hopeless to guess (endpoints/rates.py)
CLIENT_CODE_LENGTH = 6
PASSWORD_GROUPS = 4  # of four characters: 80 bits
_LETTERS = "BCDFGHJKMNPQRSTVWXYZ"  # no vowels, so that a client's code spells no word
_DIGITS = "23456789"
_MISREAD = str.maketrans("OIL", "011")


def new_token() -> str:
    """Return a new secret for a link or a sign-in: 256 bits, safe in a URL."""
    return secrets.token_urlsafe(32)


def new_id() -> str:
    """Return a new identifier, which is not a secret."""
    return str(uuid.uuid4())


def new_code() -> str:
    """Return a new code for typing, as it is displayed: XXXX-XXXX-XXXX."""
    return _groups(CODE_GROUPS)


def normal_code(typed: str) -> str:
    """Return a typed code in its normal form: case, spaces and hyphens do not matter, O is 0, I and L are 1."""
    return re.sub(r"[\W_]", "", typed).upper().translate(_MISREAD)


def new_client_code() -> str:
    """Return a new client code, like K7M3QX; it begins with a letter, so no spreadsheet reads it as a number."""
    rest = (secrets.choice(_LETTERS + _DIGITS) for _ in range(CLIENT_CODE_LENGTH - 1))
    return secrets.choice(_LETTERS) + "".join(rest)


def new_password() -> str:
    """Return a new password that is easy to read out: four groups of four characters."""
    return _groups(PASSWORD_GROUPS).lower()


def _groups(number: int) -> str:
    return "-".join("".join(secrets.choice(CROCKFORD) for _ in range(4)) for _ in range(number))


def hash_token(secret: str) -> str:
    """Return the SHA-256 that is stored of a token or a normal code. Both are random, so they need no salt."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
