"""How `known_hosts` and `pins` change when a device is trusted: one entry, comments and order stay."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import paramiko

from dcops.devices.identity.host_keys import HostKey


def with_host_keys(text: str, name: str, keys: Sequence[HostKey], *, comment: str = "") -> str:
    """`known_hosts` where `name` has these keys in place of those of the same types."""
    kinds = {key.kind for key in keys}
    kept = [line for each in text.splitlines() if (line := _without(each, name, kinds)) is not None]
    added = [f"{name} {key.text}{f' {comment}' if comment else ''}" for key in keys]
    return "".join(f"{line}\n" for line in [*kept, *added])


def with_pin(text: str, device: str, sha256: str) -> str:
    """`pins` where the device has this one."""
    lines, done = [], False
    for line in text.splitlines():
        entry, mark, remark = line.partition("#")
        if entry.split()[:1] == [device]:
            if not done:
                lines.append(f"{device} sha256:{sha256}{f'  {mark}{remark}' if mark else ''}")
            done = True
            continue
        lines.append(line)
    if not done:
        lines.append(f"{device} sha256:{sha256}")
    return "".join(f"{line}\n" for line in lines)


def host_keys_of(known: paramiko.HostKeys, name: str) -> tuple[HostKey, ...]:
    """The keys that known_hosts has for a place."""
    found = known.lookup(name)
    keys = [found[kind] for kind in found or ()] if found else []
    return tuple(HostKey.of(key) for key in keys if key is not None)


def strays(text: str, names: Sequence[str]) -> tuple[str, ...]:
    """Entries of `known_hosts` that belong to none of the places; hashed ones are shown by their number of line."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if len(words) < 3 or words[0].startswith(("#", "@")):
            continue
        if words[0].startswith("|"):
            if not any(_is(words[0], name) for name in names):
                found.append(f"line {number}, hashed")
            continue
        found += [host for host in words[0].split(",") if host not in names]
    return tuple(found)


def _without(line: str, name: str, kinds: set[str]) -> str | None:
    """The line without the place, when its key is of one of the types; None when nothing is left of it."""
    words = line.split()
    if len(words) < 3 or words[0].startswith(("#", "@")) or _kind(words) not in kinds:
        return line
    hosts = words[0].split(",")
    left = [host for host in hosts if not _is(host, name)]
    if left == hosts:
        return line
    return line.replace(words[0], ",".join(left), 1) if left else None


def _kind(words: Sequence[str]) -> str:
    """The type inside the key: an RSA key may stand under the name of one of its signatures."""
    try:
        return paramiko.Message(base64.b64decode(words[2])).get_text()
    except (ValueError, UnicodeDecodeError):
        return words[1]


def _is(host: str, name: str) -> bool:
    if host.startswith("|1|"):
        return paramiko.HostKeys.hash_host(name, host) == host
    return host == name
