"""Turns values into text by templates: in a sandbox, in the reader's language and time zone.

A template of a site root (`templates/` beside dcops.toml) wins over the one of the same name that ships with dcops; it
can build on that one by `{% extends "shipped/report/nightly.html.j2" %}`.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dcops.errors import InvalidInput
from dcops.templates.find import data_folder
from dcops.templates.words import Words

if TYPE_CHECKING:
    import jinja2

SHIPPED = "shipped"
MARKUP = ".html.j2"
# What a page, a mail or a terminal would obey instead of showing it: configurations come from devices.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class Texts:
    """Words, times, numbers and whole documents for one reader: a language and a time zone."""

    def __init__(self, folders: Sequence[Path], *, language: str, zone: tzinfo, zone_name: str = "UTC") -> None:
        self.language = language
        self.zone = zone
        self.zone_name = zone_name
        self._folders = tuple(folders)

    @classmethod
    def of(cls, root: Path | None, *, language: str, timezone: str) -> Texts:
        """Texts of a site root, or of dcops alone."""
        shipped = data_folder("templates")
        folders = (root / "templates", shipped) if root else (shipped,)
        return cls(folders, language=language, zone=zone_of(timezone), zone_name=timezone)

    @property
    def shipped(self) -> Texts:
        """The same without the site's own templates and words."""
        return Texts(self._folders[-1:], language=self.language, zone=self.zone, zone_name=self.zone_name)

    @cached_property
    def words(self) -> Words:
        """The word list of the language."""
        return Words.load(self._folders, self.language)

    def render(self, name: str, values: Mapping[str, object]) -> str:
        """Fill in a template such as `report/nightly.html.j2`; a value that is not there is an error."""
        import jinja2
        from jinja2.exceptions import SecurityError

        try:
            return self._environment.get_template(name).render(values)
        except jinja2.TemplateNotFound as error:
            raise InvalidInput(
                f"template {error.name} does not exist", next_step=f"Looked in: {', '.join(map(str, self._folders))}"
            ) from None
        except jinja2.TemplateSyntaxError as error:
            raise InvalidInput(f"{error.filename or error.name}:{error.lineno}: {error.message}") from None
        except (jinja2.TemplateError, SecurityError, TypeError, ValueError, ArithmeticError) as error:
            raise InvalidInput(f"{_place(error, name)}: {error}") from None

    def moment(self, value: datetime) -> str:
        """A day and time: `15/01/2026 06:30`."""
        return self._time("time.moment", value)

    def short(self, value: datetime) -> str:
        """A day and time of the last days: `15/01 06:30`."""
        return self._time("time.short", value)

    def clock(self, value: datetime) -> str:
        """A time of the day: `06:30`."""
        return self._time("time.clock", value)

    def day(self, value: datetime) -> str:
        """A day: `15/01/2026`."""
        return self._time("time.day", value)

    def day_short(self, value: datetime) -> str:
        """A day of this year: `15/01`."""
        return self._time("time.day_short", value)

    def zone_at(self, value: datetime) -> str:
        """The time zone as people call it, with its distance from UTC: `giờ Việt Nam, UTC+7`."""
        name = self.words(f"zone.{self.zone_name}", otherwise=self.zone_name)
        return f"{name}, {_distance(value.astimezone(self.zone))}"

    def duration(self, seconds: float | None) -> str:
        """A span of time in its two largest units; nothing when it is not known."""
        if seconds is None:
            return self.words("time.unknown")
        if seconds < 9.95:
            return self.words("time.seconds", s=self.number(round(max(seconds, 0.0), 1)))
        whole = round(seconds)
        if whole < 60:
            return self.words("time.seconds", s=whole)
        minutes, rest = divmod(whole, 60)
        if minutes < 60:
            return (
                self.words("time.minutes_seconds", m=minutes, s=rest) if rest else self.words("time.minutes", m=minutes)
            )
        hours, minutes = divmod(minutes, 60)
        if hours < 48:
            return (
                self.words("time.hours_minutes", h=hours, m=minutes) if minutes else self.words("time.hours", h=hours)
            )
        days, hours = divmod(hours, 24)
        return self.words("time.days_hours", d=days, h=hours) if hours else self.words("time.days", d=days)

    def number(self, value: float) -> str:
        """A number as the language writes it: `1.234,5` in Vietnamese."""
        text = f"{value:,}"
        if self.words("number.decimal") == ",":
            return text.translate({ord(","): ".", ord("."): ","})
        return text

    @cached_property
    def _environment(self) -> jinja2.Environment:
        import jinja2
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        loaders: list[jinja2.BaseLoader] = [jinja2.FileSystemLoader(folder) for folder in self._folders]
        loaders.append(jinja2.PrefixLoader({SHIPPED: jinja2.FileSystemLoader(self._folders[-1])}))
        environment = ImmutableSandboxedEnvironment(
            loader=jinja2.ChoiceLoader(loaders),
            autoescape=lambda name: name is None or name.endswith(MARKUP),
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            finalize=visible,
        )
        environment.filters.update(
            moment=self.moment,
            short=self.short,
            clock=self.clock,
            day=self.day,
            day_short=self.day_short,
            upper_first=upper_first,
            duration=self.duration,
            number=self.number,
        )
        environment.globals.update(t=self.words, language=self.language, zone=self.zone_at)
        return environment

    def _time(self, pattern: str, value: datetime) -> str:
        local = value.astimezone(self.zone)
        return self.words(
            pattern,
            day=local.day,
            month=local.month,
            month_name=self.words(f"month.{local.month}"),
            year=local.year,
            hour=local.hour,
            minute=local.minute,
        )


def upper_first(text: str) -> str:
    """The text as the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def zone_of(name: str) -> ZoneInfo:
    """A time zone by its IANA name; an unknown one is the settings' fault."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInput(
            f"[site] timezone {name!r} is no time zone", next_step="Names look like Asia/Ho_Chi_Minh"
        ) from None


def visible(value: object) -> object:
    """A value as it is put into a document, with signs that steer or hide made visible."""
    if not isinstance(value, str) or not _UNSEEN.search(value):
        return value
    return type(value)(_UNSEEN.sub("\ufffd", value))


def _distance(local: datetime) -> str:
    offset = local.utcoffset()
    minutes = round(offset.total_seconds() / 60) if offset else 0
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}"


def _place(error: BaseException, name: str) -> str:
    """Where in a template an error arose: jinja2 puts its own frames into the traceback."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(".j2")]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else name
