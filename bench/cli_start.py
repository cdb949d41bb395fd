"""How long a user waits before anything happens."""

from __future__ import annotations

import platform
import tempfile
from pathlib import Path
from typing import Any

from bench.measure import DCOPS, PYTHON, median, paired, ratio, seconds_of

ROUNDS = 15


def run() -> dict[str, Any]:
    """Time help beside a bare Python, an inventory check, and the start of the small lab."""
    helps, bare = paired(lambda: seconds_of([DCOPS, "--help"]), lambda: seconds_of([PYTHON, "-c", "pass"]), ROUNDS)
    with tempfile.TemporaryDirectory(prefix="dcops-bench-") as folder:
        site = _large_site(Path(folder) / "site")
        check = [seconds_of([DCOPS, "-C", str(site), "inventory", "check"]) for _ in range(3)]
        lab = []
        for number in range(3):
            state = str(Path(folder) / f"lab{number}")
            lab.append(seconds_of([PYTHON, "-m", "lab", "up", "--scale", "small", "--state", state]))
            seconds_of([PYTHON, "-m", "lab", "down", "--state", state])
    return {
        "figures": {
            "help_seconds": median(helps),
            "inventory_5000_seconds": median(check),
            "lab_small_seconds": median(lab),
        },
        "ratios": {"help_over_python": ratio(helps, bare)},
        "peers": {"python": platform.python_version(), "libyaml": _libyaml()},
    }


def _libyaml() -> str:
    """Its version; where it is missing, the inventory's figure is that of a YAML reader in Python."""
    import yaml

    if not yaml.__with_libyaml__:
        return "missing"
    from yaml import _yaml

    return str(_yaml.get_version_string())


def _large_site(site: Path) -> Path:
    """A site root of 5,000 devices, each with an address, an SNMP section and a rack place."""
    (site / "inventory").mkdir(parents=True)
    (site / "dcops.toml").write_text('[site]\nname = "large"\n', encoding="utf-8")
    facility = [
        "lab: true",
        "sites:",
        "  - {name: main, title: Main, role: main, rooms: [{name: hall, width_mm: 90000, depth_mm: 90000}]}",
    ]
    facility += ["credentials:", "  - {name: ios-backup}", "  - {name: snmp-v3}", "racks:"]
    facility += [f"  - {{name: R{number:03d}, site: main, room: hall}}" for number in range(250)]
    (site / "inventory" / "facility.yaml").write_text("\n".join(facility) + "\n", encoding="utf-8")
    for part in range(10):
        lines = ["devices:"]
        for number in range(part * 500, part * 500 + 500):
            lines += [
                f"  - name: sw-{number:04d}",
                "    site: main",
                "    role: access-switch",
                "    platform: ios",
                "    vendor: Cisco",
                "    model: Catalyst 9200L",
                f"    serial: FDO{number:08d}",
                f'    management: {{ipv6: "2001:db8:0:{number // 250:x}::{number % 250 + 1:x}"}}',
                "    credential: ios-backup",
                "    snmp: {credential: snmp-v3, authentication: sha256, privacy: aes256, profiles: [interfaces]}",
                f"    place: {{rack: R{number // 20:03d}, unit: {number % 20 * 2 + 1}}}",
                "    criticality: normal",
                "    tags: [access]",
            ]
        (site / "inventory" / f"devices-{part}.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return site
