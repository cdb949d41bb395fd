"""Answers written down as templates: `lab/devices/PLATFORM/MODEL/COMMAND.j2`, a blank written as `_`."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2

DATA = Path(__file__).parent.parent / "devices"


@functools.cache
def commands(folder: str) -> Mapping[str, str]:
    """The commands that a folder answers, and their templates; what begins with `-` is no command."""
    return {
        file.stem.replace("_", " "): f"{folder}/{file.name}"
        for file in sorted((DATA / folder).glob("*.j2"))
        if not file.name.startswith("-")
    }


def render(template: str, context: Mapping[str, Any]) -> str:
    """One answer."""
    return _environment().get_template(template).render(context)


@functools.cache
def _environment() -> jinja2.Environment:
    # The output is a terminal's text and no web page: nothing may be escaped.
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(DATA),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
