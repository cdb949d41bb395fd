"""Any device with a command line, described by data: `platforms/`.

netmiko logs in as its device type does; from there on the description says what to expect and what to type, and the
terminal is read byte for byte. Only what the description names is ever typed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from napalm.base import NetworkDriver

from dcops.devices.described import facts
from dcops.devices.failures import explain
from dcops.devices.linux import keys
from dcops.devices.ssh import screen
from dcops.devices.ssh.session import bare_session, device_types
from dcops.devices.ssh.terminal import Prompt, Reply, Terminal, line_ends
from dcops.devices.trust import Trust
from dcops.errors import DeviceError, ErrorKind
from dcops.model.call import Call, Told
from dcops.model.platform import CliDocument, CliPlatform, Enable, FactCommand, Screen
from dcops.model.secret import Secret
from dcops.model.snapshot import ConfigSource, Document
from dcops.model.transcript import NoTape, Tape

UNKNOWN = "Unknown"
"""NAPALM's word for what a device does not tell."""
SHORT_SETTLE_SECONDS = 0.2
"""After a command whose answer is a line or two."""
LOGOUT_SECONDS = 0.3
NEVER = re.compile(r"(?!)")
"""Matches nothing: what is waited for is the prompt."""
NOT_RESTORABLE = "no restorable backup: this is only what the device shows of itself"


