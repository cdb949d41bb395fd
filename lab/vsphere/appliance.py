"""A vCenter among the devices of a lab: its process comes up with the lab, and the lab's faults reach it."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from lab.clock import Clock
from lab.device import BadChange, Device
from lab.faults import OVER_TLS, Fault, Kind, Options
from lab.vsphere.control import Control, Refused
from lab.vsphere.process import Signed, start, stop


class Appliance(Device):
    """A simulated vCenter: the door is the process's own, so faults are orders to it."""

    platform: ClassVar[str] = "vcenter"
    faults: ClassVar[frozenset[Kind]] = OVER_TLS
    fault_options: ClassVar[Options] = {
        Kind.HANG: {"where": ("connect", "request", "answer")},
        Kind.ERROR_DOCUMENT: {"variant": ("unavailable", "html", "fault")},
    }

    def __init__(
        self,
        name: str,
        address: str,
        port: int,
        clock: Clock,
        *,
        folder: Path,
        estate: Mapping[str, Any],
        signed: Signed,
        user: str,
        password: str,
        delay_seconds: float = 0.0,
    ) -> None:
        super().__init__(name, address, port, clock)
        self._folder = folder
        self._estate = estate
        self._signed = signed
        self._user = user
        self._password = password
        self._delay_seconds = delay_seconds
        self._process: subprocess.Popen[str] | None = None
        self._applied: Fault | None = None
        self.control: Control | None = None
        """The process's door for tests; none while it does not run."""

    def _settle_door(self) -> None:
        runs = self._wanted and self._booting is None
        if runs and self._process is None:
            self._start()
        elif not runs and self._process is not None:
            stop(self._process)
            self._process = self.control = self._applied = None
        if self.control is not None and self._fault is not self._applied:
            self._applied = self._fault
            self.control.do("heal")
            self._slow_down()
            if self._fault is not None:
                for verb, order in orders(self._fault):
                    self.control.do(verb, **order)

    def _start(self) -> None:
        self._process, said = start(
            self._estate,
            self._folder,
            self._signed,
            user=self._user,
            password=self._password,
            address=self.address,
            port=self.port,
        )
        self.control = Control(said["control"])
        self._applied = None
        self._slow_down()

    def _slow_down(self) -> None:
        if self._delay_seconds and self.control is not None:
            self.control.do("delay", milliseconds=self._delay_seconds * 1000)

    def drop_connections(self) -> None:
        """Reset every open connection."""
        if self.control is not None:
            self.control.do("cut")

    def change(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """`{"do": VERB, …}`: an order to the simulator, whose answer is the result."""
        order = dict(request)
        verb = order.pop("do", None)
        if not isinstance(verb, str) or not all(isinstance(key, str) for key in order):
            raise BadChange(
                'a change of a vCenter is an object such as {"do": "power", "vm": NAME, "state": "poweredOff"}'
            )
        if self.control is None:
            raise BadChange(f"{self.name} is {self.state}")
        try:
            return self.control.do(verb, **order)
        except Refused as error:
            raise BadChange(str(error)) from None

    def endpoint(self) -> dict[str, Any]:
        """Where it is, and where its own door for tests is."""
        return {**super().endpoint(), "control": self.control.url if self.control else None}

    def as_json(self) -> dict[str, Any]:
        """The device as `GET /devices` shows it, with what its own process has counted."""
        answer = super().as_json()
        if self.control is None or self._process is None:
            return {**answer, "control": None}
        if self._process.poll() is not None:
            return {**answer, "state": "down", "control": None}
        counted = self.control.stats()
        answer["counters"] |= {
            "connections": counted["connections"],
            "logins": counted["logins"],
            "failed_logins": counted["failed_logins"],
            "requests": counted["calls"],
        }
        return {**answer, "control": self.control.url, "process": self._process.pid, "vsphere": counted}


def orders(fault: Fault) -> list[tuple[str, dict[str, Any]]]:
    """What the simulator has to do for a fault of the lab."""
    share = {} if fault.share >= 1 else {"share": fault.share}
    match fault.kind:
        case Kind.REFUSE:
            return [("fault", {"kind": "reset", **share} if share else {"kind": "refuse"})]
        case Kind.AUTH_FAIL:
            return [("fault", {"kind": "soap-fault", "method": "Login", "fault": "InvalidLogin", **share})]
        case Kind.HANG:
            return [("fault", {"kind": "hang", "where": fault.option("where"), **share})]
        case Kind.DROP_MID_ANSWER:
            return [("fault", {"kind": "cut", "where": "answer", **share})]
        case Kind.SLOW:
            return [("fault", {"kind": "slow", "milliseconds": fault.delay_seconds * 1000, **share})]
        case Kind.TRUNCATE:
            return [("fault", {"kind": "truncate", **share})]
        case Kind.ERROR_DOCUMENT:
            variant = str(fault.option("variant"))
            document = {"html": "garbage", "fault": "soap-fault"}.get(variant, "unavailable")
            return [("fault", {"kind": document, "fault": "SystemError", **share})]
        case Kind.WRONG_CERTIFICATE:
            return [("fault", {"kind": "wrong-certificate"}), ("cut", {})]
        case Kind.SESSION_EXPIRED:
            return [("kill-sessions", {})]
    return []
