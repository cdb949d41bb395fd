"""What pyvmomi has read, in the shape of our own values: for answers that surprised us, and to compare with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pyVmomi import VmomiSupport

from dcops.vsphere.answers.simple import text
from dcops.vsphere.managed import TYPE, Value


def plain(value: Any, declared: type | None = None) -> Value:
    """A value of pyvmomi's as one of ours; `declared` is what its place says that it is."""
    if isinstance(value, VmomiSupport.ManagedObject):
        return text(value._GetMoId())
    if isinstance(value, Exception):
        return {"fault": {TYPE: text(value._wsdlName)}}  # type: ignore[attr-defined]
    if isinstance(value, VmomiSupport.DataObject):
        return _object(value, declared)
    if isinstance(value, list):
        item = getattr(type(value), "Item", None)
        return [plain(one, item) for one in value]
    if isinstance(value, bool):
        return bool(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, type):
        return text(VmomiSupport.GetWsdlName(value))
    return text(str(value))


def _object(value: Any, declared: type | None) -> dict[str, Value]:
    made: dict[str, Value] = {}
    for info in value._GetPropertyList():
        held = getattr(value, info.name)
        # What is not set is None there, or an empty array.
        if held is None or (isinstance(held, list) and not held):
            continue
        many = issubclass(info.type, list)
        made[text(info.name)] = plain(held, info.type)
        if many:
            made[text(info.name)] = [plain(one, info.type.Item) for one in held]
    if declared is not None and type(value) is not declared and declared is not object:
        made[TYPE] = text(VmomiSupport.GetWsdlName(type(value)))
    return made
