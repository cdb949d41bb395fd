"""Faults that a device can be given through the control interface."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """Read-path faults, by the names of the control interface."""

    REFUSE = "refuse"
    AUTH_FAIL = "auth_fail"
    HANG = "hang"
    DROP_MID_ANSWER = "drop_mid_answer"
    SLOW = "slow"
    TRUNCATE = "truncate"
    ERROR_DOCUMENT = "error_document"
    WRONG_CERTIFICATE = "wrong_certificate"
    HOST_KEY_CHANGED = "host_key_changed"
    SESSION_EXPIRED = "session_expired"
    REBOOT = "reboot"
    LOSS = "loss"
    TOO_BIG = "too_big"
    WRONG_SOURCE = "wrong_source"


Options = Mapping[Kind, Mapping[str, tuple[object, ...]]]
"""Options that single kinds take on a platform, and their values, the default first."""

OF_DATAGRAMS = frozenset({Kind.LOSS, Kind.TOO_BIG, Kind.WRONG_SOURCE})
EVERY_PLATFORM = frozenset(Kind) - {Kind.WRONG_CERTIFICATE, Kind.HOST_KEY_CHANGED} - OF_DATAGRAMS
OVER_SSH = EVERY_PLATFORM | {Kind.HOST_KEY_CHANGED}
OVER_TLS = EVERY_PLATFORM | {Kind.WRONG_CERTIFICATE}

DEFAULT_DELAY_SECONDS = 1.0
DEFAULT_REBOOT_SECONDS = 5.0


class BadFault(Exception):
    """The request names a fault that does not exist, or that this platform cannot have."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of one device."""

    kind: Kind
    until: float | None = None
    """On `time.monotonic`."""
    delay_seconds: float = DEFAULT_DELAY_SECONDS
    share: float = 1.0
    """Probability that a connection is afflicted; drawn once for each."""
    options: Mapping[str, object] = field(default_factory=dict)

    def is_over(self) -> bool:
        """Its time has run out."""
        return self.until is not None and time.monotonic() >= self.until

    def strikes(self) -> bool:
        """Draw whether one connection is afflicted."""
        return self.share >= 1 or random.random() < self.share

    def option(self, name: str) -> object:
        """The value of an option of its kind; None when the kind has no such option on this platform."""
        return self.options.get(name)

    def as_json(self) -> dict[str, Any]:
        """The fault as the control interface shows it."""
        left = None if self.until is None else max(0.0, round(self.until - time.monotonic(), 3))
        answer = {"kind": self.kind.value, "seconds_left": left, "share": self.share, **self.options}
        return {**answer, "delay_seconds": self.delay_seconds} if self.kind is Kind.SLOW else answer


def parse(platform: str, allowed: frozenset[Kind], options: Options, request: object) -> tuple[Fault, float | None]:
    """The fault that a request asks for, and for how many seconds; BadFault says what is wrong.

    `allowed` and `options` are what devices of the platform can have.
    """
    if not isinstance(request, dict):
        raise BadFault('the body must be an object such as {"kind": "hang"}')
    names = ", ".join(sorted(allowed))
    try:
        kind = Kind(str(request.get("kind")))
    except ValueError:
        raise BadFault(f"unknown kind {request.get('kind')!r}; {platform} has {names}") from None
    if kind not in allowed:
        raise BadFault(f"{platform} has no fault {kind.value!r}; it has {names}")
    choices = options.get(kind, {})
    known = {"kind", "for_seconds", "delay_seconds", "share", *choices}
    if unknown := sorted(set(request) - known):
        raise BadFault(f"unknown key {unknown[0]!r}; {kind.value} takes {', '.join(sorted(known))}")
    for_seconds = _number(request, "for_seconds", 0)
    if for_seconds is None and kind is Kind.REBOOT:
        for_seconds = DEFAULT_REBOOT_SECONDS
    delay = _number(request, "delay_seconds", 0)
    share = _number(request, "share", 0, 1)
    chosen = {name: request.get(name, values[0]) for name, values in choices.items()}
    for name, value in chosen.items():
        if value not in choices[name]:
            raise BadFault(f"{name} must be one of {', '.join(str(item) for item in choices[name])}")
    return Fault(
        kind,
        # A reboot ends by the clock of the device, which may run faster than ours.
        until=None if for_seconds is None or kind is Kind.REBOOT else time.monotonic() + for_seconds,
        delay_seconds=DEFAULT_DELAY_SECONDS if delay is None else delay,
        share=1.0 if share is None else share,
        options=chosen,
    ), for_seconds


def _number(request: Mapping[str, object], key: str, least: float, most: float = 86400) -> float | None:
    value = request.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise BadFault(f"{key} must be a number from {least:g} to {most:g}")
    return float(value)
