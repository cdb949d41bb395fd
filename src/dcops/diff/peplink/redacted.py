"""Any answer of a Peplink with its secrets concealed and all else as it was."""

from __future__ import annotations

import json
import re

from dcops.diff import opaque
from dcops.diff.peplink.secrets import Hider, names_secret
from dcops.diff.redact import Conceal

_PAIR = re.compile(
    r'(?P<name>"(?:[^"\\]|\\.)*")(?P<joint>\s*:\s*)(?P<value>"(?:[^"\\]|\\.)*(?:"|\\?\Z)|-?\d[-+.\deE]*)'
)
"""A name and a plain value in JSON that is cut or broken."""
_SECRET_TREE = re.compile(r'(?P<name>"(?:[^"\\]|\\.)*")\s*:\s*[{\[]')
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*(?:"(?P<is_name>\s*:)?|\\?\Z)')
_FIELD = re.compile(r"<input\b[^>]*>", re.IGNORECASE)
_FIELD_NAME = re.compile(r"\b(?:name|id)\s*=\s*[\"']?(?P<name>[\w.-]+)", re.IGNORECASE)
_FIELD_VALUE = re.compile(r"\bvalue\s*=\s*(?:\"(?P<a>[^\"]+)\"|'(?P<b>[^']+)'|(?P<c>[^\s>\"']+))", re.IGNORECASE)


def redacted(answer: bytes, conceal: Conceal) -> bytes:
    """JSON stays JSON. A file that is no text is replaced by what can be told of it: all of it may be secret."""
    hider = Hider(conceal)
    try:
        text = answer.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _described(answer)
    if "\x00" in text:
        return _described(answer)
    if not text.lstrip().startswith(("{", "[")):
        return _FIELD.sub(lambda match: _field(match[0], hider), hider.text(text)).encode()
    try:
        value = json.loads(text)
        hidden = hider.tree(value)
    except (ValueError, RecursionError):
        return _broken(text, hider).encode()
    if not hider.count:
        return answer
    spaced = re.search(r'":\s', text) is not None
    indent = 2 if "\n" in text.strip() else None
    separators = (",", ":") if not spaced else (",", ": ") if indent else (", ", ": ")
    return json.dumps(hidden, ensure_ascii=False, indent=indent, separators=separators).encode("utf-8", "replace")


def _described(answer: bytes) -> bytes:
    return opaque.readable(answer).text.encode()


def _broken(text: str, hider: Hider) -> str:
    """Names and values can still be told apart; where a secret tree ends cannot, so nothing after it is shown."""
    tree = next((found for found in _SECRET_TREE.finditer(text) if names_secret(found["name"])), None)
    end = len(text) if tree is None else tree.end()
    shown = _PAIR.sub(lambda match: _pair(match, hider), hider.text(text[:end]))
    return shown + _TEXT.sub(lambda match: _any(match, hider), text[end:])


def _any(match: re.Match[str], hider: Hider) -> str:
    return match[0] if match["is_name"] else f'"{hider.hide(match[0].strip(chr(34)))}"'


def _pair(match: re.Match[str], hider: Hider) -> str:
    value = match["value"]
    if not names_secret(match["name"].strip('"')) or value in ('""', '"'):
        return match[0]
    return f'{match["name"]}{match["joint"]}"{hider.hide(value.strip(chr(34)))}"'


def _field(tag: str, hider: Hider) -> str:
    name = _FIELD_NAME.search(tag)
    if name is None or not names_secret(name["name"]):
        return tag

    def hide(match: re.Match[str]) -> str:
        return f'value="{hider.hide(match["a"] or match["b"] or match["c"])}"'

    return _FIELD_VALUE.sub(hide, tag)
