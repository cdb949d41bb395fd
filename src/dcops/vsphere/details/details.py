"""The slow readings of one vCenter, behind one door."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from dcops.vsphere.caller import Caller
from dcops.vsphere.details import hosts
from dcops.vsphere.details.attributes import read_attributes
from dcops.vsphere.details.certificate import not_after
from dcops.vsphere.details.hardening import Hardening, read_hardening
from dcops.vsphere.details.licences import Licence, licences_of
from dcops.vsphere.details.sessions import Login, logins_of
from dcops.vsphere.details.snapshots import read_snapshot_bytes
from dcops.vsphere.details.tags import Tags
from dcops.vsphere.login import Ticket
from dcops.vsphere.managed import Managed, Problem
from dcops.vsphere.reading import Reader
from dcops.vsphere.session import Session
from dcops.vsphere.trouble import Fault, of_fault


@dataclass(frozen=True, slots=True)
class About:
    """What a vCenter says of itself."""

    name: str
    version: str
    build: str
    api_version: str
    instance: str


class Details:
    """Each method asks one call or few, and raises DeviceError. Used by one thread."""

    def __init__(self, caller: Caller, session: Session) -> None:
        self._caller = caller
        self._session = session
        self._reader = Reader(caller)
        self._tags = Tags(caller.line, session, caller.limits.call_seconds)
        self._alarms: dict[str, str] = {}

    def about(self) -> About:
        """Name and version; costs no call once there is a session."""
        said = self._ticket().content.about
        return About(said.name, said.version, said.build, said.apiVersion, said.instanceUuid or "")

    def read_clock(self) -> float:
        """By how many seconds its clock is before ours; behind is negative."""
        before = time.time()
        try:
            said = self._caller.within(
                lambda ticket: self._caller.call(ticket, "ServiceInstance", "ServiceInstance", "CurrentTime")
            )
        except Fault as fault:
            raise of_fault(self._caller.name, "CurrentTime", fault) from None
        return float(said.timestamp()) - (before + time.time()) / 2

    def read_certificate(self) -> float | None:
        """When the certificate ends that it shows to us."""
        if not self._caller.line.certificate:
            self.read_clock()
        return not_after(self._caller.line.certificate)

    def read_links(self) -> tuple[dict[str, hosts.Links], tuple[Problem, ...]]:
        """Network and storage links of every host by moid, and what was not shown. Heavy for a vCenter."""
        return hosts.read_links(self._reader)

    def read_settings(self) -> tuple[dict[str, hosts.Settings], tuple[Problem, ...]]:
        """Services, time servers, lockdown and certificate of every host by moid, and what was not shown."""
        return hosts.read_settings(self._reader)

    def read_hardening(self) -> tuple[dict[str, Hardening], tuple[Problem, ...]]:
        """What an audit judges of every host by moid, and what was not shown."""
        return read_hardening(self._reader)

    def read_licences(self) -> tuple[Licence, ...]:
        """Licences; needs the privilege Global.Licenses."""
        manager = self._ticket().content.licenseManager
        if manager is None:
            return ()
        return licences_of(self._reader.service("LicenseManager", manager._GetMoId(), "licenses"))

    def read_logins(self) -> tuple[Login, ...]:
        """Sessions; needs the privilege Sessions.TerminateSession, as vSphere has it."""
        ticket = self._ticket()
        listed = self._reader.service("SessionManager", ticket.content.sessionManager._GetMoId(), "sessionList")
        return logins_of(listed, ticket.key)

    def read_alarm_names(self, moids: Iterable[str]) -> dict[str, str]:
        """Names of alarms by moid, of those that have one; each is asked for once."""
        wanted = set(moids)
        if new := sorted(wanted - self._alarms.keys()):
            read = self._reader.single([("Alarm", moid) for moid in new], {"Alarm": ("info.name",)})
            self._alarms.update(dict.fromkeys(new, ""))
            self._alarms.update({one.moid: one.properties.get("info.name", "") for one in read.objects})
        return {moid: name for moid in wanted if (name := self._alarms[moid])}

    def read_root(self) -> Managed | None:
        """The root folder with its alarms: those on the vCenter itself stand there, beside all that are below it."""
        moid = self._ticket().content.rootFolder._GetMoId()
        return next(iter(self._reader.single([("Folder", moid)], {"Folder": ("triggeredAlarmState",)}).objects), None)

    def read_tags(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """Category and name of the tags of each object, by moid."""
        return self._tags.read()

    def read_attributes(self) -> tuple[dict[str, dict[str, str]], tuple[Problem, ...]]:
        """Custom attributes of machines and hosts by moid and name, and what was not shown."""
        manager = self._ticket().content.customFieldsManager
        if manager is None:
            return {}, ()
        fields = self._reader.service("CustomFieldsManager", manager._GetMoId(), "field")
        return read_attributes(self._reader, fields)

    def read_snapshot_bytes(self, moids: Iterable[str]) -> dict[str, int]:
        """What the snapshots of these machines take, by moid."""
        return read_snapshot_bytes(self._reader, moids)

    def _ticket(self) -> Ticket:
        return self._caller.within(lambda ticket: ticket)
