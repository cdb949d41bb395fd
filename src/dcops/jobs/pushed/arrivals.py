"""What arrived from each device and when, as the ledger remembers it, and how long ago that was."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Self

from dcops.ledger.ledger import Ledger
from dcops.model.moment import from_rfc3339

# Enough for a report about any night of the last month; older ones stand in the archive.
MOST = 40


@dataclass(frozen=True, slots=True)
class Arrival:
    """A backup that came, whether or not its content was new."""

    at: datetime
    """By our clock: what a file says of its own time proves nothing."""
    written: datetime
    """When the file system last saw it change, to tell what came after it."""
    name: str
    size: int
    sha256: str
    stamp: str = ""
    """Tells a file that could not be moved from one that came anew."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What is known of one device's folder."""

    first_seen: datetime
    """When it was looked for the first time."""
    looked: datetime
    since: datetime
    """From when its age counts: the newest arrival, or the first look when nothing ever came."""
    arrivals: tuple[Arrival, ...] = ()
    """Newest first."""
    unfinished: Mapping[str, datetime] = field(default_factory=dict)
    """Files that had not come to rest, by name, and when each was seen first."""

    @classmethod
    def begun(cls, now: datetime) -> Self:
        """The first look."""
        return cls(now, now, now)

    @property
    def newest(self) -> Arrival | None:
        """What came last."""
        return self.arrivals[0] if self.arrivals else None

    def at(self, now: datetime) -> Watch:
        """The same at a later look. When the clock was put back the age stays what it was, and grows from there."""
        back = max(self.looked - now, timedelta())
        return replace(self, looked=now, since=self.since - back, first_seen=self.first_seen - back)

    def age(self, now: datetime) -> timedelta:
        """How long nothing has come."""
        return max(self.at(now).looked - self.at(now).since, timedelta())

    def arrived(self, arrival: Arrival) -> Watch:
        """Something came; a file that was noted before, and only not moved, came no second time."""
        if self.noted(arrival):
            return self
        return replace(self, since=arrival.at, arrivals=(arrival, *self.arrivals)[:MOST])

    def noted(self, arrival: Arrival) -> bool:
        """Whether this very file is known."""
        return any(
            (one.name, one.sha256, one.stamp) == (arrival.name, arrival.sha256, arrival.stamp) for one in self.arrivals
        )

    def waiting(self, names: tuple[str, ...], now: datetime) -> Watch:
        """These have not come to rest; of those that are gone or did, nothing is remembered."""
        known = {name: min(self.unfinished.get(name, now), now) for name in names}
        return replace(self, unfinished=known)

    def last_before(self, moment: datetime) -> Arrival | None:
        """What had come last at an earlier time."""
        return next((one for one in self.arrivals if one.at <= moment), None)


def read(ledger: Ledger, device: str) -> Watch | None:
    """What the ledger remembers of a device; None when nobody ever looked for its files."""
    noted = ledger.noted(_name(device))
    if not noted:
        return None
    value = json.loads(noted)
    return Watch(
        first_seen=from_rfc3339(value["first_seen"]),
        looked=from_rfc3339(value["looked"]),
        since=from_rfc3339(value["since"]),
        arrivals=tuple(_arrival(one) for one in value["arrivals"]),
        unfinished={name: from_rfc3339(moment) for name, moment in value["unfinished"].items()},
    )


def write(ledger: Ledger, device: str, watch: Watch) -> None:
    """Remember it."""
    value = {
        "first_seen": _stamp(watch.first_seen),
        "looked": _stamp(watch.looked),
        "since": _stamp(watch.since),
        "arrivals": [{**asdict(one), "at": _stamp(one.at), "written": _stamp(one.written)} for one in watch.arrivals],
        "unfinished": {name: _stamp(moment) for name, moment in watch.unfinished.items()},
    }
    ledger.note(_name(device), json.dumps(value))


def _arrival(value: dict[str, Any]) -> Arrival:
    return Arrival(**{**value, "at": from_rfc3339(value["at"]), "written": from_rfc3339(value["written"])})


def _stamp(moment: datetime) -> str:
    """A time with all its digits: files come within one second."""
    return moment.isoformat()


def _name(device: str) -> str:
    return f"drop:{device}"
