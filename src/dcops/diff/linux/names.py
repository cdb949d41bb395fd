"""Whether a name of a setting is that of a secret: `DBPassword`, `smtp_pass`, `auth.password_in`, `wpa-psk`."""

from __future__ import annotations

import re
from functools import lru_cache

SPEAKS_OF_SECRETS = re.compile(
    r"pass|pwd|pw|secret|token|psk|authtok|communit|key|cookie|exponent|prime|coefficient", re.IGNORECASE
)
"""Most lines hold none of it and are passed over."""

_CORE = re.compile(
    r"pass(?:wor[dt]|wd|phrase|code)|passwd|pwd|secret|token|psk|authtok|communit|(?:bind|root)pw|requirepass"
    r"|(?:api|private|preshared|shared|access|auth|master|encryption|account|signing|session|wep|crypt|license"
    r"|recovery|storage|primary|secondary|cookie|omapi)_?key|pre_shared_key|key_data|erlang_cookie"
)
_WHOLE = {
    "masterauth",
    # the numbers of a private RSA key (strongSwan)
    "privateexponent",
    "prime1",
    "prime2",
    "exponent1",
    "exponent2",
    "coefficient",
}
_SEGMENTS = {"pass", "pw"}
# What is said of a secret and is none.
_LAST = frozenset(
    {
        # its place
        *("file", "files", "path", "paths", "dir", "directory", "location", "store", "maps", "map", "url", "uri"),
        *("endpoint", "server", "agent", "backend", "provider"),
        # how it is made or asked for
        *("query", "command", "cmd", "program", "exec", "prompt", "chat", "sync", "type", "types", "format"),
        *("algorithm", "alg", "scheme", "hashing", "authentication", "encryption", "method", "mode", "env", "policy"),
        *("quality", "check", "complexity", "attribute", "attr", "header", "label", "identity", "name", "level"),
        "flags",
        # how long, how many, how old
        *("tries", "retry", "retries", "attempts", "timeout", "length", "len", "minlen", "min", "max", "days", "ttl"),
        *("lifetime", "expire", "expires", "expiry", "expiration", "age", "history", "warn", "size", "count"),
        *("limit", "rotation"),
        # whether there is one
        *("required", "enable", "enabled", "disabled", "supported", "tokens", "reqd"),
    }
)
# Where nginx passes a request on to.
_NOT_HERE = {"nopasswd"} | {f"{kind}_pass" for kind in ("proxy", "fastcgi", "uwsgi", "scgi", "grpc", "memcached")}
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@lru_cache(maxsize=4096)
def is_secret(name: str) -> bool:
    """Whether what stands under this name is to be hidden."""
    words = _HUMP.sub("_", name.strip("$\"'")).lower()
    segments = [segment for segment in re.split(r"[-_.\[\]'\"]+", words) if segment]
    if not segments:
        return False
    whole = "_".join(segments)
    if whole in _NOT_HERE:
        return False
    if segments[-1] in _LAST and "communit" not in whole:
        return False
    return whole in _WHOLE or bool(_SEGMENTS & set(segments)) or bool(_CORE.search(whole))
