"""A balancer that answers what was recorded of a real one; sessions and tokens are the lab's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from lab.device import BadChange, Connection
from lab.peplink import answers
from lab.peplink.answers import NO_SUCH_FUNCTION, Answer
from lab.peplink.api import ADMIN_API, TOKEN, Api
from lab.peplink.balancer import Balancer
from lab.recorded.transcript import Transcript

SESSIONS = ("login", "logout", "auth.token.grant", "auth.token.revoke")


class RecordedBalancer(Balancer):
    """A balancer whose settings are those of the recording."""

    def __init__(self, *place: Any, transcript: Transcript, **balancer: Any) -> None:
        super().__init__(*place, **balancer)
        self.transcript = transcript

    def api(self, connection: Connection) -> Api:
        return RecordedApi(self, connection)

    def change(self, request: Mapping[str, Any]) -> Mapping[str, Any]:  # noqa: ARG002  the shape of every device
        raise BadChange("a recording does not change")

    def rogue_change(self) -> Mapping[str, Any]:
        raise BadChange("a recording does not change")


class RecordedApi(Api):
    """Who may ask is as ever; what is asked is looked up."""

    def __init__(self, balancer: RecordedBalancer, connection: Connection) -> None:
        super().__init__(balancer, connection)
        self._transcript = balancer.transcript

    async def _answer(self, request: web.BaseRequest) -> Answer:
        if request.path == ADMIN_API:
            self._count(request, "recorded")
            return self._over() if self._session(request, cookie_only=True) is None else self._recorded(request)
        return await super()._answer(request)

    async def _api(self, request: web.BaseRequest, name: str) -> Answer:
        if name in SESSIONS:
            return await super()._api(request, name)
        self._count(request, name)
        return self._over() if self._session(request) is None else self._recorded(request)

    async def _download(self, request: web.BaseRequest) -> Answer:
        self._count(request, "download")
        # The web admin knows cookies only, and shows its login page to everybody else.
        return answers.login_page() if self._session(request, cookie_only=True) is None else self._recorded(request)

    def _recorded(self, request: web.BaseRequest) -> Answer:
        asked = {name: value for name, value in request.query.items() if name != TOKEN}
        given = self._transcript.answer(f"{request.method} {request.path}", asked)
        if given is None:
            return answers.failure(NO_SUCH_FUNCTION, "Unknown function: it was not recorded")
        return Answer(given.body, given.status or 200, given.content_type, is_configuration=True)
