"""Reads the answers of a server's commands. Each function raises ValueError for an answer that is not one."""

from __future__ import annotations

import ipaddress
import json
import re
import shlex
from collections.abc import Iterable, Mapping
from typing import Any

Fact = Any
"""What JSON can hold."""

_DF = re.compile(r"(\S.*?)\s+(\d+)\s+(\d+)\s+(-?\d+)\s+(?:\d+%|-)\s+(/.*)")
_FIRST_EPHEMERAL = 32768
"""Linux gives client sockets numbers from here on: a UDP one looks like a server's."""


def text(answer: str) -> str:
    """One line."""
    lines = answer.strip().splitlines()
    if len(lines) != 1:
        raise ValueError("not one line")
    return lines[0]


def assignments(answer: str) -> dict[str, str]:
    """Lines `KEY=value`, quoted as a shell does (os-release, timedatectl)."""
    found = {}
    for line in answer.splitlines():
        key, sign, value = line.partition("=")
        if sign and re.fullmatch(r"[A-Za-z_]\w*", key):
            found[key] = " ".join(shlex.split(value)) if value[:1] in ('"', "'") else value
    if not found:
        raise ValueError("no assignments")
    return found


def uptime(answer: str) -> float:
    """`/proc/uptime`: seconds since the start."""
    return float(answer.split(maxsplit=1)[0])


def interfaces(answer: str) -> list[Fact]:
    """`ip -j addr`, without what comes and goes by itself."""
    found = [_interface(entry) for entry in _list(answer) if _lasts(str(entry.get("ifname", "")))]
    if not found:
        raise ValueError("no interfaces")
    return sorted(found, key=lambda each: str(each["name"]))


def interfaces_of_text(answer: str) -> list[Fact]:
    """`ip -o addr`, for iproute2 before 4.13."""
    found: dict[str, dict[str, Fact]] = {}
    for line in answer.splitlines():
        words = line.split()
        if len(words) < 4 or not words[0].endswith(":"):
            raise ValueError("no answer of ip -o addr")
        name = words[1].partition("@")[0]
        if not _lasts(name):
            continue
        entry = found.setdefault(name, {"name": name, "addresses": []})
        if words[2] in ("inet", "inet6") and "temporary" not in words:
            scope = words[words.index("scope") + 1] if "scope" in words[:-1] else ""
            entry["addresses"].append({"address": words[3], "scope": scope})
    if not found:
        raise ValueError("no interfaces")
    for entry in found.values():
        entry["addresses"].sort(key=lambda each: str(each["address"]))
    return [found[name] for name in sorted(found)]


def routes(answer: str) -> list[Fact]:
    """`ip -j -6 route`."""
    wanted = ("dst", "gateway", "dev", "protocol", "metric", "type", "nexthops")
    found = [
        {key: entry[key] for key in wanted if key in entry}
        for entry in _list(answer)
        if _lasts(str(entry.get("dev", "")))
    ]
    return sorted(found, key=str)


def routes_of_text(answer: str) -> list[Fact]:
    """`ip -6 route`, for iproute2 before 4.13."""
    found = []
    for line in answer.splitlines():
        first, *words = line.split()
        options = dict(zip(words[::2], words[1::2], strict=False))
        entry: dict[str, Fact] = {"dst": first}
        for key, option in (("gateway", "via"), ("dev", "dev"), ("protocol", "proto")):
            if option in options:
                entry[key] = options[option]
        if options.get("metric", "").isdigit():
            entry["metric"] = int(options["metric"])
        if "dev" not in entry and first not in ("unreachable", "blackhole", "prohibit"):
            raise ValueError("no answer of ip -6 route")
        if _lasts(str(entry.get("dev", ""))):
            found.append(entry)
    return sorted(found, key=str)


def neighbours(answer: str) -> list[dict[str, Fact]]:
    """`ip -j neigh`: address, interface and MAC of those that answered."""
    return [
        {"ip": str(entry["dst"]), "interface": str(entry.get("dev", "")), "mac": str(entry["lladdr"])}
        for entry in _list(answer)
        if entry.get("dst") and entry.get("lladdr")
    ]


def listening(answer: str) -> list[Fact]:
    """`ss -tulnH`: what others can reach. Loopback and the sockets of UDP clients are left out."""
    found = set()
    for line in answer.splitlines():
        words = line.split()
        if words[:1] == ["Netid"]:
            continue
        if len(words) < 5 or words[0] not in ("tcp", "udp"):
            raise ValueError("no answer of ss")
        address, _, port = words[4].rpartition(":")
        host, _, interface = address.strip("[]").partition("%")
        if not port.isdigit() or _is_loopback(host) or interface.strip("]") == "lo":
            continue
        if words[0] == "udp" and int(port) >= _FIRST_EPHEMERAL:
            continue
        found.add((words[0], host, int(port)))
    return [{"protocol": protocol, "address": host, "port": port} for protocol, host, port in sorted(found)]


