"""What `show version` says: the software that wrote a configuration, and the box it ran on."""

from __future__ import annotations

import re

SOFTWARE = re.compile(r"^(?:Cisco )?IOS.*?Version ([^\s,]+)", re.MULTILINE)
SERIAL = re.compile(r"^Processor board ID (\S+)", re.MULTILINE)
VERSION_END = re.compile(r"^Configuration register is ")


def version_facts(answer: bytes) -> dict[str, str]:
    """What is worth keeping with a configuration, as far as it was told; nothing when the command was refused."""
    text = answer.decode("utf-8", "replace")
    found = {"os_version": SOFTWARE.search(text), "serial_number": SERIAL.search(text)}
    return {name: match[1] for name, match in found.items() if match}
