"""What the operational commands answer."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from xml.sax.saxutils import escape

from lxml import etree

from lab.panos import answers
from lab.panos.answers import Answer
from lab.panos.firewall import Firewall, Job
from lab.topology import Cable, mac

ZONE = timezone(timedelta(hours=7), "+07")
DEVICE = "devices/entry"


def fields(values: Mapping[str, object]) -> str:
    """Elements with text."""
    return "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in values.items())


def uptime(seconds: float) -> str:
    """`11 days, 22:09:01`."""
    days, rest = divmod(int(seconds), 86400)
    return f"{days} days, {rest // 3600}:{rest % 3600 // 60:02d}:{rest % 60:02d}"


def system_info(firewall: Firewall, _command: etree._Element) -> Answer:
    """Facts, the time, and the versions of content packages."""
    identity = firewall.identity
    system = f"{DEVICE}/deviceconfig/system"
    root = firewall.running
    # Content packages are renewed every day.
    day = datetime.now(UTC).date()
    package = 8700 + day.toordinal() % 300
    return answers.success(
        "<system>"
        + fields(
            {
                "hostname": root.findtext(f"{system}/hostname", default=identity.hostname),
                "ip-address": root.findtext(f"{system}/ip-address", default=identity.ipv4),
                "netmask": root.findtext(f"{system}/netmask", default="255.255.255.0"),
                "default-gateway": root.findtext(f"{system}/default-gateway", default=""),
                "ipv6-address": root.findtext(f"{system}/ipv6-address", default="unknown"),
                "mac-address": mac(identity.hostname, "panos"),
                "time": f"{datetime.now(ZONE):%a %b %d %H:%M:%S %Y}",
                "uptime": uptime(firewall.uptime_seconds),
                "devicename": root.findtext(f"{system}/hostname", default=identity.hostname),
                "family": identity.model.split("-")[-1][:1] + "000" if identity.model != "PA-VM" else "vm",
                "model": identity.model,
                "serial": identity.serial,
                "sw-version": identity.software,
                "global-protect-client-package-version": "0.0.0",
                "app-version": f"{package}-7709",
                "app-release-date": f"{day:%Y/%m/%d} 02:30:11",
                "av-version": f"{package - 4000}-5207",
                "av-release-date": f"{day:%Y/%m/%d} 04:00:51",
                "threat-version": f"{package}-7709",
                "threat-release-date": f"{day:%Y/%m/%d} 02:30:11",
                "wildfire-version": "0",
                "url-filtering-version": f"{day:%Y%m%d}.20021",
                "logdb-version": "10.1.2",
                "platform-family": "3200" if identity.model == "PA-3220" else identity.model.removeprefix("PA-"),
                "vpn-disable-mode": "off",
                "multi-vsys": "off",
                "operational-mode": "normal",
            }
        )
        + "</system>"
    )


def clock(_firewall: Firewall, _command: etree._Element) -> Answer:
    """The time."""
    return answers.success(f"{datetime.now(ZONE):%a %b %d %H:%M:%S} ICT {datetime.now(ZONE):%Y}\n")


def environmentals(firewall: Firewall, _command: etree._Element) -> Answer:
    """Sensors; a PA-3020 has one supply and does not report it."""
    dice = random.Random(f"{firewall.name}{datetime.now(UTC):%Y%m%d%H%M}")
    thermal = "".join(
        f"<entry><slot>1</slot><description>{name}</description><min>0.0</min><max>60.0</max>"
        f"<alarm>False</alarm><DegreesC>{dice.uniform(28, 44):.1f}</DegreesC></entry>"
        for name in ("Temperature near CPU [U48]", "Temperature near intake [U32]", "Temperature near exhaust [U17]")
    )
    fan = "".join(
        f"<entry><slot>1</slot><description>Fan #{number} RPM</description><min>2500</min>"
        f"<alarm>False</alarm><RPMs>{dice.randint(7000, 7900)}</RPMs></entry>"
        for number in range(1, 5)
    )
    power = "".join(
        f"<entry><slot>1</slot><description>{volts:.1f}V Power Rail</description><min>{volts * 0.9}</min>"
        f"<max>{volts * 1.1}</max><alarm>False</alarm><Volts>{volts + dice.uniform(-0.02, 0.02)}</Volts></entry>"
        for volts in (1.0, 1.8, 3.3, 5.0)
    )
    supplies = "".join(
        f"<entry><slot>1</slot><description>Power Supply #{number} ({side})</description><min>True</min>"
        "<alarm>False</alarm><Inserted>True</Inserted></entry>"
        for number, side in ((1, "left"), (2, "right"))
    )
    groups = {"thermal": thermal, "fan": fan, "power": power}
    if firewall.identity.model == "PA-3220":
        groups["power-supply"] = supplies
    return answers.success("".join(f"<{name}><Slot1>{body}</Slot1></{name}>" for name, body in groups.items()))


def high_availability(firewall: Firewall, _command: etree._Element) -> Answer:
    """The pair, or only that there is none."""
    identity = firewall.identity
    if identity.peer is None:
        return answers.success("<enabled>no</enabled>")
    own, other = ("active", "passive") if identity.is_first else ("passive", "active")
    synchronised = "not synchronized" if firewall.pending else "synchronized"
    priorities = (90, 110) if identity.is_first else (110, 90)
    local = fields({"state": own, "priority": priorities[0], "mgmt-ip": identity.ipv4, "preemptive": "no"})
    peer = fields({"state": other, "conn-status": "up", "priority": priorities[1]})
    return answers.success(
        "<enabled>yes</enabled><group><mode>Active-Passive</mode>"
        f"<local-info>{local}</local-info><peer-info>{peer}</peer-info>"
        f"<running-sync>{synchronised}</running-sync><running-sync-enabled>yes</running-sync-enabled></group>"
    )


def running(firewall: Firewall, _command: etree._Element) -> Answer:
    """The running configuration in an envelope."""
    return _document(firewall.running)


def candidate(firewall: Firewall, _command: etree._Element) -> Answer:
    """The candidate in an envelope."""
    return _document(firewall.candidate)


def _document(root: etree._Element) -> Answer:
    return answers.success(etree.tostring(root, encoding="unicode"), is_configuration=True)


def changes(firewall: Firewall, _command: etree._Element) -> Answer:
    """What is in the candidate and not committed, and whose it is."""
    entries = "".join(
        "<entry>"
        + fields(
            {
                "xpath": item.xpath,
                "owner": item.user,
                "admin-history": item.user,
                "action": "SET",
                "component-type": "policy",
            }
        )
        + "</entry>"
        for item in firewall.pending
    )
    return answers.success(f"<journal>{entries}</journal>")


def changing_admins(firewall: Firewall, _command: etree._Element) -> Answer:
    """Who has something in the candidate that is not committed."""
    names = dict.fromkeys(item.user for item in firewall.pending)
    return answers.success("".join(f'<entry name="{escape(name)}"/>' for name in names))


def pending_changes(firewall: Firewall, _command: etree._Element) -> Answer:
    """`yes` or `no`."""
    return answers.success("yes" if firewall.pending else "no")


def no_locks(firewall: Firewall, command: etree._Element) -> Answer:  # noqa: ARG001  the shape of every report
    """Nobody holds a lock."""
    return answers.success(f"<{command[0].tag}/>")


def jobs(firewall: Firewall, _command: etree._Element) -> Answer:
    """Every job since the boot, the last first."""
    return answers.success("".join(_job(job) for job in reversed(firewall.jobs)))


def one_job(firewall: Firewall, command: etree._Element) -> Answer:
    """One job by its number."""
    number = "".join(str(text) for text in command.itertext()).strip()
    for job in firewall.jobs:
        if str(job.number) == number:
            return answers.success(_job(job))
    return answers.error("7", f"job {number} not found")


def _job(job: Job) -> str:
    done = job.done.astimezone(ZONE)
    return (
        "<job>"
        + fields(
            {
                "tenq": f"{done - timedelta(seconds=60):%Y/%m/%d %H:%M:%S}",
                "tdeq": f"{done - timedelta(seconds=60):%H:%M:%S}",
                "id": job.number,
                "user": job.user,
                "type": job.kind,
                "status": "FIN",
                "queued": "NO",
                "stoppable": "no",
                "result": "OK",
                "tfin": f"{done:%Y/%m/%d %H:%M:%S}",
                "description": job.description,
                "positionInQ": 0,
                "progress": 100,
            }
        )
        + "<details><line>Configuration committed successfully</line></details><warnings/></job>"
    )


def _layer3(firewall: Firewall) -> Iterator[tuple[str, etree._Element]]:
    ethernet = firewall.running.find(f"{DEVICE}/network/interface/ethernet")
    for entry in ethernet if ethernet is not None else ():
        yield entry.get("name", ""), entry
        for unit in entry.iterfind("layer3/units/entry"):
            yield unit.get("name", ""), unit


def interfaces(firewall: Firewall, command: etree._Element) -> Answer:
    """Logical and physical interfaces, as the running configuration has them."""
    wanted = (command[0].text or "all").strip() if len(command) else "all"
    zones = {
        member.text: zone.get("name", "")
        for zone in firewall.running.iterfind(f"{DEVICE}/vsys/entry/zone/entry")
        for member in zone.iterfind("network/layer3/member")
    }
    logical, physical = [], []
    for number, (name, entry) in enumerate(_layer3(firewall), start=16):
        if wanted not in ("all", name):
            continue
        layer3 = entry if entry.find("layer3") is None else entry.find("layer3")
        assert layer3 is not None
        address = layer3.find("ip/entry")
        addresses6 = "".join(
            f"<member>{escape(item.get('name', ''))}</member>" for item in layer3.iterfind("ipv6/address/entry")
        )
        logical.append(
            "<entry>"
            + fields(
                {
                    "name": name,
                    "zone": zones.get(name, ""),
                    "fwd": "vr:default" if name in zones else "N/A",
                    "vsys": 1,
                    "dyn-addr": "",
                }
            )
            + f"<addr6>{addresses6}</addr6>"
            + fields(
                {
                    "tag": entry.findtext("tag", default="0"),
                    "ip": address.get("name") if address is not None else "N/A",
                    "id": number,
                    "addr": "",
                }
            )
            + "</entry>"
        )
        if "." not in name:
            physical.append(
                "<entry>"
                + fields(
                    {
                        "name": name,
                        "duplex": "full",
                        "type": 0,
                        "state": "up",
                        "st": "1000/full/up",
                        "mac": f"00:1b:17:00:{firewall.identity.number % 256:02x}:{number:02x}",
                        "mode": "(autoneg)",
                        "speed": 1000,
                        "id": number,
                    }
                )
                + "</entry>"
            )
    return answers.success(f"<ifnet>{''.join(logical)}</ifnet><hw>{''.join(physical)}</hw>")


def routes(firewall: Firewall, command: etree._Element) -> Answer:
    """Static and connected routes; filters by type and destination."""
    kind = command.findtext(".//type", default="").strip()
    destination = command.findtext(".//destination", default="").strip()
    entries = []
    for name, entry in _layer3(firewall):
        for address in entry.iterfind(".//ip/entry" if entry.find("layer3") is None else "layer3/ip/entry"):
            entries.append(
                (_network(address.get("name", "")), address.get("name", "").partition("/")[0], "A C", "0", name)
            )
    for route in firewall.running.iterfind(f"{DEVICE}/network/virtual-router/entry/routing-table/*/static-route/entry"):
        hop = route.findtext("nexthop/ip-address") or route.findtext("nexthop/ipv6-address") or "0.0.0.0"
        entries.append(
            (
                route.findtext("destination", default=""),
                hop,
                "A S",
                route.findtext("metric", default="10"),
                route.findtext("interface", default=""),
            )
        )
    letters = {"static": "S", "connect": "C", "bgp": "B", "ospf": "O"}
    body = "".join(
        "<entry>"
        + fields(
            {
                "virtual-router": "default",
                "destination": to,
                "nexthop": hop,
                "metric": metric,
                "flags": f"{flags}\n",
                "age": "",
                "interface": interface,
                "route-table": "unicast",
            }
        )
        + "</entry>"
        for to, hop, flags, metric, interface in entries
        if (not kind or letters.get(kind, "?") in flags) and destination in ("", to)
    )
    return answers.success(f"<flags>flags: A:active, C:connect, S:static, B:bgp</flags>{body}")


def _network(interface: str) -> str:
    import ipaddress

    try:
        return str(ipaddress.ip_interface(interface).network)
    except ValueError:
        return interface


def arp(firewall: Firewall, _command: etree._Element) -> Answer:
    """The neighbours that the routes lead through: the edge routers' group address, and whoever leads inside."""
    gateway = firewall.surroundings.gateway
    neighbours = (
        ("203.0.113.129", "ethernet1/1", "1717", "00:00:0c:9f:f0:01"),
        ("192.0.2.226", "ethernet1/2", "899", gateway.mac if gateway else "00:00:5e:00:53:01"),
        ("203.0.113.65", "ethernet1/4", "incomplete", "(incomplete)"),
    )
    entries = "".join(
        "<entry>"
        + fields(
            {
                "status": "i" if ttl == "incomplete" else "c",
                "ip": address,
                "mac": hardware,
                "ttl": ttl,
                "interface": interface,
                "port": interface,
            }
        )
        + "</entry>"
        for address, interface, ttl, hardware in neighbours
    )
    return answers.success(
        f"<max>2500</max><total>{len(neighbours)}</total><timeout>1800</timeout><dp>s1dp0</dp><entries>{entries}</entries>"
    )


