"""Says in plain words what a value should have been."""

from __future__ import annotations

from datetime import date
from enum import Enum
from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import Any, get_args

from dcops.inventory.entry import Path, words_of
from dcops.inventory.kinds import Field, fields_of, plain
from dcops.inventory.words import did_you_mean, shown
from dcops.inventory.yaml_text import Mapping
from dcops.model.facility import Network

_YES = {"yes": "true", "y": "true", "on": "true", "no": "false", "n": "false", "off": "false"}


def error(found: dict[str, Any], path: Path, cls: type[Any], raw: Mapping) -> tuple[str, str]:
    """Message and hint for one of pydantic's errors at a path of a mapping."""
    if found["type"] == "missing":
        *outer, key = path
        return f"missing key {key!r}" + (f" in {_dotted(tuple(outer))}" if outer else ""), ""
    if not path:
        return "cannot be used: it holds text that is not Unicode", "remove what is not readable"
    message, hint = _wrong(found, _field(path, cls), _value(raw, path))
    return f"{_dotted(path)} {message}", hint


def _wrong(found: dict[str, Any], field: Field | None, value: Any) -> tuple[str, str]:
    kind = plain(field.hint) if field else None
    context = found.get("ctx", {})
    match found["type"]:
        case "greater_than_equal":
            return f"must be at least {context['ge']}, not {written(value)}", ""
        case "less_than_equal":
            return f"must be at most {context['le']}, not {written(value)}", ""
        case "tuple_type":
            return f"must be a list, not {written(value)}", "write [a, b]"
        case "dataclass_type":
            return f"must be a mapping of keys and values, not {written(value)}", ""
    if isinstance(kind, type) and issubclass(kind, Enum):
        choices = [str(member.value) for member in kind]
        hint = did_you_mean(value, choices) if isinstance(value, str) else ""
        return f"must be {words_of(choices)}, not {written(value)}", "" if hint.startswith("there") else hint
    if kind is bool:
        right = _YES.get(value.lower()) if isinstance(value, str) else None
        return f"must be true or false, not {written(value)}", f"write {right}" if right else ""
    if kind is int:
        digits = isinstance(value, str) and value.isdigit()
        return f"must be a whole number, not {written(value)}", "leave out the quotes" if digits else ""
    if kind is date:
        return f"must be a date that exists, not {written(value)}", "write YYYY-MM-DD"
    if kind is IPv4Address or kind is IPv6Address:
        return f"must be an {kind.__name__[:4]} address, not {written(value)}", ""
    if kind == Network:
        return f"must be a range of addresses, not {written(value)}", _network_hint(value)
    if found["type"] == "string_type":
        return f"must be text, not {written(value)}", _quote_hint(value)
    return f"is wrong: {found['msg']}", ""


def written(value: Any) -> str:
    """A value as the file has it."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"the number {getattr(value, 'text', value)}"
    if isinstance(value, str):
        return shown(value)
    return "a list" if isinstance(value, list) else "a mapping"


def _quote_hint(value: Any) -> str:
    if isinstance(value, bool | int | float):
        text = str(value).lower() if isinstance(value, bool) else getattr(value, "text", value)
        return f'quote it: "{text}"'
    return ""


def _network_hint(value: Any) -> str:
    try:
        return f"did you mean {ip_network(value, strict=False)}?" if isinstance(value, str) else ""
    except ValueError:
        return ""


def _field(path: Path, cls: type[Any]) -> Field | None:
    field = None
    for step in path:
        if isinstance(step, str):
            field = fields_of(cls).get(step)
            cls = field.nested if field and field.nested else cls
    return _item(field) if field and isinstance(path[-1], int) else field


def _item(field: Field) -> Field:
    """The items of a list, as a field of their own."""
    return Field(get_args(plain(field.hint))[0], required=False, nested=field.nested, is_list=False)


def _value(raw: Any, path: Path) -> Any:
    for step in path:
        raw = raw[step]
    return raw


def _dotted(path: Path) -> str:
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
