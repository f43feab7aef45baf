"""The `alerts:` of a form: what a therapist must see first. An alert that can never go off is a mistake."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from site_builder.forms.language.conditions import Conditions, table_of_when
from site_builder.forms.language.items import Items
from site_builder.forms.language.options import Options
from site_builder.forms.language.scales import reach_of
from site_builder.forms.language.yaml_tree import Listing, Table, Value, Word
from site_builder.forms.model.conditions import Condition
from site_builder.forms.model.definition import PLACES, Alert, Scale, Tier
from site_builder.forms.model.fields import Field, Number

ALERT = ("label", "when", "tier")
_ALERTS_LIKE = "- {label: Thoughts of self-harm, when: {q9: {at_least: 1}}}"
_WHEN_LIKE = "when: {q9: {at_least: 1}}"
_NEVER_GOES_OFF = "an alert that never goes off is worse than none"


def read_alerts(options: Options, items: Items, scales: Sequence[Scale]) -> tuple[Alert, ...]:
    """Read every alert. Mistakes are reported, and an alert with a mistake comes back incomplete."""
    value = options.table.get("alerts")
    if value is None:
        return ()
    if not isinstance(value, Listing) or not value.items:
        at = options.key("alerts").source
        options.mistakes.add(at, "'alerts' has to be a list", f"write it like this: {_ALERTS_LIKE}")
        return ()
    return tuple(_alert(item, items, scales) for item in value.items)


def _alert(value: Value, items: Items, scales: Sequence[Scale]) -> Alert:
    like = f"write it like this: {_ALERTS_LIKE}"
    if not isinstance(value, Table):
        items.mistakes.add(value.source, "an alert needs 'label' and 'when'", like)
        return Alert((), "")
    options = Options(value, items.mistakes, "an alert")
    options.only(ALERT)
    for name in ("label", "when"):
        if options.lacks(name):
            items.mistakes.add(value.source, f"this alert has no '{name}'", like)
    table = table_of_when(options, _WHEN_LIKE)
    conditions = (
        _AlertConditions(items, scales).read_all(options.key("when"), table, lambda name: _asked(name, items))
        if table
        else ()
    )
    for condition in conditions:
        if len({"." in name for name in condition.fields}) > 1:
            problem = "an alert cannot look at any row of a repeat and at other answers at once"
            items.mistakes.add(value.source, problem, "write two alerts, one for each")
    return Alert(conditions, options.words("label"), _tier(options))


def _asked(name: str, items: Items) -> Field | None:
    return items.draft.items.get(name, (None, ""))[0]


class _AlertConditions(Conditions):
    """Reads the conditions of an alert, which may test scores, and questions of one repeat."""

    def __init__(self, items: Items, scales: Sequence[Scale]) -> None:
        names = {*items.draft.items, *(scale.id for scale in scales)}
        super().__init__(items.mistakes, _WHEN_LIKE, _NEVER_GOES_OFF, find=self._find, is_question=names.__contains__)
        self.items, self.scales = items, scales
        self.repeat = ""  # the one whose rows it looks at

    def _find(self, item: Word) -> Field | None:
        within = item.text.partition(".")[0] if "." in item.text else ""
        if self.repeat and within not in ("", self.repeat):
            problem = f"'{item.text}' stands in another repeat than '{self.repeat}'"
            self.mistakes.add(item.source, problem, "an alert looks at one row at a time: write two alerts")
            return None
        self.repeat = self.repeat or within
        return _tested(item, self.items, self.scales)

    def read(self, item: Word, tests: Value, field: Field, depth: int = 0) -> Iterator[Condition]:
        _require_points(item, tests, field, self.items)
        yield from super().read(item, tests, field, depth)


def _tested(name: Word, items: Items, scales: Sequence[Scale]) -> Field | None:
    """Return what an alert tests: an item, a question of a repeat, or a score, which is a number within its reach."""
    scale = next((scale for scale in scales if scale.id == name.text), None)
    if scale is None:
        return items.find_in_repeat(name) if "." in name.text else items.find(name, also=[each.id for each in scales])
    if name.text.lower() in items.written:
        problem = f"'{name.text}' is both a question and a scale"
        items.mistakes.add(name.source, problem, "give one of the two another name, to say which of them is meant")
        return None
    lowest, highest = reach_of(scale, items) or (None, None)
    return Number(id=scale.id, ask=scale.title, at_least=lowest, at_most=highest, decimals=PLACES)


def _require_points(item: Word, tests: Value, field: Field, items: Items) -> None:
    """Report a choice that is probably no answer and would be within a limit of an alert."""
    if isinstance(tests, Table) and any(tests.key(limit) for limit in ("at_least", "at_most")):
        items.require_doubtless(item, field)


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
