"""The `alerts:` of a form: answers that a therapist must see first. An alert that can never go off is a mistake."""

from __future__ import annotations

from site_builder.forms.language.conditions import Conditions
from site_builder.forms.language.items import Items
from site_builder.forms.language.options import Options
from site_builder.forms.language.yaml_tree import Listing, Table, Value
from site_builder.forms.model.definition import Alert, Tier

_ALERTS_LIKE = "- {label: Thoughts of self-harm, when: {q9: {at_least: 1}}}"
_WHEN_LIKE = "when: {q9: {at_least: 1}}"
_NEVER_GOES_OFF = "an alert that never goes off is worse than none"


def read_alerts(options: Options, items: Items) -> tuple[Alert, ...]:
    """Read every alert. Mistakes are reported, and an alert with a mistake comes back incomplete."""
    value = options.table.get("alerts")
    if value is None:
        return ()
    if not isinstance(value, Listing) or not value.items:
        at = options.key("alerts").source
        options.mistakes.add(at, "'alerts' has to be a list", f"write it like this: {_ALERTS_LIKE}")
        return ()
    return tuple(_alert(item, items) for item in value.items)


def _alert(value: Value, items: Items) -> Alert:
    like = f"write it like this: {_ALERTS_LIKE}"
    if not isinstance(value, Table):
        items.mistakes.add(value.source, "an alert needs 'label' and 'when'", like)
        return Alert((), "")
    options = Options(value, items.mistakes, "an alert")
    options.only(("label", "when", "tier"))
    for name in ("label", "when"):
        if options.lacks(name):
            items.mistakes.add(value.source, f"this alert has no '{name}'", like)
    is_question = items.draft.items.__contains__
    reader = Conditions(items.mistakes, _WHEN_LIKE, _NEVER_GOES_OFF, find=items.find, is_question=is_question)
    table = options.entries("when", _WHEN_LIKE)
    return Alert(reader.group(table) if table else (), options.words("label"), _tier(options))


def _tier(options: Options) -> Tier:
    """Read how soon somebody has to see it; urgent unless it says otherwise."""
    tier = options.words("tier", "urgent")
    if tier == "soon":
        return "soon"
    if tier != "urgent":
        at = options.table.get("tier") or options.key("tier")
        problem = f"'tier' can be urgent or soon, not '{tier}'"
        options.mistakes.add(at.source, problem, "leave it out for what cannot wait; write tier: soon for the rest")
    return "urgent"
