"""What a pretend server says where the answer of the machine that runs the lab would mean nothing."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import yaml

from lab.planted import weaknesses

FILE = Path(__file__).with_name("answers.yaml")
DAY = 86_400


@dataclass(frozen=True, slots=True)
class Said:
    """An answer as it goes over the wire."""

    stdout: str
    stderr: str
    status: int


@cache
def _commands() -> Mapping[str, Mapping[str, Any]]:
    entries = yaml.safe_load(FILE.read_text(encoding="utf-8"))["answers"]
    return {entry["command"]: entry for entry in entries}


def is_pretended(words: list[str]) -> bool:
    """Whether a command, as words, is answered from here."""
    return " ".join(words) in _commands()


def said(server: str, words: list[str]) -> Said | None:
    """The answer of a server; None for a command that runs truly."""
    entry = _commands().get(" ".join(words))
    if entry is None:
        return None
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    text = environment.from_string(str(entry.get("says", ""))).render(
        planted=weaknesses(server), days=_days, login=_login
    )
    return Said(text and f"{text.rstrip()}\n", str(entry.get("complains", "")), int(entry.get("status", 0)))


def _days(ago: float) -> int:
    return int(time.time() - ago * DAY)


def _login(ago: float) -> str:
    return time.strftime("%a %b %e %H:%M:%S +0000 %Y", time.gmtime(_days(ago)))
