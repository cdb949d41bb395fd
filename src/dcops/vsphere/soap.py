"""Questions in SOAP: written by pyvmomi, sent over a line of ours; faults are told from answers."""

from __future__ import annotations

from typing import Any

from pyVmomi import SoapAdapter, VmomiSupport

from dcops.errors import DeviceError, ErrorKind
from dcops.vsphere.answers.envelope import SOAP, tree
from dcops.vsphere.answers.guard import checked
from dcops.vsphere.answers.malformed import Malformed
from dcops.vsphere.answers.schema import VIM, XSI_TYPE, local
from dcops.vsphere.line import Line, Reply
from dcops.vsphere.trouble import Fault, trouble

PATH = "/sdk"
VERSIONS = "/sdk/vimServiceVersions.xml"


class Writer(SoapAdapter.SoapStubAdapterBase):
    """Writes questions of one version of the API. It sends nothing: nothing is ever asked behind our back."""

    def __init__(self, version: str) -> None:
        super().__init__(version)  # type: ignore[no-untyped-call]
        # Only pyvmomi's sending half sets it.
        self.requestContext = None
        self.action: str = self.versionId

    def write(self, kind: str, moid: str, method: str, *arguments: Any) -> bytes:
        """The question for a method of an object."""
        of = VmomiSupport.GetWsdlType(VIM[1:-1], kind)
        info = _method(method)
        given = [*arguments, *[None] * (len(info.params) - len(arguments))]
        question: bytes = self.SerializeRequest(of(moid), info, given)  # type: ignore[no-untyped-call]
        return question

    def read(self, method: str, body: bytes | bytearray) -> Any:
        """An answer, read by pyvmomi; raises Malformed when that does not understand it either."""
        info = _method(method)
        try:
            return SoapAdapter.SoapResponseDeserializer(self).Deserialize(bytes(body), info.result)
        except Exception as error:  # noqa: BLE001  what it raises for an odd answer is of any class
            raise Malformed(f"{type(error).__name__}: {str(error)[:120]}") from None


def _method(name: str) -> Any:
    """A method by the name that it has on the wire; pyvmomi has names of its own for some."""
    return VmomiSupport.GetWsdlMethod(VIM[1:-1], name).info


def post(line: Line, method: str, question: bytes, *, action: str, cookie: str, seconds: float) -> Reply:
    """Ask, and give the answer if it is one; raises Fault or DeviceError."""
    headers = {"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": action}
    if cookie:
        headers["Cookie"] = cookie
    reply = line.ask(method, "POST", PATH, question, headers, seconds=seconds)
    try:
        if reply.status == 500:
            raise fault_of(reply.body)
        check_status(line.name, method, reply.status)
        checked(reply.body)
    except Malformed as error:
        raise unreadable(line.name, method, error) from None
    return reply


def check_status(vcenter: str, method: str, status: int) -> None:
    """Raise a DeviceError for a status that no answer has."""
    if status in (502, 503, 504):
        raise trouble(
            vcenter,
            ErrorKind.UNREACHABLE,
            f"its service is not there (HTTP {status})",
            "It is starting, or has failed: look at https://…:5480",
        )
    if status != 200:
        raise trouble(vcenter, ErrorKind.INVALID, f"{method} was answered with HTTP {status}", "Is this a vCenter?")


def unreadable(vcenter: str, method: str, error: Malformed) -> DeviceError:
    """The error behind an answer that nobody can read."""
    return trouble(
        vcenter, ErrorKind.INVALID, f"the answer to {method} cannot be read: {error}", "Is this a vCenter's address?"
    )


def fault_of(body: bytes | bytearray) -> Fault:
    """The fault in an answer; raises Malformed when there is none."""
    found = tree(checked(body)).find(f"{SOAP}Body/{SOAP}Fault")
    if found is None:
        raise Malformed("it is neither an answer nor a fault")
    said = " ".join((found.findtext("faultstring") or "").split())
    detail = found.find("detail")
    if detail is None or len(detail) == 0:
        return Fault("Fault", said)
    first = detail[0]
    name = first.get(XSI_TYPE, "").rpartition(":")[2] or local(first.tag).removesuffix("Fault")
    moid = first.findtext(f"{VIM}obj") or first.findtext(f"{VIM}object") or ""
    return Fault(name, said, moid=moid, privilege=first.findtext(f"{VIM}privilegeId") or "")
