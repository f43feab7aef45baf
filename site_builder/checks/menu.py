"""Entries of the menu in mkdocs.yml lead to published pages."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from site_builder.checks.links import suggested_page
from site_builder.content.library import Library
from site_builder.forms.model.errors import FormError

_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|/", re.IGNORECASE)


def check(library: Library) -> Iterator[FormError]:
    """Report entries of `nav` whose page is missing or left out of the site."""
    for target, at in library.site.nav:
        if _ELSEWHERE.match(target):
            continue
        if library.site.leaves_out(target):
            problem = f"the menu names '{target}', which 'exclude_docs' leaves out"
            yield FormError(at, problem, "delete one of the two lines", rule="link")
        elif target not in library.by_path and not os.path.exists(library.content / target):
            remedy = suggested_page(target, "", library) or "write the page, or delete this line"
            yield FormError(at, f"the menu names '{target}', and there is no such page", remedy, rule="link")
