"""Mappings of a file as Python has them: for samples, whose values have kinds."""

from __future__ import annotations

from typing import Any

import yaml

MOST = 20_000
DEEPEST = 50
_NULL, _BOOL, _INT, _FLOAT = (f"tag:yaml.org,2002:{kind}" for kind in ("null", "bool", "int", "float"))
_TRUE = ("true", "yes", "on", "y")


class TooMuch(ValueError):
    """A few lines of YAML that say more than anybody reads: anchors that repeat anchors."""


def plain(node: yaml.Node) -> Any:
    """Mappings, lists, texts, numbers, true, false and null; raises TooMuch."""
    return _plain(node, [MOST], 0)


def _plain(node: yaml.Node, left: list[int], depth: int) -> Any:
    left[0] -= 1
    if left[0] < 0 or depth > DEEPEST:
        raise TooMuch
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): _plain(value, left, depth + 1) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(each, left, depth + 1) for each in node.value]
    text: str = node.value
    if node.tag == _NULL:
        return None
    if node.tag == _BOOL:
        return text.lower() in _TRUE
    try:
        if node.tag == _INT:
            return int(text.replace("_", ""), 0)
        if node.tag == _FLOAT:
            return float(text.replace("_", ""))
    except ValueError:
        return text
    return text
