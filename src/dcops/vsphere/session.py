"""The one session with a vCenter, shared by all its lines."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Lock

from dcops.errors import DcopsError, DeviceError, ErrorKind
from dcops.vsphere import soap
from dcops.vsphere.calls import Calls
from dcops.vsphere.line import Line
from dcops.vsphere.login import Login, Refused, Ticket
from dcops.vsphere.refusals import Refusals
from dcops.vsphere.target import Limits, Target
from dcops.vsphere.trouble import Fault, trouble

LOGOUT_SECONDS = 5.0


class Session:
    """Logs in when it is first needed and whenever the session has ended; raises DeviceError when it cannot.

    `fresh` gives the target anew before each login: a changed password is used without a restart. Where the vCenter
    is stays as it was.
    """

    def __init__(self, target: Target, limits: Limits, calls: Calls, fresh: Callable[[], Target] | None = None) -> None:
        self._target = target
        self._limits = limits
        self._calls = calls
        self._fresh = fresh
        self._refusals = Refusals(limits.refused_waits_seconds)
        self._lock = Lock()
        self._ticket: Ticket | None = None
        self._number = 0
        self._attempts = 0
        self._failure: DeviceError | None = None
        self._is_closed = False

    def ticket(self, line: Line) -> Ticket:
        """The session as it is; logs in over the line where there is none."""
        if (held := self._ticket) is not None:
            return held
        attempts = self._attempts
        with self._lock:
            if self._ticket is not None:
                return self._ticket
            if attempts != self._attempts and (error := self._failure) is not None:
                # Somebody else has just tried, while we waited: its failure is ours.
                raise DeviceError(error.kind, error.message, next_step=error.next_step)
            self._attempts += 1
            try:
                self._ticket = self._login(line)
            except DeviceError as error:
                self._failure = error
                raise
            self._failure = None
            return self._ticket

    def ended(self, ticket: Ticket) -> None:
        """The vCenter does not know this session any more."""
        with self._lock:
            if self._ticket is ticket:
                self._ticket = None

    def discard(self, ticket: Ticket, line: Line) -> None:
        """Log out of a session that is of no use any more; never raises."""
        self.ended(ticket)
        _log_out(ticket, line)

    def close(self, line: Line) -> None:
        """Log out over a line; never raises. Nobody logs in after that."""
        self._is_closed = True
        with self._lock:
            held, self._ticket = self._ticket, None
        if held is not None:
            _log_out(held, line)

    # ---- logins ------------------------------------------------------------------------------------

    def login_now(self) -> Target:
        """With which login this vCenter may be asked now; raises DeviceError after a refusal."""
        target = self._target
        if self._fresh:
            try:
                target = self._fresh()
            except DeviceError:
                raise
            except DcopsError as error:
                raise trouble(target.name, ErrorKind.AUTH, error.message, error.next_step) from None
        left = self._refusals.left_seconds(target.user, target.password)
        if left == 0.0:
            return target
        when = "not before it changes" if left is None else f"in {max(1, round(left / 60))} minutes"
        raise trouble(
            target.name,
            ErrorKind.AUTH,
            f"login as {target.user} was refused; the same password is tried again {when}, so that nothing is locked",
            "Mend its credential; a new one is tried at once",
        )

    def refused(self, target: Target) -> DeviceError:
        """A login was refused: remember it, and give the error."""
        self._refusals.refused(target.user, target.password)
        self._calls.count("refusals")
        self._calls.failed(ErrorKind.AUTH)
        return trouble(
            target.name,
            ErrorKind.AUTH,
            f"login as {target.user} was refused",
            "Check the credential with dcops secrets check, and the account: docs/how-to/vcenter-role.md",
        )

    def _login(self, line: Line) -> Ticket:
        if self._is_closed:
            raise trouble(self._target.name, ErrorKind.UNREACHABLE, "we are ending", "Nothing is to be done")
        target = self.login_now()
        self._number += 1
        try:
            made = Login(target, line, self._limits.login_seconds).ticket(self._number)
        except Refused:
            raise self.refused(target) from None
        self._refusals.accepted()
        self._calls.count("logins")
        return made


def _log_out(held: Ticket, line: Line) -> None:
    for kind, moid, method in (
        ("ContainerView", held.view, "DestroyView"),
        ("SessionManager", held.content.sessionManager._GetMoId(), "Logout"),
    ):
        with suppress(DeviceError, Fault):
            question = held.writer.write(kind, moid, method)
            soap.post(line, method, question, action=held.writer.action, cookie=held.cookie, seconds=LOGOUT_SECONDS)
