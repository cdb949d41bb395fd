"""The profiles and the catalogue that are in force: what ships with dcops, and what a site adds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dcops.exporters import catalogue
from dcops.exporters.catalogue import Catalogue, folders
from dcops.exporters.snmp import reading
from dcops.exporters.snmp.profile import Profile

EVERY_DEVICE = "system"
"""The profile that every device is asked with: when it started."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """What can be asked, and what it is called."""

    catalogue: Catalogue
    profiles: Mapping[str, Profile]


def load(root: Path | None = None) -> Shelf:
    """Read them; InvalidInput names every mistake with file and line.

    A profile of the site takes the place of the shipped one of that name; its catalogue adds metrics.
    """
    known = catalogue.load(catalogue.files(root))
    return Shelf(known, reading.load([place / "snmp" for place in folders(root)], known))
