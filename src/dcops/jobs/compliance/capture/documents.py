"""Readable documents, read now or archived, as sources: one mapping for both, so that both are judged alike."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from dcops.model.snapshot import ConfigSource
from dcops.model.source import Source, SourceKind

FACTS = "facts"
"""The name under which what a server said of itself is captured."""
_ORDER = tuple(ConfigSource)


@dataclass(frozen=True, slots=True)
class Text:
    """One readable document."""

    source: ConfigSource
    text: str
    taken: datetime
    site_key: str
    """The key under which its secrets were concealed, by id."""


def sources(
    device: str, texts: Mapping[ConfigSource, Text], origin: str, weak: Mapping[ConfigSource, frozenset[str] | None]
) -> Iterator[Source]:
    """What rules may read of these documents.

    What a device says of its settings (Peplink, Sophos) is its configuration where it gives nothing better; beside a
    configuration (Linux) it is what the device says of its state. Its own backup file is opaque and is not judged.
    """
    readable = [source for source in _ORDER if source in texts and source is not ConfigSource.FILE]
    for source in readable:
        document = texts[source]
        kind, name, content = SourceKind.CONFIG, source.value, document.text
        facts: Mapping[str, object] | None = None
        if source is ConfigSource.STATE:
            if source is readable[0]:
                name = ""
            else:
                kind, name, facts = SourceKind.STATE, FACTS, _mapping(document.text)
        yield Source(
            device,
            kind,
            name,
            document.taken,
            origin,
            content if facts is None else facts,
            weak=weak.get(source),
        )


def _mapping(text: str) -> Mapping[str, object] | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, Mapping) else None
