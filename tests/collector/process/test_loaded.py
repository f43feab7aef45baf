"""A running role has loaded nothing of what only authors need, and what only the review needs stays there."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from collector.ledger.ledger import Ledger
from collector.process.supervisor import ROLES
from collector.settings import Settings
from collector.storage import Storage

# Starts a role as the supervisor does, in the main thread. Another prints what is loaded once the role is at work.
START = """
import json, os, runpy, sys, threading, time, urllib.request
from pathlib import Path
from collector.settings import Settings

def report(role, settings):
    while True:
        try:
            if role == "project":
                settings.position.stat()
            else:
                port = settings.port if role == "collect" else settings.review_port
                page = "health" if role == "collect" else "sign-in"
                urllib.request.urlopen(f"http://{settings.host}:{port}/{page}", timeout=5).close()
            break
        except OSError as error:
            if getattr(error, "code", 0) == 503:  # it answers, that the others are not there
                break
            time.sleep(0.05)
    print(json.dumps(sorted(sys.modules)), flush=True)
    os._exit(0)

threading.Thread(target=report, args=(sys.argv[1], Settings.from_environment()), daemon=True).start()
runpy.run_module("collector", run_name="__main__", alter_sys=True)
"""
FOR_AUTHORS = (
    "ruamel",
    "markdown_it",
    "mkdocs",
    "syllapy",
    "site_builder.content",
    "site_builder.forms.language",
    "site_builder.publishing",
)


@pytest.fixture(scope="module", params=ROLES)
def loaded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[str]]:
    """Return the name of a role, and the modules that its process has loaded."""
    folder: Path = tmp_path_factory.mktemp(request.param)
    Storage(Settings(data=folder / "data")).make_folder()
    (folder / "site").mkdir()
    Ledger.open(folder / "data" / "ledger.db").close()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "HOMEWARD_DATA": str(folder / "data"),
        "HOMEWARD_SITE": str(folder / "site"),
        "HOMEWARD_PORT": str(port - 1 if request.param == "review" else port),
    }
    command = [sys.executable, "-c", START, request.param]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stderr
    return request.param, json.loads(run.stdout)


def is_loaded(package: str, modules: list[str]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for module in modules)


def test_no_role_loads_what_authors_need(loaded: tuple[str, list[str]]) -> None:
    role, modules = loaded
    assert "collector.ledger.ledger" in modules
    assert [package for package in FOR_AUTHORS if is_loaded(package, modules)] == [], role


def test_only_the_review_loads_datasette(loaded: tuple[str, list[str]]) -> None:
    role, modules = loaded
    assert is_loaded("datasette", modules) == (role == "review")
