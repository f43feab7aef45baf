"""Settings, read from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Paths, addresses and HTTPS; every other module gets these and never reads the environment."""

    data: Path = Path("data")
    site: Path = Path("site")
    host: str = "127.0.0.1"
    port: int = 8000
    https: bool = False  # True behind a TLS proxy: Secure and __Host- cookies, HSTS

    @property
    def review_port(self) -> int:
        return self.port + 1

    @property
    def ledger(self) -> Path:
        return self.data / "ledger.db"

    @property
    def caseloads(self) -> Path:
        return self.data / "caseloads"

    @property
    def logs(self) -> Path:
        """The folder for the logs of `homeward up`; a role run on its own logs to standard output."""
        return self.data / "logs"

    @property
    def position(self) -> Path:
        """The 8-byte file with the number up to which the projector has folded."""
        return self.data / "position"

    @property
    def up_lock(self) -> Path:
        """The file that a running `homeward up` holds locked, with the number of its process in it."""
        return self.data / "up.lock"

    @property
    def secret(self) -> Path:
        return self.data / "secret"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read HOMEWARD_DATA, _SITE, _HOST, _PORT and _HTTPS; unset variables keep their defaults."""
        default = cls()
        return cls(
            data=Path(environment.get("HOMEWARD_DATA", default.data)),
            site=Path(environment.get("HOMEWARD_SITE", default.site)),
            host=environment.get("HOMEWARD_HOST", default.host),
            port=int(environment.get("HOMEWARD_PORT", default.port)),
            https=environment.get("HOMEWARD_HTTPS", "") in ("1", "true", "yes"),
        )
