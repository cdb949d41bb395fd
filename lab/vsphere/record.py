"""Answers of the simulator as files, for tests where it cannot be built: `python -m lab.vsphere.record FOLDER`."""

from __future__ import annotations

import http.client
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from lab.vsphere import Simulator, serve
from lab.vsphere.holdings import made_up

ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>{}</soapenv:Body></soapenv:Envelope>'
)

Paths = Mapping[str, Sequence[str]]

WATCHED: Paths = {
    "VirtualMachine": (
        *("name", "parent", "resourcePool", "config.template", "config.managedBy", "config.guestFullName"),
        *("config.hardware.numCPU", "config.hardware.memoryMB", "datastore", "runtime.host", "runtime.powerState"),
        *("runtime.connectionState", "runtime.bootTime", "runtime.maxCpuUsage", "runtime.consolidationNeeded"),
        *("runtime.faultToleranceState", "runtime.dasVmProtection", "guest.guestFullName", "guest.hostName"),
        *("guest.toolsRunningStatus", "guest.toolsVersion", "guest.toolsVersionStatus2", "guest.disk", "guest.net"),
        *("snapshot", "summary.storage", "triggeredAlarmState"),
    ),
    "HostSystem": (
        *("name", "parent", "summary.hardware.vendor", "summary.hardware.model", "summary.hardware.cpuModel"),
        *("summary.hardware.cpuMhz", "summary.hardware.numCpuCores", "summary.hardware.numCpuThreads"),
        *("summary.hardware.memorySize", "summary.config.product.version", "summary.config.product.build"),
        *("runtime.powerState", "runtime.connectionState", "runtime.standbyMode", "runtime.inMaintenanceMode"),
        *("runtime.bootTime", "runtime.dasHostState", "triggeredAlarmState"),
        "runtime.healthSystemRuntime.systemHealthInfo.numericSensorInfo",
        "runtime.healthSystemRuntime.hardwareStatusInfo",
    ),
    "Datastore": (
        *("name", "parent", "summary.capacity", "summary.freeSpace", "summary.uncommitted", "summary.accessible"),
        *("summary.maintenanceMode", "summary.type", "host", "vm", "triggeredAlarmState"),
    ),
    "ClusterComputeResource": ("name", "parent", "summary", "configurationEx", "overallStatus", "triggeredAlarmState"),
    "ResourcePool": ("name", "parent", "owner"),
    "Network": ("name",),
    "Datacenter": ("name", "parent"),
    "Folder": ("name", "parent"),
}
QUICK: Paths = {
    "VirtualMachine": ("summary.quickStats",),
    "HostSystem": ("summary.quickStats",),
    "ResourcePool": ("runtime",),
}
COUNTERS = (2, 12, 90, 157)
"""CPU used and ready, memory ballooned, power: of machines the last has series without a value."""
MACHINES_KEPT = 3
"""Of the first answer so many machines are kept, and one of every other kind."""


class Session:
    """Somebody who is logged in and posts requests as they are written."""

    def __init__(self, simulator: Simulator) -> None:
        self._line = http.client.HTTPSConnection(
            simulator.host, simulator.port, context=simulator.context(), timeout=30
        )
        self._cookie = ""
        user, password = escape(simulator.user), escape(simulator.password)
        self.call("Login", "SessionManager", f"<userName>{user}</userName><password>{password}</password>")

    def call(self, method: str, this: str, arguments: str = "", kind: str = "") -> bytes:
        """The answer to one method."""
        body = f'<{method} xmlns="urn:vim25"><_this type="{kind or this}">{this}</_this>{arguments}</{method}>'
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": "urn:vim25/6.5", "Cookie": self._cookie}
        self._line.request("POST", "/sdk", ENVELOPE.format(body).encode(), headers)
        answer = self._line.getresponse()
        text = answer.read()
        if answer.status != http.client.OK:
            raise ValueError(f"{method}: HTTP {answer.status} {text.decode()}")
        if cookie := answer.getheader("Set-Cookie"):
            self._cookie = cookie.split(";")[0]
        return text

    def close(self) -> None:
        """Log out."""
        self.call("Logout", "SessionManager")
        self._line.close()


