"""The set-up of Jinja for our own pages."""

from __future__ import annotations

import jinja2

from site_builder.forms.model.amounts import counted


def templates_of(package: str) -> jinja2.Environment:
    """Return the templates of a package: every value is escaped, and one that is missing is an error."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(package, "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["counted"] = counted
    return environment
