"""The calls that make a session."""

from __future__ import annotations

from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

from dcops.vsphere import soap, versions
from dcops.vsphere.answers.malformed import Malformed
from dcops.vsphere.line import Line
from dcops.vsphere.specs import kinds
from dcops.vsphere.target import Target
from dcops.vsphere.trouble import Fault, of_fault
from dcops.vsphere.watched import WATCHED

_COOKIE = "vmware_soap_session"


class Refused(Exception):
    """The vCenter does not accept this user with this password."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A session as it was when somebody asked for it."""

    number: int
    """Counts the sessions; what belonged to another number (views, filters, tokens) is gone."""
    cookie: str = field(repr=False)
    writer: soap.Writer = field(repr=False)
    content: Any = field(repr=False)
    """What the vCenter says of itself, and where its services are: pyvmomi's `ServiceContent`."""
    key: str = field(repr=False)
    """Our own session in the list of all."""
    view: str
    """Moid of the one container view: everything below the root folder."""


class Login:
    """One attempt over one line."""

    def __init__(self, target: Target, line: Line, seconds: float) -> None:
        self._target = target
        self._line = line
        self._seconds = seconds
        self._cookie = ""

    def ticket(self, number: int) -> Ticket:
        """Log in; raises Refused or DeviceError."""
        name = self._target.name
        try:
            writer = self._writer()
            content = self._call(writer, "ServiceInstance", "ServiceInstance", "RetrieveServiceContent")
            key = self._key(writer, content)
            manager = content.viewManager._GetMoId()
            view = self._call(
                writer, "ViewManager", manager, "CreateContainerView", content.rootFolder, kinds(WATCHED), True
            )
        except Fault as fault:
            raise of_fault(name, "log in", fault) from None
        except Malformed as error:
            raise soap.unreadable(name, "the login", error) from None
        return Ticket(number, self._cookie, writer, content, key, view._GetMoId())

    def _writer(self) -> soap.Writer:
        said = self._line.ask("vimServiceVersions", "GET", soap.VERSIONS, b"", {}, seconds=self._seconds)
        soap.check_status(self._line.name, "vimServiceVersions", said.status)
        return soap.Writer(versions.spoken(said.body))

    def _key(self, writer: soap.Writer, content: Any) -> str:
        target, manager = self._target, content.sessionManager._GetMoId()
        try:
            user = self._call(writer, "SessionManager", manager, "Login", target.user, target.password.reveal())
        except Fault as fault:
            if fault.name == "InvalidLogin":
                raise Refused from None
            raise
        return str(user.key)

    def _call(self, writer: soap.Writer, kind: str, moid: str, method: str, *arguments: Any) -> Any:
        question = writer.write(kind, moid, method, *arguments)
        reply = soap.post(
            self._line, method, question, action=writer.action, cookie=self._cookie, seconds=self._seconds
        )
        if given := SimpleCookie(reply.headers.get("set-cookie", "")).get(_COOKIE):
            self._cookie = f"{_COOKIE}={given.coded_value}"
        return writer.read(method, reply.body)
