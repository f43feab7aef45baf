"""Follows one submission from its POST to the therapist's page, and prints every file that it passes through.

    PYTHONPATH=TREE python walk.py TREE

It runs in an empty folder of its own and uses only what every version of Homeward has: the command line, the two web
applications and the projector. tools/house.py turns the files into rooms.
"""

from __future__ import annotations

import importlib
import inspect
import io
import json
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from types import FrameType
from typing import Any

SETTINGS = """
site_name: Clinic
docs_dir: content
theme: {name: mkdocs, highlightjs: false}
plugins: []
markdown_extensions: [{site_builder.extension: {content: content, help: Call us.}}]
extra: {clinic: {name: Clinic, help: Call us.}}
"""
WORKSHEET = """# Evening

```yaml form
form: evening
fields:
  strength: {ask: How strong was it?, type: rating}
  note: What happened?
```
"""
PASSWORD = "correct horse battery"  # noqa: S105 - of a therapist who is gone when the folder is
ID = "6f1f4a0e-1df5-4a5e-9f3a-0d5c1b7a2e11"
HOST = "http://clinic.example"
RESUMED = inspect.CO_COROUTINE | inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR
CREATE_APP = ("collector.endpoints.app", "collector.app")  # where the collector is put together, newest first
SHELL = "<!doctype html><title><!--hw:title--></title><main><!--hw:content--></main>"
NOTE = "A letter came."


def main(root: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        print("\n" + json.dumps(walk(root)))  # the last line; those before it are the access log's


class Recorder:
    """Records the files of a tree whose functions are called, in any thread, while a step lasts."""

    def __init__(self, root: Path) -> None:
        self.steps: list[tuple[str, list[str]]] = []
        self._packages = tuple(f"{root / package}{os.sep}" for package in ("site_builder", "collector"))
        self._root = root
        self._files: list[str] | None = None
        self._awaited: set[FrameType] = set()  # they are entered again whenever what they await is there

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        self._files = []
        yield
        self.steps.append((name, self._files))
        self._files = None

    def __call__(self, frame: FrameType, event: str, argument: Any) -> None:
        if event != "call" or self._files is None or not frame.f_code.co_filename.startswith(self._packages):
            return
        if frame.f_code.co_flags & RESUMED:
            if frame in self._awaited:
                return
            self._awaited.add(frame)
        file = Path(frame.f_code.co_filename).relative_to(self._root).as_posix()
        if self._files[-1:] != [file]:
            self._files.append(file)


def walk(root: Path) -> list[tuple[str, list[str]]]:
    """Return each step of the way with the files whose functions were called, in order; no file twice in a row."""
    token = prepare()
    settings = importlib.import_module("collector.settings").Settings()
    test_client = importlib.import_module("starlette.testclient").TestClient
    create_review = importlib.import_module("collector.review.gateway").create_review
    recorder = Recorder(root)
    threading.setprofile(recorder)  # before any thread starts
    sys.setprofile(recorder)
    collector = test_client(create_app()(settings), base_url=HOST, follow_redirects=False)
    review = test_client(create_review(settings), base_url=HOST, follow_redirects=False)
    with importlib.import_module("collector.projector").Projector(settings) as projector, collector, review:
        expect(303, collector.post("/open", data={"token": token}))
        expect(303, review.post("/sign-in", data={"name": "alice", "password": PASSWORD}))
        projector.catch_up()
        expect(200, review.get("/c/alice/"))  # what is made once for a caseload is made now
        with recorder.step("sent"):
            expect(303, collector.post("/forms/evening", data={"_id": ID, "strength": "7", "note": NOTE}))
        with recorder.step("folded"):
            projector.catch_up()
        with recorder.step("read"):
            page = expect(200, review.get(f"/c/alice/submission/{ID}"))
    sys.setprofile(None)
    if NOTE not in page:
        raise SystemExit("the therapist's page does not show the submission")
    return recorder.steps


def prepare() -> str:
    """Build a site of one worksheet, with a therapist and a client. Return the token of the client's link."""
    Path("content").mkdir()
    Path("content", "index.md").write_text("# Welcome\n\n[A sheet](evening.md)\n", "utf-8")
    Path("content", "evening.md").write_text(WORKSHEET, "utf-8")
    Path("content", "shell.html").write_text(SHELL, "utf-8")
    Path("mkdocs.yml").write_text(SETTINGS, "utf-8")
    homeward("build")
    sys.stdin = io.StringIO(PASSWORD + "\n")
    homeward("therapist", "add", "alice", "--password-stdin")
    link: str = homeward("client", "add", "--caseload", "alice")["link"]
    return link.partition("#")[2]


def homeward(*arguments: str) -> dict[str, Any]:
    """Run a command of Homeward in this process. Return its outcome."""
    main: Callable[..., Any] = importlib.import_module("collector.cli").main
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(io.StringIO()):
        main([*arguments, "--json"], standalone_mode=False)
    outcome: dict[str, Any] = json.loads(out.getvalue())
    return outcome


def create_app() -> Callable[..., Any]:
    for name in CREATE_APP:
        try:
            create: Callable[..., Any] = importlib.import_module(name).create_app
        except ModuleNotFoundError:
            continue
        return create
    raise SystemExit(f"there is no create_app in any of {', '.join(CREATE_APP)}")


def expect(status: int, answer: Any) -> str:
    """Return the body of an answer with this status; end with its words if it has another."""
    if answer.status_code != status:
        raise SystemExit(f"{answer.request.method} {answer.request.url}: {answer.status_code}\n{answer.text}")
    body: str = answer.text
    return body


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
