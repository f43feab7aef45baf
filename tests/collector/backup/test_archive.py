"""Every byte of a backup is checked, and nothing in it can do what Homeward would not have written."""

from __future__ import annotations

import hashlib
import json
import os
import random
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from collector.backup import archive
from collector.backup.contents import Contents
from collector.backup.errors import UnfitBackup
from collector.backup.manifest import FORMAT, PARTS, Manifest, Part
from collector.backup.restoring import restore
from collector.backup.verifying import verify
from collector.settings import Settings

SMALL = {"ledger.db": b"l" * 700, "secret": b"s" * 64}  # not a ledger: only the container is looked at


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A container that is small enough to alter every byte of it."""
    parts = []
    for name in PARTS:
        (tmp_path / name).write_bytes(SMALL[name])
        parts.append(Part(name, len(SMALL[name]), hashlib.sha256(SMALL[name]).hexdigest()))
    manifest = Manifest("2026-03-09T02:00:00.000Z", "0.1.0", Contents("", ("events",), 0, 0, ""), tuple(parts))
    archive.write(tmp_path / "small.tar", manifest, tmp_path)
    return tmp_path / "small.tar"


def read_all(path: Path) -> None:
    with archive.opened(path) as (file, manifest):
        archive.read_through(file, manifest)


def refused(path: Path) -> bool:
    try:
        read_all(path)
    except UnfitBackup:
        return True
    return False


def test_any_tar_can_unpack_it(small: Path) -> None:
    with tarfile.open(small) as tar:
        assert tar.getnames() == ["manifest.json", *PARTS, "sha256"]
        content = tar.extractfile("secret")
        assert content is not None
        assert content.read() == SMALL["secret"]
    read_all(small)


def some(numbers: range) -> list[int]:
    """Return a hundred of these numbers, and those at and around the borders of blocks."""
    borders = {border + beside for border in range(0, len(numbers), 512) for beside in (-1, 0, 1)}
    return sorted({*random.Random(20260309).sample(numbers, 100), *borders & {*numbers}})


EVERY = pytest.mark.parametrize("chosen", [some, pytest.param(list, marks=pytest.mark.crash)], ids=["some", "all"])


@EVERY
def test_each_flipped_byte_is_refused(small: Path, chosen: Callable[[range], list[int]]) -> None:
    """Of the headers, the manifest, the parts, the padding and the end."""
    whole = small.read_bytes()
    overlooked = []
    for place in chosen(range(len(whole))):
        small.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << place % 8]) + whole[place + 1 :])
        if not refused(small):
            overlooked.append(place)
    assert overlooked == []


@EVERY
def test_each_length_but_the_right_one_is_refused(small: Path, chosen: Callable[[range], list[int]]) -> None:
    whole = small.read_bytes()
    overlooked = []
    for length in chosen(range(len(whole))):
        small.write_bytes(whole[:length])
        if not refused(small):
            overlooked.append(length)
    assert overlooked == []
    for more in (b"\0", bytes(512), bytes(10240), whole):
        small.write_bytes(whole + more)
        assert refused(small)


def test_two_bytes_that_change_places_are_refused(small: Path) -> None:
    whole = bytearray(small.read_bytes())
    random.Random(20260309).shuffle(whole)
    small.write_bytes(whole)
    assert refused(small)


def end_anew(small: Path, body: bytes) -> None:
    """Write a file of this content, with the ending that goes with it."""
    ending = small.read_bytes()[-2048:]
    checksum = hashlib.sha256(body).hexdigest().encode()
    small.write_bytes(body + ending.replace(ending[512:576], checksum))


def hostile(small: Path, *more: tarfile.TarInfo) -> None:
    """Write these entries, too, before a checksum that is right."""
    body = small.read_bytes()[:-2048]
    end_anew(small, body + b"".join(info.tobuf(tarfile.GNU_FORMAT) for info in more))


def entry(name: str, **values: Any) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    for attribute, value in values.items():
        setattr(info, attribute, value)
    return info


@pytest.mark.parametrize(
    "info",
    [
        entry("../outside"),
        entry("/etc/outside"),
        entry("secret"),
        entry("secret", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
        entry("secret", type=tarfile.LNKTYPE, linkname="../../outside"),
        entry("ledger.db", type=tarfile.CHRTYPE, devmajor=1, devminor=3),
        entry("ledger.db", type=tarfile.FIFOTYPE),
        entry("folder", type=tarfile.DIRTYPE),
        entry("x" * 300),
    ],
    ids=lambda info: f"{info.name[:12]} {info.type.decode()}",
)
def test_whatever_else_is_in_a_tar_is_refused_and_touches_nothing(small: Path, info: tarfile.TarInfo) -> None:
    hostile(small)
    read_all(small)
    hostile(small, info)
    before = sorted(small.parent.rglob("*"))
    with pytest.raises(UnfitBackup):
        verify(small)
    with pytest.raises(UnfitBackup):
        restore(small, Settings(data=small.parent / "data"))
    assert sorted(small.parent.rglob("*")) == before


def rewrite(small: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Write the manifest anew, with everything around it as it has to be."""
    whole = small.read_bytes()
    size = int(whole[124:135], 8)
    content = json.loads(whole[512 : 512 + size])
    change(content)
    stored = json.dumps(content, indent=1).encode() + b"\n"
    info = tarfile.TarInfo.frombuf(whole[:512], "utf-8", "strict")
    info.size = len(stored)
    rest = whole[512 + size + -size % 512 : -2048]
    end_anew(small, info.tobuf(tarfile.GNU_FORMAT) + stored + bytes(-len(stored) % 512) + rest)


