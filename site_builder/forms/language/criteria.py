"""The `criteria:` of a form: the patterns of answers that a measure's rule requires, cluster by cluster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from site_builder.forms.language.items import Items
from site_builder.forms.language.options import Options, in_place
from site_builder.forms.language.yaml_tree import Table, Value, Word
from site_builder.forms.model.criteria import Cluster, Criterion
from site_builder.forms.model.definition import Scale
from site_builder.forms.model.fields import numbers_of
from site_builder.forms.model.identifiers import suggest, unfit_field_id

CRITERION = ("title", "meaning", "counts_from", "reversed", "clusters")
CLUSTER = ("title", "items", "needs")
_CLUSTERS_LIKE = "clusters: {b: {items: [q1, q2], needs: 1}}"
_CRITERIA_LIKE = f"criteria: {{dsm5: {{counts_from: 2, {_CLUSTERS_LIKE}}}}}"
_EXAMPLES = {"criterion": _CRITERIA_LIKE, "cluster": _CLUSTERS_LIKE}


def read_criteria(options: Options, items: Items, scales: Sequence[Scale]) -> tuple[Criterion, ...]:
    """Read every criterion. Mistakes are reported, and a criterion with a mistake comes back incomplete."""
    table = options.entries("criteria", _CRITERIA_LIKE)
    if table:
        table = in_place(table, CRITERION, options.mistakes)
    return tuple(_criterion(name, value, items, scales) for name, value in table.entries) if table else ()


def _options_of(name: Word, value: Value, kind: str, lacks: str, items: Items) -> Options | None:
    """Return the options under a name, which is checked too; None if there are none to read."""
    if unfit := unfit_field_id(name.text):
        items.mistakes.add(name.source, unfit[0].replace("question", kind), unfit[1])
    if isinstance(value, Table):
        return Options(value, items.mistakes, f"a {kind}")
    problem = f"the {kind} '{name.text}' has no {lacks}"
    items.mistakes.add(name.source, problem, f"write it like this: {_EXAMPLES[kind]}")
    return None


def _criterion(name: Word, value: Value, items: Items, scales: Sequence[Scale]) -> Criterion:
    options = _options_of(name, value, "criterion", "clusters", items)
    if options is None:
        return Criterion(name.text, 0, ())
    options.only(CRITERION)
    if options.lacks("clusters"):
        problem = f"the criterion '{name.text}' has no clusters"
        items.mistakes.add(name.source, problem, f"write it like this: {_CLUSTERS_LIKE}")
    table = options.entries("clusters", _CLUSTERS_LIKE)
    listed: dict[str, Word] = {}  # each item with the name of its cluster
    clusters = tuple(_cluster(key, under, listed, items) for key, under in table.entries) if table else ()
    return Criterion(
        id=name.text,
        counts_from=_counts_from(name, options, listed, items),
        clusters=clusters,
        title=options.words("title"),
        meaning=options.words("meaning"),
        reversed=_reversed(name, options, listed, scales, items),
    )


def _cluster(name: Word, value: Value, listed: dict[str, Word], items: Items) -> Cluster:
    options = _options_of(name, value, "cluster", "items", items)
    if options is None:
        return Cluster(name.text, (), 0)
    options.only(CLUSTER)
    if options.lacks("items"):
        items.mistakes.add(name.source, f"the cluster '{name.text}' has no items", "add items: [q1, q2]")
    own = items.listed(options, "items")
    for item in own:
        if other := listed.get(item.text):
            problem = f"'{item.text}' stands in the cluster '{other.text}' already"
            items.mistakes.add(item.source, problem, "an answer counts for one cluster: delete one of the two")
    listed.update((item.text, name) for item in own if item.text not in listed)
    return Cluster(name.text, tuple(item.text for item in own), _needs(name, options, len(own)), options.words("title"))


def _needs(name: Word, options: Options, most: int) -> int:
    if options.lacks("needs"):
        problem = f"the cluster '{name.text}' does not say how many of its items are needed"
        options.mistakes.add(name.source, problem, "add needs: 1")
        return 0
    needs = options.number("needs")
    if needs is None or not most:  # items with mistakes of their own cannot be counted
        return 0
    if needs == int(needs) and 1 <= needs <= most:
        return int(needs)
    at = options.table.get("needs") or options.key("needs")
    have = "only one item" if most == 1 else f"{most} items"
    problem = f"'needs' is {needs:g}, and the cluster '{name.text}' has {have}"
    remedy = "write needs: 1" if most == 1 else f"write a whole number from 1 to {most}"
    options.mistakes.add(at.source, problem, f"{remedy}, or add the items that are left out")
    return 0


def _counts_from(name: Word, options: Options, listed: dict[str, Word], items: Items) -> float:
    if options.lacks("counts_from"):
        problem = f"the criterion '{name.text}' does not say which answers count as a symptom"
        items.mistakes.add(name.source, problem, "add the lowest one that does, like counts_from: 2")
        return 0
    limit = options.number("counts_from")
    if limit is None:
        return 0
    at = options.table.get("counts_from") or options.key("counts_from")
    for item, lowest, highest in _ranges(listed, items):
        if not lowest < limit <= highest:
            every = "no" if limit > highest else "every"
            problem = f"from {limit:g} on, {every} answer to '{item}' counts: they go from {lowest:g} to {highest:g}"
            items.mistakes.add(at.source, problem, "write the lowest answer that is a symptom")
            break  # the same number is wrong for the other items too
    return limit


def _ranges(listed: dict[str, Word], items: Items) -> Iterator[tuple[str, float, float]]:
    for item in listed:
        field = items.draft.items.get(item, (None, ""))[0]
        if field and (reach := numbers_of(field)):
            yield item, *reach


def _reversed(
    name: Word, options: Options, listed: dict[str, Word], scales: Sequence[Scale], items: Items
) -> tuple[str, ...]:
    """Read the reversed items; a scale and a criterion must not disagree about one."""
    mistakes = options.mistakes
    turned = {item.text: item for item in items.words(options, "reversed")}
    for item in turned.values():
        if item.text not in listed:
            problem = f"'{item.text}' is not among the items of this criterion"
            mistakes.add(item.source, problem, suggest(item.text, listed))
    for scale in scales:
        for id in scale.items:
            if id not in listed or (id in scale.reversed) == (id in turned):
                continue
            if id in turned:
                problem = f"'{id}' is reversed here, and not in the scale '{scale.id}'"
                mistakes.add(turned[id].source, problem, "reverse it in both, or in neither")
            else:
                problem = f"'{id}' is reversed in the scale '{scale.id}', and not in the criterion '{name.text}'"
                mistakes.add(name.source, problem, f"add it here too: reversed: [{id}]")
    return tuple(turned)
