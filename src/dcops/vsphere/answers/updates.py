"""The answer to WaitForUpdatesEx."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from dcops.vsphere.answers.envelope import Envelope
from dcops.vsphere.answers.missing import missing_object, missing_property
from dcops.vsphere.answers.plain import plain
from dcops.vsphere.answers.schema import VIM, Element, Schema, local
from dcops.vsphere.answers.simple import Surprise, boolean, text
from dcops.vsphere.answers.singles import taken
from dcops.vsphere.managed import Problem, Value

_SET = ("assign", "add")
_UNSET = ("remove", "indirectRemove")
_CHANGE_SET, _KIND, _OBJ, _MISSING_SET = (VIM + name for name in ("changeSet", "kind", "obj", "missingSet"))
_NAME, _OP, _VAL = (VIM + name for name in ("name", "op", "val"))


@dataclass(frozen=True, slots=True)
class Update:
    """What is new of one object."""

    action: str
    """`enter`, `modify` or `leave`."""
    kind: str
    moid: str
    assigned: dict[str, Value]
    unset: tuple[str, ...]
    missing: tuple[Problem, ...]


class Updates(Protocol):
    """The updates of one answer, to be gone through once; the rest is known after that."""

    version: str
    """What to ask with next; empty: nothing has changed until the time was over."""
    truncated: bool
    """There is more, to be asked for at once."""
    problems: list[Problem]
    """Objects that were not shown at all."""

    def __iter__(self) -> Iterator[Update]: ...


class OwnUpdates:
    """Read by ourselves; raises Surprise or Malformed on the way."""

    def __init__(self, body: bytes | bytearray, schema: Schema) -> None:
        self._body = body
        self._schema = schema
        self.version = ""
        self.truncated = False
        self.problems: list[Problem] = []

    def __iter__(self) -> Iterator[Update]:
        try:
            body, singles = taken(self._body, self._schema)
            envelope = Envelope(body, "objectSet")
            for number, element in enumerate(envelope):
                yield self._update(element, singles[number] if singles else {})
        except ValueError as error:
            raise Surprise(str(error)[:80]) from None
        if (rest := envelope.result) is None:
            return
        version = rest.find(f"{VIM}version")
        if version is None or not version.text:
            raise Surprise("an answer with changes has no version")
        self.version = version.text
        truncated = rest.find(f"{VIM}truncated")
        self.truncated = truncated is not None and boolean(truncated.text or "")
        self.problems = [missing_object(found) for found in rest.iterfind(f"{VIM}filterSet/{VIM}missingSet")]

    def _update(self, element: Element, assigned: dict[str, Value]) -> Update:
        """What one element says beside the values that were taken out of it."""
        action = kind = moid = ""
        unset: list[str] = []
        missing: list[Element] = []
        for child in element:
            tag = child.tag
            if tag == _CHANGE_SET:
                self._change(child, assigned, unset)
            elif tag == _KIND:
                action = text(child.text or "")
            elif tag == _OBJ:
                kind, moid = text(child.get("type", "")), text(child.text or "")
            elif tag == _MISSING_SET:
                missing.append(child)
            else:
                raise Surprise(f"{local(tag)[:60]} in an update")
        if not (kind and moid) or action not in ("enter", "modify", "leave"):
            raise Surprise(f"update of {kind[:40]} {moid[:60]} does not say whether it came, changed or left")
        return Update(
            action, kind, moid, assigned, tuple(unset), tuple(missing_property(kind, moid, found) for found in missing)
        )

    def _change(self, element: Element, assigned: dict[str, Value], unset: list[str]) -> None:
        name = operation = ""
        value: Element | None = None
        for child in element:
            tag = child.tag
            if tag == _NAME:
                name = text(child.text or "")
            elif tag == _OP:
                operation = child.text or ""
            elif tag == _VAL:
                value = child
        if not name:
            raise Surprise("a change does not say of what")
        if operation in _SET and value is not None:
            assigned[name] = self._schema.value(value)
        elif operation in _SET or operation in _UNSET:
            unset.append(name)
        else:
            raise Surprise(f"a change of {name[:60]} by {operation[:20]!r}")


class TheirUpdates:
    """The same, of what pyvmomi has read."""

    def __init__(self, update_set: Any) -> None:
        self._set = update_set
        self.version: str = update_set.version if update_set else ""
        self.truncated = bool(update_set.truncated) if update_set else False
        self.problems = [
            missing_object(found) for each in (update_set.filterSet if update_set else ()) for found in each.missingSet
        ]

    def __iter__(self) -> Iterator[Update]:
        for each in self._set.filterSet if self._set else ():
            for one in each.objectSet:
                kind, moid = text(one.obj._wsdlName), text(one.obj._GetMoId())
                given = [(text(str(change.name)), change.op, change.val) for change in one.changeSet]
                yield Update(
                    action=text(str(one.kind)),
                    kind=kind,
                    moid=moid,
                    assigned={name: plain(value) for name, op, value in given if op in _SET and value is not None},
                    unset=tuple(name for name, op, value in given if op in _UNSET or value is None),
                    missing=tuple(missing_property(kind, moid, found) for found in one.missingSet),
                )
