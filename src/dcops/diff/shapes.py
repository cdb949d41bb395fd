# ruff: noqa: E501 (one rule per line reads as the table it is)
"""Secrets that give themselves away by their words or their shape, on every platform that speaks in lines.

A rule is a pattern with three words of ours: WORD is a secret of one word (or in quotes), REST a secret up to the
end of the line, TYPE the digit that may stand before it (0, 4 to 9) and stays visible. A blank stands for any
white space. In the example SECRET stands where the secret is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Rule:
    """One place where a platform keeps a secret."""

    name: str
    needle: str
    """A word in small letters without which the rule cannot match: most lines are passed over by it."""
    expression: str
    example: str
    outside: str = ""
    """Does not apply under commands that begin so."""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What the rule searches for, compiled when a line first holds its needle: most rules never are."""
        return re.compile(self.expression, re.IGNORECASE)


WORDS = {
    " TYPE": r"(?:\s+[04-9](?=\s+\S))?",
    "WORD": r'(?P<secret>"[^"]*"\S*|\S+)',
    "REST": r"(?P<secret>\S.*)",
}


def shape(name: str, needle: str, pattern: str, example: str, outside: str = "") -> Rule:
    """A rule that may begin anywhere."""
    for word, meaning in WORDS.items():
        pattern = pattern.replace(word, meaning)
    return Rule(name, needle, pattern.replace(" ", r"\s+"), example, outside)


def rule(name: str, needle: str, pattern: str, example: str, outside: str = "") -> Rule:
    """A shape that begins with a word of its own."""
    return shape(name, needle, r"(?<![\w./:-])" + pattern, example, outside)


# fmt: off
NET = (
    # what no rule above claims, as the words for secrets are few
    rule("any password", "pass", r"(?:[\w-]+-)?(?:password|passwd|passphrase|pass-phrase|passcode) TYPE REST", " password 7 SECRET"),
    rule("any secret", "secret", r"(?:[\w-]+-)?secret TYPE REST", " secret 5 SECRET"),
    rule("any typed key", "key", r"(?:key|[\w-]+-key) [0567] REST", " authentication sha1 key 7 SECRET"),
    rule("any server's key", "key", r"(?:server|peer|client|host) \S+ (?:\S+ )*?key TYPE REST", " server 192.0.2.1 timeout 5 key SECRET"),
    rule("any pre-shared key", "psk", r"(?:[\w-]+-)?psk TYPE REST", " psk 0 SECRET"),
    rule("any type 7 text", " 7 ", r"7 (?P<secret>(?:0\d|1[0-5])(?:[0-9A-F]{2}){3,})\s*$", " unheard-of 7 0822455D0A16SECRET"),
)

SHAPES = (
    # what gives itself away, also in descriptions and remarks
    shape("crypt hash", "$", r"(?P<secret>\$(?:1|5|6|8|9|14|2[abxy]?)\$\S+)", " description was $9$SECRET"),
    shape("noted password", "password", r"password [5-9] (?P<secret>[0-9A-F]{6,}|\S{20,})(?!\S)", " description old password 7 0822455D0ASECRETSECRETSECRET"),
    shape("noted secret", "secret", r"secret [5-9] (?P<secret>[0-9A-F]{6,}|\S{20,})(?!\S)", " description old secret 5 SECRETSECRETSECRETSECRET"),
    shape("noted key", "key", r"key [5-9] (?P<secret>[0-9A-F]{6,}|\S{20,})(?!\S)", "access-list 10 remark key 7 0822455D0ASECRETSECRETSECRET"),
    shape("login before a host", "@", r'[^\s:@/"]+:(?!//)(?P<secret>[^\s@"]+)@(?=[\w\[])', ' action 1.0 mail server "an:SECRET@192.0.2.1"'),
    shape("assignment", "=", r"(?:passw|pwd|secret|token|api_?key)[\w-]*=WORD", ' run-opts 1 "-e DB_PASSWORD=SECRET"'),
)

URLS = (
    # also in banners
    shape("login in an address", "://", r"[a-z][\w+.-]*://[^\s/:@]*:(?P<secret>\S+)@", " path scp://an:SECRET@192.0.2.1/$h-$t"),
    shape("secret in a query", "=", r"[?&](?:password|passwd|pass|pwd|secret|token|api_?key|key)=(?P<secret>[^&\s\"]+)", " add http://192.0.2.1/nic/update?host=r1&password=SECRET"),
)
# fmt: on


def merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, those that overlap made one."""
    joined: list[tuple[int, int]] = []
    for start, stop in spans:
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(stop, joined[-1][1]))
        else:
            joined.append((start, stop))
    return joined
