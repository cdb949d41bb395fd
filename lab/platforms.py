"""The platforms that the lab speaks, written by hand."""

from __future__ import annotations

from lab.cli.build import FOS, NXOS, PROCURVE
from lab.ios.build import IOS
from lab.linux.build import LINUX
from lab.panos.build import PANOS
from lab.peplink.build import PEPLINK
from lab.platform import Platform
from lab.sfos.build import SFOS

ALL = (IOS, PANOS, PEPLINK, SFOS, LINUX, NXOS, PROCURVE, FOS)

BY_NAME: dict[str, Platform] = {platform.name: platform for platform in ALL}
