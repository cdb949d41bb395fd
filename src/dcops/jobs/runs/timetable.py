"""When a job is due: five fields of cron in a time zone, where each due time comes exactly once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from apscheduler.triggers.cron import CronTrigger

from dcops.errors import InvalidInput

FIELDS = ("minute", "hour", "day of month", "month", "day of week")
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
# 29 February is at most eight years away, across a century that is no leap year.
FAR = timedelta(days=8 * 366)
# The longest jump that a civil clock ever made is a whole day (Samoa, 2011).
JUMP = timedelta(days=1, hours=2)
SECOND = timedelta(seconds=1)

_DAY = r"(?:[0-7]|sun|mon|tue|wed|thu|fri|sat)"
_WEEKDAY_PART = re.compile(rf"(?:(?P<first>{_DAY})(?:-(?P<last>{_DAY}))?|\*)(?:/(?P<step>[1-7]))?", re.IGNORECASE)
_WINDOW = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")


def zone(name: str) -> ZoneInfo:
    """The time zone of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInput(
            f"there is no time zone {name!r}", next_step="Write [site] timezone as in Asia/Ho_Chi_Minh"
        ) from None


@dataclass(frozen=True, slots=True)
class Timetable:
    """A schedule in a time zone.

    Where the clocks are put forward, a fixed time that does not exist comes as much later as they were moved; where
    they are put back, a fixed time that exists twice comes once, the first time. A schedule whose hour is `*` or
    `*/n` follows the real hours instead, as cron does.
    """

    schedule: str
    zone: tzinfo
    _trigger: Any = field(repr=False, compare=False)
    _by_real_hours: bool = field(repr=False, compare=False)

    @classmethod
    def of(cls, schedule: str, timezone: tzinfo) -> Timetable:
        """Parse five fields of cron: minute, hour, day of month, month, day of week (0 and 7 are Sunday)."""
        parts = schedule.split()
        if len(parts) != len(FIELDS):
            raise InvalidInput(
                f"schedule {schedule!r} has {len(parts)} fields, not {len(FIELDS)}",
                next_step=f"Write {', '.join(FIELDS)}: 0 1 * * * is 01:00 every day",
            )
        minute, hour, day, month, weekday = parts
        if day != "*" and weekday != "*":
            # cron runs when either fits, other programs when both do: whoever reads it would be wrong half the time.
            raise InvalidInput(f"schedule {schedule!r} names a day of the month and a day of the week: name one")
        try:
            trigger = CronTrigger(
                minute=minute, hour=hour, day=day, month=month, day_of_week=_weekdays(weekday), timezone=UTC
            )
        except ValueError as error:
            raise InvalidInput(f"schedule {schedule!r} cannot be read: {error}") from None
        table = cls(schedule, timezone, trigger, hour.startswith("*"))
        trigger.end_date = datetime(2024, 2, 28, tzinfo=UTC) + FAR
        if trigger.get_next_fire_time(None, trigger.end_date - FAR) is None:
            raise InvalidInput(f"schedule {schedule!r} names a day that never comes")
        trigger.end_date = None
        return table

    def due_times(self, after: datetime, until: datetime) -> tuple[datetime, ...]:
        """Every due time later than `after` and not later than `until`, in UTC, oldest first."""
        if until <= after:
            return ()
        first, last = self._wall(after) - self._margin(after), self._wall(until) + self._margin(until)
        found: set[datetime] = set()
        for wall in self._walls(first):
            if wall > last:
                break
            found.update(moment for moment in self._moments(wall) if after < moment <= until)
        return tuple(sorted(found))

    def next(self, after: datetime) -> datetime:
        """The first due time later than `after`, in UTC."""
        for wall in self._walls(self._wall(after) - self._margin(after)):
            for moment in self._moments(wall):
                if moment > after:
                    # Around a change of the clocks the order of the wall is not the order of the moments.
                    return self.due_times(after, moment)[0]
        raise AssertionError("a timetable without an end has a next due time")

    def latest(self, until: datetime, *, within: timedelta) -> datetime | None:
        """The last due time not later than `until` and not more than `within` before it."""
        found = self.due_times(until - within - SECOND, until)
        return found[-1] if found and found[-1] >= until - within else None

    def interval_seconds(self, now: datetime) -> float:
        """The longest wait between two due times in the near future: 86,400 for every night."""
        longest, moment = 0.0, self.next(now)
        for _ in range(8):
            following = self.next(moment)
            longest = max(longest, (following - moment).total_seconds())
            moment = following
        return longest

    def _walls(self, wall: datetime) -> Iterator[datetime]:
        """What a clock on the wall shows at the due times: the trigger counts in a zone that never jumps."""
        cursor = wall.replace(tzinfo=UTC)
        while (found := self._trigger.get_next_fire_time(None, cursor)) is not None:
            yield found.replace(tzinfo=None)
            cursor = found + SECOND

    def _moments(self, wall: datetime) -> tuple[datetime, ...]:
        """The moments at which the wall shows this: two when the clocks are put back, perhaps none when forward."""
        first = wall.replace(tzinfo=self.zone).astimezone(UTC)
        second = wall.replace(tzinfo=self.zone, fold=1).astimezone(UTC)
        if first == second:
            return (first,)
        if not self._by_real_hours:
            return (first,)
        return (first, second) if first < second else ()

    def _wall(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone).replace(tzinfo=None, fold=0)

    def _margin(self, moment: datetime) -> timedelta:
        """How far to look around a moment: nowhere, unless the clocks change nearby."""
        offsets = {(moment + step).astimezone(self.zone).utcoffset() for step in (-JUMP, timedelta(), JUMP)}
        return JUMP if len(offsets) > 1 else timedelta()


