"""Text → nodes of YAML 1.2, by libyaml where it reads exactly what ruamel.yaml would, which takes 20 times as long."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.resolver import VersionedResolver

# Rare constructs in which the two differ, or of which ruamel.yaml knows a better place: it reads the whole block then.
_RARE = re.compile(
    r"""(?:^|[\s\[{,:"'-])\?(?:[\s,\]}]|$)|^(?:---|\.\.\.|%)|\#|\\|[^\S \n]|[^\x20-\U0010fffd\n]|[\x7f-\x9f\ufeff]""",
    re.MULTILINE,
)
_TABLE, _LIST, _NO_TAG = "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:str"


def compose(text: str) -> Node | None:
    """Return the root node, None for empty text. Raises YAMLError of ruamel.yaml."""
    if yaml.__with_libyaml__ and not _RARE.search(text):
        try:
            return _document(yaml.parse(text, Loader=yaml.CSafeLoader))
        except yaml.YAMLError:
            pass  # ruamel.yaml says what is wrong, and where
    node: Node | None = YAML(typ="safe", pure=True).compose(text)
    return node


def _document(events: Iterator[Any]) -> Node | None:
    for event in events:
        if not isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
            node = None if isinstance(event, yaml.StreamEndEvent) else _node(event, events)
            break
    if sum(isinstance(event, yaml.DocumentStartEvent) for event in events):
        raise yaml.YAMLError("more than one document")
    return node


def _node(event: Any, events: Iterator[Any]) -> Node:
    if event.anchor or getattr(event, "tag", None):
        raise yaml.YAMLError("an anchor, an alias or a tag")
    if isinstance(event, yaml.ScalarEvent):
        style = event.style or None
        if style is None and not event.value:
            raise yaml.YAMLError("an empty value, to which the two give different places")
        tag = _resolver.resolve(ScalarNode, event.value, (True, False)) if style is None else _NO_TAG
        return ScalarNode(tag, event.value, event.start_mark, event.end_mark, style=style)
    if isinstance(event, yaml.SequenceStartEvent):
        items = []
        while not isinstance(item := next(events), yaml.SequenceEndEvent):
            items.append(_node(item, events))
        return SequenceNode(_LIST, items, event.start_mark, item.end_mark, flow_style=event.flow_style)
    entries = []
    while not isinstance(key := next(events), yaml.MappingEndEvent):
        entries.append((_node(key, events), _node(next(events), events)))
    return MappingNode(_TABLE, entries, event.start_mark, key.end_mark, flow_style=event.flow_style)


_resolver = VersionedResolver(version=(1, 2))
