"""How each kind of event is folded: one module per kind, and the registry of their FOLDs."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from collector.caseload.folding import Fold

_MODULES = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
FOLDS: dict[str, Fold] = {module.FOLD.kind: module.FOLD for module in _MODULES}
