"""What the notices of a Cisco device tell before anybody has logged in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dcops.audit.check import check
from dcops.audit.look import Look
from dcops.audit.said import NotApplicable, Said
from dcops.model.finding import Severity

_BEFORE_LOGIN = ("banner login", "banner motd")
# 17.9.4 or 15.7(3)M8; the number of a paragraph has but one point.
_VERSION = re.compile(r"(?<![\w.])\d{1,2}\.\d{1,2}(?:\.\d{1,3}|\(\d)")
_SHORTEST_NAME = 3


@check("IOS-042", severity=Severity.LOW, platforms=["ios"], parameters=["banner_words"])
def telling_banners(look: Look) -> Iterator[Said]:
    """The notice before the login tells nothing about the device."""
    top = look.lines().top.lines
    banners = [line for line in top if line.text.startswith(_BEFORE_LOGIN)]
    if not banners:
        raise NotApplicable(Said("no block", "banner login"))
    names = {line.text.removeprefix("hostname ") for line in top if line.text.startswith("hostname ")}
    words = sorted({word for word in (*names, look.subject.device) if len(word) >= _SHORTEST_NAME})
    patterns = [re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])", re.IGNORECASE) for word in words]
    patterns += [
        re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])", re.IGNORECASE) for word in look.values.each("banner_words")
    ]
    for banner in banners:
        for number, row in enumerate(banner.body):
            for pattern in (*patterns, _VERSION):
                if (match := pattern.search(row)) is not None:
                    # The word alone: the rest of a notice is nobody's evidence.
                    yield Said("forbidden", "", f"{banner.text}: {match[0]}", banner.number + number)
