"""What a Peplink answer means: the envelope, the two forms of 401, and tables that are read by their `order`.

The vendor documents the envelope and code 401 and no other code. The rest is told by the number where it is one of
HTTP's, and by the words where it is not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from dcops.errors import DeviceError, ErrorKind

UNAUTHORISED = 401

_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<", re.DOTALL)
_AGAIN = "Try again; when it repeats, check the line to it and its load"
_CUT = re.compile(r"(?:-|t|tr|tru|f|fa|fal|fals|n|nu|nul|[.eE][-+]?|\\?u[0-9a-fA-F]{0,4})?\Z")
"""What is left of a word, a number or an escape where a text stops."""

_BY_CODE = {
    400: (ErrorKind.INTERNAL, "dcops asked wrongly: please report it with the firmware version"),
    UNAUTHORISED: (ErrorKind.AUTH, "Check the credential with dcops secrets check, and the account on the device"),
    403: (ErrorKind.DENIED, "The account may not read this: check its rights on the device"),
    404: (ErrorKind.UNSUPPORTED, "This firmware does not know the function"),
    405: (ErrorKind.UNSUPPORTED, "This firmware does not know the function in this form"),
    409: (ErrorKind.BUSY, "Somebody else is changing it: wait and try again"),
    423: (ErrorKind.LOCKED, "Find out who is changing it"),
    429: (ErrorKind.BUSY, "Too much is asked of it at once: wait and try again"),
    501: (ErrorKind.UNSUPPORTED, "This firmware does not know the function"),
    503: (ErrorKind.BUSY, "It is busy or applying changes: wait and try again"),
}

_BY_WORDS = (
    (
        re.compile(
            r"\b(?:unknown|no such|invalid|unsupported|undefined) (?:api|command|func|function|method)\b"
            r"|\bnot (?:supported|implemented)\b|\b(?:api|function|command) not found\b",
            re.IGNORECASE,
        ),
        404,
    ),
    (re.compile(r"\bpermission\b|\bdenied\b|\bnot allowed\b|\bread.?only\b|\bforbidden\b", re.IGNORECASE), 403),
    (re.compile(r"\btoo many\b|\bmaximum number\b|\bsessions? (?:limit|full)\b", re.IGNORECASE), 429),
    (re.compile(r"\bbusy\b|\bin progress\b|\btry again\b|\bapplying\b", re.IGNORECASE), 503),
    (re.compile(r"\bunauthori[sz]ed\b|\bnot logged in\b|\blog ?in required\b", re.IGNORECASE), UNAUTHORISED),
)


class PeplinkError(DeviceError):
    """The device answered that it will not; `code` as it gave it, or the HTTP status."""

    def __init__(self, kind: ErrorKind, message: str, *, code: int, next_step: str = "") -> None:
        super().__init__(kind, message, next_step=next_step)
        self.code = code


def response(status: int, body: bytes) -> Any:
    """What stands in the envelope of an answer that reports success, None when nothing does; raises DeviceError."""
    if status == UNAUTHORISED:
        raise _error(UNAUTHORISED, "", status)
    envelope = _parsed(status, body)
    if not isinstance(envelope, dict) or "stat" not in envelope:
        if status != 200:
            raise _error(status, "", status)
        raise DeviceError(
            ErrorKind.INVALID,
            "its answer is JSON and no answer of the API",
            next_step="Is this the web admin's address and port?",
        )
    if envelope["stat"] == "ok" and status == 200:
        return envelope.get("response")
    code, message = envelope.get("code"), envelope.get("message")
    number = code if isinstance(code, int) and not isinstance(code, bool) else 0
    raise _error(number, message if isinstance(message, str) else "", status)


def ordered(table: object) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The entries of a table, in the order that it states.

    Other keys stand beside the ids (`supportGatewayProxy`, and lists that repeat the entries), so the keys tell
    nothing.
    """
    if not isinstance(table, dict) or not isinstance(table.get("order"), list):
        raise DeviceError(
            ErrorKind.INVALID, "its answer holds no table with an order", next_step="Is its firmware newer than 8.x?"
        )
    for number in table["order"]:
        entry = table.get(str(number))
        if isinstance(number, int) and isinstance(entry, dict):
            yield number, entry


def _parsed(status: int, body: bytes) -> Any:
    text = body.decode("utf-8-sig", "surrogateescape")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        if status != 200:
            raise _error(status, "", status) from None
        if _PAGE.match(body):
            raise DeviceError(
                ErrorKind.INVALID,
                "a web page came in place of an API answer",
                next_step="Is this the web admin's address and port, and is the API not blocked by a portal?",
            ) from None
        if _is_cut(text, error):
            raise DeviceError(
                ErrorKind.TRUNCATED, f"its answer broke off after {len(body)} bytes", next_step=_AGAIN
            ) from None
    except (RecursionError, ValueError):
        # Nested deeper, or a number longer, than anything that the API answers.
        pass
    raise DeviceError(
        ErrorKind.INVALID, "its answer is not JSON", next_step="Is this the web admin's address and port?"
    )


def _is_cut(text: str, error: json.JSONDecodeError) -> bool:
    """All is well as far as the text goes."""
    if not text.strip():
        return False
    return error.msg.startswith("Unterminated string") or bool(_CUT.match(text.rstrip(), error.pos))


def _error(code: int, message: str, status: int) -> PeplinkError:
    number = code or status
    if number not in _BY_CODE:
        number = next((known for pattern, known in _BY_WORDS if pattern.search(message)), number)
    kind, next_step = _BY_CODE.get(number, (ErrorKind.INVALID, "Look at the device"))
    # The device's words go to a terminal: control characters do not.
    words = " ".join("".join(sign if sign.isprintable() else " " for sign in message).split())[:200]
    said = f"code {code}" if code else f"HTTP {status}" if status != 200 else "a failure without a code"
    return PeplinkError(kind, f"it answered {said}{f': {words}' if words else ''}", code=number, next_step=next_step)
