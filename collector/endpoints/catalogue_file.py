"""Reads the catalogue of forms that a built site has beside its pages."""

from __future__ import annotations

import json
from pathlib import Path

from site_builder.command_line import command
from site_builder.forms.model.catalogue import FILE, Catalogue, UnreadableCatalogue


def read_catalogue(folder: Path) -> Catalogue:
    """Read forms.json of a built site. Raises UnreadableCatalogue."""
    path = folder / FILE if folder.is_dir() else folder
    try:
        stored = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise UnreadableCatalogue(f"{path} is not there; run `{command('build')}` first") from error
    except (OSError, ValueError) as error:
        raise UnreadableCatalogue(f"{path} cannot be read: {error}") from error
    return Catalogue.from_json(stored)
