"""Each role as a user of its own, who shares the data folder with the others' group and with nobody else."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest

from collector import people
from collector.endpoints.catalogue_file import read_catalogue
from collector.ledger.opening import open_ledger
from collector.publishing import publish
from collector.settings import Settings
from collector.storage import Storage
from tests.collector.endpoints.conftest import DIARY, build_site
from tests.loopback import free_pair

GROUP = 64_100
USERS = {"collect": 64_101, "project": 64_102, "review": 64_103}
STRANGER = 64_199
PATIENCE = 20.0  # seconds for a role to come up, or for a sheet to be shown
# Everything is imported before the user is changed: an interpreter below /root is nobody else's to read.
ROLE = """
import asyncio, concurrent, contextlib, email, encodings, html, http, importlib, json, logging, zoneinfo
import ctypes, os, pkgutil, sys
for package in (asyncio, concurrent, email, encodings, html, http, importlib, json, logging, zoneinfo):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        with contextlib.suppress(ImportError):
            importlib.import_module(module.name)
import uvicorn.lifespan.on, uvicorn.loops.uvloop
import collector.cli, collector.endpoints.app, collector.process.server, collector.projector, collector.review.gateway
from collector.process import roles
user, group, role = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
ctypes.CDLL(None).prctl(65, 1, 0, 0, 0)  # MemoryDenyWriteExecute=yes, where the kernel knows it
def restrict(event, arguments):  # RestrictSUIDSGID=yes
    if event in ("os.chmod", "os.mkdir") and arguments[1] & 0o6000:
        os.write(2, b"a special bit is set\\n")
        raise PermissionError(1, "Operation not permitted")
sys.addaudithook(restrict)
os.setgroups([])
os.setgid(group)
os.setuid(user)
getattr(roles, f"run_{role}")(collector.cli.Settings.from_environment())
"""
PASSWORD = "correct horse battery"


@pytest.fixture
def settings() -> Iterator[Settings]:
    if os.geteuid():
        pytest.skip(
            "only root can start a process as another user; the permissions are tested in test_closed_folder.py"
        )
    with tempfile.TemporaryDirectory() as folder:  # pytest's own is root's only
        top = Path(folder)
        top.chmod(0o755)
        settings = Settings(data=top / "data", site=top / "site", port=free_pair(), group=GROUP)
        build_site(settings.site, DIARY)
        yield settings


@contextmanager
def running(settings: Settings, role: str) -> Iterator[subprocess.Popen[str]]:
    """Run a role as its user for the block; what it says stands in `<role>.log` beside the data folder."""
    environment = os.environ | {
        "HOMEWARD_DATA": str(settings.data),
        "HOMEWARD_SITE": str(settings.site),
        "HOMEWARD_PORT": str(settings.port),
        "HOMEWARD_GROUP": str(GROUP),
    }
    command = [sys.executable, "-c", ROLE, str(USERS[role]), str(GROUP), role]
    with (settings.data.parent / f"{role}.log").open("a") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, text=True)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE)


def ask(port: int, method: str, path: str, cookie: str = "", **form: str) -> tuple[int, str, str]:
    """Return the status, the first cookie that is set, and the body."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    headers = {"Cookie": cookie, "Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"}
    try:
        connection.request(method, path, urlencode(form) if method == "POST" else None, headers)
        answer = connection.getresponse()
        return answer.status, (answer.headers["set-cookie"] or "").partition(";")[0], answer.read().decode()
    finally:
        connection.close()


def wait_for(settings: Settings, port: int, path: str, words: str, cookie: str = "") -> None:
    """Wait until a page holds these words."""
    deadline = time.monotonic() + PATIENCE
    seen = ""
    while time.monotonic() < deadline:
        try:
            seen = ask(port, "GET", path, cookie)[2]
        except OSError as error:
            seen = str(error)
        if words in seen:
            return
        time.sleep(0.1)
    logs = "".join(log.read_text() for log in settings.data.parent.glob("*.log"))
    pytest.fail(f"{path} does not say {words}: {seen[:500]}\n{logs}")


def can_read(user: int, path: Path) -> bool:
    """Return whether a user of no group can open a file or folder."""
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)
        try:
            os.close(os.open(path, os.O_RDONLY))
        except PermissionError:
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.crash
def test_each_role_runs_as_a_user_of_its_own(settings: Settings) -> None:
    with open_ledger(Storage(settings)) as (ledger, access):  # by root, as at the first `build`
        publish(ledger, access, read_catalogue(settings.site))
        people.add_therapist(ledger, "Ana", password=PASSWORD)
        token = people.add_client(ledger, "ana", "A client").token
    site, review = settings.port, settings.review_port
    with ExitStack() as roles:
        roles.enter_context(running(settings, "project"))
        roles.enter_context(running(settings, "review"))
        for number in (1, 2):  # started again, it opens what it and the others have made
            with running(settings, "collect"):
                wait_for(settings, site, "/health", "ok")
                cookie = ask(site, "POST", "/open", token=token)[1]
                words = f"Note number {number}"
                sent = {"_id": str(uuid.uuid4()), "situation": words}
                status, _, body = ask(site, "POST", "/forms/diary", cookie, **sent)
                assert status == 303, body
                wait_for(settings, review, "/sign-in", "<form")
                therapist = ask(review, "POST", "/sign-in", name="ana", password=PASSWORD)[1]
                # A page of ours: what Datasette asks for runs in processes of their own, and those cannot be started
                # by a user who may not read an interpreter below /root.
                wait_for(settings, review, f"/c/ana/submission/{sent['_id']}", words, therapist)
        assert shared_with_others(settings.data) == []
        assert {path.stat().st_uid for path in settings.data.rglob("*")} <= {0, *USERS.values()}
        for path in (settings.data, settings.ledger, settings.secret, settings.caseloads / "ana.db"):
            assert not can_read(STRANGER, path)
    logs = "".join(log.read_text() for log in settings.data.parent.glob("*.log"))
    assert [line for line in logs.splitlines() if not _is_access(line)] == []


def _is_access(line: str) -> bool:
    return line.startswith("{") and "room" in json.loads(line)


def shared_with_others(data: Path) -> list[str]:
    paths = [data, *data.rglob("*")]
    return [str(path) for path in paths if stat.S_IMODE(path.lstat().st_mode) & 0o007 or path.lstat().st_gid != GROUP]
