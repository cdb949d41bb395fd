"""The ways in which devices write down a secret that they do not hash: a given one can be compared with their tokens.

A salted hash (type 5, 8, 9, `$6$…`) or a text encrypted with a key of the device (type 6, `-AQ==…`) cannot be computed
from the secret: those are compared only with the very text that the device shows. Neither is a secret found that is
hidden as one with other words (`user:password`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dcops.diff import literal
from dcops.diff.redact import keyed
from dcops.diff.visible import visible

TOKEN = re.compile(r"(?:<|&lt;)secret:([0-9a-f]{12})(?:>|&gt;)")
"""A secret in a readable text; in XML its brackets are escaped."""

_TYPE_7 = b"dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87"
"""Cisco's type 7 hides a text from the eye only: this key is the same in every device, and 53 places to begin."""


def tokens(secret: str, key: bytes) -> frozenset[str]:
    """The twelve digits of every token that may stand for this secret under a site key."""
    conceal = keyed(key)
    found = (TOKEN.fullmatch(conceal(form)) for form in _forms(secret))
    return frozenset(match[1] for match in found if match)


def mentions(line: str, wanted: frozenset[str]) -> bool:
    """Whether a line of a readable text has one of these tokens."""
    return any(digits in wanted for digits in TOKEN.findall(line))


def type_7(secret: str, start: int) -> str:
    """The secret as Cisco's type 7 shows it when it begins at this place of the key."""
    content = secret.encode("utf-8", "surrogateescape")
    hidden = bytes(sign ^ _TYPE_7[(start + at) % len(_TYPE_7)] for at, sign in enumerate(content))
    return f"{start:02d}{hidden.hex().upper()}"


def _forms(secret: str) -> Iterator[str]:
    plain = {secret, *(form.decode("utf-8", "surrogateescape") for form in literal.forms(secret))}
    for text in plain:
        # A rule that hides up to the end of a word takes along what closes it.
        for form in (text, f'"{text}"', f"'{text}'", f'{text}"', f"{text}'", f"{text};"):
            yield form
            yield visible(form)
    for start in range(len(_TYPE_7)):
        text = type_7(secret, start)
        yield text
        yield text.lower()
