"""The reference pages name every key that a user may write."""

from dataclasses import fields
from pathlib import Path

import pytest

from dcops.inventory.kinds import KINDS
from dcops.settings import JobSettings, Settings

DOCS = Path(__file__).resolve().parents[2] / "docs/reference"


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.key)
def test_every_key_of_the_inventory_stands_in_its_page(kind):
    page = (DOCS / "inventory.md").read_text(encoding="utf-8")
    section = page.split(f"## `{kind.key}`", 1)[1].split("\n## ", 1)[0]
    for field in fields(kind.type):
        assert f"`{field.name}`" in section, f"{kind.key}: {field.name}"


def test_every_setting_stands_in_its_page():
    page = (DOCS / "settings.md").read_text(encoding="utf-8")
    for section in fields(Settings):
        if section.name in ("root", "jobs"):
            continue
        for field in fields(section.type if isinstance(section.type, type) else type(section.default)):
            assert f"[{section.name}] {field.name}`" in page, f"[{section.name}] {field.name}"
    for field in fields(JobSettings):
        assert f"[jobs.NAME] {field.name}`" in page, f"[jobs.NAME] {field.name}"
