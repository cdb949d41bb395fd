"""Hide secrets: where the description of a platform says that they are, and what gives itself away besides.

When in doubt too much is hidden: a hidden word is a nuisance, a shown secret is an incident.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dcops.diff.redact import Conceal
from dcops.diff.shapes import NET, SHAPES, URLS, merged
from dcops.model.bounds import LONGEST_LINE
from dcops.model.platform import CliPlatform, SecretRule

SALTED = "<secret>"
"""Stands for a secret that the device writes anew each time it is asked: a token of it would change every night."""

_KEY_BEGINS = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----")
_KEY_ENDS = re.compile(r"-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----")
_KEY_INSIDE = re.compile(rf"{_KEY_BEGINS.pattern}(?P<secret>\S.*?)(?={_KEY_ENDS.pattern}|$)")
PRIVATE_KEY = SecretRule(_KEY_BEGINS, _KEY_ENDS)
"""A private key in PEM is a secret on every platform."""

_NEEDLE = re.compile("|".join(sorted({re.escape(each.needle) for each in NET + SHAPES + URLS})))
_NOTE = re.compile(r"\s*(?:set )?(?:description|remark|comment|!|#|;)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Span:
    """Where a secret stands in a line."""

    start: int
    stop: int
    salted: bool = False


def hidden(platform: CliPlatform, lines: Sequence[str], conceal: Conceal) -> tuple[list[str], int]:
    """The lines with every secret concealed, and how many there were."""
    shown: list[str] = []
    count = 0
    at = 0
    active: set[int] = set()
    while at < len(lines):
        line = lines[at]
        rule = _opens(platform.secrets, line)
        active = _places(platform.secrets, line, active)
        text, found = _line(platform, line, active, conceal)
        shown.append(text)
        count += found
        at += 1
        if rule is None:
            continue
        body: list[str] = []
        while at < len(lines) and rule.ends and not rule.ends.search(lines[at][:LONGEST_LINE]):
            body.append(lines[at])
            at += 1
        if any(row.strip() for row in body):
            indent = body[0][: len(body[0]) - len(body[0].lstrip())]
            secret = "\n".join(row.strip() for row in body)
            shown.append(indent + (SALTED if rule.salted else conceal(secret)))
            count += 1
    return shown, count


def unclosed(rules: Sequence[SecretRule], lines: Sequence[str]) -> str:
    """The line that opens a block which never closes; empty when there is none."""
    waits: SecretRule | None = None
    opened = ""
    for line in lines:
        if waits is None:
            waits, opened = _opens(rules, line), line
        elif waits.ends and waits.ends.search(line[:LONGEST_LINE]):
            waits = None
    return opened if waits else ""


def _opens(rules: Sequence[SecretRule], line: str) -> SecretRule | None:
    """The block of secrets that begins on this line and does not end there."""
    head = line[:LONGEST_LINE]
    for rule in (*(rule for rule in rules if rule.ends), PRIVATE_KEY):
        match = rule.pattern.search(head)
        if match and rule.ends and not rule.ends.search(head, match.end()):
            return rule
    return None


def _places(rules: Sequence[SecretRule], line: str, before: set[int]) -> set[int]:
    """The rules, by their number, that apply to this line because of those above it."""
    now = set(before)
    for number, rule in enumerate(rules):
        if rule.within and rule.until:
            if rule.within.search(line[:LONGEST_LINE]):
                now.add(number)
            elif rule.until.search(line[:LONGEST_LINE]):
                now.discard(number)
    return now


def _line(platform: CliPlatform, line: str, active: set[int], conceal: Conceal) -> tuple[str, int]:
    spans = list(_spans(platform, line, active))
    text = line
    for span in reversed(spans):
        text = (
            text[: span.start] + (SALTED if span.salted else conceal(line[span.start : span.stop])) + text[span.stop :]
        )
    return text, len(spans)


def _spans(platform: CliPlatform, line: str, active: set[int]) -> Iterator[Span]:
    """Where the secrets of a line stand, in order, without overlap."""
    if len(line) > LONGEST_LINE:
        yield Span(0, len(line))
        return
    found: list[tuple[int, int]] = []
    salted: set[tuple[int, int]] = set()
    claimed: list[tuple[int, int]] = []
    harmless = any(pattern.search(line) for pattern in platform.harmless)
    for number, rule in enumerate(platform.secrets):
        if rule.ends is None and not harmless and (rule.within is None or number in active):
            for match in rule.pattern.finditer(line):
                if match["secret"] is None:
                    continue
                found.append(match.span("secret"))
                claimed.append(match.span())
                if rule.salted:
                    salted.add(match.span("secret"))
    # A part of what is salted must not give a token: that would change every night.
    found = [span for span in found if span in salted or not any(a < span[1] and span[0] < b for a, b in salted)]
    found += [match.span("secret") for match in _KEY_INSIDE.finditer(line)]
    lowered = line.lower()
    if _NEEDLE.search(lowered):
        if not harmless and not _NOTE.match(line):
            found += [
                match.span("secret")
                for rule in NET
                if rule.needle in lowered
                for match in rule.pattern.finditer(line)
                if not any(start < match.end() and match.start() < stop for start, stop in claimed)
            ]
        # What is hidden already has no shape to look for: a part of a secret would split it in two.
        found += [
            match.span("secret")
            for rule in SHAPES + URLS
            if rule.needle in lowered
            for match in rule.pattern.finditer(line)
        ]
    for start, stop in merged(sorted(span for span in found if span[0] < span[1])):
        yield Span(start, stop, any(start <= first and last <= stop for first, last in salted))
