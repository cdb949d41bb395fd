"""Reads a Cisco router: a login, three show commands, byte for byte, over paramiko alone.

What a backup needs of a router is less than what NAPALM's driver can do, and NAPALM with netmiko costs more than all
the rest of a backup. The driver of the platform is this reader and NAPALM's driver in one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, ClassVar

from dcops.devices.failures import explain
from dcops.devices.ios import calls
from dcops.devices.ios.answers import refusal
from dcops.devices.ios.version import VERSION_END, version_facts
from dcops.devices.ssh.shell import Address, Shell
from dcops.devices.ssh.terminal import Prompt, Terminal
from dcops.devices.trust import Trust
from dcops.errors import DeviceError, ErrorKind
from dcops.model.call import Call
from dcops.model.secret import Secret
from dcops.model.snapshot import ConfigSource, Document
from dcops.model.transcript import NoTape, Tape

END = re.compile(r"^end$")
REFUSED = re.compile(r"^\s*(%|Command authorization failed)", re.MULTILINE)
PROMPT = r"[^\n]*[^\s>#][>#]"
NAMED_PROMPT = re.compile(r"(?P<name>[^\n]*[^\s>#])[#>] ?")
NEVER = Prompt(re.compile(r"(?!)"))
ASKS = r"[Pp]assword: ?"
PROMPT_SECONDS = 20.0


def _echoed(typed: str, then: str) -> re.Pattern[str]:
    """What is typed comes back first: a prompt before it is an old one."""
    return re.compile(rf"{re.escape(typed)} *\n(?:[^\n]*\n)*?(?:{then}) *\Z")


WIDTH_ANSWERED = _echoed("terminal width 511", PROMPT)
ENABLE_ANSWERED = _echoed("enable", f"{PROMPT}|{ASKS}")
PASSWORD_ANSWERED = re.compile(rf"\n(?:{PROMPT}|{ASKS}) *\Z")


class IosReader:
    """A router whose configurations are read. Takes what a NAPALM driver takes.

    Optional arguments: `port`, `secret`, `force_no_enable`, `trust`, `legacy_algorithms`, `tape`.
    """

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
        self.username = username
        self.timeout = timeout
        self._address = Address(
            hostname,
            int(args.get("port", self.default_port)),
            trust.host_keys,
            legacy=bool(args.get("legacy_algorithms", False)),
        )
        self._password = Secret(password)
        self._enable = Secret(str(args.get("secret", "")))
        self._enables = not args.get("force_no_enable", False)
        self._tape: Tape = args.get("tape") or NoTape()
        self._shell: Shell | None = None
        self._terminal: Terminal | None = None

    def open(self) -> None:
        """Connect, log in and reach enable mode; raises DeviceError."""
        with self._explained():
            try:
                self._shell = Shell.open(self._address, self.username, self._password, limit_seconds=self.timeout)
                self._terminal = self._at_prompt(self._shell)
            except BaseException:
                self.close()
                raise

    def close(self) -> None:
        """Log out and disconnect; never raises."""
        shell, self._shell = self._shell, None
        terminal, self._terminal = self._terminal, None
        if shell is None:
            return
        if terminal is not None:
            with suppress(Exception):  # the session is over either way
                terminal.press("exit\n")
        shell.close()

    def abort(self) -> None:
        """Cut the connection from another thread."""
        if shell := self._shell:
            shell.close()

    def read_configurations(self) -> tuple[tuple[Document, ...], tuple[str, ...]]:
        """Running and startup configuration, and what wrote them.

        A startup configuration that is refused or absent is named and is no failure: some accounts may not see it.
        """
        facts = version_facts(self._asked("show version", end=VERSION_END))
        documents = [Document(ConfigSource.RUNNING, self._asked("show running-config"), facts)]
        startup = self._asked("show startup-config")
        if reason := refusal(startup):
            return tuple(documents), (f"startup: {reason}",)
        return (*documents, Document(ConfigSource.STARTUP, startup, facts)), ()

    def calls(self) -> tuple[Call, ...]:
        """Every question that dcops asks of this platform."""
        return calls.calls(self._asked)

    # ---- the terminal --------------------------------------------------------------------------

    def _at_prompt(self, shell: Shell) -> Terminal:
        """The terminal where it shows configurations whole: no pager, no wrapping, enabled."""
        terminal = Terminal(shell.channel, NEVER, tape=self._tape)
        # A refused command is no failure here: a line that wraps or a pager that stays on is noticed in the answer.
        prompt = terminal.arrive("terminal length 0", PROMPT, min(PROMPT_SECONDS, float(self.timeout)))
        terminal.whisper("terminal width 511", "terminal width", WIDTH_ANSWERED)
        if prompt.endswith(">") and self._enables:
            prompt = self._enabled(terminal)
        terminal.prompt = Prompt(NAMED_PROMPT, prompt[:-1])
        self._tape.greeting(b"", prompt)
        return terminal

    def _enabled(self, terminal: Terminal) -> str:
        said = terminal.whisper("enable", "enable", ENABLE_ANSWERED)
        if re.match(ASKS, said) and self._enable:
            said = terminal.whisper(self._enable.reveal(), "enable", PASSWORD_ANSWERED)
        if not said.rstrip().endswith("#"):
            raise DeviceError(
                ErrorKind.AUTH,
                "enable was refused",
                next_step="Add the enable password to the credential, or give the account privilege 15",
            )
        return said.rstrip()

    def _asked(self, command: str, *, end: re.Pattern[str] = END) -> bytes:
        """The answer to a command without its echo and the prompt after it, line ends as LF."""
        with self._explained():
            return self._shell_terminal().ask(command, end=end, refused=REFUSED)

    def _shell_terminal(self) -> Terminal:
        if self._terminal is None:
            raise DeviceError(ErrorKind.UNREACHABLE, "not connected", next_step="Call open() first")
        return self._terminal

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """One place turns paramiko's many faces into ours."""
        try:
            yield
        except DeviceError:
            raise
        except Exception as error:  # noqa: BLE001
            raise explain(error, tuple(secret for secret in (self._password, self._enable) if secret)) from None
