"""Runs the three roles as separate processes, and restarts those that die."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

ROLES = ("collect", "project", "review")
FIRST_PAUSE = 0.2  # seconds before a role that died is restarted; doubled each time it dies early
LONGEST_PAUSE = 10.0
LONGEST_WITHOUT_COLLECT = 1.0  # the same for the role that takes submissions in; it needs about a second to start
STABLE_AFTER = 30.0  # seconds of running after which the pause starts from the beginning again
TIME_TO_LEAVE = 15.0  # seconds for a clean stop before the role is killed; the ledger survives that too

LARGEST_LOG = 8 * 1024 * 1024  # bytes of a role's log; as much again is kept of what was before


@dataclass
class Role:
    """One process: how it is started, and when it may be restarted."""

    name: str
    environment: Mapping[str, str]
    log: Path
    input: int = subprocess.DEVNULL
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE
    next_start: float = field(default=0.0)

    def start(self) -> None:
        """Start the process in its own process session, so that only the supervisor receives Ctrl-C."""
        command = [sys.executable, "-m", "collector", self.name, "--supervised"]
        with os.fdopen(os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                command,
                env=dict(self.environment),
                start_new_session=True,
                stdin=self.input,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.started = time.monotonic()

    def tend(self) -> None:
        """Restart the process if it has died and its pause is over."""
        if self.process is not None and self.process.poll() is None:
            return
        now = time.monotonic()
        if self.process is not None:
            self.pause = FIRST_PAUSE if now - self.started > STABLE_AFTER else min(2 * self.pause, self.longest_pause)
            self.next_start = now + self.pause
            self.process = None
        if now >= self.next_start:
            self.start()

    def bound_log(self) -> None:
        """Put a log that has grown too large aside as `<log>.1`, in place of the one before.

        The role goes on writing to the same file, at its new end. Where there is no room for both, the old one goes.
        """
        if not self.log.exists() or self.log.stat().st_size < LARGEST_LOG:
            return
        before = self.log.with_name(f"{self.log.name}.1")
        try:
            before.unlink(missing_ok=True)
            os.close(os.open(before, os.O_WRONLY | os.O_CREAT, 0o600))
            shutil.copyfile(self.log, before)
        except OSError:  # the disk is full
            with suppress(OSError):
                before.unlink(missing_ok=True)
        os.truncate(self.log, 0)

    @property
    def longest_pause(self) -> float:
        return LONGEST_WITHOUT_COLLECT if self.name == "collect" else LONGEST_PAUSE

    def ask_to_stop(self) -> None:
        """Terminate the process, without waiting for its end."""
        if self.process is not None:
            self.process.terminate()

    def stop(self) -> None:
        """Terminate the process, and kill it if it does not exit in time."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(TIME_TO_LEAVE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Supervisor:
    """Keeps the three roles running between `start()` and `stop()`; each writes `logs`/<role>.log.

    They read from a pipe that nobody writes to. The kernel closes it when the supervisor dies, and they end.
    """

    def __init__(self, environment: Mapping[str, str], logs: Path) -> None:
        logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        inherited = {**os.environ, **environment}
        self._pipe = os.pipe()  # no process inherits the end to write to
        self.roles = [Role(name, inherited, logs / f"{name}.log", self._pipe[0]) for name in ROLES]
        self.stopping = threading.Event()

    def start(self) -> None:
        for role in self.roles:
            role.start()

    def watch(self) -> None:
        """Tend the roles until SIGINT or SIGTERM arrives."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.stopping.set())
        while not self.stopping.wait(0.2):
            for role in self.roles:
                role.tend()
                with suppress(OSError):  # tried again in a moment; the roles go on
                    role.bound_log()

    def stop(self) -> None:
        """Stop the roles: first both web servers, then the projector, so that it folds the latest events."""
        servers = [role for role in self.roles if role.name != "project"]
        for role in servers:  # each may have a few seconds, and they take them together
            role.ask_to_stop()
        for role in sorted(self.roles, key=lambda role: role not in servers):
            role.stop()
        for end in self._pipe:
            os.close(end)
