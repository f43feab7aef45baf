"""Each rule of the picture bites: a small tree keeps to it, and one change breaks it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tools.purity import impurities
from tools.rooms import House, Module, read_picture

PICTURE = """\
# A document

```rooms
site/forms  model ← answers, history ← language
site        forms ← pages ← cli
server      store, secrets ← ledger
            ← web ← cli
server takes model and answers of site/forms; cli and web/up take all
```
"""
TREE = {
    "site/__init__.py": "",
    "site/forms/__init__.py": '"""The form."""',
    "site/forms/model/__init__.py": "",
    "site/forms/model/fields.py": "import json",
    "site/forms/model/form.py": "from site.forms.model import fields",
    "site/forms/answers.py": "from site.forms.model.form import Form",
    "site/forms/history.py": "from .model.form import Form",
    "site/forms/language.py": "import site.forms.answers\nfrom site.forms import history",
    "site/pages.py": "def read():\n    from site.forms.language import parse",
    "site/cli.py": "from site.pages import read",
    "server/__init__.py": "from server import store",
    "server/store.py": "",
    "server/secrets.py": "",
    "server/ledger/__init__.py": "",
    "server/ledger/events.py": "from server.store import connect",
    "server/ledger/writer.py": "from server.ledger.events import Event",
    "server/web/__init__.py": "",
    "server/web/app.py": "from server.ledger.writer import Writer\nfrom site.forms.answers import read_answers",
    "server/web/up.py": "from site.pages import build",
    "server/cli.py": "import site.cli",
}
STANDS_WITH = {"server": "server.store"}


def house(root: Path, changed: Mapping[str, str | None], picture: str = PICTURE) -> House:
    """Write the tree with some files changed, or left out where their text is None."""
    for name, text in {**TREE, **changed}.items():
        if text is not None:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, "utf-8")
    return House(read_picture(picture), root, STANDS_WITH)


def test_a_tree_that_keeps_to_its_picture_has_no_faults(tmp_path: Path) -> None:
    tree = house(tmp_path, {})
    assert tree.faults() == []
    assert list(tree.ways_round()) == []
    assert len(tree.modules) == len(TREE)


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("site/helpers.py", "", "has no place in the picture"),
        ("site/forms/extra/deep.py", "", "has no place in the picture"),
        ("server/__main__.py", "import server.cli", "has no place in the picture"),
        ("site/__init__.py", "import json", "has no place in the picture"),
        ("site/pages.py", None, "there is no room pages in site"),
        ("site/forms/model/form.py", "import site.forms.language", "model imports language, which does not stand"),
        ("site/forms/model/form.py", "from site.forms import language", "model imports language"),
        ("site/forms/model/form.py", "from .. import language", "model imports language"),
        ("site/forms/model/form.py", "from ..language import parse", "model imports language"),
        ("site/forms/model/__init__.py", "from ..language import parse", "model imports language"),
        ("site/forms/model/form.py", "def f():\n    from site.forms.language import parse", "form.py:2: model imports"),
        ("site/forms/model/form.py", "if TYPE_CHECKING:\n    import site.forms.language", "model imports language"),
        ("site/forms/history.py", "import site.forms.answers", "history imports answers"),
        ("site/forms/model/form.py", "from site.pages import read", "forms imports pages"),
        ("site/pages.py", "import site.cli", "pages imports cli"),
        ("server/ledger/events.py", "from server.web.app import app", "ledger imports web"),
        ("server/store.py", "import server.secrets", "store imports secrets"),
        ("server/__init__.py", "from server.web import app", "store imports web"),
        ("site/pages.py", "import server.store", "site may not import server.store"),
        ("server/web/app.py", "from site.forms.language import parse", "may not import site.forms.language"),
        ("server/web/app.py", "from site.forms.history import changes", "may not import site.forms.history"),
        ("server/web/app.py", "import site.pages", "server may not import site.pages"),
        ("server/web/app.py", "from site import forms", "server may not import site.forms"),
        ("server/web/app.py", "import site", "server may not import site"),
        (
            "site/forms/model/fields.py",
            "import site.forms.model.form",
            "site.forms.model.fields, site.forms.model.form",
        ),
        ("site/forms/model/fields.py", "from . import form", "imports run in a circle"),
        ("site/forms/model/fields.py", "def f():\n    from .form import Form", "imports run in a circle"),
        ("site/forms/model/__init__.py", "from .form import a", ""),
        ("server/ledger/__init__.py", "from server.ledger.writer import W", ""),
    ],
)
def test_one_change_breaks_the_picture(name: str, text: str | None, sentence: str, tmp_path: Path) -> None:
    faults = list(map(str, house(tmp_path, {name: text}).faults()))
    if sentence:
        assert len(faults) == 1, faults
        assert sentence in faults[0]
    else:
        assert faults == []


def test_a_circle_through_a_package_itself_is_a_circle(tmp_path: Path) -> None:
    circle = {
        "server/ledger/__init__.py": "from server.ledger.writer import Writer",
        "server/ledger/events.py": "from server.ledger import Writer",
    }
    (fault,) = house(tmp_path, circle).faults()
    assert "server.ledger, server.ledger.events, server.ledger.writer" in str(fault)


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("import importlib\nimportlib.import_module('site.' + 'cli')", "importlib"),
        ("from importlib import import_module", "importlib"),
        ("from importlib.util import spec_from_file_location", "importlib"),
        ("import importlib.machinery as machinery", "importlib"),
        ("import runpy", "runpy"),
        ("from pkgutil import iter_modules", "pkgutil"),
        ("import zipimport", "zipimport"),
        ("__import__('site')", "__import__"),
        ("exec(text)", "exec"),
        ("run = eval", "eval"),
        ("import builtins\nbuiltins.exec(text)", "exec"),
        ("compile(text, 'cli.py', 'exec')", "compile"),
        ("import sys\nsys.modules['a']", "sys.modules"),
        ("from sys import modules", "sys.modules"),
        ("import sys\nsys.path.append('.')", "sys.path"),
        ("uvicorn.run('server.web.app:app')", "server.web.app:app"),
        ("load('site.cli')", "site.cli"),
        ("from importlib.resources import files", ""),
        ("from importlib.metadata import version", ""),
        ("import re\nre.compile('a')", ""),
        ("files('site.pages')", ""),
        ("sys.argv, 'site.other'", ""),
    ],
)
def test_a_way_round_is_noticed(text: str, means: str, tmp_path: Path) -> None:
    ways = {way for path, way, _ in house(tmp_path, {"site/pages.py": text}).ways_round() if path == "site/pages.py"}
    assert ways == ({means} if means else set())


@pytest.mark.parametrize(
    ("picture", "sentence"),
    [
        ("# no picture", "no block"),
        ("```rooms\nsite: forms\n```\n", "cannot be read: site: forms"),
    ],
)
def test_an_unreadable_picture_is_refused(picture: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        read_picture(picture)


def test_a_room_that_stands_twice_is_a_fault(tmp_path: Path) -> None:
    (fault,) = house(tmp_path, {}, PICTURE.replace("pages ← cli", "pages ← cli ← pages")).faults()
    assert str(fault) == "picture: pages stands twice in site"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("import os", "os"),
        ("import os.path", "os"),
        ("from pathlib import Path", "pathlib"),
        ("def f():\n    from tempfile import mkdtemp", "tempfile"),
        ("import markdown.extensions", "markdown"),
        ("from mkdocs import utils", "mkdocs"),
        ("from starlette.requests import Request", "starlette"),
        ("import sqlite3", "sqlite3"),
        ("import datasette", "datasette"),
        ("import click", "click"),
        ("import urllib.request", "urllib.request"),
        ("from urllib import request", "urllib.request"),
        ("open('a')", "open"),
        ("read = open", "open"),
        ("path.write_text('a')", ".write_text"),
        ("path.read_text()", ".read_text"),
        ("path.open()", ".open"),
        ("from pathlib import PurePosixPath", ""),
        ("import urllib.parse, json, re, hashlib", ""),
        ("class A:\n    open = True", ""),
    ],
)
def test_an_impure_module_is_noticed(text: str, what: str, tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text(text, "utf-8")
    assert [impurity.what for impurity in impurities(Module("a", path))] == ([what] if what else [])
