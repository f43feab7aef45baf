"""Writes the catalogue of a site's forms beside its pages, where the collector reads it."""

from __future__ import annotations

import json
import os
from pathlib import Path

from site_builder.forms.model.catalogue import FILE, Catalogue


def write_catalogue(folder: Path, catalogue: Catalogue) -> Path:
    """Write forms.json into a folder atomically and return its path."""
    target, side = folder / FILE, folder / f"{FILE}.new"
    text = json.dumps(catalogue.to_json(), ensure_ascii=False, indent=1)
    side.write_text(text + "\n", "utf-8")
    os.replace(side, target)
    return target
