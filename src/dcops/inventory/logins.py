"""What the inventory uses each login for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dcops.model.device import Device
from dcops.model.snmp import SnmpVersion


@dataclass(frozen=True, slots=True)
class Use:
    """What one login is for."""

    opens: tuple[str, ...] = ()
    """Devices that are entered with it."""
    asks: tuple[str, ...] = ()
    """Devices that are asked with it over SNMP."""
    parts: tuple[str, ...] = ()
    """What SNMP needs of it."""
    v3: bool = False
    """A device is asked with it over version 3, which wants long passwords."""

    @property
    def devices(self) -> tuple[str, ...]:
        """All of them, each once."""
        return tuple(dict.fromkeys((*self.opens, *self.asks)))


UNUSED = Use()


def uses_of(devices: Iterable[Device]) -> Mapping[str, Use]:
    """By name of the login; of our devices alone, as others are never touched."""
    opens: dict[str, list[str]] = {}
    asks: dict[str, list[Device]] = {}
    for device in devices:
        if device.foreign:
            continue
        if device.credential:
            opens.setdefault(device.credential, []).append(device.name)
        if device.snmp:
            asks.setdefault(device.snmp.credential, []).append(device)
    return {name: _use(opens.get(name, ()), asks.get(name, ())) for name in (opens | asks)}


def _use(opens: Iterable[str], asks: Iterable[Device]) -> Use:
    sections = [(device.name, device.snmp) for device in asks if device.snmp]
    return Use(
        opens=tuple(opens),
        asks=tuple(name for name, _ in sections),
        parts=tuple(dict.fromkeys(part for _, snmp in sections for part in snmp.parts)),
        v3=any(snmp.version is SnmpVersion.V3 for _, snmp in sections),
    )
