"""What people have written down and rules compare with: approved accounts and published weaknesses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from dcops.audit.approvals import approved
from dcops.audit.library import Library
from dcops.audit.subject import Subject
from dcops.model.source import Source, SourceKind

ACCOUNTS, ADVISORIES = "accounts", "advisories"
ADVISORY_DAYS = "advisory_days"
"""The parameter that says how old published weaknesses may be."""
NO_ACCOUNTS = "nobody has written down which accounts are approved: compliance/accounts.yaml is not in the site root"
NO_ADVISORIES = "there is no compliance/advisories.yaml"


def listed(library: Library, subject: Subject, now: datetime) -> Iterator[Source]:
    """The parts of these files that are about one device."""

    def source(name: str, content: object, problem: str) -> Source:
        told = content if isinstance(content, dict) else {}
        return Source(subject.device, SourceKind.INVENTORY, name, now, f"compliance/{name}.yaml", told, problem=problem)

    if library.approvals is None:
        yield source(ACCOUNTS, None, NO_ACCOUNTS)
    else:
        yield source(ACCOUNTS, approved(library.approvals, subject), "")
    if library.advisories is None:
        yield source(ADVISORIES, None, NO_ADVISORIES)
    else:
        yield source(ADVISORIES, library.advisories.of(subject.platform), "")
