"""Turns a recording into a device that answers as it did."""

from __future__ import annotations

import re
from collections.abc import Callable

from lab import addresses
from lab.device import Device
from lab.ios.recorded import RecordedRouter, Recording
from lab.ios.router import Login as IosLogin
from lab.panos.firewall import Identity as PanosIdentity
from lab.panos.firewall import Login as PanosLogin
from lab.peplink.balancer import Identity as PeplinkIdentity
from lab.peplink.balancer import Login as PeplinkLogin
from lab.platform import Entry, Ground
from lab.recorded.commands import RecordedCommands
from lab.recorded.panos import RecordedFirewall
from lab.recorded.peplink import RecordedBalancer
from lab.recorded.sfos import RecordedSophos
from lab.recorded.terminal import RecordedTerminal
from lab.recorded.transcript import Transcript
from lab.sfos.firewall import Identity as SfosIdentity
from lab.sfos.firewall import Login as SfosLogin

DOCUMENTATION = "192.0.2.1"


def build(ground: Ground, entry: Entry, address: str, transcript: Transcript) -> Device:
    """The device of one recording, with the login that the lab gives it."""
    return _MAKERS.get(transcript.platform, _terminal)(ground, entry, address, transcript)


def why_not(transcript: Transcript) -> str:
    """Why the lab cannot replay it; empty when it can."""
    if transcript.platform in _MAKERS or not transcript.is_http:
        return ""
    return f"the lab does not know how {transcript.platform} logs in"


def _ios(ground: Ground, entry: Entry, address: str, transcript: Transcript) -> Device:
    account = ground.account(entry)
    answers = {command: body.decode("utf-8", "surrogateescape") for command, body in transcript.commands.items()}
    return RecordedRouter(
        entry["name"],
        address,
        addresses.SSH_PORT,
        ground.clock,
        recording=Recording(transcript.prompt, transcript.greeting, answers),
        login=IosLogin(account.username, account.password, account.enable),
        host_key=ground.host_key(entry["name"], address, addresses.SSH_PORT),
    )


def _terminal(ground: Ground, entry: Entry, address: str, transcript: Transcript) -> Device:
    kind = RecordedTerminal if transcript.prompt else RecordedCommands
    return kind(
        entry["name"],
        address,
        addresses.SSH_PORT,
        ground.clock,
        transcript=transcript,
        account=ground.account(entry),
        host_key=ground.host_key(entry["name"], address, addresses.SSH_PORT),
    )


def _panos(ground: Ground, entry: Entry, address: str, transcript: Transcript) -> Device:
    account = ground.account(entry)
    return RecordedFirewall(
        entry["name"],
        address,
        addresses.TLS_PORT,
        ground.clock,
        identity=PanosIdentity(
            entry["name"], transcript.model, "", _software(transcript, "9.1.0"), entry["site"], DOCUMENTATION
        ),
        login=PanosLogin(account.username, account.password),
        certificate=ground.certificate(entry["name"], address),
        wrong_certificate=ground.wrong_certificate(),
        transcript=transcript,
    )


def _peplink(ground: Ground, entry: Entry, address: str, transcript: Transcript) -> Device:
    account = ground.account(entry)
    return RecordedBalancer(
        entry["name"],
        address,
        addresses.TLS_PORT,
        ground.clock,
        identity=PeplinkIdentity(
            entry["name"], transcript.model, "", _software(transcript, "8.3.0"), entry["site"], DOCUMENTATION
        ),
        login=PeplinkLogin(account.username, account.password),
        certificate=ground.certificate(entry["name"], address),
        wrong_certificate=ground.wrong_certificate(),
        transcript=transcript,
    )


def _sfos(ground: Ground, entry: Entry, address: str, transcript: Transcript) -> Device:
    account = ground.account(entry)
    return RecordedSophos(
        entry["name"],
        address,
        addresses.TLS_PORT,
        ground.clock,
        identity=SfosIdentity(entry["name"], _software(transcript, "19.5.3"), DOCUMENTATION, None),
        login=SfosLogin(account.username, account.password),
        certificate=ground.certificate(entry["name"], address),
        wrong_certificate=ground.wrong_certificate(),
        transcript=transcript,
    )


def _software(transcript: Transcript, otherwise: str) -> str:
    """The version as the simulator understands it: some devices tell another one, or none."""
    match = re.match(r"\d+(?:\.\d+)+", transcript.software)
    return match[0] if match else otherwise


_MAKERS: dict[str, Callable[[Ground, Entry, str, Transcript], Device]] = {
    "ios": _ios,
    "panos": _panos,
    "peplink": _peplink,
    "sfos": _sfos,
}
