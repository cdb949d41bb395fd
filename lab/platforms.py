"""The platforms that the lab speaks, written by hand."""

from __future__ import annotations

from lab.cli.build import FOS, NXOS, PROCURVE
from lab.ios.build import IOS
from lab.linux.build import LINUX
from lab.panos.build import PANOS
from lab.peplink.build import PEPLINK
from lab.platform import Entry, Platform
from lab.sfos.build import SFOS
from lab.vsphere.build import VCENTER

ALL = (IOS, PANOS, PEPLINK, SFOS, LINUX, NXOS, PROCURVE, FOS, VCENTER)

SEEN_THROUGH = {"esxi": "vCenter"}
"""Platforms that nobody asks, and who tells of them."""

BY_NAME: dict[str, Platform] = {platform.name: platform for platform in ALL}


def knows(entry: Entry) -> bool:
    """The device of this entry has a simulator of its own, whether this machine can run it or not."""
    platform = BY_NAME.get(str(entry.get("platform")))
    return platform is not None and (str(entry.get("vendor")), str(entry.get("model"))) in platform.models
