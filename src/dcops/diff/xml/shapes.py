"""Secrets that give themselves away in any text, whatever the element is called."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

Shape: TypeAlias = "tuple[str, re.Pattern[str]]"
"""A needle to look for first, and a pattern whose group `secret` ends the match."""

CRYPT: Shape = ("$", re.compile(r"(?P<secret>\$(?:1|2[abxy]?|5|6)\$[./A-Za-z0-9$=,]{8,})"))
PRIVATE_KEY: Shape = (
    "PRIVATE KEY",
    re.compile(r"(?P<secret>-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z))", re.DOTALL),
)
LOGIN_IN_URL: Shape = ("://", re.compile(r"://[^\s/:@]{0,256}:(?P<secret>\S{1,1024})(?=@)"))
PARAMETER_OF_URL: Shape = (
    "=",
    re.compile(r"[?&](?:password|passwd|pass|pwd|secret|token|api_?key|key)=(?P<secret>[^&\s\"]+)", re.IGNORECASE),
)
COMMON: tuple[Shape, ...] = (CRYPT, PRIVATE_KEY, LOGIN_IN_URL, PARAMETER_OF_URL)


def concealed(text: str, shapes: tuple[Shape, ...], hide: Callable[[str], str]) -> str:
    """The text with what has such a shape hidden."""
    for needle, pattern in shapes:
        if needle in text:
            text = pattern.sub(lambda match: match[0].removesuffix(match["secret"]) + hide(match["secret"]), text)
    return text
