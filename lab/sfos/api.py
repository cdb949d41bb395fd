"""The XML API: who may ask, what is asked, and what a fault makes of the answer."""

from __future__ import annotations

import asyncio
import hmac

from aiohttp import web
from lxml import etree

from lab.device import Connection
from lab.faults import Kind
from lab.sfos import answers
from lab.sfos.firewall import SophosFirewall
from lab.sfos.store import parse
from lab.web import Answer, deliver

PATH = "/webconsole/APIController"


class Api:
    """The API as one connection meets it."""

    def __init__(self, firewall: SophosFirewall, connection: Connection) -> None:
        self._firewall = firewall
        self._connection = connection
        self._version = firewall.identity.api_version

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one HTTP request."""
        if request.path.rstrip("/") != PATH:
            return await deliver(self._connection, request, answers.login_page())
        if request.method == "POST":
            text = (await request.post()).get("reqxml", "")
        elif request.method == "GET":
            text = request.query.get("reqxml", "")
        else:
            return web.Response(status=405)
        if slow := self._connection.has(Kind.SLOW):
            await asyncio.sleep(slow.delay_seconds)
        return await deliver(self._connection, request, self._answer(text if isinstance(text, str) else ""))

    def _answer(self, text: str) -> Answer:
        counters = self._firewall.counters
        counters.commands += 1
        if refusal := self._refused_as_a_whole():
            counters.requests["refused"] += 1
            return refusal
        try:
            request = parse(text.encode())
        except etree.XMLSyntaxError:
            counters.requests["malformed"] += 1
            return answers.refused(self._version, answers.BAD_FILE)
        if not self._may_log_in(request):
            counters.failed_logins += 1
            return answers.response(self._version, (), login="Authentication Failure")
        counters.logins += 1
        return answers.response(self._version, [found for part in request for found in self._part(part)])

    def _refused_as_a_whole(self) -> Answer | None:
        """Refusals that come before the login is looked at."""
        fault = self._connection.has(Kind.ERROR_DOCUMENT)
        match fault.option("variant") if fault else None:
            case "html":
                return answers.login_page()
            case "529":
                return answers.refused(self._version, answers.UNKNOWN)
            case "532":
                return answers.refused(self._version, answers.API_OFF)
            case "534":
                return answers.refused(self._version, answers.NOT_ALLOWED)
        return None

    def _may_log_in(self, request: etree._Element) -> bool:
        if request.tag != "Request" or self._connection.has(Kind.AUTH_FAIL):
            return False
        login = self._firewall.login
        password = request.find("Login/Password")
        if password is None or password.get("passwordform", "plain") != "plain":
            return False
        return hmac.compare_digest(request.findtext("Login/Username", "").encode(), login.username.encode()) and (
            hmac.compare_digest((password.text or "").encode(), login.password.encode())
        )

    def _part(self, part: etree._Element) -> list[etree._Element]:
        """What one `Get`, `Set` or `Remove` is answered with."""
        counters = self._firewall.counters
        match part.tag:
            case "Login":
                return []
            case "Get":
                return [found for question in part for found in self._get(question)]
            case "Set" | "Remove":
                # The account only reads. Which code that has is not documented.
                for element in part:
                    counters.requests[f"{part.tag} {element.tag}"] += 1
                    counters.writes += 1
                return [answers.with_status(str(element.tag), answers.NOT_PERFORMED) for element in part]
        counters.requests["unknown"] += 1
        return [answers.with_status(str(part.tag), answers.BAD_FILE)]

    def _get(self, question: etree._Element) -> list[etree._Element]:
        self._firewall.counters.requests[f"Get {question.tag}"] += 1
        if self._connection.has(Kind.ERROR_DOCUMENT):
            return [answers.with_status(str(question.tag), answers.NOT_PERFORMED)]
        if question.tag == "Time":
            self._firewall.set_the_clock()
        return list(self._firewall.store.get(question))
