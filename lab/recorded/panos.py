"""A firewall that answers what was recorded of a real one; keys and logins are the lab's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lab.device import BadChange, Connection
from lab.panos import answers
from lab.panos.answers import Answer
from lab.panos.api import Api
from lab.panos.firewall import Firewall
from lab.recorded.transcript import Transcript

EXPORT = {"type": "export", "category": "configuration"}


class RecordedFirewall(Firewall):
    """Its configuration is the recorded export."""

    def __init__(self, *place: Any, transcript: Transcript, **firewall: Any) -> None:
        given = transcript.answer("POST /api/", EXPORT)
        super().__init__(*place, document=given.body if given else b"<config/>", **firewall)
        self.transcript = transcript

    def api(self, connection: Connection) -> Api:
        return RecordedApi(self, connection)

    def change(self, request: Mapping[str, Any]) -> Mapping[str, Any]:  # noqa: ARG002  the shape of every device
        raise BadChange("a recording does not change")

    def rogue_change(self) -> Mapping[str, Any]:
        raise BadChange("a recording does not change")


class RecordedApi(Api):
    """Who may ask is as ever; what is asked is looked up."""

    def __init__(self, firewall: RecordedFirewall, connection: Connection) -> None:
        super().__init__(firewall, connection)
        self._transcript = firewall.transcript

    def _op(self, parameters: Mapping[str, str]) -> Answer:
        return self._recorded(parameters) or answers.error("17", "unexpected here: it was not recorded")

    def _config(self, parameters: Mapping[str, str]) -> Answer:
        return self._recorded(parameters) or answers.error("7", "No such node")

    def _export(self, parameters: Mapping[str, str]) -> Answer:
        return self._recorded(parameters) or answers.error("17", "it was not recorded")

    def _recorded(self, parameters: Mapping[str, str]) -> Answer | None:
        asked = {name: value for name, value in parameters.items() if name != "key"}
        self._firewall.counters.requests[f"recorded {asked.get('type', '')}"] += 1
        given = self._transcript.answer("POST /api/", asked)
        if given is None:
            return None
        return Answer(given.body, given.status or 200, given.content_type, is_configuration=asked == EXPORT)
