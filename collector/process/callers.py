"""Who calls: written into each request before anything is decided by it."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field

from uvicorn._types import HTTPScope

from collector.proxies import NOBODY, SETTING, TrustedProxies

SAY_AGAIN = 3600.0  # seconds; what is set wrongly stays so until somebody reads the log
FORWARDED = b"x-forwarded-for"

log = logging.getLogger(__name__)


@dataclass
class Callers:
    """Names the client of a request, by the address that connected or by the word of a trusted proxy."""

    trusted: TrustedProxies = NOBODY
    notices: dict[str, str] = field(default_factory=dict)  # what `homeward health` shows of it
    said_at: float | None = None

    def name(self, scope: HTTPScope, peer: str | None, is_proxy: bool) -> None:
        """Put the client into the request. `is_proxy` says whether the peer, None on a Unix socket, is trusted."""
        if is_proxy:
            client = self.trusted.client(peer, scope["headers"])
            scope["client"] = (client, 0) if client else None
        elif any(name == FORWARDED for name, _ in scope["headers"]):
            self._notice(peer)

    def _notice(self, peer: str | None) -> None:
        """Say, once in a while, that a proxy may be at work which nobody has named."""
        now = time.monotonic()
        if self.said_at is not None and now - self.said_at < SAY_AGAIN:
            return
        self.said_at = now
        sender = f"{peer} sends" if peer else "A peer on the Unix socket sends"
        self.notices["proxy"] = (
            f"{sender} X-Forwarded-For, but {SETTING} does not name it. If it is your proxy, name it there:"
            " until then everybody behind it counts as one, and shares one limit."
        )
        log.warning("%s", self.notices["proxy"])
