"""Labels as the text format of Prometheus writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})
_SPECIAL = re.compile(r'[\\"\n]').search


def quoted(text: str) -> str:
    """A text as the value of a label. Different texts stay different."""
    # Few have anything to escape, and translating costs more than looking.
    return f'"{text.translate(_ESCAPES)}"' if _SPECIAL(text) else f'"{text}"'


def joined(labels: Mapping[str, str]) -> str:
    """`{interface="Gi0/0",afi="ipv4"}`, or nothing."""
    return "{" + ",".join([f"{name}={quoted(text)}" for name, text in labels.items()]) + "}" if labels else ""
