"""The deployment's secret: generated once, readable by its owner only, and used only to derive keys."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from pathlib import Path

from collector.closed_folder import OTHERS, is_shared, open_private
from collector.disk import sync_folder
from collector.errors import UnfitSecret
from collector.settings import Settings

LENGTH = 32  # bytes
_SALT = b"homeward"  # RFC 5869's extraction salt; it need not be secret


def ensure_secret(settings: Settings) -> None:
    """Make the secret of a new deployment; safe if several processes do so at once.

    Raises UnfitSecret if it is gone while the ledger is there: a new one would pass for the old one in silence.
    """
    path, ledger = settings.secret, settings.ledger
    if path.exists():
        return
    if ledger.exists() and not path.exists():  # asked again: another process may have begun with both just now
        raise UnfitSecret(
            f"There is a ledger in {settings.data}, and no secret beside it. Put {path} back from your backup; "
            "docs/operations.md says what to do when it is lost for good."
        )
    _make(path)


def load_secret(settings: Settings) -> bytes:
    """Return the secret of a deployment, generating that of a new one. Raises UnfitSecret."""
    ensure_secret(settings)
    return read_secret(settings.secret)


def read_secret(path: Path) -> bytes:
    """Return the secret in this file. Raises UnfitSecret if others can read it, or if it is not valid."""
    try:
        mode, text = path.stat().st_mode, path.read_bytes()
    except OSError as error:
        raise UnfitSecret(f"{path} cannot be read: {error.strerror}.") from error
    others = OTHERS if is_shared(path.parent) else OTHERS | stat.S_IRWXG
    if mode & others:
        raise UnfitSecret(f"Others can read {path}. Run: chmod 600 {path}")
    try:
        secret = bytes.fromhex(text.decode("ascii"))
    except ValueError:
        secret = b""
    if len(secret) != LENGTH:
        raise UnfitSecret(f"{path} does not hold a secret. Put back the one from your backup.")
    return secret


def derive(secret: bytes, purpose: str) -> bytes:
    """Return the 32-byte key for one purpose: one block of HKDF-SHA256 (RFC 5869)."""
    extracted = hmac.digest(_SALT, secret, hashlib.sha256)
    return hmac.digest(extracted, purpose.encode() + b"\x01", hashlib.sha256)


def details_key(secret: bytes) -> str:
    """Return the key to the details of how a collector is, for programs that watch it."""
    return derive(secret, "details").hex()


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    handle = open_private(draft, os.O_WRONLY)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(LENGTH))
            file.flush()
            os.fsync(file.fileno())
        _publish(draft, path)
    finally:
        draft.unlink()


def _publish(draft: Path, path: Path) -> None:
    """Link the draft to its final name unless another process was first; unlike a rename, a link replaces nothing."""
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    sync_folder(path.parent)
