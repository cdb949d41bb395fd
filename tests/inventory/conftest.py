"""Small inventories to make mistakes in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dcops.inventory.load import Mistake, check

SITES = """\
sites:
  - {name: main, title: Main, role: main, rooms: [{name: room-1, width_mm: 6000, depth_mm: 5000}]}
  - {name: dr, title: DR, role: dr, rooms: [{name: hall-1, width_mm: 6000, depth_mm: 5000}]}
racks:
  - {name: A01, site: main, room: room-1}
  - {name: D01, site: dr, room: hall-1, units: 20}
credentials:
  - {name: ios-backup}
systems:
  - {name: portal, title: Portal}
"""
ROUTER = "name: rtr-1, site: main, role: router, vendor: Cisco, model: ISR 4461"
REACHED = "platform: ios, management: {ipv4: 192.0.2.11}, credential: ios-backup"

Look = Callable[..., tuple[Mistake, ...]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An inventory folder with two sites, two racks, a credential and a system."""
    inventory = tmp_path / "inventory"
    inventory.mkdir()
    (inventory / "sites.yaml").write_text(SITES)
    return inventory


@pytest.fixture
def look(folder: Path) -> Look:
    """Add a file to the inventory and give what is found wrong in it."""

    def add_and_check(content: str | bytes, name: str = "file.yaml") -> tuple[Mistake, ...]:
        data = content.encode() if isinstance(content, str) else content
        (folder / name).write_bytes(data)
        return check(folder)[1]

    return add_and_check


@pytest.fixture
def device(look: Look) -> Callable[[str], tuple[Mistake, ...]]:
    """Give what is found wrong with one device, written as `key: value, …` after a sound beginning."""
    return lambda text: look(f"devices:\n  - {{{ROUTER}, {text}}}\n")
