"""Tells a text that looks like a secret from one that does not (R-INV-9)."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from math import log2

# `credential` is not among them: it names a login and never is one.
_KEY = re.compile(
    r"(?i)(?:^|[_.-])(?:pass(?:word|wd|phrase|code)?|pwd|secret|psk|token|api[_.-]?key|private[_.-]?key|"
    r"(?:pre)?shared[_.-]?key|ssh[_.-]?key|auth[_.-]?key|(?:ro|rw|snmp)?[_.-]?community|enable)(?:$|[_.-])"
)
_VALUE = re.compile(
    r"-----BEGIN |"  # PEM and PGP blocks
    r"\$(?:1|2[abxy]?|5|6|7|8|9|14|y|apr1|sha1|argon2(?:id|i|d)|pbkdf2[a-z0-9-]*|scrypt)\$|"  # crypt(3), IOS
    r"\b[a-z][a-z0-9+.-]*://[^/\s:@]*:[^/\s@]+@|"  # user:password@ in an address
    r"AGE-SECRET-KEY-1|AKIA[0-9A-Z]{16}|\bgh[pousr]_[A-Za-z0-9]{20}|\beyJ[\w-]{10,}\.[\w-]{10,}\.|"
    r"(?i:\b(?:password|passwd|passphrase|secret|community|psk|shared[ _-]key|api[ _-]?key)\b"
    r"\s*(?::|=|\bis\b|\s[057]\s)\s*\S)"
)
_TOKEN = re.compile(r"[A-Za-z0-9+/_=-]{20,}")
_HEXADECIMAL = re.compile(r"[0-9a-fA-F]{32,}")
_SHORTEST = 8

LEAST_ENTROPY = 3.5
LEAST_TURNS = 0.4


@lru_cache(maxsize=1000)
def secret_key(key: str) -> bool:
    """A key under which people write secrets: `password`, `snmp_community`, `api-key`."""
    return _KEY.search(key) is not None


def looks_secret(text: str) -> bool:
    """A key, a hash, a login inside an address, or letters and digits thrown together at random."""
    if len(text) < _SHORTEST:
        return False
    if _VALUE.search(text):
        return True
    return len(text) >= 20 and any(_random(token) for token in _TOKEN.findall(text))


def _random(token: str) -> bool:
    """Small, capital and digit take turns as in a generated token, not as in `GigabitEthernet0/0/0`."""
    hexadecimal = _HEXADECIMAL.fullmatch(token.strip("="))
    if hexadecimal:
        return len(set(token.lower())) >= 8
    kinds = [_kind_of(sign) for sign in token if sign.isalnum()]
    if len(set(kinds)) < 3:
        return False
    turns = sum(before != after for before, after in pairwise(kinds))
    return turns >= LEAST_TURNS * len(kinds) and _entropy(token) >= LEAST_ENTROPY


def _kind_of(sign: str) -> str:
    return "digit" if sign.isdigit() else "capital" if sign.isupper() else "small"


def _entropy(text: str) -> float:
    """Bits per sign."""
    shares = [text.count(sign) / len(text) for sign in set(text)]
    return -sum(share * log2(share) for share in shares)
