"""The record that stands beside the readable texts of a version: how it was taken, and what is sealed where."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from dcops.errors import ArchiveDamaged
from dcops.model.snapshot import ConfigSource

FILE_NAME = "record.json"
FORMAT = 1

_FILE = re.compile(r"([a-z]+)\.[a-z0-9]{1,8}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_KEY_ID = re.compile(r"[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """One configuration of a version."""

    file: str
    """Name of its readable form beside the record."""
    sealed: str
    """Name of the sealed file with its exact bytes."""
    size: int
    """How many exact bytes there are."""
    mark: str
    """Keyed hash of the exact bytes."""
    site_key: str
    """Which site key the mark and the readable form's secrets were hashed with."""
    holders: Mapping[str, str]
    """Names and public keys for whom it was sealed."""
    facts: Mapping[str, str] = field(default_factory=dict)
    kept_from: datetime | None = None
    """The device did not give it when the version was taken: it is of that earlier time."""


@dataclass(frozen=True, slots=True)
class Lines:
    """How much a configuration differs from the version before."""

    added: int
    removed: int


@dataclass(frozen=True, slots=True)
class Record:
    """One version of one device."""

    device: str
    platform: str
    taken: datetime
    run: str
    documents: Mapping[ConfigSource, DocumentRecord]
    changed: Mapping[ConfigSource, Lines]
    """What is new in this version."""
    key_rotated: bool = False
    """Nothing but the site key is new in this version."""

    @property
    def chief(self) -> ConfigSource:
        """What is meant when nobody says which: the running configuration, else the first that there is."""
        return next(source for source in ConfigSource if source in self.documents)

    @property
    def restoring(self) -> ConfigSource:
        """What is given back when nobody says which: the first that the device can be restored with, if any."""
        return next((source for source in ConfigSource if source in self.documents and source.restores), self.chief)

    def read_at(self, source: ConfigSource) -> datetime:
        """When the device gave one of its documents."""
        return self.documents[source].kept_from or self.taken

    def to_json(self) -> bytes:
        """The record as it is stored: stable, so that git shows what changed."""
        value = {
            "format": FORMAT,
            "device": self.device,
            "platform": self.platform,
            "taken": stamp(self.taken),
            "run": self.run,
            "key_rotated": self.key_rotated,
            "changed": {
                source.value: {"added": lines.added, "removed": lines.removed} for source, lines in self.changed.items()
            },
            "documents": {source.value: _document(document) for source, document in self.documents.items()},
        }
        return (json.dumps(value, indent=2, sort_keys=True, ensure_ascii=True) + "\n").encode()


def parse(content: bytes, device: str) -> Record:
    """Read a record; raises ArchiveDamaged when it is not one of this device."""
    try:
        value = json.loads(content)
        if value["format"] != FORMAT:
            raise ArchiveDamaged(
                f"the record of {device} has format {value['format']!r}, and this dcops knows {FORMAT}",
                next_step="Use the dcops that wrote it, or a newer one",
            )
        record = Record(
            device=_text(value["device"]),
            platform=_text(value["platform"]),
            taken=_time(value["taken"]),
            run=_text(value["run"]),
            key_rotated=value["key_rotated"] is True,
            changed={
                ConfigSource(source): Lines(_count(lines["added"]), _count(lines["removed"]))
                for source, lines in value["changed"].items()
            },
            documents={
                ConfigSource(source): _parse_document(source, document)
                for source, document in value["documents"].items()
            },
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArchiveDamaged(
            f"the record of {device} is damaged ({type(error).__name__})", next_step="See: dcops archive verify"
        ) from None
    if not record.documents:
        raise ArchiveDamaged(f"the record of {device} names no configuration", next_step="See: dcops archive verify")
    if record.device != device:
        raise ArchiveDamaged(f"the record of {device} speaks of {record.device!r}")
    return record


def stamp(moment: datetime) -> str:
    """A time with all its digits: `2026-01-15T01:00:00Z`."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _document(document: DocumentRecord) -> dict[str, Any]:
    value: dict[str, Any] = {
        "file": document.file,
        "sealed": document.sealed,
        "bytes": document.size,
        "mark": document.mark,
        "site_key": document.site_key,
        "holders": dict(document.holders),
        "facts": dict(document.facts),
    }
    if document.kept_from is not None:
        value["kept_from"] = stamp(document.kept_from)
    return value


def _parse_document(source: str, value: Mapping[str, Any]) -> DocumentRecord:
    file = _FILE.fullmatch(value["file"])
    if file is None or file[1] != source:
        raise ValueError("file")
    return DocumentRecord(
        file=file[0],
        sealed=_matching(_SHA256, value["sealed"]),
        size=_count(value["bytes"]),
        mark=_matching(_SHA256, value["mark"]),
        site_key=_matching(_KEY_ID, value["site_key"]),
        holders=_texts(value["holders"]),
        facts=_texts(value["facts"]),
        kept_from=_time(value["kept_from"]) if "kept_from" in value else None,
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("text")
    return value


def _texts(value: Mapping[str, object]) -> dict[str, str]:
    return {name: _text(text) for name, text in value.items()}


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError("count")
    return value


def _time(value: object) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    if moment.tzinfo is None:
        raise ValueError("time zone")
    return moment


def _matching(pattern: re.Pattern[str], value: object) -> str:
    if not pattern.fullmatch(_text(value)):
        raise ValueError("pattern")
    return _text(value)
