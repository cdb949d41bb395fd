"""The command line of a router: modes, prompts, enable, and the faults that a session can meet."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
from collections.abc import Mapping
from typing import TYPE_CHECKING

import asyncssh

from lab.device import Connection
from lab.faults import Kind
from lab.ios import filters
from lab.ios.grammar import Command, Match, Refused
from lab.ssh.terminal import EndOfConfiguration, HungUp, Interrupted, Terminal

if TYPE_CHECKING:
    from lab.ios.router import Router

NOT_AUTHORISED = "% Authorization failed.\n"
LONGEST_NAME_IN_PROMPT = 20
"""IOS cuts the host name in its configuration prompts."""
FLUSH_SECONDS = 0.1
HANG_UP_SECONDS = 30


class Session:
    """One shell, or one command on an exec channel."""

    def __init__(self, router: Router, connection: Connection, terminal: Terminal, user: str) -> None:
        self.router = router
        self.connection = connection
        self.terminal = terminal
        self.user = user
        self.privilege = router.first_privilege
        self.in_configuration = False
        self.is_over = False
        terminal.trickle = self._trickle_seconds

    def prompt(self) -> str:
        """The prompt of the present mode."""
        name = self.router.hostname
        if self.in_configuration:
            return f"{name[:LONGEST_NAME_IN_PROMPT]}(config)#"
        return f"{name}{'#' if self.privilege >= 15 else '>'}"

    async def run(self) -> None:
        """Answer lines until the session ends."""
        greeting = self.router.banner("motd") + self.router.banner("exec")
        await self.terminal.write(f"\n{greeting}")
        while not self.is_over:
            prompt = self.prompt()
            await self.terminal.write(prompt)
            try:
                line = await self.terminal.read_line(self._help, prompt)
            except Interrupted:
                continue
            except EndOfConfiguration:
                self.leave_configuration()
                continue
            if line.strip() and not line.lstrip().startswith("!"):
                await self.execute(line, len(prompt))

    async def execute(self, line: str, prompt_width: int = 0) -> None:
        """Run one line and print its answer."""
        if self.in_configuration:
            await self.terminal.write(await self._configure(line, prompt_width))
            return
        command, bar, modifier = line.partition("|")
        try:
            match = self.router.grammar(self.privilege).match(command, prompt_width)
        except Refused as complaint:
            self._count("unknown command")
            await self._pause()
            await self.terminal.write(self._complaint(line.strip(), str(complaint)))
            return
        self._count(match.words)
        await self._pause(self.router.configuration_delay_seconds if match.command.gives_configuration else 0.0)
        try:
            text = await self._answer(match)
            if bar:
                text = filters.apply(modifier, text)
        except Refused as complaint:
            await self.terminal.write(str(complaint))
            return
        await self._deliver(match, text)

    async def _answer(self, match: Match) -> str:
        answer = match.command.run(self, match.arguments)
        text: str = await answer if asyncio.iscoroutine(answer) else answer
        return text

    async def _deliver(self, match: Match, text: str) -> None:
        """Send an answer, or what a fault leaves of it."""
        fault = self.connection.fault()
        kind = fault.kind if fault else None
        configuration = match.command.gives_configuration
        if fault and configuration and kind is Kind.ERROR_DOCUMENT:
            caret = f"{' ' * (len(self.prompt()) + len('show '))}^\n% Invalid input detected at '^' marker.\n"
            text = caret if fault.option("variant") == "invalid" else NOT_AUTHORISED
        elif configuration and kind is Kind.TRUNCATE:
            # In the middle of a line, as a broken buffer cuts; the prompt follows as if all were well.
            text = text[: len(text) // 2].rstrip("\n") + "\n"
        elif fault and match.words.startswith("show ") and kind in (Kind.HANG, Kind.DROP_MID_ANSWER):
            await self.terminal.page(text[: len(text) // 2])
            if kind is Kind.HANG:
                await asyncio.Event().wait()
            await asyncio.sleep(FLUSH_SECONDS)
            self.connection.abort()
            raise HungUp
        await self.terminal.page(text)

    async def _configure(self, line: str, prompt_width: int) -> str:
        """A line in configuration mode. This account may look around there and change nothing."""
        words = line.split()
        if words[0] in ("end", "exit"):
            self._count(words[0])
            self.leave_configuration()
            return ""
        if words[0] == "do" and len(words) > 1:
            self.in_configuration = False
            try:
                await self.execute(line.split(maxsplit=1)[1], prompt_width + len("do "))
            finally:
                self.in_configuration = True
            return ""
        self._count("configuration line")
        self.router.counters.writes += 1
        await self._pause()
        return NOT_AUTHORISED

    def leave_configuration(self) -> None:
        """Back to the exec prompt; the header of the running configuration moves."""
        if self.in_configuration:
            self.in_configuration = False
            self.router.touch(self.user)

    def _complaint(self, line: str, complaint: str) -> str:
        grammar = self.router.grammar(self.privilege)
        looks_up_names = not self.router.running.has("no ip domain lookup")
        if " " in line or grammar.knows(line) or "Invalid" not in complaint or not looks_up_names:
            return complaint
        return (
            f'Translating "{line}"...domain server (255.255.255.255)\n'
            "% Unknown command or computer name, or unable to find computer address\n"
        )

    def _help(self, line: str) -> str:
        if self.in_configuration:
            return "".join(f"  {word}\n" for word in ("do", "end", "exit"))
        return self.router.grammar(self.privilege).help(line)

    def _count(self, words: str) -> None:
        self.router.counters.commands += 1
        self.router.counters.requests[words] += 1

    async def _pause(self, besides: float = 0.0) -> None:
        slow = self.connection.has(Kind.SLOW)
        seconds = self.router.command_delay_seconds + besides + (slow.delay_seconds if slow else 0.0)
        if seconds:
            await asyncio.sleep(seconds)

    def _trickle_seconds(self) -> float:
        slow = self.connection.has(Kind.SLOW)
        return slow.delay_seconds if slow else 0.0


async def serve(router: Router, connection: Connection, process: asyncssh.SSHServerProcess[bytes]) -> None:
    """Serve one channel: a shell, or one command."""
    terminal = Terminal(process)
    session = Session(router, connection, terminal, process.get_extra_info("username"))
    try:
        if connection.has(Kind.SESSION_EXPIRED):
            if process.command is None:
                await terminal.write("\n% Login timeout expired!\n")
            await _hang_up(process, 1)
            return
        if process.command is None:
            await session.run()
        else:
            terminal.length = 0
            await terminal.write("\n")
            await session.execute(process.command)
    except HungUp:
        return
    await _hang_up(process, 0)


async def _hang_up(process: asyncssh.SSHServerProcess[bytes], status: int) -> None:
    """End the session. A router has one per connection, and closes that when the client has read all."""
    process.exit(status)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(process.wait_closed(), HANG_UP_SECONDS)
    process.get_extra_info("connection").close()


# ---- commands that change the session ----------------------------------------------------------


async def _enable(session: Session, _arguments: Mapping[str, str]) -> str:
    if session.privilege >= 15:
        return ""
    await session.terminal.write("Password: ")
    try:
        given = await session.terminal.read_line(echo=False)
    except (Interrupted, EndOfConfiguration):
        return ""
    if session.connection.has(Kind.AUTH_FAIL) or not hmac.compare_digest(
        given.encode("utf-8", "surrogateescape"), session.router.login.enable.encode()
    ):
        return "% Access denied\n\n"
    session.privilege = 15
    return ""


def _disable(session: Session, _arguments: Mapping[str, str]) -> str:
    session.privilege = 1
    return ""


def _exit(session: Session, _arguments: Mapping[str, str]) -> str:
    session.is_over = True
    return ""


def _terminal_length(session: Session, arguments: Mapping[str, str]) -> str:
    session.terminal.length = _number(arguments["lines"], 0, 512)
    return ""


def _terminal_width(_session: Session, arguments: Mapping[str, str]) -> str:
    # Long lines are not wrapped here: the width is checked and has no further effect.
    _number(arguments["columns"], 0, 512)
    return ""


def _number(text: str, least: int, most: int) -> int:
    if not text.isdigit() or not least <= int(text) <= most:
        raise Refused("% Invalid input detected at '^' marker.\n")
    return int(text)


def _nothing(_session: Session, _arguments: Mapping[str, str]) -> str:
    return ""


def _configure_terminal(session: Session, _arguments: Mapping[str, str]) -> str:
    session.router.counters.config_mode_entries += 1
    session.in_configuration = True
    return "Enter configuration commands, one per line.  End with CNTL/Z.\n"


def _refused_write(session: Session, _arguments: Mapping[str, str]) -> str:
    session.router.counters.writes += 1
    return NOT_AUTHORISED


def _refused_flash_write(session: Session, _arguments: Mapping[str, str]) -> str:
    session.router.counters.writes += 1
    session.router.counters.flash_writes += 1
    return NOT_AUTHORISED


COMMANDS = (
    Command("enable", _enable),
    Command("disable", _disable),
    Command("exit", _exit),
    Command("quit", _exit),
    Command("logout", _exit),
    Command("terminal length <lines>", _terminal_length),
    Command("terminal width <columns>", _terminal_width),
    Command("terminal monitor", _nothing),
    Command("terminal no monitor", _nothing),
    Command("configure terminal", _configure_terminal, privilege=15),
    # The account of the lab reads: what would change the router is refused, and counted.
    Command("write", _refused_flash_write, privilege=15),
    Command("write memory", _refused_flash_write, privilege=15),
    Command("write erase", _refused_flash_write, privilege=15),
    Command("copy <from> <to>", _refused_flash_write, privilege=15),
    Command("delete <file>", _refused_flash_write, privilege=15),
    Command("configure replace <file...>", _refused_write, privilege=15),
    Command("reload", _refused_write, privilege=15),
    Command("clear <what...>", _refused_write, privilege=15),
)
