"""The platforms that the lab speaks, written by hand."""

from __future__ import annotations

from lab.ios.build import IOS
from lab.panos.build import PANOS
from lab.platform import Platform

ALL = (IOS, PANOS)

BY_NAME: dict[str, Platform] = {platform.name: platform for platform in ALL}
