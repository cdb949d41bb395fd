"""The web admin: who may ask, what is asked, and what a fault makes of the answer."""

from __future__ import annotations

import asyncio
import hmac
import json
from typing import Any

from aiohttp import web

from lab.device import Connection
from lab.faults import Fault, Kind
from lab.peplink import answers, functions
from lab.peplink.answers import BAD_REQUEST, DENIED, FULL, INTERNAL, UNAUTHORISED, Answer, Refused
from lab.peplink.balancer import Balancer
from lab.peplink.sessions import PLACES, READS, TOKEN_SECONDS, WRITES, Session
from lab.web import Answer as Sent
from lab.web import deliver

COOKIE = "bauth"
TOKEN = "accessToken"
ADMIN_API = "/cgi-bin/MANGA/api.cgi"
DOWNLOAD = "/cgi-bin/MANGA/configuration.cgi"


class Api:
    """The web admin as one connection meets it."""

    def __init__(self, balancer: Balancer, connection: Connection) -> None:
        self._balancer = balancer
        self._connection = connection

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one HTTP request."""
        if slow := self._connection.has(Kind.SLOW):
            await asyncio.sleep(slow.delay_seconds)
        self._balancer.counters.commands += 1
        try:
            answer = await self._answer(request)
        except Refused as refused:
            answer = refused.answer
        return await self._send(request, answer)

    async def _answer(self, request: web.BaseRequest) -> Answer:
        if request.path.startswith("/api/"):
            return await self._api(request, request.path.removeprefix("/api/"))
        if request.path == ADMIN_API and request.query.get("func") == "status.system.info":
            self._count(request, "status.system.info")
            if self._session(request, cookie_only=True) is None:
                return self._over()
            return functions.system_info(self._balancer, request.query.getall("infoType", []))
        if request.path == DOWNLOAD:
            return await self._download(request)
        return answers.login_page()

    async def _api(self, request: web.BaseRequest, name: str) -> Answer:
        self._count(request, name)
        given = await _given(request)
        if request.method == "POST" and name == "login":
            return self._login(given)
        if request.method == "POST" and name == "auth.token.grant":
            return self._grant(given)
        session = self._session(request)
        if name == "info.firmware" and request.method == "GET":
            return functions.firmware(self._balancer, logged_in=session is not None)
        if session is None:
            return self._over()
        if request.method == "POST" and name == "logout":
            self._balancer.sessions.end(request.cookies.get(COOKIE, ""))
            return answers.success()
        if request.method == "POST" and name == "auth.token.revoke":
            self._balancer.sessions.end(str(given.get(TOKEN)))
            return answers.success()
        function = functions.find(name, request.method)
        if request.method == "POST":
            if given.get("list") != []:
                self._balancer.counters.writes += 1
            if not session.permission["POST"]:
                raise Refused(DENIED, "Permission denied")
        return function.run(self._balancer, given, session)

    def _count(self, request: web.BaseRequest, name: str) -> None:
        self._balancer.counters.requests[f"{request.method} {name[:60]}"] += 1

    # ---- who may ask ---------------------------------------------------------------------------

    def _login(self, given: dict[str, Any]) -> Answer:
        balancer, login = self._balancer, self._balancer.login
        right = _same(given.get("username"), login.username) and _same(given.get("password"), login.password)
        if not right or self._connection.has(Kind.AUTH_FAIL):
            balancer.counters.failed_logins += 1
            return answers.failure(UNAUTHORISED, "Invalid user name or password")
        if not balancer.sessions.has_place():
            return answers.failure(FULL, f"Maximum number of sessions reached ({PLACES})")
        cookie = balancer.sessions.begin(login.username, dict(READS), is_doomed=self._dooms())
        balancer.counters.logins += 1
        headers = {"Set-Cookie": f"{COOKIE}={cookie}; path=/; HttpOnly; Secure"}
        return answers.success({"permission": READS}, headers=headers)

    def _grant(self, given: dict[str, Any]) -> Answer:
        balancer = self._balancer
        client = balancer.sessions.client(given)
        if client is None or self._connection.has(Kind.AUTH_FAIL):
            balancer.counters.failed_logins += 1
            return answers.failure(UNAUTHORISED, "Invalid client")
        wanted = given.get("scope", client.scope)
        may_write = client.scope == "api" and wanted == "api"
        token = balancer.sessions.begin(
            client.name, dict(WRITES if may_write else READS), is_token=True, is_doomed=self._dooms()
        )
        balancer.counters.logins += 1
        return answers.success({TOKEN: token, "authorizationType": 3, "expiresIn": int(TOKEN_SECONDS)})

    def _dooms(self) -> bool:
        """A session that begins now ends at its first use."""
        fault = self._connection.has(Kind.SESSION_EXPIRED)
        sessions = self._balancer.sessions
        dooms = fault is not None and (fault.option("every_key") is True or not sessions.replaces_expired)
        sessions.replaces_expired = False
        return dooms

    def _session(self, request: web.BaseRequest, *, cookie_only: bool = False) -> Session | None:
        if self._connection.has(Kind.AUTH_FAIL):
            self._balancer.counters.failed_logins += 1
            return None
        if (cookie := request.cookies.get(COOKIE)) is not None:
            return self._balancer.sessions.find(cookie, is_token=False)
        token = request.query.get(TOKEN)
        return None if token is None or cookie_only else self._balancer.sessions.find(token, is_token=True)

    def _over(self) -> Answer:
        fault = self._connection.has(Kind.SESSION_EXPIRED)
        return answers.expired(fault.option("form") if fault else "body")

    # ---- the backup file -----------------------------------------------------------------------

    async def _download(self, request: web.BaseRequest) -> Answer:
        """What the web admin gives for a click on Download; its like is found in no documentation."""
        balancer = self._balancer
        self._count(request, "download")
        # The web admin knows cookies only, and shows its login page to everybody else.
        if self._session(request, cookie_only=True) is None:
            return answers.login_page()
        fields = dict(request.query)
        if request.method == "POST":
            fields |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
        if fields.get("action") != "download":
            return answers.login_page()
        return answers.file(balancer.file(), f"{balancer.model.replace(' ', '')}_{balancer.serial}.conf")

    # ---- what becomes of the answer ------------------------------------------------------------

    async def _send(self, request: web.BaseRequest, answer: Answer) -> web.StreamResponse:
        fault = self._connection.has(Kind.ERROR_DOCUMENT)
        if fault and answer.is_configuration:
            answer = _error_document(fault)
        headers = {**answers.SERVER, **answer.headers}
        sent = Sent(answer.body, answer.content_type, answer.status, headers, answer.is_configuration)
        return await deliver(self._connection, request, sent)


async def _given(request: web.BaseRequest) -> dict[str, Any]:
    """The query of a GET as lists, or the JSON body of a POST."""
    if request.method == "GET":
        return {key: request.query.getall(key) for key in request.query}
    if request.method != "POST":
        raise Refused(BAD_REQUEST, "Method not supported")
    try:
        body = json.loads(await request.read() or b"{}")
    except ValueError:
        raise Refused(BAD_REQUEST, "Malformed JSON") from None
    if not isinstance(body, dict):
        raise Refused(BAD_REQUEST, "Malformed JSON")
    return body


def _same(given: object, right: str) -> bool:
    return isinstance(given, str) and hmac.compare_digest(given.encode("utf-8", "replace"), right.encode())


def _error_document(fault: Fault) -> Answer:
    if fault.option("variant") == "html":
        return answers.login_page()
    return answers.failure(INTERNAL, "Internal error")
