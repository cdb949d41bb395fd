"""The weaknesses that devices of the reference lab have on purpose: `lab/planted.yaml`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml


class Planted(NamedTuple):
    """A weakness, and what the evidence of it holds."""

    device: str
    rule: str
    where: str = ""


@cache
def planted() -> tuple[Planted, ...]:
    """All of them, in the order of the file."""
    text = (Path(__file__).parent / "planted.yaml").read_text(encoding="utf-8")
    return tuple(Planted(**entry) for entry in yaml.safe_load(text)["planted"])


@cache
def _by_device() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for one in planted():
        found[one.device].add(one.rule)
    return {device: frozenset(rules) for device, rules in found.items()}


def weaknesses(device: str) -> frozenset[str]:
    """The rules that a device breaks; none for one that is not in the list."""
    return _by_device().get(device, frozenset())