def lldp(firewall: Firewall, _command: etree._Element) -> Answer:
    """Who stands at the other end of the cables, by port; nothing while LLDP is off."""
    if firewall.running.findtext(f"{DEVICE}/network/lldp/enable") != "yes":
        return answers.success("")
    cables: dict[str, list[Cable]] = {}
    for cable in firewall.surroundings.cables:
        if "lldp" in cable.far.speaks:
            cables.setdefault(cable.port, []).append(cable)
    names = [name for name, _ in _layer3(firewall) if "." not in name]
    body = "".join(
        f'<entry name="{escape(name)}"><local>{fields({"port-id": name, "port-id-type": "interface-name"})}</local>'
        f"<neighbors>{''.join(_lldp_neighbour(cable) for cable in cables.get(name, ()))}</neighbors></entry>"
        for name in names
    )
    return answers.success(body)


def _lldp_neighbour(cable: Cable) -> str:
    far = cable.far
    addresses = "".join(
        f'<entry name="{escape(address)}"><address-type>{family}</address-type></entry>'
        for family, address in (("ipv4", far.ipv4), ("ipv6", far.ipv6))
        if address
    )
    return (
        f'<entry name="{far.mac.replace(":", "")}">'
        + fields(
            {
                "chassis-type": "mac-address",
                "chassis-id": far.mac,
                "port-id-type": "interface-name",
                "port-id": cable.far_port,
                "port-description": cable.far_port,
                "system-name": far.announced,
                "system-description": far.description,
                "system-capabilities": ", ".join(far.capabilities),
                "enabled-capabilities": ", ".join(far.capabilities),
                "ttl": 120,
            }
        )
        + f"<management-address>{addresses}</management-address></entry>"
    )


def sessions(firewall: Firewall, _command: etree._Element) -> Answer:
    """How busy the data plane is."""
    dice = random.Random(f"{firewall.name}{datetime.now(UTC):%Y%m%d%H%M}")
    active = dice.randint(4000, 90000)
    return answers.success(
        fields(
            {
                "num-max": 1048574,
                "num-active": active,
                "num-installed": active * 900,
                "cps": dice.randint(100, 900),
                "kbps": dice.randint(20000, 400000),
                "pps": dice.randint(5000, 90000),
            }
        )
    )


def licences(firewall: Firewall, _command: etree._Element) -> Answer:
    """What was bought, and until when."""
    entries = "".join(
        "<entry>"
        + fields(
            {
                "feature": feature,
                "description": feature,
                "serial": firewall.identity.serial,
                "issued": "January 10, 2024",
                "expires": expires,
                "expired": "no",
                "authcode": "",
            }
        )
        + "</entry>"
        for feature, expires in (
            ("Threat Prevention", "January 09, 2028"),
            ("Standard", "January 09, 2028"),
            ("PA-VM", "Never"),
        )
    )
    return answers.success(f"<licenses>{entries}</licenses>")
