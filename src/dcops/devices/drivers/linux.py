"""Linux servers in the shape of a NAPALM driver, over SSH: facts, and selected files of /etc without their secrets.

One connection, one exec channel per command, no shell that has to be driven: paramiko is enough.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from napalm.base import NetworkDriver

from dcops.devices.failures import explain
from dcops.devices.linux import answers, facts, keys, state
from dcops.devices.linux.commands import Selection, asked
from dcops.devices.linux.complaints import gaps
from dcops.devices.linux.excluded import Excluded
from dcops.devices.linux.facts import HARDWARE, QUESTIONS, Question, Way
from dcops.devices.linux.harvest import Harvest, harvest, names
from dcops.devices.linux.paths import DEFAULT_PATHS
from dcops.devices.linux.session import MOST_BYTES, Answer, Session, Target
from dcops.devices.trust import Trust
from dcops.errors import DeviceError, ErrorKind
from dcops.model.call import Call, Told
from dcops.model.secret import Secret
from dcops.model.snapshot import ConfigSource, Document
from dcops.model.transcript import Exchange, NoTape, Tape
from dcops.model.tree import Kind

UNKNOWN = "Unknown"
"""NAPALM's word for what a device does not tell."""
MIGHTY_GROUPS = {"root", "sudo", "wheel", "admin", "docker", "lxd", "disk"}
"""Whoever is in one of them can write everything."""
INTERFACES = next(question for question in QUESTIONS if question.key == "interfaces")
NEIGHBOURS = Question("neighbours", (Way("ip -j neigh", answers.neighbours),), expected=False)


