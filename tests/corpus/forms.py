"""The forms in which a platform writes secrets: `tests/corpus/PLATFORM.yaml`.

forms:
  - form: enable secret, type 9                     what it is
    shape: cisco9                                   how the secret looks: tests/corpus/shapes.py
    change: {lines: ["enable secret 9 {secret}"]}   body of POST /devices/NAME/change
    escape: xml                                     how the secret is written there (xml, json, url), when it must
    shown: "enable secret 9 "                       what stands before the secret in the readable form; by
                                                    default what stands before it in the change
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape as xml_escape

import yaml

from tests.corpus.shapes import draw

FOLDER = Path(__file__).parent
SECRET = "{secret}"
ESCAPES = {
    "": lambda text: text,
    "xml": lambda text: xml_escape(text, {'"': "&quot;"}),
    "json": lambda text: json.dumps(text)[1:-1],
    "url": lambda text: quote(text, safe=""),
}
KEYS = {"form", "shape", "change", "escape", "shown"}


@dataclass(frozen=True)
class Form:
    """One way to write a secret."""

    platform: str
    form: str
    shape: str
    change: dict[str, Any]
    escape: str = ""
    shown: str = ""

    def secret(self, generation: str) -> str:
        """The secret of the first or the second change: another for every form and generation."""
        return draw(self.shape, f"{self.platform} {self.form} {generation}")

    def body(self, generation: str) -> dict[str, Any]:
        """The change that puts the secret into the device."""
        return _replaced(self.change, ESCAPES[self.escape](self.secret(generation)))

    @property
    def lead(self) -> str:
        """What stands before the token in the readable form."""
        if self.shown:
            return self.shown
        (text,) = [text for text in _texts(self.change) if SECRET in text]
        before = text[: text.index(SECRET)]
        return re.split(r"\n|(?<=>)\s*(?=<)", before)[-1].lstrip()


def load(platform: str) -> list[Form]:
    """The forms of a platform; FileNotFoundError when nobody wrote them down."""
    file = FOLDER / f"{platform}.yaml"
    entries = yaml.safe_load(file.read_text(encoding="utf-8"))["forms"]
    for entry in entries:
        assert set(entry) <= KEYS, f"{file}: unknown key in {entry}"
        assert sum(text.count(SECRET) for text in _texts(entry["change"])) == 1, f"{file}: one {SECRET} in {entry}"
    names = [entry["form"] for entry in entries]
    assert len(names) == len(set(names)), f"{file}: two forms of one name"
    return [Form(platform, **entry) for entry in entries]


def _replaced(value: Any, secret: str) -> Any:
    if isinstance(value, str):
        return value.replace(SECRET, secret)
    if isinstance(value, dict):
        return {key: _replaced(each, secret) for key, each in value.items()}
    if isinstance(value, list):
        return [_replaced(each, secret) for each in value]
    return value


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for each in inner for text in _texts(each)]
