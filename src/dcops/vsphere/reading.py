"""Properties read once, without a filter that stays: what changes all the time, or hardly ever."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from pyVmomi import vmodl

from dcops.vsphere import soap, specs
from dcops.vsphere.answers.malformed import Malformed
from dcops.vsphere.answers.objects import Objects, OwnObjects, TheirObjects
from dcops.vsphere.answers.schema import Schema
from dcops.vsphere.answers.simple import Surprise
from dcops.vsphere.caller import Caller
from dcops.vsphere.login import Ticket
from dcops.vsphere.managed import Managed, Problem
from dcops.vsphere.trouble import Fault, of_fault
from dcops.vsphere.watched import Paths

_COLLECTOR = "PropertyCollector"
_FIRST, _NEXT = "RetrievePropertiesEx", "ContinueRetrievePropertiesEx"
_GONE = "ManagedObjectNotFound"

Take: TypeAlias = Callable[[Managed], None]


@dataclass(frozen=True, slots=True)
class Read:
    """What was read, and what was not shown."""

    objects: tuple[Managed, ...]
    problems: tuple[Problem, ...]


class Reader:
    """Reads properties by RetrievePropertiesEx, page by page. Used by one thread."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self._schema = Schema()

    def everything(self, paths: Paths) -> Read:
        """Of all objects of these kinds; raises DeviceError."""
        return self._read(lambda ticket: specs.of_view(ticket.view, paths))

    def each(self, paths: Paths, take: Take, *, page: int) -> tuple[Problem, ...]:
        """Hand over every object of these kinds as soon as it is read, so many in an answer, and keep none.

        One may come twice. Gives what was not shown; raises DeviceError.
        """
        return self._read(lambda ticket: specs.of_view(ticket.view, paths), take, page).problems

    def single(self, objects: Iterable[tuple[str, str]], paths: Paths) -> Read:
        """Of single objects, given as kind and moid; those that are gone are left out. Raises DeviceError."""
        wanted = dict.fromkeys(objects)
        while wanted:
            try:
                return self._pages_of(lambda _: specs.of_objects(wanted, paths))
            except Fault as fault:
                # A vCenter leaves out what is gone by itself; one that does not names it.
                gone = [each for each in wanted if fault.name == _GONE and each[1] == fault.moid]
                if not gone:
                    raise of_fault(self.caller.name, _FIRST, fault) from None
                for each in gone:
                    del wanted[each]
        return Read((), ())

    def service(self, kind: str, moid: str, path: str) -> Any:
        """One property of one of the vCenter's own objects; None when it is not set. Raises DeviceError."""
        read = self._read(lambda _: specs.of_objects([(kind, moid)], {kind: (path,)}))
        for problem in read.problems:
            raise of_fault(
                self.caller.name,
                f"read {path} of {kind}",
                Fault(problem.reason, moid=problem.on, privilege=problem.privilege),
            )
        return read.objects[0].properties.get(path) if read.objects else None

    def _pages_of(self, spec: Callable[[Ticket], Any], take: Take | None = None, page: int = 0) -> Read:
        size = page or self.caller.limits.page_objects
        return self.caller.within(lambda ticket: self._pages(ticket, spec(ticket), take, size))

    def _read(self, spec: Callable[[Ticket], Any], take: Take | None = None, page: int = 0) -> Read:
        try:
            return self._pages_of(spec, take, page)
        except Fault as fault:
            raise of_fault(self.caller.name, _FIRST, fault) from None

    def _pages(self, ticket: Ticket, spec: Any, take: Take | None, size: int) -> Read:
        options = vmodl.query.PropertyCollector.RetrieveOptions(maxObjects=size)
        found: list[Managed] = []
        token, problems = self._page(ticket, found, take, _FIRST, [spec], options)
        while token:
            token, more = self._page(ticket, found, take, _NEXT, token)
            problems += more
        return Read(tuple(found), tuple(problems))

    def _page(
        self, ticket: Ticket, found: list[Managed], take: Take | None, method: str, *arguments: Any
    ) -> tuple[str, list[Problem]]:
        """Ask for one page and take in what it holds; gives what to ask for the next one with."""
        caller = self.caller
        collector = ticket.content.propertyCollector._GetMoId()
        body = caller.post(ticket, method, ticket.writer.write(_COLLECTOR, collector, method, *arguments))
        known = len(found)
        try:
            objects: Objects = OwnObjects(body, self._schema)
            _take(objects, found, take)
        except Surprise:
            caller.calls.count("fallbacks")
            del found[known:]
            objects = self._theirs(ticket, method, body)
            _take(objects, found, take)
        except Malformed as error:
            raise soap.unreadable(caller.name, method, error) from None
        return objects.token, objects.problems

    def _theirs(self, ticket: Ticket, method: str, body: bytearray) -> Objects:
        try:
            return TheirObjects(ticket.writer.read(method, body))
        except Malformed as error:
            raise soap.unreadable(self.caller.name, method, error) from None


def _take(objects: Objects, found: list[Managed], take: Take | None) -> None:
    for one in objects:
        (take or found.append)(one)
