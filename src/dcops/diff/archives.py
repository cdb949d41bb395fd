"""Texts inside a tar, changed one by one: a tar that was changed as a whole is none any more."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable

_MAGIC_AT = 257


def is_tar(answer: bytes) -> bool:
    """Whether it is a tar (POSIX or GNU)."""
    return answer[_MAGIC_AT : _MAGIC_AT + 5] == b"ustar"


def changed(answer: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The tar with every file and every name changed; ValueError when it cannot be read."""
    out = io.BytesIO()
    try:
        with (
            tarfile.open(fileobj=io.BytesIO(answer), mode="r:") as given,
            tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as new,
        ):
            for member in given:
                content = given.extractfile(member) if member.isreg() else None
                body = change(content.read()) if content else b""
                for name in ("name", "linkname", "uname", "gname"):
                    text = getattr(member, name).encode("utf-8", "surrogateescape")
                    setattr(member, name, change(text).decode("utf-8", "surrogateescape"))
                member.size = len(body)
                new.addfile(member, io.BytesIO(body))
    except tarfile.TarError as error:
        raise ValueError(f"no tar that can be read: {error}") from None
    return out.getvalue()
