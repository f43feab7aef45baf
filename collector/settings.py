"""Settings, read from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from collector.closed_folder import group_named
from collector.errors import UnfitSetting
from collector.proxies import NOBODY, SETTING, TrustedProxies

IN_FOLDER = "unix:"  # what a host begins with that is a folder for Unix sockets
LARGEST_PORT = 65535  # the review listens on the next one
LONGEST_SOCKET = 100  # bytes of a socket's path; kernels take 104 or 108


@dataclass(frozen=True, slots=True)
class Settings:
    """Paths, addresses and HTTPS; every other module gets these and never reads the environment."""

    data: Path = Path("data")
    site: Path = Path("site")
    host: str = "127.0.0.1"  # or unix:FOLDER
    port: int = 8000
    https: bool = False  # True behind a TLS proxy: Secure and __Host- cookies, HSTS
    trusted_proxies: TrustedProxies = NOBODY
    group: int | None = None  # of the users that the roles run as, who share the data folder; None for one user

    def __post_init__(self) -> None:
        if self.host.startswith(IN_FOLDER) and not (
            Path(self.host.removeprefix(IN_FOLDER)).is_absolute() and len(os.fsencode(self.host)) <= LONGEST_SOCKET
        ):
            raise UnfitSetting(
                f"HOMEWARD_HOST: after “{IN_FOLDER}” comes the whole path of a folder, such as"
                f" {IN_FOLDER}/run/homeward, of at most {LONGEST_SOCKET} letters."
            )

    @property
    def sockets(self) -> Path | None:
        """The folder for the Unix sockets to listen on; None when an address and ports are."""
        return Path(self.host.removeprefix(IN_FOLDER)) if self.host.startswith(IN_FOLDER) else None

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
        """Read HOMEWARD_DATA, _SITE, _HOST, _PORT, _HTTPS, _TRUSTED_PROXIES and _GROUP; unset ones keep their defaults.

        Raises UnfitSetting.
        """
        default = cls()
        return cls(
            data=Path(environment.get("HOMEWARD_DATA", default.data)),
            site=Path(environment.get("HOMEWARD_SITE", default.site)),
            host=environment.get("HOMEWARD_HOST", default.host),
            port=_port(environment.get("HOMEWARD_PORT", str(default.port))),
            https=environment.get("HOMEWARD_HTTPS", "") in ("1", "true", "yes"),
            trusted_proxies=TrustedProxies.read(environment.get(SETTING, "")),
            group=group_named(environment.get("HOMEWARD_GROUP", "")),
        )


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) < LARGEST_PORT):
        raise UnfitSetting(f"HOMEWARD_PORT: “{text}” is no port. Write a number from 1 to {LARGEST_PORT - 1}.")
    return int(text)
