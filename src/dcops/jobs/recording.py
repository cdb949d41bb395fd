"""Record what one device answers, without its secrets, as a file that the lab can replay."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from dcops.archive import durable
from dcops.devices.registry import Driver
from dcops.diff import archives
from dcops.diff.anonymous import Anonymous
from dcops.diff.formats import ConfigFormat
from dcops.diff.literal import SHORTEST, Hider
from dcops.errors import CannotRun, UsageError
from dcops.jobs.context import Reach
from dcops.model.device import Device
from dcops.model.moment import rfc3339
from dcops.model.secret import Credential, Secret
from dcops.model.transcript import Exchange

VERSION = 1
SURELY_SECRET = 8
"""A secret of the configuration that is as long as this cannot be an ordinary word elsewhere."""
UGLY = re.compile(r"[ \t]\n|\t|[^\n\x20-\ud7ff\ue000-\ufffd]|[\x7f-\x9f\u2028\u2029\ufeff]")
"""Texts that YAML cannot write as a block."""
STRANGE_IN = 50
"""An answer is a text when at most one sign in so many is none."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A transcript without secrets."""

    platform: str
    vendor: str
    model: str
    software: str
    taken: datetime
    greeting: str
    prompt: str
    """Empty when it is no terminal."""
    exchanges: tuple[Exchange, ...]
    withheld: Mapping[int, int]
    """Answers that are no text, by their place: how long they were. Nobody can see what is in them."""
    secrets: int
    """How many were hidden."""
    failed: tuple[tuple[str, str], ...]
    """What the device did not give, and why."""
    anonymous: bool


class Recorder:
    """A tape that keeps the last answer to every question."""

    def __init__(self) -> None:
        self.text = b""
        self.prompt = ""
        self.exchanges: dict[tuple[str, tuple[tuple[str, str], ...]], Exchange] = {}
        self.secrets: list[Secret] = []

    def greeting(self, text: bytes, prompt: str) -> None:
        """What a terminal said before the first prompt, and that prompt."""
        self.text, self.prompt = text, prompt

    def add(self, exchange: Exchange) -> None:
        """One question was answered."""
        self.exchanges[exchange.request, tuple(sorted(exchange.parameters.items()))] = exchange

    def learned(self, secret: Secret) -> None:
        """A secret was made on the way."""
        self.secrets.append(secret)


def record(reach: Reach, device: Device, *, anonymous: bool = False) -> Recorded:
    """Ask a device everything that dcops asks it; raises DeviceError when it does not let us in.

    Raises CannotRun when a secret would be left in the transcript: then there is none.
    """
    tape, failed = Recorder(), list[tuple[str, str]]()
    facts: dict[str, Any] = {}
    (answer,) = reach.fleet.ask(
        [device], lambda _, driver: _drive(reach, device, driver, failed, facts), tape_of=lambda _: tape
    )
    if answer.error is not None and not tape.exchanges:
        raise answer.error
    if answer.error is not None:
        failed.append(("the rest", answer.error.message))
    credential = reach.fleet.credential_of(device)
    known = [secret.reveal() for secret in (*_parts(credential), *tape.secrets)]
    if any(0 < len(text) < SHORTEST for text in known):
        raise CannotRun(
            f"a part of credential {credential.name} is so short that it cannot be told from ordinary text",
            next_step="Give the account a real password first",
        )
    harmless = _Harmless(reach.formats.of(device.platform or ""), known)
    exchanges, withheld = harmless.exchanges(list(tape.exchanges.values()))
    greeting = harmless.text(tape.text.decode("utf-8", "replace"))
    prompt = harmless.text(tape.prompt)
    if anonymous:
        other = Anonymous(_serials(device, facts))
        exchanges = tuple(_anonymous(exchange, other) for exchange in exchanges)
        greeting, prompt = other.text(greeting), other.text(prompt)
    recorded = Recorded(
        platform=device.platform or "",
        vendor=device.vendor,
        model=str(facts.get("model") or device.model),
        software=str(facts.get("os_version") or device.software or ""),
        taken=reach.clock(),
        greeting=greeting,
        prompt=prompt,
        exchanges=exchanges,
        withheld=withheld,
        secrets=harmless.count,
        failed=tuple((call, harmless.text(reason)) for call, reason in failed),
        anonymous=anonymous,
    )
    harmless.refuse_what_is_left(recorded)
    return recorded


