"""The device's own backup file, where a site has found out how its firmware gives it.

The vendor does not document this download: path, method and fields are settings, and what comes is looked at hard.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dcops.devices.peplink.client import PeplinkClient
from dcops.devices.peplink.wire import Question
from dcops.errors import DeviceError, ErrorKind

_NOT_A_FILE = ("text/html", "application/xhtml", "application/json", "text/json", "text/xml", "application/xml")
_TELLS_OTHERWISE = (b"<", b"{", b"[")
_STEP = "Compare [peplink] download_path, download_method and download_fields with what the web admin does"


@dataclass(frozen=True, slots=True)
class Download:
    """How the file is asked for."""

    question: Question
    smallest_bytes: int

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Download | None:
        """What the settings of the site say; None when they name no path."""
        path = str(options.get("download_path") or "")
        if not path:
            return None
        method = str(options.get("download_method") or "GET")
        fields = {str(name): str(value) for name, value in dict(options.get("download_fields") or {}).items()}
        question = Question("POST", path, form=fields) if method == "POST" else Question("GET", path, parameters=fields)
        return cls(question, int(options.get("download_smallest_bytes") or 1))

    def file(self, client: PeplinkClient) -> bytes:
        """The file, byte for byte; raises DeviceError for anything that cannot be it."""
        reply = client.download(self.question)
        content_type = reply.content_type.partition(";")[0].strip().lower()
        if reply.status in (401, 403):
            raise DeviceError(
                ErrorKind.DENIED,
                f"it refuses the download of its configuration: HTTP {reply.status}",
                next_step="The account may not download it, or this page wants a login by password and no token",
            )
        if reply.status != 200:
            raise DeviceError(
                ErrorKind.INVALID, f"the download of its configuration gave HTTP {reply.status}", next_step=_STEP
            )
        if content_type in _NOT_A_FILE or reply.body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_TELLS_OTHERWISE):
            raise DeviceError(
                ErrorKind.INVALID,
                f"no file came in place of its configuration, but {content_type or 'text'}",
                next_step=_STEP,
            )
        if len(reply.body) < self.smallest_bytes:
            raise DeviceError(
                ErrorKind.TRUNCATED,
                f"its configuration file has {len(reply.body)} bytes, fewer than [peplink] download_smallest_bytes",
                next_step="Download it by hand and compare the size",
            )
        return reply.body
