"""Recordings of real devices, replayed through the wire. They stay where they are and are never copied."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from lab.estate import Estate
from lab.ios.recorded import Recording

SWITCH = "cli/oxidized-sessions/ios__C9200L-24P-4G_17.09.04a__simulation.yaml"
FIREWALLS = "cli/napalm-panos"

CONFIG = re.compile(rb"<config[\s>].*</config>", re.DOTALL)
VERSION = re.compile(rb"""<config[^>]*\bversion=["']([\d.]+)""")


def configurations(folder: Path) -> list[bytes]:
    """Every recorded PAN-OS configuration, out of its envelope, byte for byte; the same one only once."""
    found: dict[bytes, None] = {}
    for file in sorted(folder.rglob("*.xml")):
        match = CONFIG.search(file.read_bytes())
        if match:
            found[match[0]] = None
    return list(found)


def add_to(estate: Estate, folder: Path) -> None:
    """Add the recorded devices to an estate and its inventory."""
    site = next((site["name"] for content in estate.files.values() for site in content.get("sites") or ()), "main")
    devices: list[dict[str, Any]] = []
    if (folder / SWITCH).is_file():
        devices.append(
            {
                "name": "rec-c9200l",
                "site": site,
                "role": "access-switch",
                "platform": "ios",
                "vendor": "Cisco",
                "model": "Catalyst 9200L",
                "software": "17.09.04a",
                "credential": "recording",
                "tags": ["recording"],
            }
        )
        estate.recorded["rec-c9200l"] = Recording.read(folder / SWITCH)
    for number, document in enumerate(configurations(folder / FIREWALLS), start=1):
        version = VERSION.search(document)
        devices.append(
            {
                "name": f"rec-panos-{number}",
                "site": site,
                "role": "firewall",
                "platform": "panos",
                "vendor": "Palo Alto Networks",
                "model": "PA-VM",
                "software": version[1].decode() if version else "7.0.0",
                "credential": "recording",
                "tags": ["recording"],
            }
        )
        estate.recorded[f"rec-panos-{number}"] = document
    if not devices:
        estate.left_out.append({"name": "recordings", "reason": f"{folder} holds none that the lab knows"})
        return
    estate.files["recordings.yaml"] = {
        "credentials": [{"name": "recording", "purpose": "login on the replayed devices"}],
        "devices": devices,
    }
    estate.devices += devices
