"""`show running-config`, `show startup-config` and what belongs to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from lab.ios.grammar import Command

if TYPE_CHECKING:
    from lab.ios.shell import Session

# What `all` adds below each section: settings that are as they were delivered.
DEFAULTS: Mapping[str, tuple[str, ...]] = {
    "interface": (" load-interval 300", " arp timeout 14400", " snmp trap link-status"),
    "line": (" history size 20", " transport preferred none", " session-limit 0"),
    "router": (" distance 110", " maximum-paths 4"),
}
TOP_DEFAULTS = ("ip subnet-zero", "ip classless", "snmp-server packetsize 1500", "ntp max-associations 100")


def _running(session: Session, _arguments: Mapping[str, str]) -> str:
    return _with_header(session, session.router.running_text())


def _running_all(session: Session, _arguments: Mapping[str, str]) -> str:
    lines: list[str] = []
    for line in session.router.running_text().splitlines():
        if line == "end":
            lines += TOP_DEFAULTS
        lines.append(line)
        lines += DEFAULTS.get(line.split(" ", 1)[0], ()) if " " in line else ()
    return _with_header(session, "\n".join(lines) + "\n")


def _running_interface(session: Session, arguments: Mapping[str, str]) -> str:
    wanted = arguments["interface"].replace(" ", "").lower()
    for section in session.router.running.sections("interface"):
        if section.text.removeprefix("interface ").lower() == wanted:
            body = "\n".join([section.text, *(line.text for line in section.children), "end", ""])
            return f"Building configuration...\n\nCurrent configuration : {len(body)} bytes\n!\n{body}\n"
    place = len(session.prompt()) + len("show running-config interface ")
    return f"{' ' * place}^\n% Invalid input detected at '^' marker.\n"


def _with_header(session: Session, text: str) -> str:
    document = session.router.header(session.router.changed) + text
    size = len(document.encode("utf-8", "surrogateescape"))
    return f"Building configuration...\n\nCurrent configuration : {size} bytes\n{document}\n"


def _startup(session: Session, _arguments: Mapping[str, str]) -> str:
    router = session.router
    document = router.startup_text()
    size = len(document.encode("utf-8", "surrogateescape"))
    return f"Using {size} out of {router.model.nvram_bytes} bytes\n{document}\n"


def _archive(session: Session, _arguments: Mapping[str, str]) -> str:
    section = next((line for line in session.router.running if line.text == "archive"), None)
    if section is None or not any(line.text.strip().startswith("path ") for line in section.children):
        return "Archive feature not enabled\n"
    maximum = next((line.text.split()[1] for line in section.children if line.text.startswith(" maximum ")), "10")
    return (
        f"The maximum archive configurations allowed is {maximum}.\n"
        "There are currently 0 archive configurations saved.\n"
    )


def _rollback_timer(_session: Session, _arguments: Mapping[str, str]) -> str:
    return "%No Rollback Confirmed Change pending\n"


COMMANDS = (
    Command("show running-config", _running, privilege=15, gives_configuration=True),
    Command("show running-config all", _running_all, privilege=15, gives_configuration=True),
    Command("show running-config interface <interface...>", _running_interface, privilege=15),
    Command("write terminal", _running, privilege=15, gives_configuration=True),
    Command("show startup-config", _startup, privilege=15, gives_configuration=True),
    Command("show configuration", _startup, privilege=15, gives_configuration=True),
    Command("show archive", _archive, privilege=15),
    Command("show archive config rollback timer", _rollback_timer, privilege=15),
)
