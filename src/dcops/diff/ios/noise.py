# ruff: noqa: E501 (one kind per line reads as the table it is)
"""Ignore noise: what a Cisco IOS configuration says although nobody changed anything."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from dcops.configtext.ios import Line, Part, may_open


@dataclass(frozen=True, slots=True)
class Noise:
    """One kind of line that changes by itself."""

    name: str
    pattern: re.Pattern[str]
    example: str


def _noise(name: str, pattern: str, example: str) -> Noise:
    return Noise(name, re.compile(pattern, re.IGNORECASE), example)


# fmt: off
NOISE = (
    _noise("building", r"Building configuration\.\.\.", "Building configuration..."),
    _noise("running size", r"Current configuration ?: ?\d+ bytes", "Current configuration : 4711 bytes"),
    _noise("startup size", r"Using \d+ out of \d+ bytes", "Using 4711 out of 524288 bytes"),
    _noise("uncompressed", r"Uncompressed configuration from ", "Uncompressed configuration from 4711 bytes to 9001 bytes"),
    _noise("last change", r"! ?Last configuration change at ", "! Last configuration change at 09:00:00 ICT Mon Jan 5 2026 by an"),
    _noise("no change", r"! ?No configuration change since last restart", "! No configuration change since last restart"),
    _noise("last save", r"! ?NVRAM config last updated at ", "! NVRAM config last updated at 09:00:01 ICT Mon Jan 5 2026 by an"),
    _noise("time", r"! ?Time: ", "!Time: Mon Jan  5 09:00:00 2026"),
    _noise("ntp drift", r"ntp clock-period \d+", "ntp clock-period 17180152"),
    _noise("vtp change", r"(?:! ?VTP: ?)?Configuration last modified by ", "Configuration last modified by 192.0.2.1 at 1-5-26 09:00:00"),
    _noise("uptime", r"(?:! ?)?\S+ uptime is \d", "rtr-edge-1 uptime is 44 weeks, 4 days, 1 hour, 16 minutes"),
    _noise("processor uptime", r"(?:! ?)?Uptime for this control processor is ", "Uptime for this control processor is 44 weeks"),
    # `terminal exec prompt timestamp` puts these two before every answer
    _noise("prompt load", r"Load for five secs: ", "Load for five secs: 1%/0%; one minute: 1%; five minutes: 1%"),
    _noise("prompt time", r"Time source is \w+, ", "Time source is NTP, 09:00:00.123 ICT Mon Jan 5 2026"),
)
# fmt: on

_ANY_NOISE = re.compile("|".join(f"(?:{noise.pattern.pattern})" for noise in NOISE), re.IGNORECASE)
_AUTO_BANDWIDTH = re.compile(r"\s+tunnel mpls traffic-eng auto-bw\b", re.IGNORECASE)
_BANDWIDTH = re.compile(r"\s+tunnel mpls traffic-eng bandwidth\b", re.IGNORECASE)
_CERTIFICATE = re.compile(r"\s+certificate\s+\S", re.IGNORECASE)
_HEX = re.compile(r"\s+[0-9A-Fa-f]+(?:\s+[0-9A-Fa-f]+)*$")
_LAST_CHANGE = re.compile(r"! ?Last configuration change at (?P<at>.+?)(?: by (?P<by>\S+))?\s*$", re.IGNORECASE)
_LAST_SAVE = re.compile(r"! ?NVRAM config last updated at (?P<at>.+?)(?: by (?P<by>\S+))?\s*$", re.IGNORECASE)


def facts(lines: Sequence[Line]) -> dict[str, str]:
    """What the noise tells and is worth keeping: who changed and saved the configuration, and when."""
    found: dict[str, str] = {}
    for line in lines:
        if line.text[:1] != "!" or line.part is not Part.COMMAND:
            continue
        for name, pattern in (("changed", _LAST_CHANGE), ("saved", _LAST_SAVE)):
            if match := pattern.match(line.text):
                found[f"last_{name}_at"] = match["at"]
                if match["by"]:
                    found[f"last_{name}_by"] = match["by"]
    return found


def head_ends(text: str) -> int | None:
    """Where the head of noise, blank lines and bare `!` ends; None when what follows does not stand by itself.

    What `without_noise` and `hidden` make of the rest does not depend on the head: it is dropped as a whole.
    """
    at = 0
    while (end := text.find("\n", at)) >= 0:
        row = text[at:end].rstrip(" \t\r")
        if row.strip() not in ("", "!") and (row[:1] == " " or not _ANY_NOISE.match(row)):
            break
        at = end + 1
    begins_a_block = text[at : at + 1] not in ("", " ", "\t", "!", "\r")
    return at if begins_a_block and not may_open(text[:at]) else None


def without_noise(lines: Sequence[Line]) -> list[Line]:
    """Drop what changes by itself; the order of what stays is the device's."""
    kept = _quiet(lines)
    if any("auto-bw" in line.text for line in kept):
        kept = [*_without_measured(kept)]
    if any("ertificate" in line.text for line in kept):
        kept = [*_fingerprinted(kept)]
    kept = kept[_first_command(kept) :]
    while kept and not kept[-1].text.strip() and kept[-1].part is Part.COMMAND:
        kept.pop()
    return kept


