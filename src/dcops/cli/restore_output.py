"""How a restore plan is printed: a page to walk down with a finger, or JSON."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from dcops.cli.output import harmless
from dcops.model.moment import rfc3339
from dcops.model.way_back import Case, Phase
from dcops.restore.identity import Verdict

if TYPE_CHECKING:
    from dcops.restore.identity import Fit
    from dcops.restore.plan import Concern, Distance, PlannedStep, PlannedWay, RestorePlan

CASES = {
    Case.REPLACEMENT: ("A", "It is dead: a blank box takes its place"),
    Case.REPAIR: ("B", "It runs, and its configuration is wrong"),
}
PHASES = {
    Phase.BEFORE: "Before",
    Phase.RESTORE: "Restore",
    Phase.CHECK: "Check",
    Phase.UNDO: "If it goes wrong",
}
WIDEST = 110
LABEL = 11


def show_plan(plan: RestorePlan) -> None:
    """Print the plan for people. Commands stand on lines of their own, never broken."""
    width = min(WIDEST, shutil.get_terminal_size((WIDEST, 40)).columns) if sys.stdout.isatty() else WIDEST
    for line, style in _page(plan, width):
        click.secho(harmless(line), **_styles(style))


def plan_json(plan: RestorePlan) -> dict[str, Any]:
    """The plan for machines."""
    return {
        "command": "restore plan",
        "device": plan.device,
        "platform": plan.platform or None,
        "stands": plan.stands,
        "version": {
            "revision": plan.revision,
            "taken": plan.taken,
            "newest": plan.distance is None,
            "differs_from_newest": _distance_json(plan.distance),
        },
        "sends": {
            "source": plan.sealed.source,
            "restores": plan.sealed.source.restores,
            "read": plan.sealed.read,
            "age_seconds": round(plan.age_seconds),
            "bytes": plan.sealed.size,
            "sealed": plan.sealed.name or None,
            "path": str(plan.sealed.path) if plan.sealed.path else None,
            "problem": plan.sealed.problem or None,
            "holders": plan.sealed.holders,
        },
        "target": {
            "in_inventory": plan.in_inventory,
            "lab": plan.lab,
            "address": plan.address,
            "port": plan.port,
            "fits": [
                {"what": fit.what, "archived": fit.archived, "stated": fit.stated, "verdict": fit.verdict}
                for fit in plan.fits
            ],
        },
        "proven": plan.proven,
        "needs": [_concern_json(need) for need in plan.needs],
        "losses": [_concern_json(loss) for loss in plan.losses],
        "ways": [
            {"case": way.case, "as": way.form, "steps": [_step_json(step) for step in way.steps]} for way in plan.ways
        ],
        "obstacles": [
            {"what": one.what, "ways_out": [{"what": out.what, "types": out.types} for out in one.ways_out]}
            for one in plan.obstacles
        ],
        "notes": plan.notes,
    }


def _distance_json(distance: Distance | None) -> dict[str, Any] | None:
    if distance is None:
        return None
    return {
        "newest_revision": distance.revision,
        "newest_taken": distance.taken,
        "lines_go": distance.added,
        "lines_come_back": distance.removed,
        "secrets_compared": distance.secrets_compared,
    }


def _concern_json(concern: Concern) -> dict[str, Any]:
    trace = concern.trace
    return {
        "what": concern.what,
        **({"instead": concern.instead} if concern.instead else {}),
        "concerns": "yes" if concern.always or trace else "no" if concern.looked else "not known",
        "seen": {"count": trace.count, "line": trace.line, "text": trace.text} if trace else None,
    }


def _step_json(step: PlannedStep) -> dict[str, Any]:
    return {
        "number": step.number,
        "phase": step.phase,
        "where": step.where,
        "what": step.what,
        "types": step.types,
        "unproven": step.unproven or None,
    }


Row = tuple[str, str]


def _page(plan: RestorePlan, width: int) -> Iterator[Row]:
    yield f"{plan.device}: the way back ({plan.title})", "bold"
    if plan.lab:
        yield "A device of the lab: nothing of this exists.", "yellow"
    yield "", ""
    yield from _facts(plan, width)
    for obstacle in plan.obstacles:
        yield "", ""
        yield from _hung(f"NOT LIKE THIS: {obstacle.what}", "", width, "red")
        for way_out in obstacle.ways_out:
            yield from _hung(way_out.what, "  - ", width)
            for line in way_out.types:
                yield f"      {line}", "cyan"
    if plan.ways:
        yield from _list("Before you begin", plan.needs, width)
    yield from _list("What does not come back", plan.losses, width)
    for way in plan.ways:
        yield from _way(way, width)
    if plan.proven:
        yield "", ""
        yield from _hung(plan.proven, "How far this was tried: ", width, "yellow")


def _facts(plan: RestorePlan, width: int) -> Iterator[Row]:
    sealed, age = plan.sealed, _age(plan.age_seconds)
    which = "the newest" if plan.distance is None else "not the newest"
    yield _fact("Version", f"{plan.revision[:8]}, taken {rfc3339(sealed.read)}, {age} ago, {which}")
    if plan.distance:
        newest = plan.distance
        against = f"against {newest.revision[:8]} of {rfc3339(newest.taken)}"
        more = "" if newest.secrets_compared else "; the site key was rotated in between, so secrets were not compared"
        told = f"{newest.removed} lines come back and {newest.added} go, {against}{more}"
        yield from _hung(told, _label("Differs"), width)
    yield _fact("Document", f"{sealed.source}, {sealed.size} bytes")
    state = "there and whole, recomputed just now" if not sealed.problem else sealed.problem
    if sealed.name:
        yield _fact("Sealed", f"{sealed.name}.age: {state}", "" if not sealed.problem else "red")
    else:
        yield _fact("Sealed", state, "red")
    holders = ", ".join(sealed.holders)
    yield from _hung(f"{holders}: call one of them now, nobody else can open it", _label("Opened by"), width, "bold")
    if plan.address:
        yield _fact("Address", f"{plan.address} port {plan.port}" if plan.port else plan.address)
    elif plan.in_inventory:
        yield _fact("Address", "the inventory has none")
    else:
        yield from _hung(
            "not known: the inventory does not have this device, or there is no inventory here",
            _label("Address"),
            width,
        )
    for fit in plan.fits:
        text, style = _fit(fit)
        yield _fact(fit.what.capitalize(), text, style)
    for note in plan.notes:
        yield from _hung(note, _label("Note"), width, "yellow")


def _fit(fit: Fit) -> Row:
    if fit.verdict is Verdict.FITS:
        return f"{fit.stated}: as archived ({fit.archived})", ""
    if fit.verdict is Verdict.DIFFERS:
        return f"{fit.stated} in the inventory, {fit.archived} in what was archived: LOOK before you send it", "red"
    if fit.stated:
        return f"{fit.stated} (inventory; what was archived does not say)", ""
    if fit.archived:
        return f"{fit.archived} (archived; the inventory does not say)", ""
    return "not known", ""


def _list(heading: str, concerns: Sequence[Concern], width: int) -> Iterator[Row]:
    shown = [one for one in concerns if one.concerns]
    if not shown:
        return
    yield "", ""
    yield heading, "bold"
    # What was seen in this very configuration first: the rest is true of every device of the kind.
    for one in sorted(shown, key=lambda one: one.trace is None):
        told = one.what if not one.instead else f"{one.what}. Instead: {one.instead}"
        mark = "  ! " if one.trace else "  - "
        if not one.always and not one.looked:
            told = f"(if it has that) {told}"
        yield from _hung(told, mark, width)
        if one.trace:
            times = "once" if one.trace.count == 1 else f"on {one.trace.count} lines"
            yield f"      seen {times}, line {one.trace.line}: {one.trace.text}", "dim"
    others = len(concerns) - len(shown)
    if others:
        yield f"    ({others} more concern others of its kind: looked for, and not seen in this configuration)", "dim"


def _way(way: PlannedWay, width: int) -> Iterator[Row]:
    # The letter stays when one way alone is printed: `B6` on the telephone is the same step for everybody.
    letter, heading = CASES[way.case]
    yield "", ""
    yield f"{letter}. {heading}", "bold"
    yield from _hung(f"It is sent {way.form}.", "   ", width)
    phase = None
    for step in way.steps:
        if step.phase is not phase:
            phase = step.phase
            yield "", ""
            yield f"   {PHASES[phase]}", "bold"
        yield from _hung(f"[{step.where}] {step.what}", f"  {letter}{step.number:<3} ", width)
        for line in step.types:
            yield f"           {line}", "cyan"
        if step.unproven:
            yield from _hung(f"unproven: {step.unproven}", "       ", width, "yellow")


def _fact(label: str, text: str, style: str = "") -> Row:
    return f"{_label(label)}{text}", style


def _label(label: str) -> str:
    return f"{label:<{LABEL}}"


def _hung(text: str, head: str, width: int, style: str = "") -> Iterator[Row]:
    """Text in lines of the width, the first one behind a head and the others under it."""
    lines = textwrap.wrap(
        text,
        width - len(head),
        break_long_words=False,
        break_on_hyphens=False,
    )
    hang = " " * min(len(head), 24)
    for number, line in enumerate(lines or [""]):
        yield f"{head if number == 0 else hang}{line}", style


def _styles(style: str) -> dict[str, Any]:
    if not style or not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return {}
    if style in ("bold", "dim"):
        return {style: True}
    return {"fg": style}


def _age(seconds: float) -> str:
    """How long ago, in the unit in which people think of it."""
    age = timedelta(seconds=max(0, seconds))
    hours = age // timedelta(hours=1)
    if hours < 1:
        return f"{age // timedelta(minutes=1)} minutes"
    return f"{hours} hours" if hours < 48 else f"{age.days} days"