class LinuxDriver(NetworkDriver):  # type: ignore[misc]
    """Reads a server.

    Optional arguments: `port`, `trust`, `device_name`, `legacy_algorithms`, `key_file`, `tape`, and of the settings
    `paths`, `exclude`, `root`, `sudo`.
    """

    platform = "linux"
    transport: ClassVar[str] = "ssh"
    default_port: ClassVar[int] = 22

    def __init__(
        self,
        hostname: str,
        username: str,
        password: str,
        timeout: int = 60,
        optional_args: Mapping[str, Any] | None = None,
    ) -> None:
        args = {key: value for key, value in (optional_args or {}).items() if value is not None}
        trust: Trust = args["trust"]
        tape: Tape = args.get("tape") or NoTape()
        self.hostname = hostname
        self.username = username
        self.timeout = timeout
        self._password = Secret(password) if password else None
        self._key_file = Path(args["key_file"]) if args.get("key_file") else None
        self._selection = Selection(
            paths=tuple(args.get("paths") or DEFAULT_PATHS),
            exclude=tuple(args.get("exclude") or ()),
            root=str(args.get("root") or "/"),
            sudo=bool(args.get("sudo", False)),
        )
        self._tape = tape
        target = Target(
            hostname,
            int(args.get("port", self.default_port)),
            trust.host_keys,
            bool(args.get("legacy_algorithms", False)),
            float(timeout),
        )
        self._session = Session(target, tape)

    # ---- the connection ------------------------------------------------------------------------

    def open(self) -> None:
        """Connect and log in; raises DeviceError."""
        key, password = None, self._password
        if self._key_file is not None:
            key, password = keys.opened(self._key_file, self._password)
        try:
            self._session.open(self.username, key, password)
        except Exception as error:  # noqa: BLE001  one place turns paramiko's many faces into ours
            self.close()
            raise explain(error, self._secrets) from None

    def close(self) -> None:
        """Disconnect; never raises."""
        self._session.close()

    def abort(self) -> None:
        """Cut the connection from another thread."""
        self._session.abort()

    def is_alive(self) -> dict[str, bool]:
        """Whether the server still runs a command."""
        try:
            return {"is_alive": self._ask("true").status == 0}
        except DeviceError:
            return {"is_alive": False}

    # ---- what NAPALM asks ----------------------------------------------------------------------

    def get_facts(self) -> dict[str, Any]:
        """NAPALM's facts. The maker is the machine's where it says one, else that of the distribution."""
        told = facts.facts(self._ask).told
        hardware, _ = facts.learn(HARDWARE, self._ask)
        machine = hardware or {}
        system = told.get("os") or {}
        name = str(told.get("name") or UNKNOWN)
        return {
            "vendor": machine.get("sys_vendor") or system.get("NAME") or UNKNOWN,
            "model": machine.get("product_name") or told.get("machine") or UNKNOWN,
            "serial_number": machine.get("product_serial") or UNKNOWN,
            "os_version": system.get("PRETTY_NAME") or told.get("kernel") or UNKNOWN,
            "hostname": name.partition(".")[0],
            "fqdn": name,
            "uptime": float(told.get("uptime_seconds", -1.0)),
            "interface_list": [each["name"] for each in told.get("interfaces") or ()],
        }

    def get_interfaces_ip(self) -> dict[str, dict[str, dict[str, Any]]]:
        """The addresses of the interfaces."""
        found, reason = facts.learn(INTERFACES, self._ask)
        if reason:
            raise DeviceError(ErrorKind.UNSUPPORTED, f"ip addr: {reason}", next_step="It needs iproute2")
        table: dict[str, dict[str, dict[str, Any]]] = {}
        for interface in found:
            for each in interface["addresses"]:
                address, _, length = each["address"].partition("/")
                family = table.setdefault(interface["name"], {}).setdefault("ipv6" if ":" in address else "ipv4", {})
                family[address] = {"prefix_length": int(length or (128 if ":" in address else 32))}
        return table

    def get_arp_table(self, vrf: str = "") -> list[dict[str, Any]]:
        """The IPv4 neighbours that answered; Linux tells no age that could be compared."""
        return self._neighbours(vrf, version=4)

    def get_ipv6_neighbors_table(self) -> list[dict[str, Any]]:
        """The IPv6 neighbours that answered."""
        return [{**each, "state": ""} for each in self._neighbours("", version=6)]

    def get_config(
        self,
        retrieve: str = "all",
        full: bool = False,
        sanitized: bool = False,
        format: str = "text",  # noqa: ARG002  NAPALM's signature; there is one format
    ) -> dict[str, str]:
        """The texts of the selected files, one after the other, each under its path."""
        if full or sanitized:
            raise NotImplementedError("a server knows no full form; dcops redacts what it stores")
        configurations = {"running": "", "candidate": "", "startup": ""}
        if retrieve in ("all", "running"):
            kept, _ = self._files()
            configurations["running"] = "\n".join(
                f"==> {member.path} <==\n{member.content.decode('utf-8', 'replace')}"
                for member in kept.members
                if member.kind is Kind.FILE and b"\0" not in member.content
            )
        return configurations

    # ---- what dcops asks -----------------------------------------------------------------------

    def read_configurations(self) -> tuple[tuple[Document, ...], tuple[str, ...]]:
        """The selected files as a tar, and the facts as JSON.

        A file that the account may not read, one that was left out, a fact that is not told: named, and no failure.
        """
        kept, missing = self._files()
        told = facts.facts(self._ask)
        if told.missing:
            reasons = "; ".join(f"{command} ({reason})" for command, reason in told.missing.items())
            missing = (*missing, f"facts: {reasons}")
        state = json.dumps(told.told, indent=1, sort_keys=True, ensure_ascii=False).encode()
        return (Document(ConfigSource.RUNNING, kept.tar), Document(ConfigSource.STATE, state)), missing

    def read_state(self) -> tuple[state.Learned, ...]:
        """What an audit asks besides the files; what the server does not tell is no failure."""
        return state.learned(self._ask, sudo=self._selection.sudo)

    def calls(self) -> tuple[Call, ...]:
        """The account's rights, every command of the facts, the files, the neighbours, and what audits ask."""
        return (
            Call("id", "rights", self._rights),
            *(Call(question.name, "facts", self._tells(question), needed=False) for question in QUESTIONS),
            Call("tar of the selected files", "backup", self._gives_files),
            Call(NEIGHBOURS.name, "neighbours", self._tells(NEIGHBOURS), needed=False),
            *(
                Call(f"{question.name} (audit)", "audit", self._tells(question), needed=False)
                for question in (state.allowed(each, sudo=self._selection.sudo) for each in state.QUESTIONS)
            ),
        )

    def _rights(self) -> Told:
        account = self._ask("id")
        text = answers.text(account.text) if account.status == 0 else ""
        groups = {part.rstrip(")") for part in text.replace(",", " ").replace("(", " ").split()}
        if text.startswith("uid=0("):
            return Told(text, "the account is root: it may write everything. An account without rights is enough")
        if mighty := sorted(groups & MIGHTY_GROUPS):
            return Told(text, f"the account may write everything: it is in the group {', '.join(mighty)}")
        return Told(text or "it does not say who we are")

    def _tells(self, question: Question) -> Any:
        def tell() -> Told:
            fact, reason = facts.learn(question, self._ask)
            if reason:
                raise DeviceError(
                    ErrorKind.UNSUPPORTED, f"not told: {reason}", next_step="A backup does without it; an audit says so"
                )
            return Told(f"{len(fact)} entries" if isinstance(fact, list | dict) else str(fact))

        return tell

    def _gives_files(self) -> Told:
        kept, missing = self._files()
        files = sum(member.kind is Kind.FILE for member in kept.members)
        return Told(f"{files} files, {len(kept.tar)} bytes", "; ".join(missing))

    # ---- the wire ------------------------------------------------------------------------------

    def _files(self) -> tuple[Harvest, tuple[str, ...]]:
        command = self._selection.command()
        # What must not be kept may be in it until it was looked through: the tape is told of the rest only.
        answer = self._run(command, most_bytes=MOST_BYTES, taped=False)
        try:
            found = gaps(answer, sudo=self._selection.sudo)
        except DeviceError as error:
            if error.kind is ErrorKind.DENIED and self._selection.sudo:
                line = self._selection.sudoers(self.username)
                raise DeviceError(
                    error.kind, error.message, next_step=f"Put this line into /etc/sudoers.d/dcops there: {line}"
                ) from None
            raise
        kept = harvest(answer.stdout, Excluded(self._selection.exclude))
        self._tape.add(Exchange(command, kept.tar))
        return kept, tuple(_missing(found.unreadable, kept.left_out))

    def _neighbours(self, vrf: str, *, version: int) -> list[dict[str, Any]]:
        if vrf:
            raise NotImplementedError("neighbours of a VRF are not read on Linux")
        found, reason = facts.learn(NEIGHBOURS, self._ask)
        if reason:
            raise DeviceError(ErrorKind.UNSUPPORTED, f"ip -j neigh: {reason}", next_step="It needs iproute2 4.13")
        colon = version == 6
        return [
            {"interface": each["interface"], "mac": each["mac"].upper(), "ip": each["ip"], "age": -1.0}
            for each in found
            if (":" in each["ip"]) is colon
        ]

    def _ask(self, command: str) -> Answer:
        return self._run(asked(command))

    def _run(self, command: str, **how: Any) -> Answer:
        try:
            return self._session.run(command, **how)
        except Exception as error:  # noqa: BLE001
            raise explain(error, self._secrets) from None

    @property
    def _secrets(self) -> tuple[Secret, ...]:
        return (self._password,) if self._password else ()


def _missing(unreadable: Sequence[str], left_out: Mapping[str, str]) -> list[str]:
    words = []
    if unreadable:
        words.append(f"the account may not read {names(sorted(unreadable))}")
    for reason in sorted(set(left_out.values())):
        paths = sorted(path for path, why in left_out.items() if why == reason)
        words.append(f"left out for {reason}: {names(paths)}")
    return words
