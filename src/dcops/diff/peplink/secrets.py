"""Hide secrets: where the answers of a Peplink keep them.

A value is secret by the name of its key, by a key above it, or by its own shape. The vendor documents few of the
names, so whole families of names are taken, in whatever way they are put together: `password`, `wpaPassphrase`,
`pre_shared_key`. When in doubt too much is hidden.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from dcops.diff.redact import Conceal

_NAMES = re.compile(
    r"password|passwd|passphrase|passcode|passwort|secret|psk|token|credential|community"
    r"|(?:private|shared|api|auth|access|encryption|licen[cs]e)key"
)
"""Part of a name, without regard to capitals and joints: a text or a tree of this name is secret."""
_ENDINGS = re.compile(r"(?:(?<!public)(?<!pub)keys?|key\d|pwd|pass|pin|puk|otp|psk\d?|password\d?|secret\d?)$")
_HARMLESS = frozenset({"monkey", "hotkey", "turkey", "bypass", "compass"})

_SHAPES = (
    (
        "-----begin",
        re.compile(
            r"(?P<secret>-----BEGIN [^-\n]*(?:PRIVATE KEY|Static key)[^-\n]*-----.*?"
            r"(?:-----END [^-\n]*(?:PRIVATE KEY|Static key)[^-\n]*-----|\Z))",
            re.DOTALL | re.IGNORECASE,
        ),
    ),
    ("$", re.compile(r"(?P<secret>\$(?:1|2[abxy]?|5|6|y)\$[./A-Za-z0-9$=,]{8,})")),
    ("://", re.compile(r"://[^\s/:@\"]{0,256}:(?P<secret>[^\s\"]{1,1024})(?=@)")),
    (
        "=",
        re.compile(
            r"(?:\b|[?&;_])(?:password|passwd|passphrase|pass|pwd|secret|token|access_?token|api_?key|auth|key|sig|code)="
            r"(?P<secret>[^&\s\"'<>]+)",
            re.IGNORECASE,
        ),
    ),
    (
        "<auth-user-pass>",
        re.compile(r"<auth-user-pass>\s*[^\n]*\n(?P<secret>[^\n<]+)", re.IGNORECASE),
    ),
    ("", re.compile(r"(?<![0-9A-Za-z])(?P<secret>[0-9a-fA-F]{32,})(?![0-9A-Za-z])")),
    ("bearer", re.compile(r"Bearer\s+(?P<secret>[A-Za-z0-9._~+/=-]{8,})", re.IGNORECASE)),
)
"""What gives itself away in any text: a needle to look for first, and a pattern that names the secret in it."""

_LOOKS_RANDOM = (
    re.compile(r"(?:0x)?[0-9a-fA-F]{32,}"),
    re.compile(r"(?=[^\s]*\d)(?=[^\s]*[a-z])(?=[^\s]*[A-Z])[A-Za-z0-9+/_=-]{24,}"),
)
"""Nothing that people name or measure looks so, whatever its key is called: a digest, a key, a token."""

_JOINTS = re.compile(r"[^a-z0-9]+")


class Hider:
    """Conceals what is secret, and counts it."""

    def __init__(self, conceal: Conceal) -> None:
        self._conceal = conceal
        self.count = 0

    def tree(self, value: object, prepared: Callable[[str], str] = str, *, name: str = "") -> object:
        """A JSON value with its secrets concealed; every text in it goes through `prepared` first."""
        return self._tree(value, name, prepared, is_secret=names_secret(name))

    def text(self, text: str) -> str:
        """A text with the secrets concealed that give themselves away."""
        lowered = text.lower()
        for needle, pattern in _SHAPES:
            if needle in lowered:
                text = pattern.sub(self._replaced, text)
        return text

    def hide(self, text: str) -> str:
        """The token that stands for a secret."""
        self.count += 1
        return self._conceal(text)

    def _tree(self, value: object, name: str, prepared: Callable[[str], str], *, is_secret: bool) -> object:
        if isinstance(value, dict):
            return {
                prepared(key): self._tree(below, key, prepared, is_secret=is_secret or names_secret(key))
                for key, below in value.items()
            }
        if isinstance(value, list):
            return [self._tree(below, name, prepared, is_secret=is_secret) for below in value]
        if isinstance(value, str):
            text = prepared(value)
            if is_secret:
                return self.hide(text) if value else text
            shown = self.text(text)
            looks_random = shown == text and any(pattern.fullmatch(value) for pattern in _LOOKS_RANDOM)
            return self.hide(text) if looks_random else shown
        if is_secret and isinstance(value, int | float) and not isinstance(value, bool) and _ends_secret(name):
            # A PIN is a number.
            return self.hide(str(value))
        return value

    def _replaced(self, match: re.Match[str]) -> str:
        start, end = (place - match.start() for place in match.span("secret"))
        return f"{match[0][:start]}{self.hide(match['secret'])}{match[0][end:]}"


def names_secret(name: str) -> bool:
    """Whether what stands under this name is secret."""
    plain = _plain(name)
    if plain in _HARMLESS:
        return False
    return bool(_NAMES.search(plain)) or bool(_ENDINGS.search(plain))


def _ends_secret(name: str) -> bool:
    plain = _plain(name)
    return plain not in _HARMLESS and bool(_ENDINGS.search(plain) or plain.endswith(("passcode", "token")))


def _plain(name: str) -> str:
    return _JOINTS.sub("", name.lower())
