"""What a simulated vCenter holds, as its program wants to be told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

ESTATE = Path(__file__).with_name("estate.yaml")
INVENTORY = Path(__file__).resolve().parent.parent.parent / "inventory"

Holdings = dict[str, Any]
Traits = Mapping[str, Sequence[str]]

DOMAIN_MODEL = "PowerEdge R750"


def described(estate: Path = ESTATE) -> dict[str, Any]:
    """The vCenters of the estate file, by name."""
    content: dict[str, Any] = yaml.safe_load(estate.read_text(encoding="utf-8"))["vcenters"]
    return content


def hosts_of(vcenter: str, inventory: Path = INVENTORY) -> list[dict[str, Any]]:
    """The inventory's ESXi hosts of a vCenter."""
    found = []
    for file in sorted(inventory.rglob("*.yaml")):
        # Reading every file of the inventory takes a second, looking into them hardly any.
        text = file.read_text(encoding="utf-8")
        if "platform: esxi" in text:
            found += [each for each in yaml.safe_load(text).get("devices") or () if each.get("vcenter") == vcenter]
    return found


def holdings(name: str, hosts: Iterable[Mapping[str, Any]], estate: Path = ESTATE) -> Holdings:
    """The estate of one vCenter on these hosts of the inventory; one that nobody described holds a few machines."""
    vcenters = described(estate)
    if name not in vcenters:
        return {**made_up(len(list(hosts)) or 2, 8), "name": name}
    own = vcenters[name]
    traits: Traits = own.get("traits") or {}
    clusters = own["clusters"]
    machines = list(_machines(own, vcenters))
    standing = [
        {
            "name": host["name"],
            "model": str(host.get("model", DOMAIN_MODEL)),
            "serial": str(host.get("serial", "")),
            "traits": list(traits.get(host["name"], ())),
        }
        for host in hosts
    ]
    return {
        "name": name,
        "datacenter": own["datacenter"],
        "ipv4": own["ipv4"],
        "ipv6": own["ipv6"],
        "clusters": [
            {"name": cluster, "hosts": part, "machines": machines[index :: len(clusters)]}
            for index, (cluster, part) in enumerate(zip(clusters, _parts(standing, len(clusters)), strict=True))
        ],
        "datastores": [
            {"name": store, "type": kind, "traits": list(traits.get(store, ()))}
            for kind, stores in own["datastores"].items()
            for store in stores
        ],
        "licences": own["licences"],
        "tags": {
            category: [{"name": tag, "systems": systems} for tag, systems in tags.items()]
            for category, tags in own["tags"].items()
        },
    }


def machine_names(name: str, estate: Path = ESTATE) -> list[str]:
    """The names of all machines of a vCenter; two may be alike."""
    vcenters = described(estate)
    return [machine["name"] for machine in _machines(vcenters[name], vcenters)]


def made_up(hosts: int, machines: int, clusters: int | None = None) -> Holdings:
    """An estate of any size, for load: hosts in clusters of 30, 24 datastores."""
    number = clusters or max(1, round(hosts / 30))
    standing = [
        {"name": f"esx-{n:04d}", "model": DOMAIN_MODEL, "serial": f"L{n:06d}", "traits": []}
        for n in range(1, hosts + 1)
    ]
    virtual = [
        {
            "name": f"load-{n // 4:04d}-app-{n % 4 + 1}",
            "system": f"load-{n // 4:04d}",
            "folder": f"group-{n % 40:02d}",
            "traits": _load_traits(n),
        }
        for n in range(machines)
    ]
    return {
        "name": "vc-load",
        "datacenter": "Load",
        "ipv4": "203.0.113",
        "ipv6": "2001:db8:ff:60",
        "clusters": [
            {"name": f"cluster-{index + 1:02d}", "hosts": part, "machines": virtual[index::number]}
            for index, part in enumerate(_parts(standing, number))
        ],
        "datastores": [{"name": f"ds-load-{n:02d}", "type": "VMFS", "traits": []} for n in range(1, 25)],
        "licences": [],
        "tags": {},
    }


def _load_traits(number: int) -> list[str]:
    """One in eight has a snapshot, as people have."""
    return ["snapshot-old"] if number % 8 == 0 else []


def _parts(items: Sequence[Any], number: int) -> list[list[Any]]:
    """The items in their order, in so many parts of about one size."""
    ends = [round(len(items) * (index + 1) / number) for index in range(number)]
    return [list(items[start:end]) for start, end in zip([0, *ends], ends, strict=False)]


def _machines(own: Mapping[str, Any], vcenters: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    traits: Traits = own.get("traits") or {}
    for system, name in _named(own["systems"]):
        yield _machine(name, system, "", traits.get(name, ()))
    replicas = own.get("replicas")
    if replicas:
        source = set(_named(vcenters[replicas["of"]]["systems"]))
        for system, name in _named(replicas["systems"]):
            if (system, name) not in source:
                raise ValueError(f"{name} is a replica of nothing that {replicas['of']} holds")
            yield _machine(name, system, "Replicas", ("replica",))
    for each in own["machines"]:
        given = tuple(each.get("traits") or ())
        folder = "Copies" if "copy" in given else "Templates" if "template" in given else ""
        yield _machine(each["name"], "", folder, given)


def _machine(name: str, system: str, folder: str, traits: Sequence[str]) -> dict[str, Any]:
    return {"name": name, "system": system, "folder": folder, "traits": list(traits)}


def _named(systems: Mapping[str, Mapping[str, int]]) -> Iterator[tuple[str, str]]:
    for system, parts in systems.items():
        for part, number in parts.items():
            for index in range(1, number + 1):
                yield system, f"{system}-{part}-{index}"
