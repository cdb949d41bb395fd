"""The page of one vCenter: made of sections when somebody asks, and only what changed since is made anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from threading import Lock
from typing import NamedTuple

from dcops.exporters.catalogue import Catalogue
from dcops.exporters.vsphere.section import Section
from dcops.exporters.vsphere.squeeze import Piece, gzip, squeeze


class _Made(NamedTuple):
    """The lines of one metric, ready to be sent."""

    version: int
    form: bytes | Piece


class Page:
    """All metrics of a vCenter, each once. For several threads: one makes, the others get the same."""

    def __init__(self, catalogue: Catalogue, sections: Sequence[Section]) -> None:
        self._catalogue = catalogue
        self._sections = sections
        self._lock = Lock()
        self._plain: dict[str, _Made] = {}
        self._squeezed: dict[str, _Made] = {}

    def plain(self, stale: Iterable[str], own: bytes) -> list[bytes]:
        """The parts of the text, without what collectors that are `stale` told; `own` comes first."""
        with self._lock:
            parts = self._parts(self._plain, set(stale), squeezed=False)
            return [own, *(part for part in parts if isinstance(part, bytes))]

    def gzip(self, stale: Iterable[str], own: bytes) -> list[bytes]:
        """The same in gzip."""
        with self._lock:
            parts = self._parts(self._squeezed, set(stale), squeezed=True)
            return [*gzip([squeeze(own), *(part for part in parts if isinstance(part, Piece))])]

    def _parts(self, made: dict[str, _Made], stale: set[str], *, squeezed: bool) -> Iterator[bytes | Piece]:
        told: set[str] = set()
        for section in self._sections:
            if section.collector in stale:
                continue
            for metric, version in section.versions().items():
                told.add(metric)
                found = made.get(metric)
                if found is None or found.version != version:
                    found = made[metric] = self._make(section, metric, squeezed=squeezed)
                yield found.form
        for metric in made.keys() - told:
            del made[metric]

    def _make(self, section: Section, metric: str, *, squeezed: bool) -> _Made:
        version, lines = section.text(metric)
        text = (self._catalogue.metrics[metric].head + lines).encode("utf-8", "replace")
        return _Made(version, squeeze(text) if squeezed else text)
