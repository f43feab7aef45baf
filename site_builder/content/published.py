"""What has become of a site since it was published: forms that have changed, forms and pages that are gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from site_builder.content.form_files import shown
from site_builder.content.library import Library, placed_forms
from site_builder.content.lock import FILE, DamagedLock, Lock, load_lock, with_places
from site_builder.forms.history.changes import compare
from site_builder.forms.history.published import Published
from site_builder.forms.model.amounts import counted
from site_builder.forms.model.errors import FormError, FormErrors, Source


def compared(library: Library, published: Published | None = None) -> Library:
    """Return the library with what the ledger, if there is one here, says about its forms, and with what is gone."""
    try:
        lock = load_lock(library.content)
    except DamagedLock:
        return library  # it has been reported
    differing = list(_differing(library, published)) if published else []
    known = {str(finding) for finding in (*library.errors, *library.changes)}
    new = [finding for finding in differing if str(finding) not in known]
    errors = [finding for finding in new if finding.severity == "mistake"]
    changes = [finding for finding in new if finding.severity != "mistake"]
    return replace(
        library,
        errors=FormErrors([*library.errors, *errors]).errors,
        changes=FormErrors([*library.changes, *changes, *_gone(library, lock, published)]).errors,
        is_compared=lock is not None or bool(published and published.histories),
    )


def _differing(library: Library, published: Published) -> Iterator[FormError]:
    """Yield what the ledger says about each form; a definition that it has already is no change."""
    forms = placed_forms(library.pages)
    for placed in forms:
        form = placed.form
        history = None if form.hash in published.definitions else published.histories.get(form.id)
        if history:
            yield from with_places({form.id: compare(history, form)}, forms)


def _gone(library: Library, lock: Lock | None, published: Published | None) -> Iterator[FormError]:
    """Yield each form that is no longer offered, and each page that is no longer there."""
    now = {page.path: page.form_id for page in library.pages if not library.site.leaves_out(page.path)}
    before: Mapping[str, str] = lock.pages if lock else {}
    ever = dict.fromkeys((*(lock.histories if lock else ()), *(published.histories if published else ())))
    offered = set(before.values()) if before else ever
    at = Source(shown(library.content / FILE), 1, 1)
    for form in ever:
        if form in offered and form not in now.values():
            answers = _answers(published.answers(form)) if published else "its answers are"
            yield _change(at, f"the form '{form}' is no longer offered; {answers} kept")
    for page, form in before.items():
        if page not in now:
            where = next((path for path, id in now.items() if form and id == form), "")
            moved = f"; its form '{form}' is on {where} now" if where else ""
            yield _change(at, f"the page {page} is gone{moved}")


def _answers(number: int) -> str:
    return counted(number, "answer is", "answers are")


def _change(at: Source, problem: str) -> FormError:
    return FormError(at, problem, rule="lock", severity="change")