def write(file: Path, recorded: Recorded) -> None:
    """Write the transcript, for its owner only; a file that is there already is not touched."""
    if not durable.create(file.absolute(), to_yaml(recorded)):
        raise UsageError(f"{file} is there already", next_step="Give another name with --to, or move it away")


def to_yaml(recorded: Recorded) -> bytes:
    """The transcript as a file, made for being read before it is given away."""
    import yaml

    class Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
        """Texts of several lines as blocks."""

    def text(dumper: Any, value: str) -> Any:
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)

    Dumper.add_representer(str, text)
    document: dict[str, Any] = {
        "recording": VERSION,
        "platform": recorded.platform,
        "vendor": recorded.vendor,
        "model": recorded.model,
        "software": recorded.software,
        "taken": rfc3339(recorded.taken),
        "anonymous": recorded.anonymous,
        "secrets_hidden": recorded.secrets,
    }
    if recorded.prompt:
        document["terminal"] = {"greeting": recorded.greeting, "prompt": recorded.prompt}
    if recorded.failed:
        document["not_given"] = dict(recorded.failed)
    document["exchanges"] = [
        _exchange(exchange, recorded.withheld.get(place)) for place, exchange in enumerate(recorded.exchanges)
    ]
    content: str = yaml.dump(document, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=1_000_000)
    return content.encode("utf-8")


def _exchange(exchange: Exchange, withheld: int | None) -> dict[str, Any]:
    entry: dict[str, Any] = {"request": exchange.request}
    if exchange.parameters:
        entry["parameters"] = dict(exchange.parameters)
    if exchange.status is not None:
        entry["status"] = exchange.status
    if exchange.content_type:
        entry["content_type"] = exchange.content_type
    if withheld is not None:
        entry["withheld_bytes"] = withheld
    elif archives.is_tar(exchange.answer):
        entry["answer_base64"] = base64.b64encode(exchange.answer).decode()
    else:
        text = exchange.answer.decode("utf-8")
        # YAML writes a text with blanks at the end of a line in one long row that nobody could read.
        entry["answer"] = text.split("\n") if UGLY.search(text) else text
    return entry


# ---- asking --------------------------------------------------------------------------------------


def _drive(reach: Reach, device: Device, driver: Driver, failed: list[tuple[str, str]], facts: dict[str, Any]) -> None:
    """Open, ask everything, read as a backup does."""

    def ask(name: str, question: Callable[[], object]) -> None:
        try:
            question()
        except Exception as error:  # noqa: BLE001  what one call does not give must not keep the others away
            failed.append((name, reach.fleet.explained(device, error).message))

    driver.open()
    for call in driver.calls():
        ask(call.name, call.ask)
    ask("the read of a backup", driver.read_configurations)
    get_facts = getattr(driver, "get_facts", None)
    if get_facts is not None:
        # Model, software and serial number as it says itself; what the inventory says will do as well.
        ask("facts", lambda: facts.update(get_facts()))


def _parts(credential: Credential) -> Iterable[Secret]:
    return [part for part in (credential.password, credential.enable, credential.api_key) if part]


def _serials(device: Device, facts: Mapping[str, Any]) -> list[str]:
    told = facts.get("serial_number") or ()
    return [str(each) for each in (device.serial, *((told,) if isinstance(told, str) else told)) if each]


# ---- taking out ----------------------------------------------------------------------------------


