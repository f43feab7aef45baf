"""The command line as whoever reads a message has to type it."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

NAME = "homeward"


def command(words: str = "") -> str:
    """Return the command with these words behind it, by a name that is found in the current folder.

    That is `homeward` where it is installed for all folders, `.venv/bin/homeward` beside the environment that
    `make up` has made, and the whole path elsewhere.
    """
    return f"{_name(Path(sys.executable).parent, Path.cwd())} {words}".strip()


def _name(environment: Path, here: Path) -> str:
    own = shutil.which(NAME, path=str(environment))
    anywhere = shutil.which(NAME)
    if own is None:
        return NAME if anywhere else f"{shlex.quote(sys.executable)} -m collector"
    if anywhere is not None and Path(anywhere).samefile(own):
        return NAME
    file = Path(own)
    return shlex.quote(str(file.relative_to(here) if file.is_relative_to(here) else file))
