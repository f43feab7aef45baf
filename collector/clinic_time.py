"""Moments of the ledger, which are UTC, as the clinic's clock reads them.

`timezone` under `extra.clinic` in mkdocs.yml names the zone; the built site carries it. Pages name it once.
"""

from __future__ import annotations

import json
import logging
import os
import time
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

FILE = "forms.json"  # of the built site
LOOK_EVERY = 1.0  # seconds; a new build shows within one

log = logging.getLogger(__name__)


@lru_cache(maxsize=512)
def zone(name: str) -> tzinfo:
    """Return a time zone by its IANA name; UTC for "" and for one that this machine does not know."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError
        return UTC
    except KeyError:
        log.error("there is no time zone %r; times are shown in UTC", name)
        return UTC


def name_of(zone: tzinfo) -> str:
    """Return the name that pages say: Europe/Berlin, or UTC."""
    return getattr(zone, "key", "UTC")


@lru_cache(maxsize=4096)  # a moment of a score is one of a submission too
def in_words(moment: str, zone: tzinfo = UTC) -> str:
    """Return a moment as the clinic's clock reads it, without its zone: "9 Mar 2026, 14:02"."""
    at = datetime.fromisoformat(moment).astimezone(zone)
    return f"{at.day} {at:%b %Y, %H:%M}"


class ClinicZone:
    """The time zone of the clinic, as the site was last built with it."""

    def __init__(self, site: Path) -> None:
        self._path = site / FILE
        self._looked_at, self._stamp = -LOOK_EVERY, (0, 0, 0)
        self._zone: tzinfo = UTC

    def current(self) -> tzinfo:
        """Return the zone; UTC until a site with one was built."""
        now = time.monotonic()
        if now - self._looked_at >= LOOK_EVERY:
            self._looked_at = now
            self._look()
        return self._zone

    def _look(self) -> None:
        try:
            status = os.stat(self._path)
            stamp = (status.st_ino, status.st_mtime_ns, status.st_size)
            if stamp != self._stamp:
                self._zone = zone(str(json.loads(self._path.read_text("utf-8"))["clinic"].get("timezone", "")))
                self._stamp = stamp
        except FileNotFoundError:
            pass
        except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            log.warning("the clinic's time zone cannot be read: %s in %s", type(error).__name__, FILE)
