"""One row of the sheet as a device of the inventory, or why it cannot be one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from dcops.inventory.inventory import Inventory
from dcops.inventory.secrecy import looks_secret
from dcops.inventory.spreadsheet import guess, values
from dcops.inventory.spreadsheet.headings import Column
from dcops.inventory.spreadsheet.letters import name_of, plain
from dcops.inventory.spreadsheet.values import Unusable
from dcops.inventory.words import did_you_mean, shown
from dcops.model.device import ESXI, VCENTER

# Several columns may say something of these; of every other field the first column that is filled counts.
_JOINED = {"notes": "\n", "tags": ",", "service_groups": ",", "address": ","}
# Excel turns long numbers into this, and the digits are gone.
_MANGLED = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)
_ESXI = re.compile(r"\besxi\b", re.IGNORECASE)


class Outcome(StrEnum):
    """What becomes of a row."""

    ADD = "add"
    EXISTS = "exists"
    """The inventory has it already, and it is left alone."""
    UNUSABLE = "unusable"
    SKIPPED = "skipped"
    """A caption, or the headings again."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What a row becomes, and what had to be assumed."""

    row: int
    outcome: Outcome
    name: str = ""
    written: str = ""
    """The name as it stands in the sheet."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """As an inventory file has them, in its order."""
    guessed: tuple[str, ...] = ()
    """Fields that the sheet does not say."""
    notes: tuple[str, ...] = ()
    """What was left out or assumed, in words."""
    reason: str = ""
    """Why it is not added."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a row is read against."""

    inventory: Inventory
    defaults: Mapping[str, str]
    """By field; `credential.ios` is the login for one platform."""
    months_first: Mapping[str, bool | None]
    """Of each field with dates: how its column writes them."""


def texts_of(columns: Sequence[Column], cells: Mapping[int, str]) -> tuple[dict[str, str], list[str]]:
    """The texts of a row by field, and what had to be left out of it because it looks like a secret."""
    found: dict[str, str] = {}
    left_out = []
    for column in columns:
        text = "".join(sign for sign in cells.get(column.index, "") if sign.isprintable() or sign == "\n").strip()
        text = text.removeprefix("'")
        if not text or column.field in (None, "ignore"):
            continue
        if looks_secret(text):
            left_out.append(f"column {column.letter} holds what looks like a secret: left out")
            continue
        if column.field in found:
            if column.field in _JOINED:
                found[column.field] += _JOINED[column.field] + text
            continue
        found[str(column.field)] = text
    return found, left_out


def device_of(number: int, texts: Mapping[str, str], left_out: Sequence[str], around: Surroundings) -> Planned:
    """The device that a row describes."""
    reading = _Reading(texts, {**around.defaults, **texts}, around, notes=list(left_out))
    try:
        reading.all()
    except Unusable as error:
        written = texts.get("name", "")
        return Planned(
            number, Outcome.UNUSABLE, name_of(written), written, notes=tuple(reading.notes), reason=str(error)
        )
    return Planned(
        number,
        Outcome.ADD,
        str(reading.values["name"]),
        texts.get("name", ""),
        {key: reading.values[key] for key in _ORDER if key in reading.values},
        tuple(reading.guessed),
        tuple(reading.notes),
    )


_ORDER = (
    "name", "site", "role", "platform", "vendor", "model", "serial", "software", "management", "credential", "vcenter",
    "place", "owner", "criticality", "service_groups", "level", "support", "tags", "foreign", "notes",
)  # fmt: skip


