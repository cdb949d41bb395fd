"""Which devices a rule is for, by what the inventory states of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from dcops.audit.reading.ranges import range_of
from dcops.audit.said import NotApplicable, Said, Unknown
from dcops.audit.subject import Subject
from dcops.audit.version import Range
from dcops.yamlfile.sections import Section

LISTS = ("role", "site", "tags", "device", "vendor", "model", "criticality")


@dataclass(frozen=True, slots=True)
class Applies:
    """What a device must be, and what it must not be."""

    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    not_: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    version: Range | None = None
    level: Range | None = None
    in_service: bool | None = None

    def refuse(self, subject: Subject) -> None:
        """Raise NotApplicable for a device that it is not for, Unknown when nobody knows."""
        for name, wanted in self.lists.items():
            values = _values(subject, name)
            if not values and name != "tags":
                raise Unknown(Said("fact unknown", name))
            if not _any(values, wanted):
                raise NotApplicable(Said("not for", name, ", ".join(values) or "-"))
        for name, unwanted in self.not_.items():
            values = _values(subject, name)
            if _any(values, unwanted):
                raise NotApplicable(Said("not for", name, ", ".join(values)))
        if self.in_service is not None and subject.in_service is not self.in_service:
            raise NotApplicable(Said("not for", "in service", "yes" if subject.in_service else "no"))
        _refuse_outside(self.level, "level", "" if subject.level is None else str(subject.level))
        _refuse_outside(self.version, "version", subject.version)


def _values(subject: Subject, name: str) -> tuple[str, ...]:
    value = getattr(subject, name)
    return value if isinstance(value, tuple) else (value,) if value else ()


def _any(values: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    return any(fnmatchcase(value, pattern) for value in values for pattern in wanted)


def _refuse_outside(wanted: Range | None, name: str, seen: str) -> None:
    if wanted is None:
        return
    if not seen:
        raise Unknown(Said("fact unknown", name))
    if not wanted.holds(seen):
        raise NotApplicable(Said("not for", name, seen))


def read(section: Section | None) -> Applies:
    """`applies` of a rule."""
    if section is None:
        return Applies()
    negative = section.section("not")
    found = Applies(
        lists=_lists(section),
        not_=_lists(negative) if negative is not None else {},
        version=range_of(section, "version"),
        level=range_of(section, "level"),
        in_service=section.flag("in_service", True) if "in_service" in section else None,
    )
    if negative is not None:
        negative.finish()
    section.finish()
    return found


def _lists(section: Section) -> dict[str, tuple[str, ...]]:
    return {name: section.texts(name) for name in LISTS if name in section}
