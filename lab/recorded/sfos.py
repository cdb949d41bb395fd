"""A Sophos firewall that answers what was recorded of a real one; the login is the lab's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree

from lab.device import BadChange, Connection
from lab.recorded.transcript import Transcript
from lab.sfos import answers
from lab.sfos.api import PATH, Api
from lab.sfos.firewall import SophosFirewall
from lab.sfos.store import parse
from lab.web import Answer


class RecordedSophos(SophosFirewall):
    """A firewall whose settings are those of the recording."""

    def __init__(self, *place: Any, transcript: Transcript, **firewall: Any) -> None:
        super().__init__(*place, **firewall)
        self.transcript = transcript

    def api(self, connection: Connection) -> Api:
        return RecordedApi(self, connection)

    def change(self, request: Mapping[str, Any]) -> Mapping[str, Any]:  # noqa: ARG002  the shape of every device
        raise BadChange("a recording does not change")

    def rogue_change(self) -> Mapping[str, Any]:
        raise BadChange("a recording does not change")


class RecordedApi(Api):
    """Who may ask is as ever; a request is answered as a whole, as it was recorded."""

    def __init__(self, firewall: RecordedSophos, connection: Connection) -> None:
        super().__init__(firewall, connection)
        self._transcript = firewall.transcript

    def _answer(self, text: str) -> Answer:
        refused = super()._answer(text)
        try:
            request = parse(text.encode())
        except etree.XMLSyntaxError:
            return refused
        if self._refused_as_a_whole() or not self._may_log_in(request):
            return refused
        asked = "".join(etree.tostring(part, encoding="unicode") for part in request if part.tag != "Login")
        given = self._transcript.answer(f"POST {PATH}", {"reqxml": asked})
        if given is None:
            return answers.refused(self._version, answers.UNKNOWN)
        return Answer(given.body, given.content_type, given.status or 200, answers.HEADERS, is_configuration=True)
