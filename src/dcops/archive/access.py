"""Who can open what: every sealed file that versions need, beside the holders of today."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from dcops.archive.holders import Holder
from dcops.archive.needed import Needed
from dcops.archive.sealed import SealedFiles
from dcops.archive.sealing import HEAD_BYTES, recipients_in
from dcops.archive.site_key import SealedCopy


@dataclass(frozen=True, slots=True)
class Reach:
    """A key, and what it opens."""

    name: str
    """Under which files name it."""
    recipient: str
    holder: bool
    """It is a key of today's holders."""
    opens: tuple[Needed, ...]

    @property
    def devices(self) -> tuple[str, ...]:
        """The devices of which it opens something."""
        return devices_of(self.opens)

    @property
    def versions(self) -> int:
        """Of how many versions it opens something."""
        return len({(one.device, revision) for one in self.opens for revision in one.versions})


@dataclass(frozen=True, slots=True)
class Access:
    """Who can open what. It has no truth value: ask `to_reseal`, `closed` and the others."""

    files: int
    """Sealed files that versions need."""
    holders: tuple[Reach, ...]
    """Those of today, in their order."""
    former: tuple[Reach, ...]
    """Other keys for which something is sealed: of holders who were removed, or had another key."""
    closed: tuple[Needed, ...]
    """What no holder of today can open."""
    to_reseal: tuple[Needed, ...]
    """What is not sealed for exactly the holders of today."""
    odd: tuple[Needed, ...]
    """Sealed for more or fewer keys than its record says: somebody else made it."""
    copies: tuple[SealedCopy, ...]
    """Sealed copies of the site key that are not for exactly the holders of today."""

    def __bool__(self) -> bool:
        raise TypeError("an access has no truth value: ask access.to_reseal")


def access(
    files: Sequence[Needed], holders: Sequence[Holder], copies: Iterable[SealedCopy], sealed: SealedFiles
) -> Access:
    """Compare what lies there with the holders of today."""
    today = {holder.recipient for holder in holders}
    names = {recipient: name for one in reversed(files) for name, recipient in one.holders.items()}
    opens: dict[str, list[Needed]] = {recipient: [] for recipient in names}
    for one in files:
        for recipient in one.recipients:
            opens[recipient].append(one)
    odd = tuple(one for one in files if is_odd(one, sealed))
    odd_names = {one.name for one in odd}
    return Access(
        files=len(files),
        holders=tuple(
            Reach(holder.name, holder.recipient, True, tuple(opens.get(holder.recipient, ()))) for holder in holders
        ),
        former=tuple(
            Reach(name, recipient, False, tuple(opens[recipient]))
            for recipient, name in sorted(names.items(), key=lambda one: (one[1], one[0]))
            if recipient not in today
        ),
        closed=tuple(one for one in files if one.recipients.isdisjoint(today)),
        to_reseal=tuple(one for one in files if one.recipients != today or one.name in odd_names),
        odd=odd,
        copies=tuple(one for one in copies if not is_for(one, today)),
    )


def is_for(copy: SealedCopy, recipients: Collection[str]) -> bool:
    """Whether a copy of the site key is sealed for exactly these public keys."""
    return copy.holders is not None and set(copy.holders.values()) == set(recipients)


def is_odd(one: Needed, sealed: SealedFiles) -> bool:
    """Whether a file is sealed for another number of keys than its record says. A damaged one is for `verify`."""
    try:
        with sealed.path(one.name).open("rb") as stream:
            number = recipients_in(stream.read(HEAD_BYTES))
    except OSError:
        return False
    return number is not None and number != len(one.recipients)


def devices_of(files: Iterable[Needed]) -> tuple[str, ...]:
    """The devices of files, by name."""
    return tuple(sorted({one.device for one in files}))