def units(answer: str) -> list[Fact]:
    """`systemctl --failed --no-legend --plain`: the names of the units."""
    found = []
    for line in answer.splitlines():
        words = line.replace("●", " ").split()
        if not words:
            continue
        if len(words) < 4 or "." not in words[0]:
            raise ValueError("no answer of systemctl")
        found.append(words[0])
    return sorted(found)


def clock(answer: str) -> dict[str, Fact]:
    """`timedatectl show`, without the time of day."""
    found = assignments(answer)
    if "Timezone" not in found:
        raise ValueError("no answer of timedatectl")
    return {key: value for key, value in sorted(found.items()) if key in ("Timezone", "LocalRTC", "NTP")} | {
        "synchronised": found.get("NTPSynchronized") == "yes"
    }


def tracking(answer: str) -> dict[str, Fact]:
    """`chronyc -c tracking`: 14 fields with commas between them."""
    fields = text(answer).split(",")
    if len(fields) < 14:
        raise ValueError("no answer of chronyc")
    return {
        "reference": fields[1] or fields[0],
        "stratum": int(fields[2]),
        "offset_seconds": float(fields[4]),
        "leap_status": fields[13],
    }


def block_devices(answer: str) -> list[Fact]:
    """`lsblk -J -b`."""
    data = json.loads(answer)
    if not isinstance(data, dict) or not isinstance(data.get("blockdevices"), list):
        raise ValueError("no answer of lsblk")
    return _blocks(data["blockdevices"])


def block_devices_of_text(answer: str) -> list[Fact]:
    """`lsblk -P -b`, for util-linux before 2.27."""
    found = []
    for line in answer.splitlines():
        pairs = dict(part.partition("=")[::2] for part in shlex.split(line))
        if not {"NAME", "SIZE", "TYPE"} <= pairs.keys():
            raise ValueError("no answer of lsblk")
        found.append({"name": pairs["NAME"], "size": int(pairs["SIZE"]), "type": pairs["TYPE"]})
    return _blocks(found)


def file_systems(answer: str) -> list[Fact]:
    """`df -P -B1`: those on disks and on other machines; memory and containers come and go."""
    found = []
    for line in answer.splitlines()[1:]:
        match = _DF.fullmatch(line.strip())
        if match is None:
            raise ValueError("no answer of df")
        device, size, _, free, mount = match.groups()
        on_disk = device.startswith("/dev/") and not device.startswith("/dev/loop")
        if on_disk or ":" in device or device.startswith("//"):
            # The size of a share is what its server says today.
            told = {"size_bytes": int(size)} if on_disk else {}
            found.append({"device": device, "mount": mount, **told, "free_bytes": int(free)})
    if not answer.startswith("Filesystem"):
        raise ValueError("no answer of df")
    return sorted(found, key=lambda each: str(each["mount"]))


def files(answer: str) -> dict[str, str]:
    """`grep -H . FILE…`: the first line of each file by the file's name."""
    found: dict[str, str] = {}
    for line in answer.splitlines():
        path, sign, value = line.partition(":")
        if sign:
            found.setdefault(path.rpartition("/")[2], value.strip())
    return found


def _list(answer: str) -> list[dict[str, Fact]]:
    data = json.loads(answer)
    if not isinstance(data, list):
        raise ValueError("no list")
    # `ip -j` writes an empty object for what it filtered out.
    return [entry for entry in data if isinstance(entry, dict) and entry]


def _lasts(interface: str) -> bool:
    """Containers make and drop their cables at every start."""
    return not interface.startswith("veth")


def _interface(entry: Mapping[str, Fact]) -> dict[str, Fact]:
    told = {"name": "ifname", "state": "operstate", "mtu": "mtu", "mac": "address", "master": "master"}
    addresses = [
        {"address": f"{each['local']}/{each['prefixlen']}", "scope": each.get("scope", "")}
        for each in entry.get("addr_info") or ()
        # Privacy addresses change every day.
        if each.get("local") and not each.get("temporary")
    ]
    return {key: entry[name] for key, name in told.items() if name in entry} | {
        "addresses": sorted(addresses, key=lambda each: str(each["address"]))
    }


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _blocks(entries: Iterable[Mapping[str, Fact]]) -> list[Fact]:
    found = []
    for entry in entries:
        if entry.get("type") in ("loop", "ram", "rom"):
            continue
        told: dict[str, Fact] = {key: entry[key] for key in ("name", "type", "size") if key in entry}
        mounts = entry.get("mountpoints") or [entry.get("mountpoint")]
        if mounted := sorted(str(each) for each in mounts if each):
            told["mounted"] = mounted
        if children := entry.get("children"):
            told["parts"] = _blocks(children)
        found.append(told)
    return sorted(found, key=lambda each: str(each["name"]))
