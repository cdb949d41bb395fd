"""How the elements of an answer become values, by the types that pyvmomi knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from pyVmomi import VmomiSupport

from dcops.vsphere.answers.simple import XSD, Simple, Surprise, simple_of, text
from dcops.vsphere.managed import TYPE, Value

Element: TypeAlias = Any
"""An element of ElementTree."""
Build: TypeAlias = Callable[[Element], Value]

VIM = "{urn:vim25}"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
ARRAY = "ArrayOf"


class Schema:
    """Makes values of elements; how it is done for a type is worked out when the type is first met."""

    def __init__(self) -> None:
        self._named: dict[str, Build] = {}
        self._typed: dict[type, Build] = {}
        self._simples: dict[str, Simple | None] = {}

    def value(self, element: Element) -> Value:
        """The value of an element that says its own type, as `val` does."""
        name = element.get(XSI_TYPE)
        if name is None:
            raise Surprise(f"{local(element.tag)} does not say its type")
        build = self._named.get(name)
        if build is None:
            build = self._named[name] = self._by_name(name.rpartition(":")[2])
        return build(element)

    def simple(self, name: str) -> Simple | None:
        """What makes the value of a type that has no elements of its own; None for any other."""
        try:
            return self._simples[name]
        except KeyError:
            found = self._simples[name] = self._simple(name)
            return found

    def of(self, kind: type) -> Build:
        """What makes values of a type."""
        build = self._typed.get(kind)
        if build is None:
            simple = simple_of(kind)
            if simple:
                build = _of_text(simple)
            elif issubclass(kind, VmomiSupport.DataObject) and not issubclass(kind, Exception):
                build = _Object(self, kind)
            else:
                build = untyped
            self._typed[kind] = build
        return build

    def _simple(self, name: str) -> Simple | None:
        if name.startswith(ARRAY):
            return None
        if name in XSD or name == "ManagedObjectReference":
            return XSD.get(name, text)
        try:
            return simple_of(VmomiSupport.GetWsdlType(VIM[1:-1], name))
        except KeyError:
            return None

    def _by_name(self, name: str) -> Build:
        if simple := XSD.get(name):
            return _of_text(simple)
        if name == "ManagedObjectReference":
            return _of_text(text)
        if name.startswith(ARRAY):
            item = name.removeprefix(ARRAY)
            simple_item = item[0].lower() + item[1:]
            return _array(self._by_name(simple_item if simple_item in XSD else item))
        try:
            return self.of(VmomiSupport.GetWsdlType(VIM[1:-1], name))
        except KeyError:
            raise Surprise(f"type {name[:60]} is not known") from None


class _Object:
    """Makes the dict of one class of data objects."""

    __slots__ = ("_fields", "_kind", "_schema")

    def __init__(self, schema: Schema, kind: Any) -> None:
        self._schema = schema
        self._kind = kind
        self._fields: dict[str, tuple[str, bool, Simple | None, Build]] = {}

    def __call__(self, element: Element) -> Value:
        # Classes hold each other, so their fields are looked up when one is first met, not before.
        fields = self._fields or self._learn()
        made: dict[str, Value] = {}
        for child in element:
            field = fields.get(child.tag)
            if field is None:
                made[local(child.tag)] = untyped(child)
                continue
            key, many, simple, build = field
            value = simple(child.text or "") if simple is not None else build(child)
            if not many:
                made[key] = value
            elif key in made:
                made[key].append(value)
            else:
                made[key] = [value]
        return made

    def _learn(self) -> dict[str, tuple[str, bool, Simple | None, Build]]:
        for info in self._kind._GetPropertyList():
            many = issubclass(info.type, list)
            kind = info.type.Item if many else info.type
            self._fields[VIM + info.name] = (text(info.name), many, simple_of(kind), _Declared(self._schema, kind))
        return self._fields


class _Declared:
    """Makes a value of a field, whose element may say that it is of a more special class."""

    __slots__ = ("_kind", "_name", "_schema")

    def __init__(self, schema: Schema, kind: type) -> None:
        self._schema = schema
        self._kind = kind
        self._name = VmomiSupport.GetWsdlName(kind)

    def __call__(self, element: Element) -> Value:
        name = element.get(XSI_TYPE)
        if name is None:
            return self._schema.of(self._kind)(element)
        value = self._schema.value(element)
        special = name.rpartition(":")[2]
        if isinstance(value, dict) and special != self._name:
            value[TYPE] = text(special)
        return value


def local(tag: str) -> str:
    """The name of an element without its namespace."""
    return text(tag.rpartition("}")[2])


def untyped(element: Element) -> Value:
    """A value by its looks alone: a text, or a dict of them."""
    if len(element) == 0:
        return text(element.text or "")
    made: dict[str, Value] = {}
    for child in element:
        key, value = local(child.tag), untyped(child)
        before = made.get(key)
        if before is None:
            made[key] = value
        elif isinstance(before, list):
            before.append(value)
        else:
            made[key] = [before, value]
    return made


def _of_text(simple: Simple) -> Build:
    return lambda element: simple(element.text or "")


def _array(item: Build) -> Build:
    return lambda element: [item(child) for child in element]