def _quiet(lines: Sequence[Line]) -> list[Line]:
    kept = []
    for line in lines:
        # white space at the end means something in a banner only; a carriage return is half a line end
        text = line.text.removesuffix("\r") if line.part is Part.TEXT else line.text.rstrip(" \t\r")
        # noise stands at the left margin; most lines do not
        if text[:1] == " " or line.part is not Part.COMMAND or not _ANY_NOISE.match(text):
            kept.append(line if text == line.text else line._replace(text=text))
    return kept


def _without_measured(lines: Sequence[Line]) -> Iterator[Line]:
    """Drop the bandwidth of tunnels that the router measures and sets itself."""
    if not any(_AUTO_BANDWIDTH.match(line.text) for line in lines if "auto-bw" in line.text):
        yield from lines
        return
    block: list[Line] = []
    for line in chain(lines, (Line("end of the last block"),)):
        if block and line.part is Part.COMMAND and line.text[:1] not in ("", " ", "\t", "!"):
            measured = any(row.part is Part.COMMAND and _AUTO_BANDWIDTH.match(row.text) for row in block)
            for row in block:
                if not (measured and row.part is Part.COMMAND and _BANDWIDTH.match(row.text)):
                    yield row
            block = []
        block.append(line)


def _first_command(lines: Sequence[Line]) -> int:
    """Where the head of blank lines and bare `!` ends: they come and go with the noise between them."""
    for at, line in enumerate(lines):
        if line.part is not Part.COMMAND or line.text.strip() not in ("", "!"):
            return at
    return len(lines)


def _fingerprinted(lines: Sequence[Line]) -> Iterator[Line]:
    """Put one line with the fingerprint in the place of each certificate's hexadecimal body."""
    body: list[Line] = []
    expected = False
    for line in lines:
        if expected and line.part is Part.COMMAND and _HEX.match(line.text):
            body.append(line)
            continue
        if body:
            yield from _fingerprint(body)
            body = []
        expected = "ertificate" in line.text and line.part is Part.COMMAND and bool(_CERTIFICATE.match(line.text))
        yield line
    if body:
        yield from _fingerprint(body)


def _fingerprint(body: Sequence[Line]) -> Sequence[Line]:
    digits = "".join("".join(line.text.split()) for line in body)
    if len(digits) % 2:
        return body
    indent = body[0].text[: -len(body[0].text.lstrip())]
    fingerprint = hashlib.sha256(bytes.fromhex(digits)).hexdigest()
    return (body[0]._replace(text=f"{indent}fingerprint sha256 {fingerprint}"),)
