"""Recordings of real devices, replayed through the wire. They stay where they are and are never copied.

Two kinds: files that `dcops device record` wrote, and sessions of other projects in the shape that those have.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from lab.estate import BadEstate, Estate
from lab.ios.recorded import Recording
from lab.recorded import build as recorded
from lab.recorded.transcript import BadRecording, Transcript
from lab.recorded.transcript import find as transcripts

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
    for name, transcript in _recorded(folder):
        entry = _entry(f"rec-{name}", site, transcript)
        if reason := recorded.why_not(transcript):
            estate.left_out.append({"name": entry["name"], "reason": reason})
            continue
        devices.append(entry)
        estate.recorded[entry["name"]] = transcript
    if not devices:
        estate.left_out.append({"name": "recordings", "reason": f"{folder} holds none that the lab knows"})
        return
    estate.files["recordings.yaml"] = {
        "credentials": [{"name": "recording", "purpose": "login on the replayed devices"}],
        "devices": devices,
    }
    estate.devices += devices


def _recorded(folder: Path) -> list[tuple[str, Transcript]]:
    try:
        return list(transcripts(folder))
    except BadRecording as error:
        raise BadEstate(str(error)) from None


def _entry(name: str, site: str, transcript: Transcript) -> dict[str, Any]:
    return {
        "name": re.sub(r"[^a-z0-9-]+", "-", name.lower()).strip("-"),
        "site": site,
        "role": "recording",
        "platform": transcript.platform,
        "vendor": transcript.vendor or "unknown",
        "model": transcript.model or "unknown",
        **({"software": transcript.software} if transcript.software else {}),
        "credential": "recording",
        "tags": ["recording"],
    }
