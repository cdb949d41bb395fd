"""The site root that a lab writes: inventory with loopback addresses, credentials, trust, holders of the archive."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from lab.estate import Dumper, Estate, entries
from lab.pki import age_recipient
from lab.state import State, write_atomically

SETTINGS = """\
# Written by the lab when it came up; its devices listen on loopback only.
[site]
name = "lab"

[paths]
inventory = "inventory"
state = "state"
trust = "trust"
keys = "keys"

[credentials]
providers = ["environment", "file"]
file = "credentials.toml"

[fleet]
workers = 40
device_limit_seconds = 20

[backup]
smallest_share = 0.5

# Where the pretend files of its servers begin, seen from where a login arrives.
[linux]
root = "root"
paths = ["/etc"]
"""

HOLDERS = ("main", "dr")
COMPLIANCE = Path(__file__).parent / "compliance"
"""What a centre writes down by itself: approved accounts, published weaknesses."""


def write(
    state: State,
    estate: Estate,
    *,
    credentials: Mapping[str, Mapping[str, str]],
    key_files: Mapping[str, str],
    known_hosts: Mapping[str, str],
    authority: str,
) -> None:
    """Write the site root; its state folder, where the archive lies, is left as it is."""
    site = state.site
    write_atomically(site / "dcops.toml", SETTINGS)
    _write_inventory(site / "inventory", estate)
    write_atomically(site / "credentials.toml", _toml(credentials), mode=0o600)
    for file, text in key_files.items():
        write_atomically(site / file, text, mode=0o600)
    lines = "".join(f"{place} {key}\n" for place, key in known_hosts.items())
    write_atomically(site / "trust" / "known_hosts", lines)
    write_atomically(site / "trust" / "ca.pem", authority)
    write_atomically(site / "trust" / "pins", "# DEVICE sha256:HEX of a certificate that needs no authority\n")
    holders = "".join(f"# {name}\n{age_recipient(state.keys / f'{name}.key')}\n" for name in HOLDERS)
    write_atomically(site / "keys" / "holders.txt", holders)
    today = date.today()
    for file in sorted(COMPLIANCE.glob("*.yaml")):
        text = file.read_text(encoding="utf-8")
        text = text.replace("@TODAY@", today.isoformat()).replace("@YEAR@", str(today.year + 1))
        write_atomically(site / "compliance" / file.name, text)


def credential_names(estate: Estate) -> list[str]:
    """Every credential that the inventory names."""
    declared = [item["name"] for content in estate.files.values() for item in content.get("credentials") or ()]
    used = [entry["credential"] for entry in entries(estate.files) if entry.get("credential")]
    return list(dict.fromkeys(declared + used + snmp_credential_names(estate)))


def snmp_credential_names(estate: Estate) -> list[str]:
    """The credentials with which agents are asked."""
    return list(dict.fromkeys(entry["snmp"]["credential"] for entry in entries(estate.files) if entry.get("snmp")))


def _write_inventory(folder: Path, estate: Estate) -> None:
    # A smaller scale than last time must not leave files of the larger one behind.
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if not any(content.get("lab") for content in estate.files.values()):
        estate.files.setdefault("lab.yaml", {})["lab"] = True
    for name, content in estate.files.items():
        write_atomically(folder / name, _yaml(content))


def _yaml(content: Mapping[str, Any]) -> str:
    text: str = yaml.dump(content, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=110)
    return text


def _toml(credentials: Mapping[str, Mapping[str, str]]) -> str:
    """Tables of plain texts; the lab's own secrets hold nothing that TOML would have to escape."""
    tables = []
    for name, values in credentials.items():
        lines = "".join(f'{key} = "{value}"\n' for key, value in values.items())
        tables.append(f'["{name}"]\n{lines}')
    return "\n".join(tables)
