"""Network links, storage paths, services and certificates of hosts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dcops.vsphere.details.certificate import not_after
from dcops.vsphere.managed import Managed, Problem, Value
from dcops.vsphere.reading import Reader

_NICS, _PATHS = "config.network.pnic", "config.storageDevice.multipathInfo.lun"
_CLOCK, _SERVICES = "config.dateTimeInfo.ntpConfig", "config.service.service"
_CERTIFICATE, _LOCKDOWN = "config.certificate", "config.lockdownMode"
HOST = "HostSystem"
_PAGE_HOSTS = 64
"""In one answer: a host on a SAN has a thousand paths."""


@dataclass(frozen=True, slots=True)
class Nic:
    """A physical network port of a host."""

    device: str
    """`vmnic0`."""
    megabits: int | None
    """Speed of its link; None: no link."""
    is_full_duplex: bool | None


@dataclass(frozen=True, slots=True)
class StoragePath:
    """One way from a host to a LUN."""

    lun: str
    adapter: str
    state: str
    """`active`, `standby`, `disabled`, `dead` or `unknown`."""


@dataclass(frozen=True, slots=True)
class Links:
    """What a host hangs on. None: it did not tell, which is not the same as having none."""

    nics: tuple[Nic, ...] | None
    paths: tuple[StoragePath, ...] | None


@dataclass(frozen=True, slots=True)
class Settings:
    """How a host is set up. None: it did not tell."""

    services: Mapping[str, bool] | None
    """Whether they run, by vSphere's key: `ntpd`, `TSM-SSH`, …"""
    time_servers: tuple[str, ...] | None
    lockdown: str | None
    certificate_not_after: float | None


def read_links(reader: Reader) -> tuple[dict[str, Links], tuple[Problem, ...]]:
    """The links of every host by its moid, and what was not shown; raises DeviceError."""
    found: dict[str, Links] = {}

    def take(host: Managed) -> None:
        found[host.moid] = Links(_nics(host.properties), _paths(host.properties))

    problems = reader.each({HOST: (_NICS, _PATHS)}, take, page=_PAGE_HOSTS)
    return found, problems


def read_settings(reader: Reader) -> tuple[dict[str, Settings], tuple[Problem, ...]]:
    """The settings of every host by its moid, and what was not shown; raises DeviceError."""
    found: dict[str, Settings] = {}

    def take(host: Managed) -> None:
        found[host.moid] = _settings(host.properties)

    problems = reader.each({HOST: (_CLOCK, _SERVICES, _CERTIFICATE, _LOCKDOWN)}, take, page=_PAGE_HOSTS)
    return found, problems


def _nics(properties: Mapping[str, Value]) -> tuple[Nic, ...] | None:
    if _NICS not in properties:
        return None
    made = []
    for nic in properties[_NICS]:
        speed = nic.get("linkSpeed") or {}
        made.append(Nic(nic.get("device", ""), speed.get("speedMb"), speed.get("duplex")))
    return tuple(made)


def _paths(properties: Mapping[str, Value]) -> tuple[StoragePath, ...] | None:
    if _PATHS not in properties:
        return None
    return tuple(
        # An adapter is named by a key: `key-vim.host.BlockHba-vmhba1`.
        StoragePath(
            lun.get("id", ""),
            path.get("adapter", "").rpartition("-")[2],
            path.get("pathState") or path.get("state") or "unknown",
        )
        for lun in properties[_PATHS]
        for path in lun.get("path", ())
    )


def _settings(properties: Mapping[str, Value]) -> Settings:
    services = properties.get(_SERVICES)
    clock = properties.get(_CLOCK)
    pem = properties.get(_CERTIFICATE)
    return Settings(
        services=None if services is None else {one["key"]: one["running"] for one in services if "running" in one},
        time_servers=None if clock is None else tuple(clock.get("server", ())),
        lockdown=properties.get(_LOCKDOWN),
        # vSphere sends a PEM file as an array of signed bytes.
        certificate_not_after=not_after(bytes(byte & 0xFF for byte in pem)) if pem else None,
    )
