"""The XML API: who may ask, what is asked, and what a fault makes of the answer."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Mapping
from xml.sax.saxutils import escape

from aiohttp import web
from lxml import etree

from lab.device import Connection
from lab.faults import Fault, Kind
from lab.panos import answers, operations, tree
from lab.panos.answers import Answer
from lab.panos.firewall import Firewall
from lab.web import Answer as Sent
from lab.web import deliver

WRITING_TYPES = {"commit", "import", "user-id"}
WRITING_ACTIONS = {
    "set",
    "edit",
    "delete",
    "rename",
    "clone",
    "move",
    "override",
    "multi-move",
    "multi-clone",
    "multi-config",
}


class Api:
    """The API as one connection meets it."""

    def __init__(self, firewall: Firewall, connection: Connection) -> None:
        self._firewall = firewall
        self._connection = connection

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one HTTP request."""
        if request.path.rstrip("/") != "/api":
            return await self._send(request, answers.login_page())
        parameters = dict(request.query)
        if request.method == "POST":
            parameters |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
        elif request.method != "GET":
            return web.Response(status=405)
        if slow := self._connection.has(Kind.SLOW):
            await asyncio.sleep(slow.delay_seconds)
        return await self._send(request, self._answer(parameters, request.headers.get("X-PAN-KEY")))

    def _answer(self, parameters: Mapping[str, str], key_header: str | None) -> Answer:
        kind = parameters.get("type", "")
        self._firewall.counters.commands += 1
        if kind == "keygen":
            self._firewall.counters.requests["keygen"] += 1
            return self._keygen(parameters)
        refusal = self._check_key(parameters.get("key") or self._header_key(key_header))
        if refusal is not None:
            self._firewall.counters.requests[f"{kind or 'nothing'}, refused"] += 1
            return refusal
        match kind:
            case "op":
                return self._op(parameters)
            case "config":
                return self._config(parameters)
            case "export":
                return self._export(parameters)
            case "version":
                self._firewall.counters.requests["version"] += 1
                identity = self._firewall.identity
                return answers.success(
                    f"<sw-version>{escape(identity.software)}</sw-version><multi-vsys>off</multi-vsys>"
                    f"<model>{escape(identity.model)}</model><serial>{escape(identity.serial)}</serial>"
                )
            case _ if kind in WRITING_TYPES:
                return self._unauthorised(kind)
        self._firewall.counters.requests["unknown type"] += 1
        return answers.error("400", "Invalid request type")

    # ---- who may ask ---------------------------------------------------------------------------

    def _header_key(self, header: str | None) -> str | None:
        # PAN-OS 8.1 does not look at the header.
        return header if self._firewall.identity.major >= 9 else None

    def _keygen(self, parameters: Mapping[str, str]) -> Answer:
        firewall = self._firewall
        login = firewall.login
        right = hmac.compare_digest(parameters.get("user", "").encode(), login.username.encode()) and (
            hmac.compare_digest(parameters.get("password", "").encode(), login.password.encode())
        )
        if not right or self._connection.has(Kind.AUTH_FAIL):
            firewall.counters.failed_logins += 1
            return answers.forbidden()
        firewall.counters.logins += 1
        fault = self._connection.has(Kind.SESSION_EXPIRED)
        doomed = fault is not None and (fault.option("every_key") is True or not firewall.key_replaces_expired)
        firewall.key_replaces_expired = False
        return answers.success(f"<key>{firewall.new_key(is_doomed=doomed)}</key>")

    def _check_key(self, text: str | None) -> Answer | None:
        firewall = self._firewall
        key = firewall.keys.get(text or "")
        if key is None or self._connection.has(Kind.AUTH_FAIL):
            firewall.counters.failed_logins += 1
            return answers.forbidden()
        if key.is_doomed or firewall.key_has_expired(key):
            del firewall.keys[text or ""]
            firewall.key_replaces_expired = key.is_doomed
            return answers.error("22", "Session timed out")
        return None

    def _unauthorised(self, what: str) -> Answer:
        self._firewall.counters.requests[what] += 1
        self._firewall.counters.writes += 1
        return answers.error("16", "Unauthorized request")

    # ---- what is asked -------------------------------------------------------------------------

    def _op(self, parameters: Mapping[str, str]) -> Answer:
        try:
            command = etree.fromstring(
                parameters.get("cmd", "").encode(), etree.XMLParser(resolve_entities=False, no_network=True)
            )
        except etree.XMLSyntaxError as error:
            self._firewall.counters.requests["op, malformed"] += 1
            return answers.error("18", f"Malformed Request: {error.msg}")
        words = operations.words(command)
        if operations.writes(words):
            return self._unauthorised(f"op {' '.join(words[:3])}")
        operation = operations.find(words)
        if operation is None:
            self._firewall.counters.requests["op, unknown"] += 1
            code = "17" if words[0] in operations.VERBS else "1"
            return answers.error(code, f"{' -> '.join(words[:-1])} {words[-1]} is unexpected".strip())
        self._firewall.counters.requests[f"op {' '.join(operation.words)}"] += 1
        return operation.run(self._firewall, command)

    def _config(self, parameters: Mapping[str, str]) -> Answer:
        action, xpath = parameters.get("action", ""), parameters.get("xpath", "")
        if action in WRITING_ACTIONS:
            return self._unauthorised(f"config {action}")
        if action not in ("show", "get"):
            self._firewall.counters.requests["config, unknown"] += 1
            return answers.error("17", f"Invalid action {action}")
        self._firewall.counters.requests[f"config {action}"] += 1
        if action == "get" and not xpath:
            return answers.error("6", "Missing value for parameter xpath")
        root = self._firewall.running if action == "show" else self._firewall.candidate
        try:
            found = tree.find(root, xpath or "/config")
        except tree.BadXPath:
            return answers.error("6", f"{xpath} is not a valid xpath")
        text = "".join(etree.tostring(node, encoding="unicode", with_tail=False) for node in found)
        if action == "show":
            if not found:
                return answers.error("7", "No such node")
            return answers.success(text, is_configuration=True)
        if not found:
            return answers.success("", code="7")
        count = f' total-count="{len(found)}" count="{len(found)}"'
        return answers.success(text, code="19", attributes=count, is_configuration=True)

    def _export(self, parameters: Mapping[str, str]) -> Answer:
        category = parameters.get("category", "")
        self._firewall.counters.requests[f"export {category}"] += 1
        if category != "configuration":
            return answers.error("17", f"{category or 'nothing'} cannot be exported by this role")
        return Answer(
            self._firewall.export(),
            headers={"Content-Disposition": 'attachment; filename="running-config.xml"'},
            is_configuration=True,
        )

    # ---- what becomes of the answer ------------------------------------------------------------

    async def _send(self, request: web.BaseRequest, answer: Answer) -> web.StreamResponse:
        fault = self._connection.has(Kind.ERROR_DOCUMENT)
        if fault and answer.is_configuration:
            answer = _error_document(fault)
        headers = {**answers.SERVER, **answer.headers}
        sent = Sent(answer.body, answer.content_type, answer.status, headers, answer.is_configuration)
        return await deliver(self._connection, request, sent)


def _error_document(fault: Fault) -> Answer:
    if fault.option("variant") == "html":
        return answers.login_page()
    return answers.error(str(fault.option("code")), "Operation failed: management server is restarting")