@dataclass(slots=True)
class _Reading:
    """A row while it is read."""

    cells: Mapping[str, str]
    texts: Mapping[str, str]
    """The cells, and the defaults where they are empty."""
    around: Surroundings
    notes: list[str] = field(default_factory=list)
    guessed: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)

    def all(self) -> None:
        self.name()
        self.kind()
        self.site()
        self.role()
        self.plain_texts()
        self.management()
        self.foreign()
        self.reach()
        self.place()
        self.support()
        self.lists()
        self.judgements()

    def name(self) -> None:
        written = self.texts.get("name", "")
        if not written:
            raise Unusable("it has no name")
        name = name_of(written)
        if not name:
            raise Unusable(f"{shown(written)} leaves no name: letters, digits and '-' are needed")
        self.values["name"] = name

    def kind(self) -> None:
        maker, model = self.texts.get("vendor", ""), self.texts.get("model", "")
        if both := self.texts.get("vendor_model", ""):
            first, rest = guess.vendor_in_front(both)
            maker, model = maker or first, model or rest
        if not maker and model:
            maker, rest = guess.vendor_in_front(model)
            model = rest if maker else model
            if not maker and (maker := guess.vendor_of_model(model)):
                self.guessed.append("vendor")
        if not model:
            raise Unusable("it has no model")
        if not maker:
            raise Unusable(f"it names no vendor, and the model {shown(model)} tells none")
        maker = guess.vendor(maker)
        # `Cisco` beside `Cisco ISR 4461`: the maker is said once.
        first, rest = guess.vendor_in_front(model)
        self.values["vendor"], self.values["model"] = maker, rest if first == maker else " ".join(model.split())

    def site(self) -> None:
        sites = self.around.inventory.sites
        written = self.texts.get("site", "")
        if not written:
            if len(sites) != 1:
                raise Unusable("it names no site: add --default site=NAME")
            self.values["site"] = sites[0].name
            self.guessed.append("site")
            return
        meant = plain(written)
        for site in sites:
            if meant in (site.name, plain(site.title)) or name_of(written) == site.name:
                self.values["site"] = site.name
                return
        hint = did_you_mean(name_of(written), [site.name for site in sites])
        raise Unusable(f"site {shown(written)} is not in the inventory{f' ({hint})' if hint else ''}")

    def role(self) -> None:
        written = self.texts.get("role", "")
        if written:
            role, was_guessed = guess.role_name(written)
            if not role:
                raise Unusable(f"role {shown(written)} leaves no name")
            if was_guessed:
                self.notes.append(f"role {shown(written)} read as {role}")
        elif role := guess.role_of_name(str(self.values["name"])):
            self.guessed.append("role")
        else:
            raise Unusable("it has no role, and its name tells none: add --default role=NAME")
        self.values["role"] = role

    def plain_texts(self) -> None:
        for key in ("serial", "software", "owner", "notes"):
            text = self.texts.get(key, "")
            text = text if key == "notes" else " ".join(text.split())
            if key == "serial" and _MANGLED.fullmatch(text):
                self.notes.append(f"serial {text} was spoilt by the spreadsheet program: left out")
            elif text and text.lower() not in ("n/a", "-", "none"):
                self.values[key] = text

    def management(self) -> None:
        found = values.addresses(self.texts.get("address", ""))
        management: dict[str, Any] = {}
        if found.ipv4:
            management["ipv4"] = str(found.ipv4)
        if found.ipv6:
            management["ipv6"] = str(found.ipv6)
        port = self.texts.get("port", "") or (str(found.port) if found.port else "")
        if port and management:
            if port.isdigit() and 0 < int(port) < 65536:
                management["port"] = int(port)
            else:
                self.notes.append(f"{shown(port)} is no TCP port: left out")
        if found.left_out:
            self.notes.append(f"more addresses than one: {', '.join(found.left_out)} left out")
        if management:
            self.values["management"] = management

    def foreign(self) -> None:
        if values.yes(self.texts.get("foreign", "")):
            self.values["foreign"] = True

    def reach(self) -> None:
        """Platform and login go together: what has no login or no address cannot be read."""
        if self.values.get("foreign") or self.of_vcenter():
            return
        platform = name_of(self.texts.get("platform", "")).replace("-", "_")
        if not platform and (platform := guess.platform(self.values["vendor"], self.values["model"])):
            self.guessed.append("platform")
        if not platform:
            return
        given = self.around.defaults
        login = self.cells.get("credential") or given.get(f"credential.{platform}") or given.get("credential", "")
        lacking = [] if login else [f"no credential (add --default credential.{platform}=NAME)"]
        lacking += [] if "management" in self.values else ["no address"]
        if lacking:
            self.notes.append(f"platform {platform} left out, so it is not backed up: {' and '.join(lacking)}")
            self.guessed = [key for key in self.guessed if key != "platform"]
            return
        known = [one.name for one in self.around.inventory.credentials]
        if login not in known:
            hint = did_you_mean(login, known)
            raise Unusable(f"credential {shown(login)} is not in the inventory{f' ({hint})' if hint else ''}")
        self.values["platform"], self.values["credential"] = platform, login

    def of_vcenter(self) -> bool:
        """An ESXi host: its vCenter is asked, so it needs no login of its own."""
        written, platform = self.texts.get("vcenter", ""), name_of(self.texts.get("platform", ""))
        if not written and platform != ESXI and not _ESXI.search(str(self.values.get("software", ""))):
            return False
        self.values["platform"] = ESXI
        if platform != ESXI:
            self.guessed.append("platform")
        if written:
            known = [one.name for one in self.around.inventory.devices if one.platform == VCENTER]
            if name_of(written) in known:
                self.values["vcenter"] = name_of(written)
            else:
                hint = did_you_mean(name_of(written), known)
                self.notes.append(
                    f"vCenter {shown(written)} is not in the inventory{f' ({hint})' if hint else ''}: left out"
                )
        return True

    def place(self) -> None:
        try:
            mounted = values.place(self.texts.get("place", ""))
            rack = values.rack_of(self.texts.get("rack", "")) or mounted.rack
            unit, height = mounted.unit, mounted.height
            if text := self.texts.get("unit", ""):
                unit, height = values.units(text)
            if text := self.texts.get("height", ""):
                height = values.units(text)[0]
        except Unusable as error:
            self.notes.append(f"{error}: place left out")
            return
        if not rack:
            if unit:
                self.notes.append(f"unit {unit} without a rack: place left out")
            return
        racks = [one for one in self.around.inventory.racks if one.name.casefold() == rack.casefold()]
        found = next((one for one in racks if one.site == self.values["site"]), None)
        if found is None:
            where = f" at {self.values['site']}" if racks else ""
            self.notes.append(f"rack {shown(rack)} is not in the inventory{where}: place left out")
            return
        self.values["place"] = {
            "rack": found.name,
            **({"unit": unit} if unit else {}),
            **({"height": height} if height and unit else {}),
        }

    def support(self) -> None:
        dates: dict[str, str] = {}
        for key in ("end_of_sale", "end_of_support"):
            if text := self.texts.get(key, ""):
                try:
                    found = values.day(text, months_first=self.around.months_first.get(key))
                except Unusable as error:
                    self.notes.append(f"{key}: {error}: left out")
                    continue
                dates[key] = found.value.isoformat()
                if found.assumed:
                    self.notes.append(f"{key}: {found.assumed}")
        sale, support = (dates.get(key) for key in ("end_of_sale", "end_of_support"))
        if sale and support and date.fromisoformat(support) < date.fromisoformat(sale):
            self.notes.append(f"support ends on {support}, before the end of sale on {sale}: both left out")
            return
        if dates:
            self.values["support"] = dates

    def lists(self) -> None:
        for key in ("service_groups", "tags"):
            names = [name for part in values.words(self.texts.get(key, "")) if (name := name_of(part))]
            if names:
                self.values[key] = list(dict.fromkeys(names))

    def judgements(self) -> None:
        for key, read in (("criticality", values.criticality), ("level", values.level)):
            if text := self.texts.get(key, ""):
                try:
                    self.values[key] = read(text)
                except Unusable as error:
                    self.notes.append(f"{error}: left out")
