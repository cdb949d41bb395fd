"""Which profiles fit a box: asks for what each of them is recognised by, and says why."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from dcops.errors import DeviceError, ErrorKind
from dcops.exporters.snmp.profile import Profile
from dcops.exporters.snmp.shelf import EVERY_DEVICE
from dcops.snmp import oid, value
from dcops.snmp.client import Client
from dcops.snmp.session import Session
from dcops.snmp.target import Target

SECONDS = 60.0
AT_ONCE = 20
"""Devices that are asked at the same time."""
LONGEST_SHOWN = 40

DESCRIPTION = oid.encode("1.3.6.1.2.1.1.1.0")
OBJECT_ID = oid.encode("1.3.6.1.2.1.1.2.0")


@dataclass(frozen=True, slots=True)
class Recognised:
    """A profile that fits a box."""

    profile: str
    reason: str
    instead: str = ""
    """The profile that says the same better, and is proposed in its place."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a box is, as far as its answers tell."""

    description: str
    object_id: str
    recognised: tuple[Recognised, ...]

    @property
    def proposed(self) -> tuple[str, ...]:
        """The profiles to ask it with, besides the one that every device is asked with."""
        return tuple(one.profile for one in self.recognised if not one.instead)

    def missing(self, stated: Collection[str]) -> tuple[str, ...]:
        """What is proposed, and the inventory does not say."""
        return tuple(name for name in self.proposed if name not in stated)

    def surplus(self, stated: Iterable[str]) -> dict[str, str]:
        """What the inventory says and nothing speaks for, with the reason."""
        by_name = {one.profile: one for one in self.recognised}
        found = {}
        for name in stated:
            one = by_name.get(name)
            if one is None and name != EVERY_DEVICE:
                found[name] = "the device has nothing of what it is recognised by"
            elif one and one.instead:
                found[name] = f"{one.instead} tells the same, and better"
        return found


async def identify(
    client: Client, target: Target, profiles: Mapping[str, Profile], *, seconds: float = SECONDS
) -> Identity:
    """Ask one box; raises DeviceError when it does not answer."""
    candidates = [profile for name, profile in sorted(profiles.items()) if name != EVERY_DEVICE]
    names = list(dict.fromkeys([DESCRIPTION, OBJECT_ID, *(name for one in candidates for name in one.identify.ask)]))
    below = list(dict.fromkeys(name for one in candidates for name in one.identify.below))
    async with client.session(target, seconds=seconds) as session:
        rows = await session.get(names)
        held = {name: value.shown(row[1], row[2]) for name, row in zip(names, rows, strict=True) if row}
        following = await _following(session, below)
    if not held and not following:
        raise DeviceError(
            ErrorKind.DENIED,
            "the agent answers and shows nothing of itself",
            next_step="Give the login a view that holds 1.3.6.1, read only",
        )
    object_id = held.get(OBJECT_ID, "")
    reasons = {one.name: reason for one in candidates if (reason := _reason(one, held, following, object_id))}
    return Identity(
        description=" ".join(held.get(DESCRIPTION, "").split()),
        object_id=object_id,
        recognised=tuple(
            Recognised(name, reason, _better(name, reasons, profiles)) for name, reason in reasons.items()
        ),
    )


async def identify_all(
    asked: Sequence[tuple[str, Target | DeviceError]], profiles: Mapping[str, Profile], *, seconds: float = SECONDS
) -> dict[str, Identity | DeviceError]:
    """Ask several boxes at once; one that fails takes nothing away from the others."""
    client = Client()
    free = asyncio.Semaphore(AT_ONCE)

    async def one(target: Target | DeviceError) -> Identity | DeviceError:
        if isinstance(target, DeviceError):
            return target
        async with free:
            try:
                return await identify(client, target, profiles, seconds=seconds)
            except DeviceError as error:
                return error

    found = await asyncio.gather(*(one(target) for _, target in asked))
    return {name: identity for (name, _), identity in zip(asked, found, strict=True)}


async def _following(session: Session, below: Sequence[bytes]) -> dict[bytes, int]:
    """How many values follow each of these names. A table that cannot be walked to its end is there all the same."""
    walks = {name: session.walk(name) for name in below}
    if walks:
        await asyncio.wait(walks.values())
    found = {}
    for name, walk in walks.items():
        error = walk.exception()
        if error is not None and getattr(error, "kind", None) is not ErrorKind.INVALID:
            raise error
        found[name] = 1 if error else len(walk.result())
    return {name: number for name, number in found.items() if number}


def _reason(profile: Profile, held: Mapping[bytes, str], following: Mapping[bytes, int], object_id: str) -> str:
    """Why a profile fits; empty when it does not."""
    wanted = profile.identify
    for name in wanted.ask:
        if name in held:
            return f"it has {oid.dotted(name)} = {_short(held[name])}"
    for name in wanted.below:
        if name in following:
            number = following[name]
            return f"it has {number} {'value' if number == 1 else 'values'} below {oid.dotted(name)}"
    for name in wanted.system:
        start = oid.dotted(name)
        if object_id == start or object_id.startswith(f"{start}."):
            return f"its sysObjectID is {object_id}"
    return ""


def _better(name: str, reasons: Collection[str], profiles: Mapping[str, Profile]) -> str:
    return next((other for other in reasons if name in profiles[other].identify.instead_of), "")


def _short(text: str) -> str:
    words = " ".join(text.split())
    return f"{words[:LONGEST_SHOWN]}…" if len(words) > LONGEST_SHOWN else words or "an empty text"
