"""The facts of a server without what moves by itself."""

from __future__ import annotations

import json
from typing import Any

from dcops.diff.linux.secrets import hidden
from dcops.diff.readable import Readable
from dcops.diff.redact import Conceal
from dcops.diff.visible import visible

VOLATILE = {"uptime_seconds", "free_bytes", "offset_seconds", "reference", "stratum"}


def readable(content: bytes, conceal: Conceal) -> Readable:
    """The facts as JSON in a fixed order."""
    facts = _settled(json.loads(content))
    secrets = 0

    def shown(value: Any) -> Any:
        nonlocal secrets
        if isinstance(value, dict):
            return {visible(str(key)): shown(each) for key, each in value.items()}
        if isinstance(value, list):
            return [shown(each) for each in value]
        if isinstance(value, str):
            text, count = hidden(visible(value), "", conceal)
            secrets += count
            return text
        return value

    text = json.dumps(shown(facts), indent=2, sort_keys=True, ensure_ascii=False)
    return Readable(f"{text}\n", {}, secrets)


def _settled(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _settled(each) for key, each in value.items() if key not in VOLATILE}
    if isinstance(value, list):
        return [_settled(each) for each in value]
    return value
