"""Reads the answer to a command byte for byte, and notices when it was cut.

A prompt alone proves nothing: a line inside a banner may look like it. The end marker of a configuration proves
more; where there is none, the terminal has to stay quiet for a while after the prompt.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import paramiko

from dcops.errors import DeviceError, ErrorKind
from dcops.model.transcript import Exchange, NoTape, Tape

MAX_BYTES = 64 * 1024 * 1024
SETTLE_SECONDS = 1.0
"""How long the terminal must stay quiet before a prompt without the end marker is believed."""
SILENCE_SECONDS = 60.0
"""A 1921 thinks for half a minute before the first line of a long configuration."""
TAIL_BYTES = 2000
"""How much of the end is looked at for a prompt, an end marker or a pager."""
SHORT_BYTES = 2000
"""A refusal is never longer than this."""
LINE_END = re.compile(r"\r+\n")


@dataclass(frozen=True, slots=True)
class Prompt:
    """How the terminal says that it waits for a command."""

    pattern: re.Pattern[str]
    """Matches the last line as a whole. A group `name` is what stays the same for one device."""
    name: str | None = None

    def at_end_of(self, text: str) -> int | None:
        """Where the prompt begins at the end of a text; None when it does not end in one."""
        start = _last_line(text)
        if self._is_at(text, start):
            return start
        # An answer that was cut in the middle of a line has the prompt right behind it.
        start = text.rfind(self.name, start) if self.name else -1
        return start if start >= 0 and self._is_at(text, start) else None

    def _is_at(self, text: str, start: int) -> bool:
        match = self.pattern.fullmatch(text, start)
        return match is not None and (self.name is None or match["name"] == self.name)


@dataclass(frozen=True, slots=True)
class Reply:
    """What is pressed when the terminal shows something, and goes on by itself then: a pager, `press any key`."""

    shows: re.Pattern[str]
    """Searched for at the end of the text: ends in `\\Z` by itself."""
    key: str


def line_ends(text: str) -> str:
    """Line ends as LF and nothing else touched."""
    return LINE_END.sub("\n", text)


class Terminal:
    """One shell of one device, at its prompt."""

    def __init__(
        self,
        channel: paramiko.Channel,
        prompt: Prompt,
        *,
        enter: str = "\n",
        cleaned: Callable[[str], str] = line_ends,
        replies: Sequence[Reply] = (),
        tape: Tape | None = None,
    ) -> None:
        self._channel = channel
        self.prompt = prompt
        self._enter = enter
        self._cleaned = cleaned
        self._replies = replies
        self._tape = tape or NoTape()

    def arrive(self, command: str, prompt: str, limit_seconds: float) -> str:
        """The first prompt, made sure of by a harmless command; the terminal stands at it then.

        A line of a banner may look like a prompt (a pattern without groups). The one that is given stands before the
        echo of the command and comes again, the same, after its answer: no time is spent on waiting for silence.
        """
        looks = re.compile(rf"^{prompt} *\Z", re.MULTILINE)
        sure = re.compile(
            rf"^(?P<prompt>{prompt}) *{re.escape(command)} *\n(?:[^\n]*\n)*?(?P=prompt) *\Z", re.MULTILINE
        )
        raw = bytearray()
        heard = typed = time.monotonic()
        is_typed = False
        try:
            while True:
                data = self._receive()
                now = time.monotonic()
                if data:
                    raw = (raw + data)[-TAIL_BYTES:]
                    heard = now
                    if is_typed and (match := sure.search(self._text(raw))):
                        return match["prompt"]
                elif now - heard > limit_seconds:
                    raise _no_prompt()
                elif now - max(heard, typed) > limit_seconds / 5:
                    is_typed = False  # it was typed at a line of the greeting, and is lost
                if not is_typed and looks.search(self._text(raw)):
                    self.press(command + self._enter)
                    typed = now
                    is_typed = True
        except DeviceError as error:
            raise _closed(error) from None

    def greeting(self, limit_seconds: float, settle_seconds: float = SETTLE_SECONDS) -> tuple[str, str]:
        """Everything up to the first prompt, and that prompt; the tape is told."""
        wanted = _Wanted("the greeting", settle_seconds, limit_seconds, nudge_seconds=limit_seconds / 4)
        try:
            text, start = self._read(wanted)
        except DeviceError as error:
            if error.kind is ErrorKind.TIMEOUT:
                raise _no_prompt() from None
            raise _closed(error) from None
        self._tape.greeting(_bytes(text[:start]), text[start:])
        return text[:start], text[start:]

    def ask(
        self,
        command: str,
        *,
        end: re.Pattern[str] | None = None,
        refused: re.Pattern[str] | None = None,
        settle_seconds: float = SETTLE_SECONDS,
    ) -> bytes:
        """The answer to a command without its echo and the prompt after it, line ends as LF.

        With the end marker before it the prompt is believed at once, and so it is after a short refusal; else the
        terminal must stay quiet for `settle_seconds`.
        """
        wanted = _Wanted(command, settle_seconds, SILENCE_SECONDS, end=end, refused=refused)
        answer = _bytes(self._exchange(command, wanted)[0])
        self._tape.add(Exchange(command, answer))
        return answer

    def whisper(self, typed: str, name: str, until: re.Pattern[str], limit_seconds: float = 15.0) -> str:
        """Type what nobody is told (a password), or what asks back; gives the last line: what asks, or the prompt.

        `name` stands for it in messages.
        """
        try:
            return self._exchange(typed, _Wanted(name, 0.0, limit_seconds, until=until))[1]
        except DeviceError as error:
            raise _closed(error) from None

    def settle(self, seconds: float) -> str:
        """What is still said, until it was quiet for so long or the session is over."""
        heard = bytearray()
        quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < seconds:
            try:
                data = self._receive(min(seconds, 0.1))
            except DeviceError:
                break
            if data:
                heard += data
                quiet_since = time.monotonic()
        return self._text(heard)

    def press(self, text: str) -> None:
        """Send keys and wait for nothing."""
        self._channel.sendall(text.encode("utf-8", "surrogateescape"))

    def _exchange(self, typed: str, wanted: _Wanted) -> tuple[str, str]:
        while self._channel.recv_ready():
            self._channel.recv(65536)  # what came without being asked for
        self.press(typed + self._enter)
        text, start = self._read(wanted)
        return self._without_echo(text[:start], typed), text[start:]

    def _read(self, wanted: _Wanted) -> tuple[str, int]:
        """The clean text, and where its last line begins: the prompt, or what was waited for."""
        raw = bytearray()
        heard = time.monotonic()
        answered = 0
        at_prompt = nudged = False
        while True:
            data = self._receive()
            now = time.monotonic()
            if data:
                raw += data
                heard = now
                if len(raw) > MAX_BYTES:
                    raise DeviceError(
                        ErrorKind.INVALID, f"{wanted.name} gave more than {MAX_BYTES >> 20} MiB and was cut off"
                    )
                if reply := self._reply(raw[max(answered, len(raw) - TAIL_BYTES) :]):
                    self.press(reply.key)
                    answered = len(raw)
                    at_prompt = False
                    continue
                tail = self._text(raw[-TAIL_BYTES:])
                start = self.prompt.at_end_of(tail)
                at_prompt = start is not None or bool(wanted.until and wanted.until.search(tail))
                if at_prompt and (wanted.until or (wanted.end and _ends(wanted.end, tail[:start]))):
                    break
            # A line inside a banner may look like our prompt: without the end marker, wait whether more comes.
            quiet = now - heard
            if at_prompt and (quiet > wanted.settle_seconds or self._is_refused(raw, wanted.refused)):
                break
            if quiet > wanted.silence_seconds:
                raise DeviceError(
                    ErrorKind.TIMEOUT,
                    f"it fell silent in the middle of {wanted.name} after {len(raw)} bytes",
                    next_step="Check its load and the line to it",
                )
            if wanted.nudge_seconds and quiet > wanted.nudge_seconds and not nudged and not at_prompt:
                # Some terminals wait for a key before they say a word.
                self.press(self._enter)
                nudged = True
        text = self._text(raw)
        start = self.prompt.at_end_of(text)
        return text, _last_line(text) if start is None else start

    def _reply(self, raw: bytearray) -> Reply | None:
        """What the last line asks for, when it was not answered yet."""
        if not self._replies:
            return None
        text = self._text(raw)
        return next((reply for reply in self._replies if reply.shows.search(text)), None)

    def _is_refused(self, raw: bytearray, refused: re.Pattern[str] | None) -> bool:
        return refused is not None and len(raw) < SHORT_BYTES and bool(refused.search(self._text(raw)))

    def _without_echo(self, text: str, typed: str) -> str:
        """The text without what we typed: some devices send it back twice, or after an empty line.

        On a busy host the prompt after the command before comes late, and then stands before the echo.
        """
        rest = text
        for _ in range(3):
            line, newline, after = rest.partition("\n")
            while rest is text and newline and (not line.strip() or self._is_prompt(line)):
                line, newline, after = after.partition("\n")
            if not newline or not self._is_echo(line.rstrip(), typed.rstrip()):
                break
            rest = after
        return rest

    def _is_prompt(self, line: str) -> bool:
        """The line is a prompt and nothing else."""
        return self.prompt.at_end_of(line.rstrip("\r")) == 0

    def _is_echo(self, line: str, typed: str) -> bool:
        """The line is what we typed, alone or behind the prompt."""
        if not typed or not line.endswith(typed):
            return False
        before = line.removesuffix(typed)
        return not before.strip() or bool(self.prompt.pattern.fullmatch(before))

    def _text(self, raw: bytes | bytearray) -> str:
        return self._cleaned(raw.decode("utf-8", "surrogateescape"))

    def _receive(self, seconds: float = 0.2) -> bytes:
        self._channel.settimeout(seconds)
        try:
            data = self._channel.recv(65536)
        except TimeoutError:
            return b""
        if not data:
            raise DeviceError(
                ErrorKind.TRUNCATED,
                "the device closed the session in the middle of its answer",
                next_step="Try again; when it repeats, check the line to it and its load",
            )
        return data


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What one reading waits for."""

    name: str
    settle_seconds: float
    silence_seconds: float
    end: re.Pattern[str] | None = None
    refused: re.Pattern[str] | None = None
    until: re.Pattern[str] | None = None
    nudge_seconds: float = 0.0


def _ends(end: re.Pattern[str], text: str) -> bool:
    """The last line that is not blank is the end marker."""
    lines = text.rstrip().rsplit("\n", 1)
    return bool(end.search(lines[-1].rstrip()))


def _last_line(text: str) -> int:
    return max(text.rfind("\n"), text.rfind("\r")) + 1


def _no_prompt() -> DeviceError:
    return DeviceError(ErrorKind.TIMEOUT, "logged in, but no prompt came", next_step="Log in by hand and look")


def _closed(error: DeviceError) -> DeviceError:
    """The error as it is where nothing was asked yet that could have been cut."""
    if error.kind is not ErrorKind.TRUNCATED:
        return error
    return DeviceError(ErrorKind.UNREACHABLE, "the device closed the session", next_step="Is it restarting? Try again")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
