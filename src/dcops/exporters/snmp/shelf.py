"""The profiles and the catalogue that are in force: what ships with dcops, and what a site adds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dcops.exporters.snmp import catalogue, reading
from dcops.exporters.snmp.catalogue import Catalogue
from dcops.exporters.snmp.profile import Profile
from dcops.templates.find import data_folder

FOLDER = "exporters"
CATALOGUE = "catalogue.yaml"
EVERY_DEVICE = "system"
"""The profile that every device is asked with: when it started."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """What can be asked, and what it is called."""

    catalogue: Catalogue
    profiles: Mapping[str, Profile]


def folders(root: Path | None) -> tuple[Path, ...]:
    """Where to look, the site's own first; `root` is the folder that its inventory lies in."""
    shipped = data_folder(FOLDER)
    own = root / FOLDER if root else shipped
    # In a source checkout both may be one.
    return (own, shipped) if own.is_dir() and not own.samefile(shipped) else (shipped,)


def load(root: Path | None = None) -> Shelf:
    """Read them; InvalidInput names every mistake with file and line.

    A profile of the site takes the place of the shipped one of that name; its catalogue adds metrics.
    """
    places = folders(root)
    names = [place / CATALOGUE for place in reversed(places)]
    known = catalogue.load([names[0], *(file for file in names[1:] if file.exists())])
    return Shelf(known, reading.load([place / "snmp" for place in places], known))
