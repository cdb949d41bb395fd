"""Tags of objects, which only the REST API tells; its session lives as long as one reading."""

from __future__ import annotations

import base64
import json
from contextlib import suppress
from typing import Any

from dcops.errors import DeviceError, ErrorKind
from dcops.vsphere import soap
from dcops.vsphere.line import Line
from dcops.vsphere.session import Session
from dcops.vsphere.target import Target
from dcops.vsphere.trouble import trouble

_SESSION, _TAGGING = "/rest/com/vmware/cis/session", "/rest/com/vmware/cis/tagging"
_HEADER = "vmware-api-session-id"
_READINGS = 12
"""Names of tags are read anew after so many readings."""


class Tags:
    """Reads which objects have which tags. Used by one thread."""

    def __init__(self, line: Line, session: Session, seconds: float) -> None:
        self._line = line
        self._session = session
        self._seconds = seconds
        self._names: dict[str, tuple[str, str]] = {}
        self._categories: dict[str, str] = {}
        self._readings = 0

    def read(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """Category and name of each tag, by the moid of the object; raises DeviceError."""
        target = self._session.login_now()
        key = self._login(target)
        headers = {_HEADER: key}
        try:
            return self._read(headers)
        finally:
            with suppress(DeviceError):
                self._ask("DELETE", _SESSION, headers)

    def _read(self, headers: dict[str, str]) -> dict[str, tuple[tuple[str, str], ...]]:
        if self._readings % _READINGS == 0:
            self._names, self._categories = {}, {}
        self._readings += 1
        listed: list[str] = self._ask("GET", f"{_TAGGING}/tag", headers) or []
        self._names = {tag: self._names.get(tag) or self._name(tag, headers) for tag in listed}
        if not listed:
            return {}
        found: dict[str, list[tuple[str, str]]] = {}
        action = f"{_TAGGING}/tag-association?~action=list-attached-objects-on-tags"
        for one in self._ask("POST", action, headers, {"tag_ids": listed}) or ():
            for held in one.get("object_ids") or ():
                found.setdefault(held["id"], []).append(self._names[one["tag_id"]])
        return {moid: tuple(sorted(tags)) for moid, tags in found.items()}

    def _name(self, tag: str, headers: dict[str, str]) -> tuple[str, str]:
        said = self._ask("GET", f"{_TAGGING}/tag/id:{tag}", headers)
        category = said["category_id"]
        known = self._categories.get(category)
        if known is None:
            known = self._categories[category] = self._ask("GET", f"{_TAGGING}/category/id:{category}", headers)["name"]
        return known, said["name"]

    def _login(self, target: Target) -> str:
        login = base64.b64encode(f"{target.user}:{target.password.reveal()}".encode()).decode()
        return str(self._ask("POST", _SESSION, {"Authorization": f"Basic {login}"}, target=target))

    def _ask(
        self, verb: str, path: str, headers: dict[str, str], body: Any = None, *, target: Target | None = None
    ) -> Any:
        name = self._line.name
        sent = json.dumps(body).encode() if body is not None else b""
        more = {"Accept": "application/json", **({"Content-Type": "application/json"} if sent else {})}
        label = "REST " + path.removeprefix("/rest/com/vmware/cis/").split("/")[0].split("?")[0]
        reply = self._line.ask(label, verb, path, sent, {**headers, **more}, seconds=self._seconds)
        if reply.status == 401 and target is not None:
            raise self._session.refused(target)
        if reply.status in (401, 403):
            raise trouble(
                name, ErrorKind.DENIED, "the account may not read tags", "Give its role the privilege System.Read"
            )
        if reply.status not in (200, 201, 204):
            soap.check_status(name, label, reply.status)
        try:
            return json.loads(reply.body)["value"] if reply.body.strip() else None
        except (ValueError, KeyError, TypeError):
            raise trouble(
                name, ErrorKind.INVALID, f"the answer to {label} cannot be read", "Has it a REST API?"
            ) from None
