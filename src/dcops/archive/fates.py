"""What became of sealed files that versions list and that no longer lie under the names listed.

A version never changes: its record goes on naming the sealed files it came with. What was pruned, or sealed anew for
other holders, stands in one file beside the devices, in the same history; so a copy of the history knows it too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from dcops.archive.program import LOST
from dcops.archive.record import DocumentRecord
from dcops.errors import ArchiveDamaged

FILE_NAME = "fates.json"
FORMAT = 1

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Fate:
    """One sealed file is gone: pruned, or sealed anew under another name."""

    day: date
    into: str = ""
    """The file that took its place; empty when it was pruned."""
    holders: Mapping[str, str] = field(default_factory=dict)
    """Names and public keys for whom that one is sealed."""

    @property
    def pruned(self) -> bool:
        """Nothing took its place."""
        return not self.into


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where the exact bytes of a document are to be found today."""

    sealed: str
    """Name of the sealed file; empty when it was pruned."""
    holders: Mapping[str, str]
    """Who can open it."""
    pruned: date | None = None


@dataclass(frozen=True, slots=True)
class Fates:
    """The fates of all sealed files of one archive, by the names that versions list."""

    by_name: Mapping[str, Fate] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def gone(self) -> frozenset[str]:
        """Names under which no file should lie any more."""
        return frozenset(self.by_name)

    def of(self, document: DocumentRecord) -> Whereabouts:
        """Where the exact bytes of a document are today."""
        fate = self.by_name.get(document.sealed)
        if fate is None:
            return Whereabouts(document.sealed, document.holders)
        return Whereabouts(fate.into, fate.holders, fate.day if fate.pruned else None)

    def where(self, name: str) -> str:
        """The sealed file that holds today what a version lists under this name; empty when it was pruned."""
        fate = self.by_name.get(name)
        return name if fate is None else fate.into

    def joined(self, new: Mapping[str, Fate]) -> Fates:
        """These and new ones. What was resealed into a file that is gone now shares the fate of that file.

        A file that met its fate before, at other hands, keeps it: it is pruned where it lies now, and not sealed anew
        a second time.
        """
        new = {
            self.where(name): fate
            for name, fate in new.items()
            if name not in self.by_name or (fate.pruned and self.where(name))
        }
        older = {name: new[fate.into] if fate.into in new else replace(fate) for name, fate in self.by_name.items()}
        return Fates({**older, **new})

    def to_json(self) -> bytes:
        """As it is stored: a line for each fate, in the order of names, so that git keeps only what is new."""
        holders = sorted({_listed(fate.holders) for fate in self.by_name.values() if fate.into})
        value: dict[str, Any] = {
            "format": FORMAT,
            "holders": [dict(one) for one in holders],
            "fates": {
                name: [fate.day.isoformat(), fate.into, holders.index(_listed(fate.holders))]
                if fate.into
                else [fate.day.isoformat()]
                for name, fate in self.by_name.items()
            },
        }
        lines = [f"{json.dumps(name)}: {json.dumps(value['fates'][name])}" for name in sorted(value["fates"])]
        head = json.dumps({key: value[key] for key in ("format", "holders")}, indent=1)[:-2]
        return (head + ',\n "fates": {\n' + ",\n".join(lines) + "\n }\n}\n").encode()


def parse(content: bytes | None) -> Fates:
    """Read the file; an archive without one has lost nothing. Raises ArchiveDamaged."""
    if content is None:
        return Fates()
    try:
        value = json.loads(content)
        if value["format"] != FORMAT:
            raise ArchiveDamaged(
                f"{FILE_NAME} has format {value['format']!r}, and this dcops knows {FORMAT}",
                next_step="Use the dcops that wrote it, or a newer one",
            )
        holders = [{str(name): str(key) for name, key in one.items()} for one in value["holders"]]
        return Fates({_name(name): _fate(words, holders) for name, words in value["fates"].items()})
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise ArchiveDamaged(
            f"{FILE_NAME} of the archive is damaged ({type(error).__name__})", next_step=LOST
        ) from None


def _fate(words: list[Any], holders: list[dict[str, str]]) -> Fate:
    day = date.fromisoformat(words[0])
    if len(words) == 1:
        return Fate(day)
    _, into, number = words
    return Fate(day, _name(into), holders[number])


def _name(text: str) -> str:
    if not _SHA256.fullmatch(text):
        raise ValueError("name")
    return text


def _listed(holders: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(holders.items()))
