"""What devices are judged by in one audit: all rules, or those of some packs, with the parameters that are in force."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from dcops.audit.judge import Judge
from dcops.audit.library import Library
from dcops.audit.packs import Pack
from dcops.audit.parameters import Parameters
from dcops.audit.rule import Rule
from dcops.model.audit import EVERYTHING
from dcops.model.source import SourceKind

Fresh = Mapping[SourceKind, timedelta]


@dataclass(frozen=True, slots=True)
class Profile:
    """Rules that are held against devices together."""

    pack: str
    """The pack with whose parameters; EVERYTHING: with those of the site alone."""
    rules: tuple[Rule, ...]
    parameters: Parameters

    def of(self, platform: str) -> tuple[Rule, ...]:
        """The rules for one platform: that the others are for other ones need not be told of every device."""
        return tuple(rule for rule in self.rules if platform in rule.platforms)


def profiles_of(library: Library, packs: Sequence[str]) -> tuple[Profile, ...]:
    """The profiles of an audit by these packs; of one by every rule there is, when none is named.

    Beside the one that all share there is one for each pack that sets parameters, with the rules that ask for them.
    """
    chosen = [library.pack(name) for name in packs]
    if len(chosen) == 1:
        return (Profile(EVERYTHING, chosen[0].of(library.rules), library.parameters(chosen[0])),)
    judged = chosen or list(library.packs.values())
    ids = {choice.rule for pack in chosen for choice in pack.choices}
    rules = tuple(_as_severe(rule, judged) for rule in library.rules if not chosen or rule.id in ids)
    own = (Profile(pack.name, _asking(pack, rules), library.parameters(pack)) for pack in judged if pack.parameters)
    return (Profile(EVERYTHING, rules, library.parameters()), *(profile for profile in own if profile.rules))


def packs_of(library: Library, packs: Sequence[str]) -> tuple[Pack, ...]:
    """The packs that an audit tells of: those that are named, or all."""
    return tuple(library.pack(name) for name in packs) or tuple(library.packs.values())


class Judges:
    """A judge for each profile and platform, made when it is first needed."""

    def __init__(self, profiles: Sequence[Profile], fresh: Fresh) -> None:
        self.profiles = profiles
        self._fresh = fresh
        self._judges: dict[tuple[str, str], Judge] = {}

    def of(self, profile: Profile, platform: str) -> Judge:
        """The judge of one platform."""
        key = (profile.pack, platform)
        if key not in self._judges:
            self._judges[key] = Judge(profile.of(platform), profile.parameters, fresh=self._fresh)
        return self._judges[key]

    @property
    def platforms(self) -> frozenset[str]:
        """Those that any rule is for."""
        return frozenset(name for profile in self.profiles for rule in profile.rules for name in rule.platforms)


def digest_of(folders: Collection[Path]) -> str:
    """A short hash of every file that an audit judges by, so that two audits can be told to be comparable."""
    digest = hashlib.sha256()
    for folder in folders:
        for file in sorted(folder.rglob("*.yaml")) if folder.is_dir() else ():
            content = file.read_bytes()
            digest.update(f"{file.relative_to(folder)}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:12]


def _as_severe(rule: Rule, packs: Sequence[Pack]) -> Rule:
    """The rule with the gravest severity that any of the packs gives it, or its own."""
    wanted = [choice.severity for pack in packs for choice in pack.choices if choice.rule == rule.id]
    return replace(rule, severity=min((rule.severity, *filter(None, wanted)), key=lambda one: one.rank))


def _asking(pack: Pack, rules: Sequence[Rule]) -> tuple[Rule, ...]:
    ids = {choice.rule for choice in pack.choices}
    return tuple(rule for rule in rules if rule.id in ids and rule.names & set(pack.parameters))
