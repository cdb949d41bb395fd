"""What every way out has in common: one method, and one error that says whether trying again can help."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from dcops.errors import DcopsError
from dcops.model.job import Message


class NotifyErrorKind(StrEnum):
    """Whether the same message can be tried again."""

    TEMPORARY = "temporary"
    """The surroundings stood in the way: the line, the server, a password or a certificate that a person will mend."""
    PERMANENT = "permanent"
    """The server refuses this very message: it would refuse it for ever."""


class NotifyError(DcopsError):
    """A message was not sent."""

    def __init__(self, kind: NotifyErrorKind, message: str, *, next_step: str = "") -> None:
        super().__init__(message, next_step=next_step)
        self.kind = kind


def temporary(message: str, next_step: str = "") -> NotifyError:
    """An error after which the message is tried again."""
    return NotifyError(NotifyErrorKind.TEMPORARY, message, next_step=next_step)


def permanent(message: str, next_step: str = "") -> NotifyError:
    """An error after which the message becomes a dead letter."""
    return NotifyError(NotifyErrorKind.PERMANENT, message, next_step=next_step)


@dataclass(frozen=True, slots=True)
class Unusable:
    """Stands for a way out that is set up wrongly: its messages wait for a person to mend it, the others go on."""

    reason: str

    def send(self, message: Message) -> None:  # noqa: ARG002
        """Say what is wrong."""
        raise temporary(self.reason)


class Sender(Protocol):
    """One way out."""

    def send(self, message: Message) -> None:
        """Hand the message over; raises NotifyError when it was not taken."""
