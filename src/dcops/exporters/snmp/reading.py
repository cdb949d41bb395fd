"""Reads `exporters/snmp/*.yaml`: every mistake with its file and line."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

from dcops.exporters.catalogue import RESERVED, Catalogue
from dcops.exporters.snmp.profile import (
    PLAIN,
    Conversion,
    Identify,
    IndexForm,
    Kept,
    LabelSource,
    Operands,
    Profile,
    Source,
    Table,
    When,
)
from dcops.snmp import oid
from dcops.yamlfile.files import files_in
from dcops.yamlfile.sections import Mistakes, Section, read, refuse

T = TypeVar("T")

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")
LABEL = re.compile(r"[a-z][a-z0-9_]{0,40}")
PLACE = frozenset({"room", "rack", "position", "sensor"})
"""Labels that the inventory gives to sensors."""


def load(folders: Sequence[Path], catalogue: Catalogue) -> Mapping[str, Profile]:
    """Every profile by name; a file of an earlier folder wins. InvalidInput names every mistake."""
    files = files_in(folders)
    found: list[str] = []
    profiles: dict[str, Profile] = {}
    for name, file in files.items():
        mistakes = Mistakes(file)
        if not NAME.fullmatch(name):
            mistakes.add(1, f"{name!r} is no name of a profile: small letters, digits and -")
        if top := read(file, mistakes):
            profiles[name] = _Reader(name, top, catalogue).profile()
        found += mistakes.found
    for name, profile in profiles.items():
        found += [
            f"{files[name]}:1: instead_of names {other!r}, and there is no such profile"
            for other in profile.identify.instead_of
            if other not in profiles
        ]
    refuse(found, "the SNMP profiles", next_step="docs/reference/profiles.md says what stands in one")
    return profiles


class _Reader:
    """One file."""

    def __init__(self, name: str, top: Section, catalogue: Catalogue) -> None:
        self._name = name
        self._top = top
        self._catalogue = catalogue

    def profile(self) -> Profile:
        top = self._top
        limits = top.section("limits")
        profile = Profile(
            name=self._name,
            title=top.text("title"),
            reference=top.text("reference"),
            identify=self._identify(top),
            values=tuple(self._source(one, {}, placed=False) for one in top.sections("values")),
            tables=tuple(self._table(one) for one in top.sections("tables")),
            repetitions=int(limits.number("repetitions", 0, 1, 100)) or None if limits else None,
            in_flight=int(limits.number("in_flight", 0, 1, 8)) or None if limits else None,
        )
        if limits:
            limits.finish()
        top.finish()
        return profile

    def _identify(self, top: Section) -> Identify:
        section = top.section("identify", must=True)
        if section is None:
            return Identify()
        identify = Identify(
            ask=self._oids(section, "ask"),
            below=self._oids(section, "below"),
            system=self._oids(section, "system"),
            instead_of=section.texts("instead_of"),
        )
        if not (identify.ask or identify.below or identify.system):
            section.mistake(section.line, "one of ask, below and system must say how such a device is recognised")
        section.finish()
        return identify

    def _table(self, section: Section) -> Table:
        entry = self._oid(section, "entry") or b"\x2b"
        placed = section.flag("placed", False)
        labels = self._labels(section, entry)
        when = section.section("when")
        table = Table(
            entry=entry,
            labels=labels,
            sources=tuple(self._source(one, labels, entry, placed=placed) for one in section.sections("metrics")),
            kept=tuple(self._kept(one) for one in section.sections("keep")),
            placed=placed,
            when=self._when(when) if when else None,
            count=self._oid(section, "count", must=False) or b"",
        )
        section.finish()
        return table

    def _source(
        self,
        section: Section,
        inherited: Mapping[str, LabelSource],
        entry: bytes = b"",
        *,
        placed: bool,
        metric: str = "",
    ) -> Source:
        other = section.section("else")
        when = section.section("when") if not entry else None
        metric = metric or section.text("metric")
        labels = self._labels(section, entry)
        source = Source(
            metric=metric,
            oid=b"" if entry or "value" in section else self._oid(section, "oid") or b"",
            column=int(section.number("column", 0, 1, 2**31)) if entry else 0,
            entry=(self._oid(section, "entry", must=False) or b"") if entry else b"",
            constant=int(section.number("value", 1, 0, 1)) if "value" in section else None,
            conversion=self._conversion(section),
            labels=labels,
            kept=tuple(self._kept(one) for one in section.sections("keep")) if entry else (),
            when=self._when(when) if when else None,
            otherwise=(
                self._source(other, {**inherited, **labels} if entry else {}, entry, placed=placed, metric=metric)
                if other
                else None
            ),
        )
        if entry and not source.column and source.constant is None:
            section.mistake(section.line, "missing key column (or value, for an info metric)")
        given = {*inherited, *labels, *({source.conversion.state_label} - {""}), *(PLACE if placed else ())}
        for mistake in self._catalogue.mistakes(metric, given):
            section.mistake(section.line_of("metric"), mistake)
        section.finish()
        return source

    def _when(self, section: Section) -> When:
        inverse = "isnt" in section
        missing = section.flag("missing", False)
        values = frozenset({""} if missing else section.texts("isnt" if inverse else "is", None))
        when = When(self._oid(section, "oid") or b"", values, inverse)
        section.finish()
        return when

    def _labels(self, section: Section, entry: bytes) -> dict[str, LabelSource]:
        labels = section.section("labels")
        if labels is None:
            return {}
        found = {}
        for key in labels.keys():  # noqa: SIM118 a section is no mapping
            if not LABEL.fullmatch(key):
                labels.mistake(labels.line_of(key), f"{key!r} is no name of a label")
            if key in RESERVED:
                labels.mistake(labels.line_of(key), f"{key} is a label that discovery or Prometheus sets")
            source = labels.section(key, must=True)
            if source is not None:
                found[key] = self._label(source, entry)
        labels.finish()
        return found

    def _label(self, section: Section, entry: bytes) -> LabelSource:
        other = section.section("else")
        names = section.section("names")
        first, last = self._index(section) if "index" in section else (0, None)
        if "column" in section and not (entry or "entry" in section):
            section.mistake(section.line, "column needs a table; for a single value say oid")
        label = LabelSource(
            constant=section.text("text", ""),
            oid=self._oid(section, "oid", must=False) or b"",
            entry=self._oid(section, "entry", must=False) or entry,
            column=int(section.number("column", 0, 1, 2**31)),
            pointer=int(section.number("pointer", 0, 1, 2**31)),
            matches=int(section.number("matches", 0, 1, 2**31)),
            index=(first, last) if "index" in section else None,
            form=IndexForm(section.choice("form", tuple(IndexForm), IndexForm.NUMBERS)),
            add=int(section.number("add", 0, -1000, 1000)),
            parse=section.pattern("parse", group="value"),
            prefix=section.text("prefix", ""),
            # An empty word stands for a value that names nothing: `else` is read then.
            names={key: next(iter(names.texts(key)), "") for key in names.keys()} if names else {},  # noqa: SIM118
            otherwise=self._label(other, entry) if other else None,
        )
        if not (label.constant or label.oid or label.column or label.index):
            section.mistake(section.line, "says nowhere where its text comes from: text, oid, column or index")
        section.finish()
        return label

    def _index(self, section: Section) -> tuple[int, int | None]:
        """`all`, `2`, or `2-5`: numbers of the index, from 0."""
        text = section.text("index")
        if text == "all":
            return 0, None
        if found := re.fullmatch(r"(?:(\d{1,3})-)?\^([1-9]\d?)", text):
            # Counted from the end, which is ^1: for what stands behind an address of whatever length.
            before = 1 - int(found[2]) or None
            return (-int(found[2]) if found[1] is None else int(found[1])), before
        if found := re.fullmatch(r"\^([1-9]\d?)-\^([1-9]\d?)", text):
            return -int(found[1]), 1 - int(found[2]) or None
        if found := re.fullmatch(r"(\d{1,3})(?:-(\d{1,3})?)?", text):
            first = int(found[1])
            if "-" not in text:
                return first, first + 1
            return first, int(found[2]) + 1 if found[2] else None
        section.mistake(
            section.line_of("index"), f"index is {text!r}, not all, a number, or two with - between, ^1 being the last"
        )
        return 0, None

    def _kept(self, section: Section) -> Kept:
        by_pattern = next((key for key in ("like", "unlike") if key in section), "")
        inverse = "isnt" in section or by_pattern == "unlike"
        kept = Kept(
            column=int(section.number("column", 1, 1, 2**31)),
            values=frozenset() if by_pattern else frozenset(section.texts("isnt" if inverse else "is", None)),
            inverse=inverse,
            like=section.pattern(by_pattern) if by_pattern else None,
        )
        section.finish()
        return kept

    def _conversion(self, section: Section) -> Conversion:
        states = section.section("states")
        sensor = section.section("sensor")
        unit = section.section("fahrenheit")
        units = section.section("units")
        parse = section.pattern("parse", group="value")
        if units and (parse is None or "unit" not in parse.groupindex):
            section.mistake(units.line, "units needs a pattern in parse with a group (?P<unit>…)")
        conversion = Conversion(
            scale=self._fraction(section, "scale", Fraction(1)),
            offset=self._fraction(section, "offset", Fraction(0)),
            absent=frozenset(section.texts("absent")),
            least=self._bound(section, "least"),
            most=self._bound(section, "most"),
            parse=parse,
            units={key: int(units.number(key, 1, 1, 2**60)) for key in units.keys()} if units else {},  # noqa: SIM118
            date=section.text("date", ""),
            minus=self._operands(section, "minus"),
            times=self._operands(section, "times"),
            of=self._operands(section, "of"),
            states=self._states(states) if states else {},
            state_label=section.text("label") if states else "",
            true=frozenset(section.texts("true")),
            false=frozenset(section.texts("false")),
            ago=section.flag("ago", False),
            big_endian=section.flag("big_endian", False),
            scale_column=int(sensor.number("scale", 2, 1, 999)) if sensor else 0,
            precision_column=int(sensor.number("precision", 3, 1, 999)) if sensor else 0,
            fahrenheit=(self._oid(unit, "oid", must="column" not in unit) or b"") if unit else b"",
            fahrenheit_column=int(unit.number("column", 0, 1, 999)) if unit else 0,
            fahrenheit_is=unit.text("is") if unit else "",
        )
        for one in (sensor, unit):
            if one:
                one.finish()
        return PLAIN if conversion == PLAIN else conversion

    def _operands(self, section: Section, key: str) -> Operands:
        """Numbers are columns of the table, what has dots is the name of a single value."""
        found: list[int | bytes] = []
        for text in section.texts(key):
            try:
                found.append(oid.encode(text) if "." in text else int(text))
            except ValueError:
                section.mistake(section.line_of(key), f"{key}: {text!r} is no column and no object identifier")
        return tuple(found)

    def _states(self, section: Section) -> dict[int, str]:
        found = {}
        for key in section.keys():  # noqa: SIM118
            try:
                number = int(key)
            except ValueError:
                section.mistake(section.line_of(key), f"{key!r} is no number of a state")
                continue
            found[number] = section.text(key)
        return found

    def _fraction(self, section: Section, key: str, default: Fraction) -> Fraction:
        text = section.text(key, str(default))
        return self._tried(section, key, lambda: Fraction(text), default, f"{key} is {text!r}, and no number")

    def _bound(self, section: Section, key: str) -> float | None:
        if key not in section:
            return None
        text = section.text(key)
        return self._tried(section, key, lambda: float(text), None, f"{key} is {text!r}, and no number")

    def _oid(self, section: Section, key: str, *, must: bool = True) -> bytes | None:
        text = section.text(key, None if must else "")
        if not text:
            return None
        return self._tried(section, key, lambda: oid.encode(text), None, f"{key} is {text!r}, and no object identifier")

    def _oids(self, section: Section, key: str) -> tuple[bytes, ...]:
        found = []
        for text in section.texts(key):
            try:
                found.append(oid.encode(text))
            except ValueError as error:
                section.mistake(section.line_of(key), str(error))
        return tuple(found)

    @staticmethod
    def _tried(section: Section, key: str, make: Callable[[], T], default: T, mistake: str) -> T:
        try:
            return make()
        except (ValueError, ZeroDivisionError):
            section.mistake(section.line_of(key), mistake)
            return default
