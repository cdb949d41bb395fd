"""Whether a text is the whole configuration of a Cisco IOS device, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dcops.configtext.ios import Line, Part, read
from dcops.diff.visible import decoded, quoted
from dcops.errors import DeviceError, ErrorKind
from dcops.model.snapshot import ConfigSource

_ABSENT = re.compile(
    r"(?:startup-config is not present|%% Non-volatile configuration memory is not present)\s*$", re.IGNORECASE
)
LONGEST_SENTENCE = 500
"""A text that is longer is no sentence of the device's."""
_REFUSAL = re.compile(
    r"%?\s*(?:(?:Command )?authorization failed|Access denied|Permission denied|Not authorized|Insufficient privilege"
    r"|This command is not authorized|User .* is not authorized|Bad (?:passwords|secrets)|Access violation)",
    re.IGNORECASE,
)
_LOG_MESSAGE = re.compile(r"(?:[\d*.:]*\s*)?(?:[A-Z][a-z]{2}\s+\d[^%]{0,60}:\s*)?%[A-Z][A-Z0-9_-]*-[0-7]-[A-Z0-9_]+:")
_ANY_ANSWER = re.compile(f"^(?:{_REFUSAL.pattern}|{_LOG_MESSAGE.pattern}|%)", re.IGNORECASE | re.MULTILINE)
_ANSWERS = (
    "%",
    "authorization failed",
    "access denied",
    "permission denied",
    "not authorized",
    "insufficient privilege",
    "bad passwords",
    "bad secrets",
    "access violation",
)
"""One of these stands in every text in which the pattern above finds something: looking for it is far quicker."""
_MORE = re.compile(r"--\s?More", re.IGNORECASE)
"""In every text in which one of the next two is found."""
_PAGER = re.compile(r"\s*(?:<|\s)?--\s?More\s?--", re.IGNORECASE)
_PAGER_ERASED = re.compile(r"--\s?More\s?--[^\n]{0,8}\x08", re.IGNORECASE)
_BEGINNING = re.compile(
    r"Building configuration|Current configuration|Using \d+ out of \d+ bytes|!|version |hostname ", re.IGNORECASE
)
_VERSION = re.compile(r"version\s+\S", re.IGNORECASE)
_HOSTNAME = re.compile(r"(?:hostname|switchname)\s+(\S+)", re.IGNORECASE)

_REST_OF_PROMPT = re.compile(r"(?:\([^)]*\))?[#>]")
_REST_OF_LONG_PROMPT = re.compile(r"[\w.-]*(?:\([^)]*\))?[#>]")

_RETRY = "Run the backup again; if it stays so, read the device by hand"


def absent(content: bytes) -> bool:
    """The device says that it has no startup configuration."""
    return _is_absent(decoded(content))


def _is_absent(text: str) -> bool:
    said = text.strip()
    if len(said) > LONGEST_SENTENCE:
        return False
    rows = [row.strip() for row in said.split("\n") if row.strip()]
    return len(rows) == 1 and bool(_ABSENT.match(rows[0]))


def check(content: bytes, source: ConfigSource) -> None:
    """Raise DeviceError unless the text is one whole configuration.

    The byte count that IOS prints is no criterion: it counts what is stored, not what is shown.
    """
    text = decoded(content)
    check_lines(text, read(text), source)


def check_lines(text: str, lines: Sequence[Line], source: ConfigSource) -> None:
    """The same of a text whose lines were read already."""
    if source is ConfigSource.STARTUP and _is_absent(text):
        return
    if not any(line.text.strip() for line in lines):
        raise _invalid(f"the {source} configuration is empty", _RETRY)
    _check_closed(lines, source)
    commands = [line.text.rstrip() for line in lines if line.part is Part.COMMAND]
    _check_answer(commands, source)
    if _MORE.search(text) and (
        any(_PAGER.match(command) for command in commands) or any(_PAGER_ERASED.search(line.text) for line in lines)
    ):
        raise _invalid(
            f"the {source} configuration holds `--More--` of the pager",
            "Allow the account `terminal length 0` on the device",
        )
    last = next(line for line in reversed(lines) if line.text.strip())
    ends = last.part is Part.COMMAND and last.text.rstrip() == "end"
    _check_signs(commands, source, ends)
    _check_alone(commands, source)
    if not ends and "end" in commands:
        raise _invalid(f"other text follows the `end` of the {source} configuration", _RETRY)
    if not ends:
        raise _truncated(f"the {source} configuration is cut off: its last line is not `end`")


def _check_closed(lines: Sequence[Line], source: ConfigSource) -> None:
    if unclosed := next((line for line in lines if line.part is Part.UNCLOSED), None):
        command = " ".join(unclosed.text.split()[:2])
        raise _truncated(f"the {source} configuration is cut off: the text after {quoted(command)} never closes")


def _check_answer(commands: Sequence[str], source: ConfigSource) -> None:
    text = "\n".join(commands)
    lowered = text.lower()
    if not any(word in lowered for word in _ANSWERS) or not _ANY_ANSWER.search(text):
        return
    for command in commands:
        if _LOG_MESSAGE.match(command):
            raise _invalid(
                f"a log message stands in the middle of the {source} configuration",
                "Keep the device from logging to this session: `no terminal monitor`",
            )
        if _REFUSAL.match(command):
            raise DeviceError(
                ErrorKind.DENIED,
                f"the device refused to show the {source} configuration: {quoted(command)}",
                next_step="Give the account the right to this command",
            )
        if command.startswith("%"):  # at the left margin no command of IOS begins so
            raise _invalid(
                f"the device gave an error in place of the {source} configuration: {quoted(command)}", _RETRY
            )


def _check_signs(commands: Sequence[str], source: ConfigSource, ends: bool) -> None:
    has_version = any(_VERSION.match(command) for command in commands)
    has_hostname = any(_HOSTNAME.match(command) for command in commands)
    if has_version and has_hostname:
        return
    first = next((command for command in commands if command), "")
    if not ends and (has_version or has_hostname or _BEGINNING.match(first)):
        raise _truncated(f"the {source} configuration is cut off: its last line is not `end`")
    if ends:
        missing = "version" if has_hostname else "hostname"
        raise _invalid(
            f"the {source} configuration is only a part of one: no `{missing}` line",
            "Check that the account may see the whole configuration: privilege levels and views hide lines",
        )
    raise _invalid(f"what came for the {source} configuration is none: a banner or another command's answer", _RETRY)


def _check_alone(commands: Sequence[str], source: ConfigSource) -> None:
    hostname = next(match[1] for command in commands if (match := _HOSTNAME.match(command)))
    # IOS shortens a long name in its prompt
    name, rest = hostname[:16], _REST_OF_LONG_PROMPT if len(hostname) > 16 else _REST_OF_PROMPT
    if any(rest.match(command, len(name)) for command in [each for each in commands if each.startswith(name)]):
        raise _invalid(f"the prompt of the device stands in the {source} configuration", _RETRY)


def _invalid(message: str, next_step: str) -> DeviceError:
    return DeviceError(ErrorKind.INVALID, message, next_step=next_step)


def _truncated(message: str) -> DeviceError:
    return DeviceError(ErrorKind.TRUNCATED, message, next_step=_RETRY)
