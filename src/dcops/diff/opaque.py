"""Backup files whose inside only the device understands: what can be refused, and what can be told of them."""

from __future__ import annotations

import hashlib
import json
import re

from dcops.diff import containers
from dcops.diff.readable import Readable
from dcops.diff.visible import decoded, quoted
from dcops.errors import DeviceError, ErrorKind

_WEB_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)*(?:<!doctype\s+html|<html[\s>])", re.IGNORECASE | re.DOTALL
)
_API_ERROR = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>\s*)?<response[\s>]", re.IGNORECASE)
_LARGEST_ERROR = 256 * 1024
"""An error document is small: a larger JSON file is somebody's data."""
_STARTS_AS_ERROR = re.compile(rb'[{\[\s]*"(?:stat|status|error|errors|code|message|msg)"\s*:', re.IGNORECASE)
_SAYS_WHY = ("message", "msg", "error", "detail", "description")

_AGAIN = "Download the file by hand and compare; check the path and the account"


def check(content: bytes, *, smallest_bytes: int) -> None:
    """Raise DeviceError for what cannot be a backup file: nothing, a web page, an error document, a stump.

    What is inside the file stays unproven: only the device itself can tell, when it is restored.
    """
    if not content.strip(b"\x00\t\n\r "):
        raise _invalid("the backup file is empty")
    if _WEB_PAGE.match(content):
        raise _invalid("a web page came in place of the backup file", "Is the login still good, and the path right?")
    if _API_ERROR.match(content):
        raise _invalid("an API answer came in place of the backup file")
    if (said := _error_document(content)) is not None:
        raise _invalid(f"an error document came in place of the backup file{said}")
    if len(content) < smallest_bytes:
        raise DeviceError(
            ErrorKind.TRUNCATED,
            f"the backup file has {len(content)} bytes, fewer than the {smallest_bytes} that one needs",
            next_step=_AGAIN,
        )
    try:
        whole = containers.is_whole(content)
    except containers.TooLarge as error:
        raise _invalid(f"the backup file cannot be one: {error}") from None
    if whole is False:
        raise DeviceError(
            ErrorKind.TRUNCATED,
            f"the backup file is a {containers.type_of(content)} file that is cut off or damaged",
            next_step=_AGAIN,
        )


def readable(content: bytes) -> Readable:
    """Its type, size and hash: all that git can hold of it, and enough to see that it changed."""
    text = (
        f"type: {containers.type_of(content)}\n"
        f"size: {len(content)} bytes\n"
        f"sha256: {hashlib.sha256(content).hexdigest()}\n"
    )
    return Readable(text, {}, 0)


def _error_document(content: bytes) -> str | None:
    """What an error in JSON says, as the end of a sentence; None when the content is no such thing."""
    if len(content) > _LARGEST_ERROR or content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
        return None
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        # A cut error document is none that can be read, and it is no backup file either.
        return "" if _STARTS_AS_ERROR.match(content) else None
    if not isinstance(answer, dict):
        return None
    names = {str(name).lower() for name in answer}
    if not names & {"stat", "error", "errors"} and not ({"code", "status"} & names and {"message", "msg"} & names):
        return None
    for name in _SAYS_WHY:
        if isinstance(words := answer.get(name), str) and words:
            return f": {quoted(decoded(words.encode('utf-8', 'replace')))}"
    return ""


def _invalid(message: str, next_step: str = _AGAIN) -> DeviceError:
    return DeviceError(ErrorKind.INVALID, message, next_step=next_step)
