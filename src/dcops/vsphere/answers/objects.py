"""The answer to RetrievePropertiesEx and ContinueRetrievePropertiesEx."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from dcops.vsphere.answers.envelope import Envelope
from dcops.vsphere.answers.missing import missing_property
from dcops.vsphere.answers.plain import plain
from dcops.vsphere.answers.schema import VIM, Element, Schema, local
from dcops.vsphere.answers.simple import Surprise, text
from dcops.vsphere.managed import Managed, Problem, Value


class Objects(Protocol):
    """The objects of one answer, to be gone through once; the rest is known after that."""

    token: str
    """What to ask for the next page with; empty: that was all."""
    problems: list[Problem]

    def __iter__(self) -> Iterator[Managed]: ...


class OwnObjects:
    """Read by ourselves; raises Surprise or Malformed on the way."""

    def __init__(self, body: bytes | bytearray, schema: Schema) -> None:
        self._envelope = Envelope(body, "objects")
        self._schema = schema
        self.token = ""
        self.problems: list[Problem] = []

    def __iter__(self) -> Iterator[Managed]:
        for element in self._envelope:
            try:
                managed = self._managed(element)
            except ValueError as error:
                raise Surprise(str(error)[:80]) from None
            yield managed
        rest = self._envelope.result
        if rest is not None:
            self.token = rest.findtext(f"{VIM}token") or ""

    def _managed(self, element: Element) -> Managed:
        kind = moid = ""
        properties: dict[str, Value] = {}
        missing: list[Element] = []
        for child in element:
            tag = local(child.tag)
            if tag == "propSet":
                name, value = child.find(f"{VIM}name"), child.find(f"{VIM}val")
                if name is None or value is None or not name.text:
                    raise Surprise("a property without a name or a value")
                properties[text(name.text)] = self._schema.value(value)
            elif tag == "obj":
                kind, moid = text(child.get("type", "")), text(child.text or "")
            elif tag == "missingSet":
                missing.append(child)
            else:
                raise Surprise(f"{tag[:60]} in an object")
        if not (kind and moid):
            raise Surprise("an object without a name")
        self.problems += (missing_property(kind, moid, found) for found in missing)
        return Managed(kind, moid, properties)


class TheirObjects:
    """The same, of what pyvmomi has read."""

    def __init__(self, result: Any) -> None:
        self._result = result
        self.token: str = (result.token or "") if result else ""
        self.problems: list[Problem] = []

    def __iter__(self) -> Iterator[Managed]:
        for one in self._result.objects if self._result else ():
            kind, moid = text(one.obj._wsdlName), text(one.obj._GetMoId())
            self.problems += (missing_property(kind, moid, found) for found in one.missingSet)
            yield Managed(kind, moid, {text(str(each.name)): plain(each.val) for each in one.propSet})
