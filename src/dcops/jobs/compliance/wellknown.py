"""Secrets that everybody knows: recognised by their keyed marks, without the secret being seen."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache

from dcops.archive.site_key import SiteKey
from dcops.diff.written import TOKEN, tokens
from dcops.model.secret import Secret

WORDS = (
    "1234", "12345", "123456", "12345678", "123456789", "admin", "admin123", "administrator", "adminadmin", "backup",
    "calvin", "change", "changeme", "changeit", "cisco", "cisco123", "community", "default", "dcops", "enable",
    "fortinet", "guest", "huawei", "huawei123", "ilmi", "juniper", "letmein", "manager", "monitor", "network", "noc",
    "ntp", "operator", "p@ssw0rd", "p@ssword", "paloalto", "pass", "passw0rd", "password", "password1", "peplink",
    "private", "public", "qwerty", "radius", "read", "readonly", "readwrite", "root", "router", "ro", "rw", "secret",
    "security", "server", "snmp", "snmpd", "snmptrap", "sophos", "support", "switch", "system", "tacacs", "test",
    "toor", "trap", "user", "vmware", "vnpro", "welcome", "write", "zabbix",
)  # fmt: skip


class WellKnown:
    """Tells which secrets of a readable text are words that everybody tries first."""

    def __init__(self, keys: Mapping[str, SiteKey]) -> None:
        self._keys = keys
        """By id, as archived documents name them."""

    def among(self, content: str | Mapping[str, object], *, site_key: str, device: str) -> frozenset[str] | None:
        """The marks in a content that stand for such words, or for the device's own name.

        None when the key is not here with which they were made: then nobody knows.
        """
        key = self._keys.get(site_key)
        if key is None:
            return None
        text = content if isinstance(content, str) else json.dumps(content, default=str)
        seen = set(TOKEN.findall(text))
        if not seen:
            return frozenset()
        weak = (seen & _marks(Secret(key.key.hex()))) | (seen & tokens(device, key.key))
        return frozenset(f"<secret:{digits}>" for digits in weak)


@cache
def _marks(key: Secret) -> frozenset[str]:
    return _of(WORDS, bytes.fromhex(key.reveal()))


def _of(words: Iterable[str], key: bytes) -> frozenset[str]:
    spellings = {spelling for word in words for spelling in (word, word.capitalize(), word.upper())}
    return frozenset[str]().union(*(tokens(spelling, key) for spelling in spellings))
