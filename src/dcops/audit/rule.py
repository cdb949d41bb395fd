"""A rule, as it stands in a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from dcops.audit.applies import Applies
from dcops.audit.parameters import Value, names_in
from dcops.audit.requirement import Requirement
from dcops.audit.scope.common import Scope
from dcops.audit.tree import Shape
from dcops.audit.when import When
from dcops.audit.words import LANGUAGES, NOTHING, Words
from dcops.model.finding import Severity
from dcops.model.source import SourceKind

Content = str | Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sample:
    """Captured things as they could be, and what a rule must say of them."""

    line: int
    passing: tuple[Content, ...]
    failing: tuple[Content, ...]
    not_applicable: tuple[Content, ...] = ()
    could_not_check: tuple[Content, ...] = ()
    platform: str = ""
    version: str = ""
    role: str = ""
    site: str = ""
    model: str = ""
    tags: tuple[str, ...] = ()
    level: int | None = None
    parameters: Mapping[str, Value] = field(default_factory=dict)
    weak: tuple[str, ...] = ()
    now: datetime | None = None
    besides: Mapping[tuple[SourceKind, str], Content] = field(default_factory=dict)
    """Other sources that a check in Python reads too."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What is asked of whom, why, and what to do when it is not so."""

    id: str
    title: Words
    severity: Severity
    platforms: tuple[str, ...]
    requirements: tuple[Requirement, ...]
    why: Words = NOTHING
    fix: Words = NOTHING
    refs: tuple[str, ...] = ()
    applies: Applies = field(default_factory=Applies)
    when: When | None = None
    scope: Scope | None = None
    """None: the requirements look for themselves."""
    source: tuple[SourceKind, str] = (SourceKind.CONFIG, "")
    samples: tuple[Sample, ...] = ()
    file: Path = Path()
    line: int = 0

    @property
    def shape(self) -> Shape | None:
        """The shape that it works on; None for checks in Python."""
        return self.scope.shape if self.scope is not None else None

    @property
    def names(self) -> frozenset[str]:
        """The parameters that it needs."""
        found = frozenset[str]().union(*(each.names for each in self.requirements))
        found |= names_in(*(self.fix.of(language) for language in LANGUAGES)) - {"block"}
        for part in (self.scope, self.when):
            found |= part.names if part is not None else frozenset()
        return found

    @property
    def where(self) -> str:
        """The file and line that it stands in."""
        return f"{self.file}:{self.line}"
