"""Everything that a vCenter holds, kept as it is by asking only for what changed."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any

from pyVmomi import vmodl

from dcops.vsphere import soap, specs
from dcops.vsphere.answers.malformed import Malformed
from dcops.vsphere.answers.schema import Schema
from dcops.vsphere.answers.simple import Surprise
from dcops.vsphere.answers.updates import OwnUpdates, TheirUpdates, Update, Updates
from dcops.vsphere.caller import Caller
from dcops.vsphere.login import Ticket
from dcops.vsphere.managed import Changes, Managed, Problem, Value
from dcops.vsphere.trouble import Fault, of_fault
from dcops.vsphere.watched import WATCHED, Paths

_LOST = ("InvalidCollectorVersion", "ManagedObjectNotFound")
"""The filter, or what it had told us, is no longer there: everything is read anew."""


class Inventory:
    """The objects of one vCenter. Used by one thread."""

    def __init__(self, caller: Caller, paths: Paths = WATCHED) -> None:
        self._caller = caller
        self._paths = paths
        self._schema = Schema()
        self._present: dict[str, Managed] = {}
        self._problems: dict[str, dict[str, Problem]] = {}
        self._session = 0
        self._filter_moid = ""
        self._version = ""
        # What was seen and not yet told; kept when an answer breaks off in the middle.
        self._changed: dict[str, Managed] = {}
        self._left: dict[str, None] = {}
        self._met: set[str] | None = set()
        """Moids that a full look has met so far; None between full looks."""
        self._updates = 0

    @property
    def present(self) -> Mapping[str, Managed]:
        """All objects by moid, as of the last look. It changes during `wait` only."""
        return MappingProxyType(self._present)

    def wait(self, seconds: float) -> Changes:
        """What is otherwise than at the last look; waits as long for something to happen. Raises DeviceError.

        The first look gives everything, and does not wait.
        """
        try:
            return self._caller.within(lambda ticket: self._look(ticket, seconds))
        except Fault as fault:
            raise of_fault(self._caller.name, "WaitForUpdatesEx", fault) from None

    def _look(self, ticket: Ticket, seconds: float) -> Changes:
        if ticket.number != self._session or not self._version:
            self._filter(ticket)
        try:
            return self._collect(ticket, seconds)
        except Fault as fault:
            if fault.name not in _LOST:
                raise
        # At most one session stays, and in it one filter: what is lost is made anew in the same session.
        self._filter(ticket)
        return self._collect(ticket, seconds)

    def _filter(self, ticket: Ticket) -> None:
        """Make the filter, and begin a full look."""
        collector = ticket.content.propertyCollector._GetMoId()
        if ticket.number == self._session and self._filter_moid:
            self._destroy(ticket)
        made = self._caller.call(
            ticket, "PropertyCollector", collector, "CreateFilter", specs.of_view(ticket.view, self._paths), False
        )
        self._filter_moid = made._GetMoId()
        self._session = ticket.number
        self._version = ""
        self._met = set()

    def _destroy(self, ticket: Ticket) -> None:
        # Mostly it is gone already.
        with suppress(Fault):
            self._caller.call(ticket, "PropertyFilter", self._filter_moid, "DestroyPropertyFilter")
        self._filter_moid = ""

    def _collect(self, ticket: Ticket, seconds: float) -> Changes:
        is_more = True
        while is_more:
            # A full look and the rest of a long answer wait for nothing.
            wait = 0.0 if self._met is not None or self._changed or self._left else seconds
            is_more = self._page(ticket, wait)
        return self._told()

    def _page(self, ticket: Ticket, wait: float) -> bool:
        """Ask once and take in what is told; whether there is more to be asked for at once."""
        caller = self._caller
        options = vmodl.query.PropertyCollector.WaitOptions(
            maxWaitSeconds=int(wait), maxObjectUpdates=caller.limits.page_objects
        )
        collector = ticket.content.propertyCollector._GetMoId()
        question = ticket.writer.write("PropertyCollector", collector, "WaitForUpdatesEx", self._version, options)
        body = caller.post(ticket, "WaitForUpdatesEx", question, more_seconds=wait)
        try:
            updates: Updates = OwnUpdates(body, self._schema)
            self._take(updates)
        except Surprise:
            caller.calls.count("fallbacks")
            updates = TheirUpdates(self._read(ticket, body))
            self._take(updates)
        except Malformed as error:
            raise soap.unreadable(caller.name, "WaitForUpdatesEx", error) from None
        if updates.version:
            self._version = updates.version
        return updates.truncated

    def _read(self, ticket: Ticket, body: bytearray) -> Any:
        try:
            return ticket.writer.read("WaitForUpdatesEx", body)
        except Malformed as error:
            raise soap.unreadable(self._caller.name, "WaitForUpdatesEx", error) from None

    def _take(self, updates: Updates) -> None:
        for update in updates:
            self._updates += 1
            if update.action == "leave":
                self._leave(update.moid)
            else:
                self._enter(update)
        for problem in updates.problems:
            self._problems.setdefault(problem.moid, {})[problem.path] = problem

    def _enter(self, update: Update) -> None:
        moid, before = update.moid, self._present.get(update.moid)
        if update.action == "enter" or before is None:
            properties = update.assigned
        else:
            properties = {**before.properties, **update.assigned}
            for name in update.unset:
                properties.pop(name, None)
        self._note(update, properties)
        if self._met is not None:
            self._met.add(moid)
            # After a lost session most is as it was: the old object stays, and nobody is told of it.
            if before is not None and before.properties == properties and before.kind == update.kind:
                return
        self._present[moid] = self._changed[moid] = Managed(update.kind, moid, properties)
        self._left.pop(moid, None)

    def _note(self, update: Update, properties: dict[str, Value]) -> None:
        """Remember what of an object is not shown."""
        before = {} if update.action == "enter" else self._problems.get(update.moid, {})
        now = {path: problem for path, problem in before.items() if path not in update.assigned}
        for problem in update.missing:
            now[problem.path] = problem
            properties.pop(problem.path, None)
        if now:
            self._problems[update.moid] = now
        else:
            self._problems.pop(update.moid, None)

    def _leave(self, moid: str) -> None:
        self._changed.pop(moid, None)
        self._problems.pop(moid, None)
        if self._present.pop(moid, None) is not None:
            self._left[moid] = None

    def _told(self) -> Changes:
        full = self._met is not None
        if self._met is not None:
            for moid in self._present.keys() - self._met:
                self._leave(moid)
            self._met = None
        changes = Changes(
            full=full,
            changed=tuple(self._changed.values()),
            left=tuple(self._left),
            problems=tuple(problem for each in self._problems.values() for problem in each.values()),
            updates=self._updates,
        )
        self._changed, self._left, self._updates = {}, {}, 0
        return changes
