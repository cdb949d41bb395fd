"""What must not be kept though the server sent it: judged by its name, and by what it holds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from dcops.devices.linux.paths import NEVER

# What editors and package managers add to the name of a copy.
_COPY = re.compile(
    r"(?:~|-|\.(?:bak|backup|old|orig|save|swp|swo|tmp|copy|disabled|rpmsave|rpmnew|rpmorig|dpkg-\w+|ucf-\w+|gz|xz|bz2"
    r"|zst|gpg|\d+))+$"
)
_PRIVATE_KEY = re.compile(rb"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----")
_CERTIFICATE_NAMES = (".pem", ".crt", ".cer", ".cert", ".chain", ".bundle", ".p8", ".pk8")
_SHADOW = re.compile(
    rb"^[^:\s]+:(?:!{0,2}\$[^:\s]+|[./0-9A-Za-z]{13}):\d{0,9}:\d*:\d*:\d*:\d*:\d*:\d*[ \t]*$", re.MULTILINE
)
_MAGIC = (
    (b"\xfe\xed\xfe\xed", "a Java key store"),
    (b"\xce\xce\xce\xce", "a Java key store"),
    (b"\x05\x02", "a Kerberos keytab"),
    (b"\x05\x01", "a Kerberos keytab"),
    (b"PuTTY-User-Key-File-", "a private key"),
    (b"\x03\xd9\xa2\x9a", "a password store"),
)
# DER: a sequence of a version number 0 or 1 and more is a private key (PKCS#1, PKCS#8, SEC 1); of version 3, PKCS#12.
_DER = re.compile(rb"\x30(?:[\x20-\x7f]|\x81.|\x82..|\x83...)\x02\x01([\x00\x01\x03])[\x02\x04\x30]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Excluded:
    """The rules of one server: ours, and what its settings add."""

    extra: Sequence[str] = ()

    def reason(self, path: str, content: bytes = b"") -> str:
        """Why a member is not kept, in a few words; empty when it may be."""
        return self._by_name(path) or _by_content(path, content)

    def _by_name(self, path: str) -> str:
        for part in path.split("/"):
            bare = _COPY.sub("", part.lower().lstrip(".")) or part.lower()
            for pattern in NEVER:
                if fnmatchcase(part.lower(), pattern) or fnmatchcase(bare, pattern):
                    return "its name"
        for pattern in self.extra:
            wanted = pattern.strip("/")
            if fnmatchcase(path, wanted) or any(fnmatchcase(part, wanted) for part in path.split("/")):
                return "excluded in the settings"
            if path.startswith(f"{wanted}/"):
                return "excluded in the settings"
        return ""


def _by_content(path: str, content: bytes) -> str:
    for magic, what in _MAGIC:
        if content.startswith(magic):
            return what
    if der := _DER.match(content):
        return "a key store" if der[1] == b"\x03" else "a private key"
    start = content.lstrip()[:200]
    if _PRIVATE_KEY.match(start):
        return "a private key"
    # Elsewhere a key stands among settings (OpenVPN, WireGuard): those are kept sealed, and hidden in what is shown.
    if _COPY.sub("", path.lower()).endswith(_CERTIFICATE_NAMES) and _PRIVATE_KEY.search(content):
        return "a private key"
    if _SHADOW.search(content):
        return "hashes of passwords"
    return ""
