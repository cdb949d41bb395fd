"""Asks over one line in the shared session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from dcops.errors import ErrorKind
from dcops.vsphere import soap
from dcops.vsphere.answers.malformed import Malformed
from dcops.vsphere.calls import Calls
from dcops.vsphere.line import Line
from dcops.vsphere.login import Ticket
from dcops.vsphere.session import Session
from dcops.vsphere.target import Limits, Target
from dcops.vsphere.trouble import Fault, SessionEnded, trouble

T = TypeVar("T")

ENDED = ("NotAuthenticated", "SecurityError")
"""What vCenter says to a cookie that it does not know any more."""
GONE = "ManagedObjectNotFound"


class Caller:
    """For one thread."""

    def __init__(self, line: Line, session: Session, target: Target, limits: Limits, calls: Calls) -> None:
        self.line = line
        self.name = target.name
        self.limits = limits
        self.calls = calls
        self._session = session

    def within(self, work: Callable[[Ticket], T]) -> T:
        """Do some work in the session; once more, in a new one, if it has ended. Raises DeviceError or Fault."""
        for _ in range(2):
            ticket = self._session.ticket(self.line)
            try:
                return work(ticket)
            except SessionEnded:
                continue
            except Fault as fault:
                if fault.name != GONE or fault.moid != ticket.view:
                    raise
                # Somebody has destroyed the view. A session has one, so it goes with it.
                self._session.discard(ticket, self.line)
        raise trouble(
            self.name,
            ErrorKind.AUTH,
            "it ends our sessions as soon as they begin",
            "Is somebody ending them? Look at its sessions and events",
        )

    def post(self, ticket: Ticket, method: str, question: bytes, *, more_seconds: float = 0.0) -> bytearray:
        """Ask; raises SessionEnded, Fault or DeviceError."""
        seconds = self.limits.call_seconds + more_seconds
        try:
            return soap.post(
                self.line, method, question, action=ticket.writer.action, cookie=ticket.cookie, seconds=seconds
            ).body
        except Fault as fault:
            if fault.name in ENDED:
                self._session.ended(ticket)
                raise SessionEnded from None
            raise

    def call(self, ticket: Ticket, kind: str, moid: str, method: str, *arguments: Any) -> Any:
        """Ask for something rare, and let pyvmomi read it."""
        body = self.post(ticket, method, ticket.writer.write(kind, moid, method, *arguments))
        try:
            return ticket.writer.read(method, body)
        except Malformed as error:
            raise soap.unreadable(self.name, method, error) from None
