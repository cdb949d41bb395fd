"""Puts what is known of a device into the texts and commands of its way back."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dcops.model.way_back import PLACEHOLDER, PLACEHOLDERS, Value


def filled(text: str, known: Mapping[str, str]) -> str:
    """The text with every `{name}` that means something replaced; other braces belong to the device's own language."""

    def value(match: re.Match[str]) -> str:
        name = match[1]
        return known[name] if name in known else PLACEHOLDERS.get(name, match[0])

    return PLACEHOLDER.sub(value, text)


def values(wanted: Mapping[str, Value], text: str | None) -> Mapping[str, str]:
    """What the readable configuration says of the values that steps need; a word in capitals where it says nothing."""
    found = {}
    for name, value in wanted.items():
        match = value.pattern.search(text) if text is not None else None
        found[name] = match[1] if match else value.otherwise
    return found
