"""Whether a text is what a described platform gives as its configuration, whole, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dcops.diff.cli.noise import rows
from dcops.diff.cli.secrets import unclosed
from dcops.diff.visible import quoted
from dcops.errors import DeviceError, ErrorKind
from dcops.model.platform import CliDocument, CliPlatform
from dcops.model.snapshot import ConfigSource

_PAGER = re.compile(
    r"\s*(?:<?-{2,}\s?\(?(?:more)(?:\s\d+%)?\)?\s?-{2,}>?|-- MORE --, next page|-{2} \[Q quit\|D dump)", re.IGNORECASE
)
_PAGER_ERASED = re.compile(r"-{2,}\s?\(?more\)?\s?-{2,}[^\n]{0,8}[\x08\r]", re.IGNORECASE)
_LOG_MESSAGE = re.compile(r"(?:\d{4} )?[A-Z][a-z]{2}\s+\d[^%]{0,60}%[A-Z][A-Z0-9_-]*-[0-7]-[A-Z0-9_]+:")

_RETRY = "Run the backup again; if it stays so, read the device by hand"


def check(platform: CliPlatform, text: str, source: ConfigSource) -> None:
    """Raise DeviceError unless the text is one whole document of the platform."""
    document = platform.document(source)
    if document is None:
        raise _invalid(f"{platform.name} has no {source} document", "Look at its description in platforms/")
    if document.is_none(text):
        if document.needed:
            raise _invalid(f"the device says that it has no {source} configuration", _RETRY)
        return
    lines = rows(text)
    if not lines:
        raise _invalid(f"the {source} configuration is empty", _RETRY)
    _check_complaint(platform, text, source)
    _check_alone(platform, document, lines)
    if not document.signs(lines) and (document.ends or document.contains):
        raise _invalid(
            f"what came for the {source} configuration is none: a banner or another command's answer", _RETRY
        )
    if opened := unclosed(platform.secrets, lines):
        raise _truncated(
            f"the {source} configuration is cut off: what follows {quoted(' '.join(opened.split()[:2]))} never closes"
        )
    if flaw := document.cut(lines):
        raise _truncated(f"the {source} configuration is cut off: {flaw}")


def _check_complaint(platform: CliPlatform, text: str, source: ConfigSource) -> None:
    words, is_refusal = platform.complaint(text)
    if words and is_refusal:
        raise DeviceError(
            ErrorKind.DENIED,
            f"the device refused to show the {source} configuration: {quoted(words)}",
            next_step="Give the account the right to this command",
        )
    if words:
        raise _invalid(f"the device gave an error in place of the {source} configuration: {quoted(words)}", _RETRY)


def _check_alone(platform: CliPlatform, document: CliDocument, lines: Sequence[str]) -> None:
    source = document.source
    for line in lines:
        if _PAGER.match(line) or _PAGER_ERASED.search(line):
            raise _invalid(
                f"the {source} configuration holds `--More--` of the pager",
                "Allow the account to switch the pager off (login.setup of the description), or describe the pager",
            )
        if _LOG_MESSAGE.match(line):
            raise _invalid(
                f"a log message stands in the middle of the {source} configuration",
                "Keep the device from logging to this session",
            )
        if document.command in line and _is_prompt(platform, line, document.command):
            raise _invalid(f"the prompt of the device stands in the {source} configuration", _RETRY)


def _is_prompt(platform: CliPlatform, line: str, command: str) -> bool:
    """The line is a prompt and the command behind it."""
    before, _, after = line.partition(command)
    return not after.strip() and bool(platform.login.prompt.fullmatch(before))


def _invalid(message: str, next_step: str) -> DeviceError:
    return DeviceError(ErrorKind.INVALID, message, next_step=next_step)


def _truncated(message: str) -> DeviceError:
    return DeviceError(ErrorKind.TRUNCATED, message, next_step=_RETRY)