def set_part(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda content: content["parts"][0].update(values)


@pytest.mark.parametrize(
    "change",
    [
        set_part(size=1 << 60),
        set_part(size=10**40),
        set_part(size=-1),
        set_part(size=True),
        set_part(size="7"),
        set_part(name="../ledger.db"),
        set_part(name="/etc/passwd"),
        set_part(name="operations.db"),
        set_part(more=1),
        lambda content: content.update(parts=content["parts"][:1]),
        lambda content: content.update(parts=content["parts"] * 2),
        lambda content: content.update(parts=7),
        lambda content: content.update(created="2026-13-45T99:00:00.000Z"),
        lambda content: content.update(created=7),
        lambda content: content.update(homeward="\x1b[2J"),
        lambda content: content.update(homeward="\ud800"),
        lambda content: content.update(encrypted=True),
        lambda content: content.update(format=0),
        lambda content: content.update(format=1.0),
        lambda content: content.update(format="1"),
        lambda content: content.update(format=None),
        lambda content: content.update(more="x"),
        lambda content: content.update(ledger=[]),
        lambda content: content.pop("ledger"),
        lambda content: content.clear(),
    ],
)
def test_a_manifest_that_homeward_does_not_write_is_refused(small: Path, change: Callable[[Any], None]) -> None:
    rewrite(small, lambda content: None)
    read_all(small)
    rewrite(small, change)
    with pytest.raises(UnfitBackup) as refusal:
        read_all(small)
    assert "\x1b" not in str(refusal.value)


def test_a_newer_format_is_refused_in_words_that_name_both(small: Path) -> None:
    rewrite(small, lambda content: content.update(format=FORMAT + 1, homeward="0.9.0", sealed={"with": "a key"}))
    with pytest.raises(UnfitBackup) as refusal:
        verify(small)
    assert str(refusal.value) == (
        f"{small} cannot be restored. It is of format 2, written by Homeward 0.9.0. "
        "This is Homeward 0.1.0, which reads format 1: install that release, or a later one."
    )


@pytest.mark.parametrize(
    "content", [b"", b"x", bytes(512), bytes(10240), b"SQLite format 3\0" + bytes(8000), b"\xff" * 2048]
)
def test_what_is_no_backup_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "some.tar"
    path.write_bytes(content)
    with pytest.raises(UnfitBackup, match=r"^.*some\.tar cannot be restored\. It is no backup of Homeward"):
        verify(path)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """A pipe would otherwise be waited for without end."""
    os.mkfifo(tmp_path / "pipe")
    for path, reason in ((tmp_path, "It is no file"), (tmp_path / "pipe", "no file"), (tmp_path / "gone", "No such")):
        with pytest.raises(UnfitBackup, match=reason):
            verify(path)
