"""Reads a whole inventory, and finds every mistake in it before anything relies on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from operator import attrgetter
from pathlib import Path
from typing import Any

from dcops.inventory import declarations, machines, names, overlaps, references, sense, sensing, snmp, texts
from dcops.inventory.entry import Entries, label
from dcops.inventory.files import SourceFile, read_folder
from dcops.inventory.inventory import Inventory
from dcops.inventory.kinds import KINDS, LAB, Kind
from dcops.inventory.mistake import InvalidInventory, Mistake
from dcops.inventory.validate import read_entry
from dcops.inventory.words import did_you_mean, nearest, shown
from dcops.inventory.yaml_text import Mapping, Sequence, line_of

__all__ = ["InvalidInventory", "Inventory", "Mistake", "check", "load"]

_CHECKS = (
    names.check,
    references.check,
    overlaps.check,
    sense.check,
    snmp.check,
    sensing.check,
    machines.check,
    declarations.check,
)


def load(folder: Path, *, profiles: Collection[str] | None = None) -> Inventory:
    """The inventory in a folder. Raises InvalidInventory with every mistake when there is one.

    `profiles` are the SNMP profiles that ship with dcops; None leaves their names unjudged.
    """
    inventory, mistakes = check(folder, profiles=profiles)
    if inventory is None:
        raise InvalidInventory(mistakes)
    return inventory


def check(
    folder: Path, added: Iterable[SourceFile] = (), *, profiles: Collection[str] | None = None
) -> tuple[Inventory | None, tuple[Mistake, ...]]:
    """The inventory in a folder, or None and what is wrong with it, in the order of files and lines.

    `added` are files that are judged as if they lay in the folder; `profiles` are as for `load`.
    """
    # Only their names: what stands in the files is no matter of the inventory's.
    entries = Entries(
        described=_stems(folder.parent / names.DESCRIPTIONS),
        profiles=None if profiles is None else _stems(folder.parent / snmp.PROFILES).union(profiles),
    )
    mistakes: list[Mistake] = []
    spoilt: dict[str, frozenset[int]] = {}
    lab = _Lab()
    for source in (*read_folder(folder), *added):
        spoilt[source.shown] = source.spoilt_lines
        mistakes += source.mistakes
        entries.elsewhere |= source.names
        mistakes += [mistake for mistake in _read(source, entries, lab) if mistake.line not in source.spoilt_lines]
    for look in _CHECKS:
        mistakes += [mistake for mistake in look(entries) if mistake.line not in spoilt[mistake.file]]
    if mistakes:
        return None, tuple(sorted(mistakes))
    return _inventory(entries, lab=lab.value), ()


def _stems(folder: Path) -> frozenset[str]:
    return frozenset(file.stem for file in folder.glob("*.yaml"))


class _Lab:
    """`lab: true`, which is said once for all files."""

    def __init__(self) -> None:
        self.value = False
        self.said = ""

    def read(self, source: SourceFile, value: object) -> Iterator[Mistake]:
        line = line_of(source.root, (LAB,))
        if not isinstance(value, bool):
            yield Mistake(source.shown, line, f"{LAB} must be true or false", f"write {LAB}: true")
        elif self.said:
            yield Mistake(source.shown, line, f"{LAB} is said twice", f"first at {self.said}")
        else:
            self.value = value
            self.said = f"{source.shown}:{line}"


def _read(source: SourceFile, entries: Entries, lab: _Lab) -> Iterator[Mistake]:
    """Read one file into the entries."""
    root = source.root
    if root is None:
        return
    if not isinstance(root, Mapping):
        yield Mistake(
            source.shown,
            line_of(root, ()),
            "must be a mapping of kinds of things",
            f"begin with one of {', '.join(KINDS)}",
        )
        return
    reported = list(texts.findings(root))
    for path, message, hint in reported:
        yield Mistake(source.shown, line_of(root, path), f"{_where(root, path)}{message}", hint)
    bad_texts: dict[tuple[str | int, ...], list[tuple[str | int, ...]]] = defaultdict(list)
    for path, _, _ in reported:
        bad_texts[path[:2]].append(path[2:])
    for key, value in root.items():
        if key == LAB:
            yield from lab.read(source, value)
            continue
        kind = KINDS.get(key)
        if kind is None:
            if not any(path[0] == key for path in bad_texts):
                hint = did_you_mean(key, (*KINDS, LAB))
                yield Mistake(source.shown, root.lines[key], f"unknown kind of thing {shown(key)}", hint)
            # What stands under a misspelt kind is looked at all the same, or all that refers to it would dangle.
            near = nearest(key, KINDS)
            kind = KINDS[near] if near and near not in root else None
        if kind is not None and value is not None:
            yield from _things(source, entries, kind, key, bad_texts)


def _things(
    source: SourceFile,
    entries: Entries,
    kind: Kind,
    key: str,
    bad_texts: dict[tuple[str | int, ...], list[tuple[str | int, ...]]],
) -> Iterator[Mistake]:
    """Read the list of things under one key into the entries."""
    listed = source.root[key]
    if not isinstance(listed, Sequence):
        yield Mistake(source.shown, source.root.lines[key], f"{shown(key)} must be a list", "begin each with '- '")
        return
    for index, item in enumerate(listed):
        if not isinstance(item, Mapping):
            yield Mistake(source.shown, listed.lines[index], f"a {kind.noun} must be a mapping", "write key: value")
            continue
        entry, found = read_entry(kind, source.shown, item, bad_texts.get((key, index), ()))
        yield from found
        if entry is not None:
            entries.by_kind.setdefault(kind.key, []).append(entry)


def _where(root: Any, path: tuple[str | int, ...]) -> str:
    """Which key of which thing holds a bad text, without the text."""
    thing = ""
    kind = KINDS.get(str(path[0])) if path else None
    if kind and len(path) > 1 and isinstance(root[path[0]][path[1]], Mapping):
        thing = f"{label(kind, root[path[0]][path[1]])}: "
    keys = [str(step) for step in path if isinstance(step, str)]
    return f"{thing}{shown(keys[-1])} " if keys else ""


def _inventory(entries: Entries, *, lab: bool) -> Inventory:
    def values(key: str, *order: str) -> Iterable[Any]:
        things = [entry.value for entry in entries.of(key)]
        return sorted(things, key=attrgetter(*(order or ("name",))))

    return Inventory(
        devices=tuple(values("devices")),
        sites=tuple(values("sites")),
        racks=tuple(values("racks")),
        circuits=tuple(values("circuits")),
        prefixes=tuple(values("prefixes", "prefix.version", "prefix")),
        systems=tuple(values("systems")),
        dr_pairs=tuple(values("dr_pairs", "kind", "main", "dr")),
        credentials=tuple(values("credentials")),
        backup_items=tuple(values("backup_items")),
        sensors=tuple(values("sensors")),
        lab=lab,
    )
