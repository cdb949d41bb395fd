"""What an answer says it does not show, and why."""

from __future__ import annotations

from typing import Any

from dcops.vsphere.answers.schema import VIM, XSI_TYPE, Element, local
from dcops.vsphere.answers.simple import text
from dcops.vsphere.managed import Problem

NO_PERMISSION = "NoPermission"


def missing_property(kind: str, moid: str, found: Any) -> Problem:
    """A property that was not shown: a `MissingProperty`, as an element or as pyvmomi's object."""
    if hasattr(found, "tag"):
        return Problem(kind, moid, text(found.findtext(f"{VIM}path", "")), *_of_element(found.find(f"{VIM}fault")))
    return Problem(kind, moid, text(str(found.path)), *_of_fault(found.fault))


def missing_object(found: Any) -> Problem:
    """An object that was not shown: a `MissingObject`."""
    if hasattr(found, "tag"):
        which = found.find(f"{VIM}obj")
        kind, moid = (which.get("type", ""), which.text or "") if which is not None else ("", "")
        return Problem(text(kind), text(moid), "", *_of_element(found.find(f"{VIM}fault")))
    return Problem(found.obj._wsdlName, text(found.obj._GetMoId()), "", *_of_fault(found.fault))


def _of_element(localized: Element | None) -> tuple[str, str, str]:
    """Reason, privilege and object of a LocalizedMethodFault."""
    fault = localized.find(f"{VIM}fault") if localized is not None else None
    if fault is None:
        return ("unknown", "", "")
    reason = text(fault.get(XSI_TYPE, local(fault.tag)).rpartition(":")[2])
    return (reason, text(fault.findtext(f"{VIM}privilegeId", "")), text(fault.findtext(f"{VIM}object", "")))


def _of_fault(fault: Any) -> tuple[str, str, str]:
    if fault is None:
        return ("unknown", "", "")
    on = getattr(fault, "object", None)
    return (
        text(fault._wsdlName),
        text(getattr(fault, "privilegeId", None) or ""),
        text(on._GetMoId()) if on is not None else "",
    )
