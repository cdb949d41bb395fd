"""What Linux servers say of themselves when they are asked: one source for each question, or the reason for none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from dcops.jobs.compliance.capture.captured import Captured, Means
from dcops.model.device import Device
from dcops.model.source import Source, SourceKind

if TYPE_CHECKING:
    from dcops.devices.linux.state import Learned

PLATFORM = "linux"
ORIGIN = "read now"


class ServerState:
    """Asks servers, each on a connection of its own beside the one that reads its files."""

    def gives(self, platform: str) -> tuple[str, ...]:
        """The sources that it captures of a platform."""
        if platform != PLATFORM:
            return ()
        return tuple(f"{SourceKind.STATE}/{name}" for name in _names())

    def capture(self, means: Means, devices: Sequence[Device]) -> Iterator[Captured]:
        """What each server says now."""
        assert means.fleet is not None
        for answer in means.fleet.ask(devices, _ask):
            device, taken = answer.device, means.clock()
            if answer.value is None:
                why = answer.error.message if answer.error else "no answer and no error"
                sources = tuple(_source(device, name, taken, problem=why) for name in _names())
                yield Captured(device, sources, error=answer.error, seconds=answer.seconds)
            else:
                sources = tuple(
                    _source(device, each.name, taken, each.fact, problem=each.reason) for each in answer.value
                )
                yield Captured(device, sources, seconds=answer.seconds)


def _ask(_device: Device, driver: Any) -> tuple[Learned, ...]:
    driver.open()
    learned: tuple[Learned, ...] = driver.read_state()
    return learned


def _names() -> tuple[str, ...]:
    from dcops.devices.linux.state import QUESTIONS

    return tuple(question.key for question in QUESTIONS)


def _source(device: Device, name: str, taken: datetime, fact: Any = None, *, problem: str) -> Source:
    return Source(device.name, SourceKind.STATE, name, taken, ORIGIN, fact or {}, problem=problem)
