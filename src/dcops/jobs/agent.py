"""Asks an SNMP agent who it is: the first thing that must work before anything is measured."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from dcops.errors import DeviceError, ErrorKind
from dcops.snmp import oid, value
from dcops.snmp.client import Client
from dcops.snmp.target import Target

PATIENCE_SECONDS = 10.0
LONGEST = 60

_SYSTEM = tuple(oid.encode(f"1.3.6.1.2.1.1.{number}.0") for number in (1, 2, 5))
"""sysDescr, sysObjectID and sysName (RFC 3418)."""


@dataclass(frozen=True, slots=True)
class Introduction:
    """What an agent says of itself; empty where it says nothing."""

    description: str
    object_id: str
    name: str

    def __str__(self) -> str:
        words = " ".join(self.description.split())
        short = f"{words[:LONGEST]}…" if len(words) > LONGEST else words
        return ", ".join(part for part in (self.name, short, self.object_id) if part)


def introduce(target: Target) -> Introduction:
    """Ask it; raises DeviceError."""
    return asyncio.run(_introduce(target))


async def _introduce(target: Target) -> Introduction:
    async with Client().session(target, seconds=PATIENCE_SECONDS) as session:
        rows = await session.get(_SYSTEM)
    told = [value.shown(row[1], row[2]) if row else "" for row in rows]
    if not any(told):
        raise DeviceError(
            ErrorKind.DENIED,
            "the agent answers and shows nothing of itself",
            next_step="Give the login a view that holds 1.3.6.1.2.1, read only",
        )
    return Introduction(*told)
