"""How hosts are secured: what an audit reads of them, in two calls for all hosts together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from dcops.vsphere.details.certificate import not_after
from dcops.vsphere.managed import Managed, Problem, Value
from dcops.vsphere.reading import Reader
from dcops.vsphere.trouble import Fault

HOST = "HostSystem"
_NAME, _STATE, _PRODUCT = "name", "runtime.connectionState", "config.product"
_OPTIONS, _SERVICES, _CLOCK = "config.option", "config.service.service", "config.dateTimeInfo.ntpConfig"
_CERTIFICATE, _LOCKDOWN = "config.certificate", "config.lockdownMode"
_FIREWALL = "config.firewall.defaultPolicy"
_OPTION_MANAGER, _CERTIFICATE_MANAGER = "configManager.advancedOption", "configManager.certificateManager"
_INFO = "certificateInfo"
OPTIONS = (
    "Annotations.WelcomeMessage",
    "Config.Etc.issue",
    "Config.HostAgent.plugins.solo.enableMob",
    "Mem.ShareForceSalting",
    "Net.BPDUFilterAtVmkNic",
    "Security.AccountLockFailures",
    "Security.AccountUnlockTime",
    "Security.PasswordHistory",
    "Security.PasswordMaxDays",
    "Security.PasswordQualityControl",
    "Syslog.global.auditRecord.storageEnable",
    "Syslog.global.logHost",
    "UserVars.DcuiTimeOut",
    "UserVars.ESXiShellInteractiveTimeOut",
    "UserVars.ESXiShellTimeOut",
    "UserVars.HostClientSessionTimeout",
    "UserVars.SuppressShellWarning",
)
"""Advanced options that rules read; a host has more than a thousand."""


@dataclass(frozen=True, slots=True)
class Hardening:
    """One host. None: it did not tell."""

    name: str
    is_connected: bool
    """Its vCenter reaches it; otherwise all is as it was when it last did."""
    version: str | None
    build: str | None
    lockdown: str | None
    services: Mapping[str, Mapping[str, Any]] | None
    """`running` and `policy` by vSphere's key: `TSM-SSH`."""
    time_servers: tuple[str, ...] | None
    certificate_not_after: float | None
    blocks_incoming: bool | None
    options: Mapping[str, Value] | None
    """Those of OPTIONS that it has."""


def read_hardening(
    reader: Reader, options: Iterable[str] = OPTIONS
) -> tuple[dict[str, Hardening], tuple[Problem, ...]]:
    """Every host by its moid, and what was not shown; raises DeviceError.

    Some versions list only those options that were changed; the others are then asked for by their names.
    """
    wanted = tuple(options)
    paths = (
        *(_NAME, _STATE, _PRODUCT, _OPTIONS, _SERVICES, _CLOCK, _CERTIFICATE, _LOCKDOWN, _FIREWALL),
        *(_OPTION_MANAGER, _CERTIFICATE_MANAGER),
    )
    read = reader.everything({HOST: paths})
    ends, hidden = _certificate_ends(reader, read.objects)
    return {
        host.moid: _hardening(host, _options(reader, host, wanted), ends.get(host.moid)) for host in read.objects
    }, (*read.problems, *hidden)


def _certificate_ends(reader: Reader, hosts: Iterable[Managed]) -> tuple[dict[str, float], tuple[Problem, ...]]:
    managers = {str(each): host.moid for host in hosts if (each := host.properties.get(_CERTIFICATE_MANAGER))}
    if not managers:
        return {}, ()
    kind = "HostCertificateManager"
    read = reader.single(((kind, moid) for moid in managers), {kind: (_INFO,)})
    ends = {
        managers[one.moid]: float(end)
        for one in read.objects
        if isinstance(end := (one.properties.get(_INFO) or {}).get("notAfter"), int | float)
    }
    return ends, read.problems


def _options(reader: Reader, host: Managed, wanted: Iterable[str]) -> Mapping[str, Value] | None:
    listed = host.properties.get(_OPTIONS)
    manager = host.properties.get(_OPTION_MANAGER)
    if listed is None and manager is None:
        return None
    found = {one["key"]: one["value"] for one in listed or () if "key" in one and "value" in one}
    chosen = {name: found[name] for name in wanted if name in found}
    if manager is not None and host.properties.get(_STATE) == "connected":
        for name in wanted:
            if name not in chosen:
                chosen.update(_asked(reader, str(manager), name))
    return chosen


def _asked(reader: Reader, manager: str, name: str) -> dict[str, Value]:
    """One option by its name; nothing when this version has none of it."""
    caller = reader.caller
    with suppress(Fault):
        listed = caller.within(lambda ticket: caller.call(ticket, "OptionManager", manager, "QueryOptions", name))
        return {one.key: one.value for one in listed or () if one.key == name}
    return {}


def _hardening(host: Managed, options: Mapping[str, Value] | None, ends: float | None) -> Hardening:
    said = host.properties
    product = said.get(_PRODUCT) or {}
    services = said.get(_SERVICES)
    clock, policy, pem = said.get(_CLOCK), said.get(_FIREWALL), said.get(_CERTIFICATE)
    return Hardening(
        name=str(said.get(_NAME, "")),
        is_connected=said.get(_STATE) == "connected",
        version=product.get("version"),
        build=product.get("build"),
        lockdown=said.get(_LOCKDOWN),
        services=None
        if services is None
        else {
            one["key"]: {"running": one.get("running"), "policy": one.get("policy")} for one in services if "key" in one
        },
        time_servers=None if clock is None else tuple(clock.get("server", ())),
        # vSphere sends a PEM file as an array of signed bytes.
        certificate_not_after=ends
        if ends is not None
        else not_after(bytes(byte & 0xFF for byte in pem))
        if pem
        else None,
        blocks_incoming=None if policy is None else policy.get("incomingBlocked"),
        options=options,
    )