@dataclass(frozen=True, slots=True)
class Window:
    """A time of day outside of which a run never begins; it may reach across midnight."""

    start: time
    end: time

    @classmethod
    def of(cls, text: str) -> Window:
        """Parse `00:30-05:00`."""
        match = _WINDOW.fullmatch(text)
        try:
            if match is None:
                raise ValueError
            hours = [int(part) for part in match.groups()]
            start, end = time(hours[0], hours[1]), time(hours[2], hours[3])
        except ValueError:
            raise InvalidInput(f"window {text!r} is no time of day: write it as in 00:30-05:00") from None
        if start == end:
            raise InvalidInput(f"window {text!r} is empty: leave it out to run at any time")
        return cls(start, end)

    def holds(self, local: datetime) -> bool:
        """Whether that time of day lies inside."""
        now = local.time().replace(tzinfo=None)
        if self.start < self.end:
            return self.start <= now < self.end
        return now >= self.start or now < self.end

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


def jitter(job: str, due: datetime, seconds: int) -> timedelta:
    """How long after its due time a run begins: the same for the same run, however often it is asked."""
    digest = hashlib.sha256(f"{job} {due.astimezone(UTC).isoformat()}".encode()).digest()
    share = int.from_bytes(digest[:8], "big") / 2**64
    return timedelta(seconds=round(share * seconds))


def _weekdays(field_: str) -> str:
    """cron's days of the week as names, because APScheduler 3 counts from Monday (its issue 286)."""
    chosen: set[str] = set()
    for part in field_.split(","):
        match = _WEEKDAY_PART.fullmatch(part)
        if match is None:
            raise ValueError(f"{part!r} is no day of the week")
        if match["first"] is None:
            first, last = 0, 6
        else:
            first = _weekday(match["first"])
            last = _weekday(match["last"]) if match["last"] else (6 if match["step"] else first)
        if last == 0 and first > 0:
            last = 7
        if first > last:
            raise ValueError(f"{part!r} runs backwards")
        chosen.update(WEEKDAYS[number] for number in range(first, last + 1, int(match["step"] or 1)))
    return "*" if len(chosen) == 7 else ",".join(day for day in WEEKDAYS[1:] if day in chosen)


def _weekday(word: str) -> int:
    return int(word) if word.isdigit() else WEEKDAYS.index(word.lower())
