"""Everything under `compliance/` that is in force: what ships with dcops, and what a site adds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from dcops.audit.advisories import Advisories
from dcops.audit.approvals import Approval
from dcops.audit.exceptions import Exempt
from dcops.audit.limits import Limits
from dcops.audit.packs import Control, Pack
from dcops.audit.parameters import Layer, Parameters
from dcops.audit.reading.advisories import advisories_of
from dcops.audit.reading.approvals import approvals_of
from dcops.audit.reading.exceptions import exceptions_of
from dcops.audit.reading.limits import limits_of
from dcops.audit.reading.packs import controls_of, pack_of, unknown_controls
from dcops.audit.reading.parameters import parameters_of
from dcops.audit.reading.rules import rules_of, twice
from dcops.audit.rule import Rule
from dcops.errors import UsageError
from dcops.yamlfile.files import files_in
from dcops.yamlfile.sections import Mistakes, refuse

PAGE = "docs/reference/rules.md has every key on one page"


@dataclass(frozen=True, slots=True)
class Library:
    """What can be judged by."""

    rules: tuple[Rule, ...]
    packs: Mapping[str, Pack]
    controls: Mapping[str, Control]
    shipped: Parameters
    site: Parameters
    exceptions: tuple[Exempt, ...]
    approvals: tuple[Approval, ...] | None = None
    """Approved accounts; None: nobody wrote any down."""
    advisories: Advisories | None = None
    limits: Limits = field(default_factory=Limits)
    """What no rule looks at."""

    def pack(self, name: str) -> Pack:
        """One pack; raises UsageError."""
        if name not in self.packs:
            near = get_close_matches(name, self.packs, 1)
            raise UsageError(
                f"there is no pack {name!r}",
                next_step=f"Did you mean {near[0]}?" if near else f"There are: {', '.join(self.packs)}",
            )
        return self.packs[name]

    def parameters(self, pack: Pack | None = None) -> Parameters:
        """What is in force: the site's over the pack's over what ships."""
        of_pack = Parameters((Layer(pack.parameters),)) if pack is not None else Parameters()
        return self.site.over(of_pack.over(self.shipped))


def load(shipped: Path, site: Path | None, today: date) -> Library:
    """Read all of it; InvalidInput names every mistake of every file with its line.

    `shipped` and `site` are folders such as `compliance`. A file of the site takes the place of the shipped one of its
    name; its parameters are laid over the shipped ones, and only it has exceptions and approved accounts.
    """
    folders = [folder for folder in (site, shipped) if folder is not None]
    mistakes: list[str] = []

    def noting(file: Path) -> Mistakes:
        noted = Mistakes(file)
        noted.found = mistakes
        return noted

    rules = [
        rule
        for file in files_in([folder / "rules" for folder in folders]).values()
        for rule in rules_of(file, noting(file))
    ]
    mistakes += twice(rules)
    ids = frozenset(rule.id for rule in rules)
    packs = {
        name: pack
        for name, file in files_in([folder / "packs" for folder in folders]).items()
        if (pack := pack_of(file, noting(file), ids)) is not None
    }
    controlled = next((file for folder in folders if (file := folder / "controls.yaml").is_file()), None)
    controls = controls_of(controlled, noting(controlled)) if controlled is not None else {}
    if controls and not any(str(controlled) in mistake for mistake in mistakes):
        mistakes += unknown_controls(rules, controls)
    limited = next((file for folder in folders if (file := folder / "not-checked.yaml").is_file()), None)
    limits = limits_of(limited, noting(limited), controls) if limited is not None else Limits()
    parameters = [
        parameters_of(file, noting(file)) if file.is_file() else Parameters()
        for file in (shipped / "parameters.yaml", *([site / "parameters.yaml"] if site is not None else []))
    ]
    exceptions: list[Exempt] = []
    if site is not None and (allowed := site / "exceptions.yaml").is_file():
        exceptions = exceptions_of(allowed, noting(allowed), ids, today)
    approvals = None
    if site is not None and (accounts := site / "accounts.yaml").is_file():
        approvals = approvals_of(accounts, noting(accounts))
    published = next((file for folder in folders if (file := folder / "advisories.yaml").is_file()), None)
    advisories = advisories_of(published, noting(published)) if published is not None else None
    refuse(mistakes, "the files of compliance/", next_step=PAGE)
    return Library(
        tuple(rules),
        packs,
        controls,
        parameters[0],
        parameters[1] if len(parameters) > 1 else Parameters(),
        tuple(exceptions),
        approvals,
        advisories,
        limits,
    )
