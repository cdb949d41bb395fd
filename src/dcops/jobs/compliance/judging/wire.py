"""How a device goes to a judging process and how its findings come back: JSON in frames.

Not pickle: what comes back was made from texts that anybody may have written.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import IO, Any

from dcops.audit.subject import Subject
from dcops.model.finding import Finding, Severity, Status, Told
from dcops.model.source import Source, SourceKind

_LENGTH = struct.Struct(">Q")
_TEXTS = ("id", "device", "title", "evidence", "fix", "reference", "fingerprint", "block", "source", "allowed")


def send(stream: IO[bytes], value: object) -> None:
    """Write one frame."""
    content = json.dumps(value, default=str, separators=(",", ":")).encode("ascii")
    stream.write(_LENGTH.pack(len(content)) + content)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """Read one frame; None when the other side is gone."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    content = stream.read(length)
    return json.loads(content) if len(content) == length else None


def of_device(subject: Subject, sources: Iterable[Source], now: datetime) -> dict[str, Any]:
    """A device that is to be judged."""
    return {"subject": asdict(subject), "sources": [_of_source(each) for each in sources], "now": now.isoformat()}


def to_device(value: Mapping[str, Any]) -> tuple[Subject, tuple[Source, ...], datetime]:
    """The same on the other side."""
    subject = Subject(**{**value["subject"], "tags": tuple(value["subject"]["tags"])})
    return subject, tuple(_to_source(each) for each in value["sources"]), datetime.fromisoformat(value["now"])


class Telling:
    """Turns findings into numbers of texts: each text crosses once, however many devices it is told of."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def of(self, findings: Iterable[Finding]) -> dict[str, Any]:
        """The findings, and the texts that were not told before."""
        new: list[str] = []

        def number(text: str) -> int:
            if text not in self._numbers:
                self._numbers[text] = len(self._numbers)
                new.append(text)
            return self._numbers[text]

        rows = [
            [
                one.status.value,
                one.severity.value,
                [number(getattr(one, name)) for name in _TEXTS],
                {
                    language: [number(text) for text in (told.title, told.evidence, told.fix)]
                    for language, told in one.told.items()
                },
            ]
            for one in findings
        ]
        return {"texts": new, "findings": rows}


class Hearing:
    """The same on the other side; like texts are one text in memory."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._told: dict[tuple[tuple[str, tuple[int, ...]], ...], Mapping[str, Told]] = {}

    def of(self, value: Mapping[str, Any]) -> tuple[Finding, ...]:
        """The findings again."""
        self._texts += value["texts"]
        return tuple(self._finding(*row) for row in value["findings"])

    def _finding(self, status: str, severity: str, texts: Sequence[int], told: Mapping[str, Sequence[int]]) -> Finding:
        words = {name: self._texts[number] for name, number in zip(_TEXTS, texts, strict=True)}
        key = tuple((language, tuple(numbers)) for language, numbers in told.items())
        if key not in self._told:
            self._told[key] = {
                language: Told(*(self._texts[number] for number in numbers)) for language, numbers in told.items()
            }
        return Finding(status=Status(status), severity=Severity(severity), told=self._told[key], **words)


def _of_source(source: Source) -> dict[str, Any]:
    return {
        "device": source.device,
        "kind": source.kind.value,
        "name": source.name,
        "taken": source.taken.isoformat(),
        "origin": source.origin,
        "content": source.content if isinstance(source.content, str) else dict(source.content),
        "problem": source.problem,
        "weak": None if source.weak is None else sorted(source.weak),
    }


def _to_source(value: Mapping[str, Any]) -> Source:
    return Source(
        **{
            **value,
            "kind": SourceKind(value["kind"]),
            "taken": datetime.fromisoformat(value["taken"]),
            "weak": None if value["weak"] is None else frozenset(value["weak"]),
        }
    )
