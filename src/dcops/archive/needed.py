"""The sealed files that versions need today, and for whom each of them is sealed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dcops.archive.history import History
from dcops.archive.record import DocumentRecord
from dcops.model.snapshot import ConfigSource


@dataclass(frozen=True, slots=True)
class Needed:
    """One sealed file; an unchanged document is shared by several versions."""

    name: str
    device: str
    source: ConfigSource
    versions: tuple[str, ...]
    """The newest first."""
    document: DocumentRecord
    """Size, mark and site key, as the newest of them has it."""
    holders: Mapping[str, str]
    """Names and public keys for whom it is sealed today."""

    @property
    def recipients(self) -> frozenset[str]:
        """The public keys for which it is sealed today."""
        return frozenset(self.holders.values())


def needed(history: History) -> tuple[Needed, ...]:
    """Every sealed file that a version needs today, those of the newest versions first."""
    revision = history.revision() if history.exists else None
    if revision is None:
        return ()
    fates = history.fates(revision)
    first: dict[str, tuple[str, ConfigSource, DocumentRecord, Mapping[str, str]]] = {}
    versions: dict[str, list[str]] = {}
    for version in history.every_version(revision):
        for source, document in version.record.documents.items():
            today = fates.of(document)
            if today.sealed:
                first.setdefault(today.sealed, (version.record.device, source, document, today.holders))
                versions.setdefault(today.sealed, []).append(version.revision)
    return tuple(
        Needed(name, device, source, tuple(versions[name]), document, holders)
        for name, (device, source, document, holders) in first.items()
    )
