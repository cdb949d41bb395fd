"""The files of a server, as the listing of its configuration holds them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from dcops.audit.look import Look
from dcops.audit.said import Said, Unknown
from dcops.audit.tree.lines import Line

_HEADING = re.compile(r"=== (?P<path>.+?)(?: -> .*| is (?P<same>.+)| [0-7]{4} \S+:\S+)")


@dataclass(frozen=True, slots=True)
class Files:
    """Lines by path. Comments and blank lines are not there."""

    found: Mapping[str, Sequence[Line]]

    def of(self, path: str) -> Sequence[Line]:
        """The lines of a file that every server has; raises Unknown when we may not read it."""
        if path not in self.found:
            raise Unknown(Said("no file", path))
        return self.found[path]

    def some(self, path: str) -> Sequence[Line]:
        """The lines of a file that need not be there."""
        return self.found.get(path, ())

    def matching(self, pattern: str) -> Iterator[str]:
        """The paths that a pattern names, in the order in which programs read them."""
        return (path for path in sorted(self.found) if fnmatchcase(path, pattern))


def files(look: Look) -> Files:
    """All of them; raises Unknown."""
    listing = look.lines()
    found: dict[str, Sequence[Line]] = {}
    same: dict[str, str] = {}
    for heading in listing.top.lines:
        match = _HEADING.fullmatch(heading.text)
        if match is None:
            raise Unknown(Said("unreadable", "config", "it is no listing of files"))
        if match["same"]:
            same[match["path"]] = match["same"]
        elif not match["path"].endswith("/"):
            found[match["path"]] = listing.below(heading)
    found.update({path: found[other] for path, other in same.items() if other in found})
    return Files(found)
