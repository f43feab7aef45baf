"""The file itself: a plain tar, which any tar can unpack, of which every single byte is checked.

It is written in one way only. What differs in one bit from what Homeward would have written is refused, so no name,
link, device or size in it can do anything else than what is written here.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from collector.backup.errors import UnfitBackup
from collector.backup.manifest import Manifest, Part

MANIFEST, CHECKSUM = "manifest.json", "sha256"  # the first and the last file; the latter's is of all before it
LARGEST_MANIFEST = 64 * 1024  # bytes; what Homeward writes is smaller than one
CHUNK = 1024 * 1024  # bytes read at once
_BLOCK = tarfile.BLOCKSIZE


def write(path: Path, manifest: Manifest, folder: Path) -> None:
    """Write a new file of a manifest and its parts, which lie in a folder; it is on the disk on return."""
    digest = hashlib.sha256()
    with _new(path) as file:
        for piece in _pieces(manifest):
            for content in [piece] if isinstance(piece, bytes) else _chunks(folder / piece.name):
                digest.update(content)
                file.write(content)
        file.write(_ending(manifest, digest.hexdigest()))
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def opened(path: Path) -> Iterator[tuple[BinaryIO, Manifest]]:
    """Open a file whose manifest can be read and whose length is right. Raises UnfitBackup."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise UnfitBackup("It is no file.")
        file = path.open("rb")
    except OSError as error:
        raise UnfitBackup(f"It cannot be read: {error.strerror or error}.") from error
    with file:
        manifest = _manifest(file)
        _require_length(file, manifest)
        yield file, manifest


def read_through(file: BinaryIO, manifest: Manifest, unpack: Path | None = None) -> None:
    """Read every byte, and write the parts into a folder if there is one. Raises UnfitBackup at the first difference.

    What was unpacked is whole only on return.
    """
    file.seek(0)
    digest = hashlib.sha256()
    for piece in _pieces(manifest):
        if isinstance(piece, Part):
            _read_part(file, piece, digest, unpack)
        else:
            _require_next(file, piece)
            digest.update(piece)
    _require_next(file, _ending(manifest, digest.hexdigest()))


def _pieces(manifest: Manifest) -> Iterator[bytes | Part]:
    """Yield what a file consists of, up to its ending: bytes as they are, and parts in their places."""
    content = manifest.to_bytes()
    yield _header(MANIFEST, len(content), manifest) + content + _padding(len(content))
    for part in manifest.parts:
        yield _header(part.name, part.size, manifest)
        yield part
        yield _padding(part.size)


def _ending(manifest: Manifest, digest: str) -> bytes:
    content = f"{digest}\n".encode()
    return _header(CHECKSUM, len(content), manifest) + content + _padding(len(content)) + bytes(2 * _BLOCK)


def _header(name: str, size: int, manifest: Manifest) -> bytes:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    entry.mtime = int(datetime.fromisoformat(manifest.created).timestamp())
    return entry.tobuf(tarfile.GNU_FORMAT)


def _padding(size: int) -> bytes:
    return bytes(-size % _BLOCK)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while content := file.read(CHUNK):
            yield content


def _manifest(file: BinaryIO) -> Manifest:
    try:
        entry = tarfile.TarInfo.frombuf(_read(file, _BLOCK), "utf-8", "strict")
    except (tarfile.TarError, ValueError) as error:
        raise UnfitBackup("It is no backup of Homeward, or its beginning is damaged.") from error
    if entry.name != MANIFEST or not 0 < entry.size <= LARGEST_MANIFEST:
        raise UnfitBackup("It is no backup of Homeward.")
    return Manifest.from_bytes(_read(file, entry.size))


def _require_length(file: BinaryIO, manifest: Manifest) -> None:
    """Raise UnfitBackup unless the file is as long as its manifest says, before anything is unpacked."""
    pieces = sum(piece.size if isinstance(piece, Part) else len(piece) for piece in _pieces(manifest))
    expected, actual = pieces + len(_ending(manifest, "0" * 64)), os.fstat(file.fileno()).st_size
    if expected != actual:
        raise UnfitBackup(f"It is not whole: it has {actual:,} bytes, and was written with {expected:,}.")


def _require_next(file: BinaryIO, expected: bytes) -> None:
    if _read(file, len(expected)) != expected:
        raise UnfitBackup("It is damaged: something in it is not as it was written.")


def _read_part(file: BinaryIO, part: Part, digest: hashlib._Hash, unpack: Path | None) -> None:
    own = hashlib.sha256()
    with _new(unpack / part.name) if unpack else nullcontext() as unpacked:
        for first in range(0, part.size, CHUNK):
            content = _read(file, min(CHUNK, part.size - first))
            digest.update(content)
            own.update(content)
            if unpacked:
                unpacked.write(content)
        if unpacked:
            unpacked.flush()
            os.fsync(unpacked.fileno())
    if own.hexdigest() != part.sha256:
        raise UnfitBackup(f"It is damaged: {part.name} in it is not what was backed up.")


def _read(file: BinaryIO, size: int) -> bytes:
    try:
        return file.read(size)
    except OSError as error:
        raise UnfitBackup(f"It cannot be read: {error.strerror or error}.") from error


def _new(path: Path) -> BinaryIO:
    """Open a file that is not there yet, for its owner only."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
