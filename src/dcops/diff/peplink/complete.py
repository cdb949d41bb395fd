"""Whether a document is the whole state of a Peplink, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from dcops.diff import opaque
from dcops.diff.visible import decoded, quoted
from dcops.errors import DeviceError, ErrorKind
from dcops.model.snapshot import ConfigSource

NEEDED = ("info.firmware", "status.lan.profile", "status.wan.connection")
SMALLEST_FILE_BYTES = 64
"""The floor for any site; what a real file has at least is a setting."""
DEEPEST = 60

_END = b"\n}\n"
"""How the document ends, as it is put together of whole answers."""
_RETRY = "Run the backup again; if it stays so, look at the device"


def parsed(content: bytes, source: ConfigSource) -> Mapping[str, Any]:
    """The document, function by function, each as it was answered; raises DeviceError when it is no such document."""
    text = decoded(content.removeprefix(b"\xef\xbb\xbf"))
    if not text.strip():
        raise _invalid(f"the {source} document is empty")
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        if text.lstrip().startswith("<"):
            raise _invalid(f"a web page came in place of the {source} document") from None
        if not content.endswith(_END):
            raise DeviceError(
                ErrorKind.TRUNCATED,
                f"the {source} document is cut off: the end of its JSON is missing",
                next_step=_RETRY,
            ) from None
        raise _invalid(f"the {source} document is broken JSON at line {error.lineno}, column {error.colno}") from None
    except (RecursionError, ValueError):
        raise _invalid(f"the {source} document is no JSON that a device writes") from None
    if not isinstance(document, dict):
        raise _invalid(f"the {source} document is a list and no object")
    if _depth(document) > DEEPEST:
        raise _invalid(f"the {source} document is nested deeper than any device does")
    return document


def check_state(content: bytes, source: ConfigSource) -> None:
    """Raise DeviceError unless every function that is needed was answered, and no answer is a failure."""
    document = parsed(content, source)
    if "stat" in document:
        _check_answer("the API", document, source)
        raise _invalid(f"the {source} document is one answer of the API and not all of them")
    for function, answer in document.items():
        _check_answer(function, answer, source)
    for function in NEEDED:
        if function not in document:
            raise _invalid(f"the {source} document lacks {function}")
        _check_table(function, document[function].get("response"), source)


def check_file(content: bytes) -> None:
    """Raise DeviceError for what cannot be the binary file that the web admin gives."""
    opaque.check(content, smallest_bytes=SMALLEST_FILE_BYTES)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[", b"<"):
        raise _invalid("JSON or XML came in place of the backup file, which is binary")


def _check_answer(function: str, answer: object, source: ConfigSource) -> None:
    name = quoted(function, 60).strip("`")
    if not isinstance(answer, dict) or "stat" not in answer:
        raise _invalid(f"what the {source} document holds for {name} is no answer of the API")
    if answer["stat"] == "ok":
        return
    words = answer.get("message")
    said = f": {quoted(words)}" if isinstance(words, str) and words else ""
    code = answer.get("code")
    coded = f" code {code}" if isinstance(code, int) else ""
    kind = ErrorKind.DENIED if code in (401, 403) else ErrorKind.INVALID
    raise DeviceError(kind, f"{name} answered a failure{coded}{said}", next_step=_RETRY)


def _check_table(function: str, table: object, source: ConfigSource) -> None:
    order = table.get("order") if isinstance(table, dict) else None
    if not isinstance(table, dict) or not isinstance(order, list) or not order:
        raise _invalid(f"{function} in the {source} document holds no table with an order")
    for number in order:
        if not isinstance(table.get(str(number)), dict):
            raise _invalid(f"{function} in the {source} document lacks entry {quoted(str(number), 12)} of its order")


def _depth(value: object) -> int:
    """How deep it is nested; counted without calling itself."""
    deepest, level = 0, [value]
    while level:
        deepest += 1
        below: list[object] = []
        for each in level:
            if isinstance(each, dict):
                below += each.values()
            elif isinstance(each, list):
                below += each
        level = below
    return deepest


def _invalid(message: str) -> DeviceError:
    return DeviceError(ErrorKind.INVALID, message, next_step=_RETRY)
