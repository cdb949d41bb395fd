"""The simulator's door for tests, as a client sees it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

SECONDS = 60


class Refused(Exception):
    """The simulator cannot do what was asked of it; the text says why."""


@dataclass(frozen=True, slots=True)
class Control:
    """Asks and orders: every verb of lab/README.md is `do(verb, key=value, …)`."""

    url: str

    def do(self, verb: str, **order: Any) -> dict[str, Any]:
        """Have the simulator do something; Refused says why it did not."""
        request = urllib.request.Request(
            f"{self.url}/{verb}", data=json.dumps(order).encode(), headers={"Content-Type": "application/json"}
        )
        return _answer(request)

    def ask(self, what: str, **query: str) -> dict[str, Any]:
        """What the simulator knows: `stats`, `sessions`, `objects`."""
        words = "&".join(f"{key}={value}" for key, value in query.items())
        return _answer(urllib.request.Request(f"{self.url}/{what}?{words}"))

    def stats(self) -> dict[str, Any]:
        """What it has counted."""
        return self.ask("stats")

    def reset(self) -> None:
        """Count from nothing."""
        self.do("reset")

    def calls(self) -> dict[str, int]:
        """How often each method was called."""
        counted: dict[str, int] = self.stats()["calls"]
        return counted

    def moid(self, name: str, kind: str = "VirtualMachine") -> str:
        """The identity of what has this name; of two, the first."""
        found = next((each["moid"] for each in self.ask("objects", kind=kind)["objects"] if each["name"] == name), None)
        if found is None:
            raise Refused(f"no {kind} is called {name!r}")
        return str(found)


def _answer(request: urllib.request.Request) -> dict[str, Any]:
    # The door is on loopback: a proxy of the surroundings has no business in between.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=SECONDS) as answer:
            said: dict[str, Any] = json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            text = error.read().decode("utf-8", "replace")
        try:
            reason = str(json.loads(text)["error"])
        except (ValueError, KeyError):
            reason = text
        raise Refused(reason) from None
    return said
