"""The first file in a backup: what the rest of it is, and who can read it."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Any

from collector.backup.contents import Contents
from collector.backup.errors import UnfitBackup

FORMAT = 1  # of the whole file; one more for every change that an earlier release must not misread, such as encryption
# What nothing else holds. Caseload files are folded anew from the ledger, which has every definition ever published
# too; pages, settings and forms.lock are text, which the clinic keeps as such.
PARTS = ("ledger.db", "secret")
LEDGER, SECRET = PARTS
LARGEST_PART = 1 << 50  # bytes; a petabyte, far below what a tar can say
_RELEASE = re.compile(r"[0-9][0-9A-Za-z.+-]{0,40}")


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """When a backup was made, by which release, and what is in it."""

    created: str
    homeward: str
    ledger: Contents
    parts: tuple[Part, ...]

    def to_bytes(self) -> bytes:
        content = {"format": FORMAT, "encrypted": False} | asdict(self)
        return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()

    @property
    def facts(self) -> dict[str, str | int]:
        """What programs hear of it."""
        ledger = self.ledger
        counts: dict[str, str | int] = {
            "events": ledger.events,
            "submissions": ledger.submissions,
            "until": ledger.until,
        }
        return {"created": self.created, "homeward": self.homeward, **counts}

    @classmethod
    def from_bytes(cls, stored: bytes) -> Manifest:
        """Return what `to_bytes` has written. Raises UnfitBackup, also for what a later release has written."""
        try:
            content = json.loads(stored)
            if content["format"] > FORMAT:
                raise UnfitBackup(_too_new(content["format"], content.get("homeward")))
            manifest = cls._read(content)
            is_ours = manifest.to_bytes() == stored
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise UnfitBackup("It does not begin with the list of what is in it.") from error
        if not is_ours:
            raise UnfitBackup("The list of what is in it is not as Homeward writes it.")
        if tuple(part.name for part in manifest.parts) != PARTS:
            raise UnfitBackup(f"It does not hold what a backup holds, which is {' and '.join(PARTS)}.")
        return manifest

    @classmethod
    def _read(cls, content: dict[str, Any]) -> Manifest:
        ledger = content["ledger"]
        parts = tuple(Part(str(part["name"]), _size(part["size"]), str(part["sha256"])) for part in content["parts"])
        contents = Contents(**ledger | {"changes": tuple(ledger["changes"])})
        datetime.fromisoformat(content["created"])
        return cls(content["created"], _release(content["homeward"]), contents, parts)


def installed_version() -> str:
    return version("homeward")


def _size(size: Any) -> int:
    if type(size) is not int or not 0 <= size < LARGEST_PART:
        raise ValueError("a size is a number of bytes")
    return int(size)


def _release(homeward: Any) -> str:
    """Return the name of a release, which is printed, unless it could be anything else. Raises ValueError."""
    if not isinstance(homeward, str) or not _RELEASE.fullmatch(homeward):
        raise ValueError("a release is a number like 0.1.0")
    return homeward


def _too_new(format: int, homeward: Any) -> str:
    return (
        f"It is of format {format:d}, written by Homeward {_release(homeward)}. "
        f"This is Homeward {installed_version()}, which reads format {FORMAT}: install that release, or a later one."
    )
