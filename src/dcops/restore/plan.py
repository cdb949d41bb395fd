"""A restore plan: everything that a person needs to bring one device back from one archived version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dcops.model.snapshot import ConfigSource
from dcops.model.way_back import Case, Loss, Need, Phase, Sign, Step, Way, Where
from dcops.restore import common
from dcops.restore.fill import filled
from dcops.restore.identity import Fit
from dcops.restore.signs import Trace, seen

_TIMED = (Phase.BEFORE, Phase.RESTORE, Phase.CHECK, Phase.UNDO)


@dataclass(frozen=True, slots=True)
class Sealed:
    """What would be sent, as it lies in the archive."""

    source: ConfigSource
    read: datetime
    """When the device gave it."""
    size: int
    name: str
    """The SHA-256 of the sealed file, by which it is named; empty when it was pruned."""
    path: Path | None
    problem: str
    """Empty: it was read just now and is what its name says."""
    holders: tuple[str, ...]
    """Any one of these can open it."""


@dataclass(frozen=True, slots=True)
class Distance:
    """How far the planned version lies from the newest one."""

    revision: str
    """The newest."""
    taken: datetime
    added: int
    """Lines that only the newest has: they would go."""
    removed: int
    """Lines that only the planned one has: they would come back."""
    secrets_compared: bool


@dataclass(frozen=True, slots=True)
class Concern:
    """A precondition or a loss, and whether it concerns this very device."""

    what: str
    instead: str
    trace: Trace | None
    always: bool
    """It concerns every device of the platform."""
    looked: bool
    """The configuration was looked through for it. False with `always` false: it may or may not concern this one."""

    @property
    def concerns(self) -> bool:
        """It concerns this device, or that cannot be told."""
        return self.always or not self.looked or self.trace is not None


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One thing that a person does, with everything filled in."""

    number: int
    phase: Phase
    where: Where
    what: str
    types: tuple[str, ...]
    unproven: str


@dataclass(frozen=True, slots=True)
class PlannedWay:
    """One way back, step by step."""

    case: Case
    form: str
    steps: tuple[PlannedStep, ...]


@dataclass(frozen=True, slots=True)
class WayOut:
    """What a person does about an obstacle."""

    what: str
    types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What stands in the way, and the ways out."""

    what: str
    ways_out: tuple[WayOut, ...]


@dataclass(frozen=True, slots=True)
class RestorePlan:
    """How one device comes back. Making it touched no device."""

    device: str
    platform: str
    title: str
    proven: str
    revision: str
    taken: datetime
    age_seconds: float
    sealed: Sealed
    distance: Distance | None
    """None: it is the newest version."""
    address: str | None
    port: int | None
    """Where it is not the one of its platform."""
    in_inventory: bool
    lab: bool
    fits: tuple[Fit, ...]
    needs: tuple[Concern, ...]
    losses: tuple[Concern, ...]
    ways: tuple[PlannedWay, ...]
    obstacles: tuple[Obstacle, ...]
    notes: tuple[str, ...] = ()

    @property
    def stands(self) -> bool:
        """Nothing of ours stands in the way of walking it."""
        return not self.obstacles


def concern(one: Need | Loss, lines: Sequence[str] | None) -> Concern:
    """Judge a precondition or a loss by the readable configuration; None: it could not be looked at."""
    instead = one.instead if isinstance(one, Loss) else ""
    looked = one.sign is not None and lines is not None
    trace = seen(one.sign, lines) if one.sign is not None and lines is not None else None
    return Concern(one.what, instead, trace, one.sign is None, looked)


def walked(way: Way, known: Mapping[str, str], lines: Sequence[str] | None, *, in_inventory: bool) -> PlannedWay:
    """The steps of a way for this device, numbered from the first to the last."""
    steps: list[PlannedStep] = []
    known = {**known, "load": known["stem"] + way.load_suffix if way.load_suffix else known["file"]}
    phases = zip(_TIMED, (way.before, way.restore, (*way.check, *_ours(way, in_inventory)), way.undo), strict=True)
    for phase, planned in phases:
        for step in planned:
            if (step is common.BACKUP_FIRST and not in_inventory) or not _applies(step.only, lines):
                continue
            types = tuple(filled(line, known) for line in step.types)
            what = filled(step.what, known)
            steps.append(PlannedStep(len(steps) + 1, phase, step.where, what, types, step.unproven))
    return PlannedWay(way.case, way.form, tuple(steps))


def _applies(only: Sign | None, lines: Sequence[str] | None) -> bool:
    """A step that may concern the device stands in the plan when nobody can look."""
    return only is None or lines is None or seen(only, lines) is not None


def _ours(way: Way, in_inventory: bool) -> tuple[Step, ...]:
    removed = common.REMOVE if not way.load_suffix else common.REMOVE_BOTH
    if not in_inventory:
        return (*common.READ_BY_HAND, removed)
    new_box = (common.INVENTORY, common.TRUST) if way.case is Case.REPLACEMENT else ()
    return (*new_box, *common.READ_AGAIN, removed)
