"""Makes the secrets that are handed out, and the hashes that are kept of them."""

from __future__ import annotations

import hashlib
import re
import secrets
import uuid

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: nothing that looks like something else
CODE_LENGTH = 10  # 50 bits; with single use, 72 hours and limited attempts nobody guesses one
CLIENT_CODE_LENGTH = 6
PASSWORD_GROUPS = 4  # of four characters: 80 bits
_LETTERS = "BCDFGHJKMNPQRSTVWXYZ"  # no vowels, so that a client's code spells no word
_DIGITS = "23456789"
_MISREAD = str.maketrans("OIL", "011")


def new_token() -> str:
    """Make the secret of a link or a sign-in: 256 bits, fit for a URL."""
    return secrets.token_urlsafe(32)


def new_id() -> str:
    """Make an identifier that is not a secret."""
    return str(uuid.uuid4())


def new_code() -> str:
    """Make a code to be typed, as it is shown: XXXXX-XXXXX."""
    code = "".join(secrets.choice(CROCKFORD) for _ in range(CODE_LENGTH))
    return f"{code[:5]}-{code[5:]}"


def normal_code(typed: str) -> str:
    """Read a typed code kindly: case, spaces and hyphens do not matter, O is 0, I and L are 1."""
    return re.sub(r"[\W_]", "", typed).upper().translate(_MISREAD)


def new_client_code() -> str:
    """Make a client's code, like K7M3QX: a letter first, so that no spreadsheet takes it for a number."""
    rest = (secrets.choice(_LETTERS + _DIGITS) for _ in range(CLIENT_CODE_LENGTH - 1))
    return secrets.choice(_LETTERS) + "".join(rest)


def new_password() -> str:
    """Make a password that can be read out: four groups of four."""
    alphabet = CROCKFORD.lower()
    groups = ("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(PASSWORD_GROUPS))
    return "-".join(groups)


def hash_token(secret: str) -> str:
    """Give what is stored of a token or a normal code: its SHA-256. They are random, so need no salt."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
