"""Custom attributes of objects."""

from __future__ import annotations

from dcops.vsphere.managed import Problem, Value
from dcops.vsphere.reading import Reader

_VALUE = "customValue"


def read_attributes(reader: Reader, fields: Value) -> tuple[dict[str, dict[str, str]], tuple[Problem, ...]]:
    """Attributes of machines and hosts by moid, then by name; raises DeviceError. `fields` are all that are defined."""
    names = {one["key"]: one["name"] for one in fields or () if "key" in one and "name" in one}
    if not names:
        return {}, ()
    read = reader.everything({"VirtualMachine": (_VALUE,), "HostSystem": (_VALUE,)})
    found = {
        one.moid: {
            names[each["key"]]: str(each["value"]) for each in held if each.get("key") in names and "value" in each
        }
        for one in read.objects
        if (held := one.properties.get(_VALUE))
    }
    return found, read.problems
