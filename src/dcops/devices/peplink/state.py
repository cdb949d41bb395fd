"""What is read of a Peplink, and how it becomes one document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dcops.devices.peplink.wire import Question


@dataclass(frozen=True, slots=True)
class Part:
    """One function of the API that tells a part of the settings."""

    function: str
    question: Question
    is_needed: bool
    """Without it there is no backup. Others are missing on some firmware and some accounts, and are named then."""


def _get(function: str, *, is_needed: bool) -> Part:
    return Part(function, Question("GET", f"/api/{function}"), is_needed)


PARTS = (
    _get("info.firmware", is_needed=True),
    _get("status.lan.profile", is_needed=True),
    _get("status.wan.connection", is_needed=True),
    _get("config.ssid.profile", is_needed=False),
)

PRIORITIES = Part(
    "config.wan.connection.priority",
    # The vendor says that an empty list changes nothing and gives what is set. Nobody of us has seen it do so.
    Question("POST", "/api/config.wan.connection.priority", json={"list": []}),
    is_needed=False,
)


def document(parts: Mapping[str, bytes]) -> bytes:
    """One JSON document of answers, each byte for byte as it came, by the name of its function."""
    rows = (b'"%s": %s' % (name.encode(), raw.removeprefix(b"\xef\xbb\xbf").strip()) for name, raw in parts.items())
    return b"{\n" + b",\n".join(rows) + b"\n}\n"