def record(folder: Path) -> list[Path]:
    """Ask a small vCenter for everything, for quick figures and for samples; the files that were written."""
    folder.mkdir(parents=True, exist_ok=True)
    with serve(estate=made_up(2, 6)) as simulator:
        host = simulator.control.moid("esx-0001", "HostSystem")
        hardware = "runtime.healthSystemRuntime.hardwareStatusInfo"
        simulator.control.do("deny", object=f"HostSystem:{host}", path=hardware, privilege="System.Read")
        session = Session(simulator)
        view = _view(session)
        session.call(
            "CreateFilter", "propertyCollector", f"<spec>{_spec(view, WATCHED)}</spec>{_NOT_PARTIAL}", _COLLECTOR
        )
        updates = session.call("WaitForUpdatesEx", "propertyCollector", "<version></version>", _COLLECTOR)
        quick = f"<specSet>{_spec(view, QUICK)}</specSet><options></options>"
        objects = session.call("RetrievePropertiesEx", "propertyCollector", quick, _COLLECTOR)
        samples = session.call(
            "QueryPerf", "PerfMgr", _queries(re.findall(rb'<obj type="(\w+)">([^<]+)<', objects)), "PerformanceManager"
        )
        session.close()
    written = []
    for name, text in (("updates", shortened(updates)), ("objects", objects), ("samples", samples)):
        file = folder / f"{name}.xml"
        file.write_bytes(text)
        written.append(file)
    return written


_COLLECTOR = "PropertyCollector"
_NOT_PARTIAL = "<partialUpdates>false</partialUpdates>"


def _view(session: Session) -> str:
    types = "".join(f"<type>{kind}</type>" for kind in WATCHED)
    container = '<container type="Folder">group-d1</container>'
    made = session.call("CreateContainerView", "ViewManager", f"{container}{types}<recursive>true</recursive>")
    found = re.search(rb'<returnval type="ContainerView">([^<]+)<', made)
    if found is None:
        raise ValueError(f"no view was made: {made.decode()}")
    return found[1].decode()


def _spec(view: str, paths: Paths) -> str:
    properties = "".join(
        f"<propSet><type>{kind}</type>{''.join(f'<pathSet>{path}</pathSet>' for path in each)}</propSet>"
        for kind, each in paths.items()
    )
    way = (
        '<selectSet xsi:type="TraversalSpec"><type>ContainerView</type><path>view</path><skip>false</skip></selectSet>'
    )
    return f'{properties}<objectSet><obj type="ContainerView">{view}</obj><skip>true</skip>{way}</objectSet>'


def _queries(objects: Iterable[tuple[bytes, bytes]]) -> str:
    wishes = "".join(f"<metricId><counterId>{key}</counterId><instance></instance></metricId>" for key in COUNTERS)
    return "".join(
        f'<querySpec><entity type="{kind.decode()}">{moid.decode()}</entity><maxSample>1</maxSample>{wishes}'
        "<intervalId>20</intervalId></querySpec>"
        for kind, moid in objects
        if kind in (b"VirtualMachine", b"HostSystem")
    )


def shortened(answer: bytes) -> bytes:
    """The answer with a few objects of each kind: one of each tells as much as all."""
    kept: Counter[bytes] = Counter()

    def keep(match: re.Match[bytes]) -> bytes:
        kept[match[1]] += 1
        return match[0] if kept[match[1]] <= (MACHINES_KEPT if match[1] == b"VirtualMachine" else 1) else b""

    # No update lies in another, and no text of the simulator's holds this tag.
    return re.sub(rb'<objectSet><kind>\w+</kind><obj type="(\w+)">.*?</objectSet>', keep, answer, flags=re.DOTALL)


if __name__ == "__main__":
    for each in record(Path(sys.argv[1])):
        print(each)
