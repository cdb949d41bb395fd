"""Reads `accounts.yaml` of a site root."""

from __future__ import annotations

from pathlib import Path

from dcops.audit.approvals import Approval, Rights
from dcops.audit.reading.days import day
from dcops.yamlfile.sections import Mistakes, Section, read


def approvals_of(file: Path, mistakes: Mistakes) -> tuple[Approval, ...]:
    """The approved accounts, as far as they can be read."""
    section = read(file, mistakes)
    if section is None:
        return ()
    found = [_approval(each) for each in section.sections("accounts", must=True)]
    section.finish()
    return tuple(each for each in found if each is not None)


def _approval(section: Section) -> Approval | None:
    where = {key: section.texts(key) for key in ("devices", "tags", "platforms", "sites")}
    if not any(where.values()):
        section.mistake(section.line, f"says not for which devices: {', '.join(where)}")
    until = day(section, "until")
    name = section.text("name")
    if until is None or not name:
        section.finish()
        return None
    found = Approval(
        name=name,
        owner=section.text("owner"),
        role=section.text("role"),
        until=until,
        rights=Rights(section.choice("rights", [each.value for each in Rights], Rights.FULL.value)),
        optional=section.flag("optional", False),
        **where,
    )
    section.finish()
    return found