class CliDriver(NetworkDriver):  # type: ignore[misc]
    """Reads a device as its platform's description says.

    Optional arguments: `port`, `secret`, `key_file`, `trust`, `legacy_algorithms`, `tape`. Getters that are not here
    raise NotImplementedError, as NAPALM's base class does.
    """

    transport: ClassVar[str] = "ssh"
    default_port: ClassVar[int] = 22
    description: ClassVar[CliPlatform]

    @classmethod
    def of(cls, description: CliPlatform) -> type[Any]:
        """The driver of one described platform."""
        base = _WithNeighbours if description.neighbours else cls
        return type(f"{description.name}Driver", (base,), {"description": description, "platform": description.name})

    def __init__(
        self,
        hostname: str,
        username: str,
        password: str,
        timeout: int = 60,
        optional_args: Mapping[str, Any] | None = None,
    ) -> None:
        args = {key: value for key, value in (optional_args or {}).items() if value is not None}
        self.hostname = hostname
        self.username = username
        self.timeout = timeout
        self._password = Secret(password)
        self._enable = Secret(str(args.get("secret", "")))
        self._trust: Trust = args["trust"]
        self._port = int(args.get("port", self.default_port))
        self._legacy = bool(args.get("legacy_algorithms", False))
        self._key_file = Path(args["key_file"]) if args.get("key_file") else None
        self._tape: Tape = args.get("tape") or NoTape()
        self._session: Any = None
        self._terminal: Terminal | None = None

    # ---- the connection ------------------------------------------------------------------------

    def open(self) -> None:
        """Connect, log in, and stand at a prompt that shows configurations; raises DeviceError."""
        try:
            self._session = self._logged_in()
            self._terminal = self._at_prompt()
            for command in self.description.login.setup:
                # A refused one is no failure here: a pager that stays on is noticed in the answer.
                self._ask(command, settle_seconds=SHORT_SETTLE_SECONDS)
        except Exception as error:  # noqa: BLE001  one place turns netmiko's many faces into ours
            self.close()
            raise explain(error, self._secrets) from None

    def close(self) -> None:
        """Log out and disconnect; never raises."""
        terminal, self._terminal = self._terminal, None
        if terminal is not None:
            with suppress(Exception):  # the session is over either way
                for text in self.description.login.logout:
                    terminal.press(text + self._session.RETURN)
                    terminal.settle(LOGOUT_SECONDS)
        self.abort()
        self._session = None

    def abort(self) -> None:
        """Cut the connection from another thread."""
        client = getattr(self._session, "remote_conn_pre", None)
        transport = client.get_transport() if client else None
        if transport is not None:
            transport.close()

    def is_alive(self) -> dict[str, bool]:
        """Whether it still comes back with its prompt."""
        try:
            self._shell.whisper("", "its prompt", NEVER, limit_seconds=10)
        except Exception:  # noqa: BLE001  however it fails, it is not alive
            return {"is_alive": False}
        return {"is_alive": True}

    # ---- what NAPALM asks ----------------------------------------------------------------------

    def get_facts(self) -> dict[str, Any]:
        """NAPALM's facts, as far as the description knows where they stand."""
        found = facts.gathered(self.description.facts, self._given)
        hostname = str(found.get("hostname") or UNKNOWN)
        return {
            "vendor": self.description.vendor,
            "model": found.get("model") or UNKNOWN,
            "serial_number": found.get("serial_number") or UNKNOWN,
            "os_version": found.get("os_version") or UNKNOWN,
            "hostname": hostname,
            "fqdn": found.get("fqdn") or hostname,
            "uptime": found.get("uptime", -1.0),
            "interface_list": found.get("interface_list", []),
        }

    def get_config(
        self,
        retrieve: str = "all",
        full: bool = False,
        sanitized: bool = False,
        format: str = "text",  # noqa: ARG002  NAPALM's signature; there is one format
    ) -> dict[str, str]:
        """The configurations as text; a platform that only shows its state gives that as `running`."""
        if full or sanitized:
            raise NotImplementedError("a described platform knows no full form; dcops redacts what it stores")
        texts = {"running": "", "startup": "", "candidate": ""}
        for document in self.description.documents:
            key = "running" if document.source is ConfigSource.STATE else document.source.value
            if retrieve in ("all", key):
                answer = self._read(document).decode("utf-8", "replace")
                texts[key] = "" if self._why_not(document, answer) else answer
        return texts

    def cli(self, commands: Sequence[str], encoding: str = "text") -> dict[str, str]:
        """The answers to commands that the caller vouches for."""
        if encoding != "text":
            raise NotImplementedError("a terminal answers in text")
        return {command: self._asked(command).decode("utf-8", "replace") for command in commands}

    # ---- what dcops asks -----------------------------------------------------------------------

    def read_configurations(self) -> tuple[tuple[Document, ...], tuple[str, ...]]:
        """Every document that the description names.

        One that is refused or absent and not needed is named and is no failure: some accounts may not see it.
        """
        documents, missing = [], []
        for document in self.description.documents:
            answer = self._read(document)
            reason = self._why_not(document, answer.decode("utf-8", "replace"))
            if reason and not document.needed:
                missing.append(f"{document.source}: {reason}")
            else:
                documents.append(Document(document.source, answer))
        if not any(document.source.restores for document in documents):
            missing.append(NOT_RESTORABLE)
        return tuple(documents), tuple(missing)

    def calls(self) -> tuple[Call, ...]:
        """Rights, what prepares the terminal, facts, each read of the backup, neighbours."""
        description = self.description
        calls = []
        if description.rights:
            calls.append(Call(self._rights_command, "rights", self._tell_rights, needed=False))
        calls += [
            Call(command, "terminal", partial(self._tell, command), needed=False) for command in description.login.setup
        ]
        calls += [
            Call(each.command, "facts", partial(self._tell_facts, each), needed=False) for each in description.facts
        ]
        calls += [
            Call(each.command, "backup", partial(self._tell_document, each), each.needed)
            for each in description.documents
        ]
        if description.neighbours:
            command = description.neighbours.command
            calls.append(Call(command, "neighbours", partial(self._tell, command), needed=False))
        return tuple(calls)

    # ---- calls ---------------------------------------------------------------------------------

    @property
    def _rights_command(self) -> str:
        assert self.description.rights is not None
        return self.description.rights.command.replace("{username}", self.username)

    def _tell_rights(self) -> Told:
        assert self.description.rights is not None
        answer = self._given(self._rights_command)
        if match := self.description.rights.writes.search(answer):
            return Told(" ".join(match[0].split())[:60], "the account may also write: give it a role that only reads")
        return Told("nothing says that it may write")

    def _tell(self, command: str) -> Told:
        rows = sum(1 for line in self._given(command).splitlines() if line.strip())
        return Told(f"{rows} lines" if rows else "accepted")

    def _tell_facts(self, command: FactCommand) -> Told:
        found = facts.gathered((command,), self._given)
        missing = [name for name in command.patterns if name not in found]
        shown = ", ".join(f"{name.replace('_', ' ')} {_shown(value)}" for name, value in found.items())
        return Told(shown or "nothing known in it", f"not found in it: {', '.join(missing)}" if missing else "")

    def _tell_document(self, document: CliDocument) -> Told:
        answer = self._read(document)
        text = answer.decode("utf-8", "replace")
        if document.is_none(text):
            return Told("the device says that it has none")
        self._refuse_complaint(document.command, text)
        if flaw := document.cut(text.rstrip().split("\n")):
            raise DeviceError(
                ErrorKind.TRUNCATED,
                f"{len(answer):,} bytes, and {flaw}",
                next_step="The account may see only a part of it: look at it with this account by hand",
            )
        warning = "" if document.source.restores else NOT_RESTORABLE
        return Told(f"{len(answer):,} bytes, complete", warning)

    # ---- the terminal --------------------------------------------------------------------------

    def _logged_in(self) -> Any:
        login = self.description.login
        if login.device_type not in device_types():
            raise DeviceError(
                ErrorKind.UNSUPPORTED,
                f"netmiko knows no device_type {login.device_type}",
                next_step=f"Mend login.device_type of platforms/{self.description.name}.yaml",
            )
        key, password = None, self._password
        if self._key_file is not None:
            key, shown = keys.opened(self._key_file, self._password if self._password else None)
            password = shown or Secret("")
        return bare_session(login.device_type)(
            host_keys=self._trust.host_keys,
            legacy=self._legacy,
            device_type=login.device_type,
            host=self.hostname,
            port=self._port,
            username=self.username,
            password=password.reveal(),
            pkey=key,
            conn_timeout=min(20, self.timeout),
            banner_timeout=min(15, self.timeout),
            auth_timeout=min(30, self.timeout),
        )

    def _at_prompt(self) -> Terminal:
        login = self.description.login
        terminal = Terminal(
            self._session.remote_conn,
            Prompt(login.prompt),
            enter=self._session.RETURN,
            cleaned=screen.shown if login.screen is Screen.VT100 else line_ends,
            replies=[Reply(answer.shows, answer.key) for answer in login.answers],
            tape=self._tape,
        )
        if self._session.took_the_prompt:
            terminal.press(self._session.RETURN)
        terminal.greeting(min(20.0, float(self.timeout)), login.settle_seconds)
        # A line of a greeting may look like a prompt: the one that comes back after Enter is one.
        prompt = terminal.whisper("", "its prompt", NEVER)
        if login.enable and not login.enable.reached.search(prompt):
            prompt = self._enabled(terminal, login.enable)
        match = login.prompt.fullmatch(prompt)
        terminal.prompt = Prompt(login.prompt, match["name"] if match else None)
        return terminal

    def _enabled(self, terminal: Terminal, enable: Enable) -> str:
        """The prompt after `enable`."""
        asks = re.compile("|".join(f"(?:{each.pattern})" for each in (enable.password, enable.user) if each))
        said = terminal.whisper(enable.command, "enable", asks)
        if enable.user and enable.user.search(said):
            said = terminal.whisper(self.username, "enable", asks)
        if enable.password.search(said):
            if not self._enable:
                raise DeviceError(
                    ErrorKind.AUTH,
                    "enable asks for a password, and the credential has none",
                    next_step="Add `enable` to the credential, or give the account the right at login",
                )
            said = terminal.whisper(self._enable.reveal(), "enable", asks)
        if not enable.reached.search(said):
            raise DeviceError(
                ErrorKind.AUTH,
                "enable was refused",
                next_step="Check `enable` of the credential with dcops secrets check, and the account on the device",
            )
        return said

    @property
    def _shell(self) -> Terminal:
        if self._terminal is None:
            raise DeviceError(ErrorKind.UNREACHABLE, "not connected", next_step="Call open() first")
        return self._terminal

    def _read(self, document: CliDocument) -> bytes:
        complaints = (
            *self.description.refused,
            *self.description.errors,
            *((document.absent,) if document.absent else ()),
        )
        try:
            return self._shell.ask(
                document.command,
                end=document.ends,
                refused=re.compile(
                    "|".join(f"(?:{each.pattern})" for each in complaints) or NEVER.pattern, re.MULTILINE
                ),
                settle_seconds=document.settle_seconds,
            )
        except Exception as error:  # noqa: BLE001
            raise explain(error, self._secrets) from None

    def _asked(self, command: str) -> bytes:
        try:
            return self._ask(command, settle_seconds=self.description.login.settle_seconds)
        except Exception as error:  # noqa: BLE001
            raise explain(error, self._secrets) from None

    def _ask(self, command: str, *, settle_seconds: float) -> bytes:
        return self._shell.ask(command, settle_seconds=settle_seconds)

    def _given(self, command: str) -> str:
        """The text of an answer; raises DeviceError when it is a complaint."""
        answer = self._asked(command).decode("utf-8", "replace")
        self._refuse_complaint(command, answer)
        return answer

    def _refuse_complaint(self, command: str, answer: str) -> None:
        words, is_refusal = self.description.complaint(answer)
        if words:
            raise DeviceError(
                ErrorKind.DENIED if is_refusal else ErrorKind.UNSUPPORTED,
                f"to {command} it answered: {words[:120]}",
                next_step=(
                    f"Allow the account {command}"
                    if is_refusal
                    else f"Does its release know it? If not: your own platforms/{self.description.name}.yaml"
                ),
            )

    def _why_not(self, document: CliDocument, answer: str) -> str:
        """Why the device did not give a document, in its own words; empty when it did."""
        if document.is_none(answer):
            return "it has none"
        return self.description.complaint(answer)[0][:120]

    @property
    def _secrets(self) -> tuple[Secret, ...]:
        return tuple(secret for secret in (self._password, self._enable) if secret)


def _shown(value: object) -> str:
    """A fact in a few signs."""
    if isinstance(value, list):
        return str(len(value))
    return f"{value:.0f} s" if isinstance(value, float) else str(value)


class _WithNeighbours(CliDriver):
    """A driver whose description says how the neighbours are asked for."""

    def get_lldp_neighbors(self) -> dict[str, list[dict[str, str]]]:
        """NAPALM's table, read with the template of ntc-templates that the description names."""
        described = self.description.neighbours
        assert described is not None
        return facts.neighbours(described, self._given(described.command))
