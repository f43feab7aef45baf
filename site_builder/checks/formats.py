"""Formats findings as lines for people, for editors and for GitHub Actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from site_builder.forms.model.errors import FormError


def text(finding: FormError) -> str:
    """Format for people: the place, what is wrong, and what to write instead."""
    return str(finding)


def gnu(finding: FormError) -> str:
    """Format for editors, as compilers write it (GNU Coding Standards, "Formatting Error Messages")."""
    kind = {"mistake": "error", "warning": "warning", "change": "note"}[finding.severity]
    return f"{finding.source}: {kind}: {finding.message} [{finding.rule}]"


def github(finding: FormError) -> str:
    """Format for GitHub Actions, as a workflow command ("Workflow commands", "Setting an error message")."""
    kind = {"mistake": "error", "warning": "warning", "change": "notice"}[finding.severity]
    properties = {
        "file": finding.source.page,
        "line": str(finding.source.line),
        "col": str(finding.source.column),
        "title": f"homeward check: {finding.rule}",
    }
    attributes = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{kind} {attributes}::{_data(finding.message)}"


def _data(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")


FORMATS: Mapping[str, Callable[[FormError], str]] = {"text": text, "gnu": gnu, "github": github}