class _Harmless:
    """Takes secrets out of answers: those that the platform's format knows, and those that are known by value."""

    def __init__(self, format_: ConfigFormat, known: Sequence[str]) -> None:
        # A key that is thrown away: nobody can compare what stands here with the tokens of an archive.
        self._key = secrets.token_bytes(32)
        self._format = format_
        self._logins = Hider(known)
        self._found: set[str] = set()
        self._found_hider = Hider(())
        self.count = 0

    def exchanges(self, given: Sequence[Exchange]) -> tuple[tuple[Exchange, ...], dict[int, int]]:
        """The exchanges without secrets, and how long those were whose answer is no text."""
        withheld = {place: len(each.answer) for place, each in enumerate(given) if not self._can_look_into(each.answer)}
        redacted = [
            replace(
                each, answer=b"" if place in withheld else self._format.redacted(_looked_at(each.answer), self._noted)
            )
            for place, each in enumerate(given)
        ]
        # A secret of the configuration may stand in another answer too, where the format does not know it.
        self._found_hider = Hider(text for text in self._found if len(text) >= SURELY_SECRET)
        return tuple(self._without_values(each) for each in redacted), withheld

    def text(self, text: str) -> str:
        """A text of the device without secrets."""
        return self._hidden(text.encode("utf-8", "surrogateescape")).decode("utf-8", "replace")

    def refuse_what_is_left(self, recorded: Recorded) -> None:
        """Look at all of it once more, as it will be written; raises CannotRun when a secret is in it."""
        content = to_yaml(recorded)
        for hider in (self._logins, self._found_hider):
            if hider.finds(content) or any(hider.finds(each.answer) for each in recorded.exchanges):
                raise CannotRun(
                    "a secret is left in what was recorded, so nothing was written",
                    next_step="This is a fault of dcops: please report the platform and its software, not the answer",
                )

    def _can_look_into(self, answer: bytes) -> bool:
        return _is_text(answer) or (archives.is_tar(answer) and getattr(self._format, "reads_tar", False))

    def _noted(self, secret: str) -> str:
        self.count += 1
        self._found.add(secret)
        # A plain word, as a secret is one: in XML, JSON and addresses it needs no escaping, and what a replayed device
        # is judged by goes on seeing a secret there.
        digest = hmac.new(self._key, secret.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
        return f"hidden-{digest[:12]}"

    def _without_values(self, exchange: Exchange) -> Exchange:
        parameters = {name: self.text(value) for name, value in exchange.parameters.items()}
        return replace(
            exchange,
            request=self.text(exchange.request),
            answer=self._hidden_in(exchange.answer),
            parameters=parameters,
        )

    def _hidden_in(self, answer: bytes) -> bytes:
        return archives.changed(answer, self._hidden) if archives.is_tar(answer) else self._hidden(answer)

    def _hidden(self, text: bytes) -> bytes:
        for hider in (self._logins, self._found_hider):
            text, count = hider.hide(text)
            self.count += count
        return text


def _is_text(answer: bytes) -> bool:
    """A text may hold a byte of an old encoding here and there; a file of the device's own holds many strange ones."""
    strange = sum(
        sign == "\ufffd" or (sign < " " and sign not in "\t\r\n") for sign in answer.decode("utf-8", "replace")
    )
    return b"\0" not in answer and strange * STRANGE_IN <= len(answer)


def _looked_at(answer: bytes) -> bytes:
    """The answer as UTF-8: a byte of another encoding becomes the sign for what cannot be shown."""
    return answer if archives.is_tar(answer) else answer.decode("utf-8", "replace").encode()


def _anonymous(exchange: Exchange, other: Anonymous) -> Exchange:
    def bytes_of(answer: bytes) -> bytes:
        return other.text(answer.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")

    whole = archives.is_tar(exchange.answer)
    return replace(
        exchange,
        request=other.text(exchange.request),
        answer=archives.changed(exchange.answer, bytes_of) if whole else bytes_of(exchange.answer),
        parameters={name: other.text(value) for name, value in exchange.parameters.items()},
    )
