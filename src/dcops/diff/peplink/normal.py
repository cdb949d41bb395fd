"""The state of a Peplink as JSON that only changes when its settings do.

The envelopes are gone, tables stand in the order that they state, other keys are sorted. What only tells how the
device fares is dropped: times, messages, lights, radio signals, and the addresses that a provider gave.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from dcops.diff.peplink.secrets import Hider
from dcops.diff.readable import Readable
from dcops.diff.redact import Conceal
from dcops.diff.visible import visible

NOISE = frozenset({"message", "statusLed", "uptime", "lastUpdated", "timestamp"})
"""How an entry of a status table fares."""

GIVEN = frozenset({"ip", "mask", "gateway", "dns", "ipv6", "gatewayUrl"})
"""What a provider gives to a connection whose method is not static."""

RADIO = frozenset({"cellular", "modem", "wireless"})
RADIO_NOISE = frozenset(
    {
        "band",
        "bssid",
        "carrier",
        "cell",
        "cellId",
        "cellTower",
        "cellUtranId",
        "channel",
        "dataTechnology",
        "ecio",
        "level",
        "mcc",
        "mnc",
        "mobileType",
        "network",
        "quality",
        "rat",
        "roamingStatus",
        "rsrp",
        "rsrq",
        "rssi",
        "signal",
        "signalBar",
        "signalLevel",
        "sinr",
        "snr",
        "speed",
        "tac",
        "uptime",
    }
)
"""What the ether does to a radio. Its set-up (APN, SIM card, SSID) stays."""

STATUS = "status."
WAN = "status.wan.connection"
FIRMWARE = "info.firmware"


def write(document: Mapping[str, Any], conceal: Conceal) -> Readable:
    """Write what every function answered, noise ignored and secrets hidden."""
    hider = Hider(conceal)
    parts = {
        function: hider.tree(_settings(function, answer), visible) for function, answer in sorted(document.items())
    }
    text = json.dumps(parts, indent=2, ensure_ascii=False)
    return Readable(f"{text}\n", _facts(document), hider.count)


def _settings(function: str, answer: Any) -> object:
    response = answer.get("response") if isinstance(answer, dict) else answer
    if isinstance(response, dict) and isinstance(response.get("order"), list):
        return _table(function, response)
    return _sorted(response)


def _table(function: str, table: Mapping[str, Any]) -> dict[str, object]:
    """The entries in the order that the table states, then what stands beside them."""
    ids = [str(number) for number in table["order"]]
    entries = {number: _sorted(_quiet(function, table[number])) for number in ids if number in table}
    beside = {
        key: _sorted(value)
        for key, value in sorted(table.items())
        if key not in entries and key != "order" and not _repeats(table, value)
    }
    return {**entries, **beside}


def _repeats(table: Mapping[str, Any], value: object) -> bool:
    """A list that says once more what the table says: some firmware adds it for other readers."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(
            isinstance(item, dict) and table.get(str(item.get("id"))) == {k: v for k, v in item.items() if k != "id"}
            for item in value
        )
    )


def _quiet(function: str, entry: object) -> object:
    """An entry without what only tells how it fares; a configuration is kept as it is."""
    if not function.startswith(STATUS) or not isinstance(entry, dict):
        return entry
    dropped = set(NOISE)
    if function == WAN and not str(entry.get("method", "static")).lower().startswith("static"):
        dropped |= GIVEN
    return {
        key: _without(value, RADIO_NOISE) if key in RADIO else value
        for key, value in entry.items()
        if key not in dropped
    }


def _without(value: object, names: frozenset[str]) -> object:
    if isinstance(value, dict):
        return {key: _without(below, names) for key, below in value.items() if key not in names}
    if isinstance(value, list):
        return [_without(below, names) for below in value]
    return value


def _sorted(value: object) -> object:
    """Keys in the order of the alphabet, at every depth; a table inside keeps its own."""
    if isinstance(value, dict):
        if isinstance(value.get("order"), list):
            return _table("", value)
        return {key: _sorted(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_sorted(below) for below in value]
    return value


def _facts(document: Mapping[str, Any]) -> dict[str, str]:
    """The version that runs."""
    answer = document.get(FIRMWARE)
    slots = answer.get("response") if isinstance(answer, dict) else None
    for slot in slots.values() if isinstance(slots, dict) else ():
        if isinstance(slot, dict) and slot.get("inUse") is True and isinstance(slot.get("version"), str):
            return {"version": visible(slot["version"])}
    return {}
