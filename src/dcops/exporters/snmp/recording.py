"""A walk as a file that the lab can serve, without the secrets that an agent may show."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dcops.archive import durable
from dcops.diff.anonymous import Anonymous
from dcops.diff.literal import SHORTEST, Hider
from dcops.errors import UsageError
from dcops.snmp import oid
from dcops.snmp.ber import NULL, OBJECT_IDENTIFIER, OCTET_STRING
from dcops.snmp.value import IP_ADDRESS, OPAQUE, number

SECRET = tuple(
    oid.encode(name)
    for name in (
        "1.3.6.1.6.3.12",  # targets: the names under which traps are sent
        "1.3.6.1.6.3.13",
        "1.3.6.1.6.3.14",
        "1.3.6.1.6.3.15",  # users
        "1.3.6.1.6.3.16",  # groups and views, by community or user
        "1.3.6.1.6.3.18",  # communities
    )
)
"""Tables that hold communities and names of users."""

ADDRESSED = tuple(
    oid.encode(name)
    for name in (
        "1.3.6.1.2.1.3",
        "1.3.6.1.2.1.4.20",
        "1.3.6.1.2.1.4.21",
        "1.3.6.1.2.1.4.22",
        "1.3.6.1.2.1.4.24",
        "1.3.6.1.2.1.4.32",
        "1.3.6.1.2.1.4.33",
        "1.3.6.1.2.1.4.34",
        "1.3.6.1.2.1.4.35",
        "1.3.6.1.2.1.4.37",
        "1.3.6.1.2.1.6",
        "1.3.6.1.2.1.7",
        "1.3.6.1.2.1.14",
        "1.3.6.1.2.1.15",
        "1.3.6.1.2.1.17.4",
        "1.3.6.1.2.1.17.7",
        "1.3.6.1.2.1.55",
        "1.3.6.1.4.1.9.9.187",
    )
)
"""Tables whose index is an address: no text stands there that could be replaced."""

SERIALS = oid.encode("1.3.6.1.2.1.47.1.1.1.1.11")
_MAC_BYTES = 6
_PLAIN = re.compile(r"[\x20-\x7e]*")

Row = tuple[bytes, int, bytes]
"""Name, tag and bytes of a value."""


@dataclass(frozen=True, slots=True)
class Recording:
    """The lines of a walk."""

    content: bytes
    rows: int
    left_out: int
    """Rows that hold a secret, or with `anonymous` an address in their name."""
    anonymous: bool


def recording(
    rows: Sequence[Row], *, secrets: Iterable[str], serials: Iterable[str] = (), anonymous: bool = False
) -> Recording:
    """The rows as a file; `secrets` are the parts of the login that was used, its user among them."""
    known = [secret for secret in secrets if secret]
    kept = [row for row in rows if not _shows(row, known, (*SECRET, *(ADDRESSED if anonymous else ())))]
    other = Anonymous((*serials, *_serials(kept))) if anonymous else None
    hider = Hider(known)
    # Looked at once more as it will be written: in hexadecimal, with other addresses.
    lines = [
        f"{oid.dotted(name)}|{value}"
        for name, tag, content in kept
        if not (value := _value(tag, content, other)).startswith("4") or not hider.finds(value.encode())
    ]
    text = "".join(f"{line}\n" for line in lines)
    return Recording(text.encode(), len(lines), len(rows) - len(lines), anonymous)


def write(file: Path, made: Recording) -> None:
    """Write it, for its owner only; a file that is there already is not touched."""
    if not durable.create(file.absolute(), made.content):
        raise UsageError(f"{file} is there already", next_step="Give another name with --to, or move it away")


def _shows(row: Row, secrets: Sequence[str], tables: Sequence[bytes]) -> bool:
    """Whether a secret stands in the value, or, as its signs, in the index."""
    name, tag, content = row
    if any(name.startswith(table) for table in tables):
        return True
    if tag not in (OCTET_STRING, OPAQUE):
        content = b""
    for secret in secrets:
        plain = secret.encode()
        # A short one would be found in half of all texts: what is it and nothing else is left out.
        if content == plain or (len(secret) >= SHORTEST and (plain in content or oid.suffix(tuple(plain)) in name)):
            return True
    return False


def _serials(rows: Iterable[Row]) -> list[str]:
    return [content.decode("utf-8", "replace").strip() for name, _, content in rows if name.startswith(SERIALS)]


def _value(tag: int, content: bytes, other: Anonymous | None) -> str:
    """`TAG|VALUE` as snmpsim writes it; what is no plain text, in hexadecimal."""
    if tag == OBJECT_IDENTIFIER:
        return f"{tag}|{oid.dotted(content)}"
    if tag == IP_ADDRESS and len(content) == 4:
        text = ".".join(map(str, content))
        return f"{tag}|{other.text(text) if other else text}"
    if tag == NULL:
        return f"{tag}|"
    if tag not in (OCTET_STRING, OPAQUE, IP_ADDRESS) and (found := number(tag, content)) is not None:
        return f"{tag}|{found}"
    try:
        text = content.decode("ascii")
    except UnicodeDecodeError:
        text = "\n"
    if _PLAIN.fullmatch(text) and text == text.strip() and tag == OCTET_STRING:
        return f"{tag}|{other.text(text) if other else text}"
    if other and tag == OCTET_STRING:
        content = _other_bytes(content, other)
    return f"{tag}x|{content.hex()}"


def _other_bytes(content: bytes, other: Anonymous) -> bytes:
    """Six bytes that are no text are a MAC address, as a rule; longer ones may hold addresses in words."""
    if len(content) == _MAC_BYTES:
        return bytes.fromhex(other.text(content.hex(":")).replace(":", ""))
    try:
        return other.text(content.decode()).encode()
    except UnicodeDecodeError:
        return content
