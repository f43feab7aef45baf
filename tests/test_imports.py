"""The picture of rooms in README.md holds: every module has its place in it, and imports run one way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.purity import impurities
from tools.rooms import House, Module, modules_of, read_picture

ROOT = Path(__file__).parent.parent
HOUSE = House(
    read_picture((ROOT / "README.md").read_text("utf-8")),
    ROOT,
    stands_with={
        "collector": "collector.driver",  # loads the driver before anything else can load SQLite
        "collector.__main__": "collector.cli",
    },
)

# The only modules that may import, or look at what is imported, by name: the file, the means, and why.
WAYS_ROUND = {
    ("collector/driver.py", "sys.modules"): "registers sqlcipher3 as the SQLite that libraries of others import",
    ("collector/caseload/fold/__init__.py", "pkgutil"): "lists the modules beside it, one for each kind of event",
    ("collector/caseload/fold/__init__.py", "importlib"): "imports them",
}


def test_every_module_keeps_to_the_picture() -> None:
    assert list(map(str, HOUSE.faults())) == []


def test_no_import_goes_round_by_name_or_by_file_path() -> None:
    ways = {(path, means): line for path, means, line in HOUSE.ways_round()}
    assert {way: line for way, line in ways.items() if way not in WAYS_ROUND} == {}
    assert set(WAYS_ROUND) <= set(ways), "an exception that nobody needs any more"


@pytest.mark.parametrize(
    "module", modules_of(ROOT, ("site_builder/forms",)).values(), ids=lambda module: module.name.partition(".")[2]
)
def test_the_form_model_is_pure(module: Module) -> None:
    # A question's own words may carry emphasis and links, which Markdown turns into HTML; nothing else of it.
    allowed = {"markdown"} if module.name == "site_builder.forms.model.wording" else set()
    assert [str(impurity) for impurity in impurities(module) if impurity.what not in allowed] == []


def test_only_the_form_language_reads_yaml() -> None:
    users = {
        HOUSE.room_of(module)
        for module in modules_of(ROOT, ("site_builder/forms",)).values()
        if "ruamel" in module.path.read_text("utf-8")
    }
    assert users == {"site_builder.forms.language"}
