"""The Cisco models that the lab has: what is printed on them, and which SSH algorithms they know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lab.ssh.algorithms import CLASSIC, CURRENT, Algorithms


@dataclass(frozen=True, slots=True)
class Model:
    """One hardware model with its operating system."""

    folder: str
    """Of `lab/devices/ios/`: holds the running configuration and the text of `show version`."""
    product: str
    algorithms: Algorithms
    ssh_version: str
    needs_enable: bool
    """Whether a login lands in user mode, so that `enable` and its password are needed."""
    file_system: str
    nvram_bytes: int
    is_switch: bool = False


MODELS: Mapping[str, Model] = {
    "ISR 4461": Model(
        folder="isr4461",
        product="ISR4461/K9",
        algorithms=CURRENT,
        ssh_version="Cisco-1.25",
        needs_enable=False,
        file_system="bootflash:",
        nvram_bytes=33554432,
    ),
    "1921": Model(
        folder="1921",
        product="CISCO1921/K9",
        algorithms=CLASSIC,
        ssh_version="Cisco-1.25",
        needs_enable=True,
        file_system="flash0:",
        nvram_bytes=262136,
    ),
    "Catalyst 9200L": Model(
        folder="c9200l",
        product="C9200L-24P-4G",
        algorithms=CURRENT,
        ssh_version="Cisco-1.25",
        needs_enable=False,
        file_system="flash:",
        nvram_bytes=2097152,
        is_switch=True,
    ),
    "Catalyst 9500": Model(
        folder="c9500",
        product="C9500-24Y4C",
        algorithms=CURRENT,
        ssh_version="Cisco-1.25",
        needs_enable=False,
        file_system="bootflash:",
        nvram_bytes=33554432,
        is_switch=True,
    ),
}
"""By the name that the inventory gives the model."""
