"""One vCenter: one session, and a connection for each who asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING

from dcops.vsphere.calls import Calls
from dcops.vsphere.line import Line
from dcops.vsphere.samples import NEWEST, Wish
from dcops.vsphere.target import Limits, Target
from dcops.vsphere.watchdog import Watchdog

if TYPE_CHECKING:
    from dcops.vsphere.caller import Caller
    from dcops.vsphere.details.details import Details
    from dcops.vsphere.inventory import Inventory
    from dcops.vsphere.performance import Performance
    from dcops.vsphere.reading import Reader

DEFAULT = Limits()


class Vcenter:
    """Gives out what asks; each of those is for one thread, and all share the session. Making it asks nothing.

    `fresh` gives the target anew before each login, so that a changed password is used without a restart.
    """

    def __init__(self, target: Target, limits: Limits = DEFAULT, fresh: Callable[[], Target] | None = None) -> None:
        # pyvmomi takes a tenth of a second to import.
        from dcops.vsphere.session import Session

        self.target = target
        self.limits = limits
        self.calls = Calls()
        self.calls_of: dict[str, Calls] = {}
        """Those of each that asks, by its name; they are in `calls` too."""
        self._session = Session(target, limits, self.calls, fresh)
        self._watchdog = Watchdog(target.name)
        self._own = self._line(self.calls)
        self._lines: list[Line] = []
        self._ends: list[Callable[[], None]] = []
        self._lock = Lock()
        self._is_closed = False

    def open(self) -> None:
        """Log in now; otherwise the first question does. Raises DeviceError."""
        self._session.ticket(self._own)

    def inventory(self) -> Inventory:
        """What follows the objects."""
        from dcops.vsphere.inventory import Inventory

        return Inventory(self._caller("inventory"))

    def reader(self, name: str = "reader") -> Reader:
        """What reads properties once: `reader().everything(QUICK)`."""
        from dcops.vsphere.reading import Reader

        return Reader(self._caller(name))

    def performance(
        self,
        counters: Mapping[str, Sequence[str]],
        wish: Wish = NEWEST,
        name: str = "performance",
        in_flight: int | None = None,
    ) -> Performance:
        """What reads samples of these counters, by the kind of object: `{"HostSystem": ["cpu.usage.average"]}`."""
        from dcops.vsphere.performance import Performance

        lines = [self._caller(name) for _ in range(in_flight or self.limits.in_flight)]
        made = Performance(lines, counters, wish)
        self._ends.append(made.close)
        return made

    def details(self) -> Details:
        """What reads the rest."""
        from dcops.vsphere.details.details import Details

        return Details(self._caller("details"), self._session)

    def close(self) -> None:
        """Break off what is being asked, log out, let go of everything; never raises, and may be called twice."""
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
            lines = list(self._lines)
        for line in lines:
            line.close()
        # It may be logging in; it is needed once more, to log out.
        self._own.cut()
        for end in self._ends:
            end()
        with suppress(Exception):
            self._session.close(self._own)
        self._own.close()

    def _caller(self, name: str) -> Caller:
        from dcops.vsphere.caller import Caller

        with self._lock:
            calls = self.calls_of.setdefault(name, Calls(above=self.calls))
            line = self._line(calls)
            self._lines.append(line)
            if self._is_closed:
                line.close()
        return Caller(line, self._session, self.target, self.limits, calls)

    def _line(self, calls: Calls) -> Line:
        return Line(self.target, self.limits, calls, self._watchdog)
