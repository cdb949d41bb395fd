"""Verification: reads everything that was ever archived and names what is damaged, device by device."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from dcops.archive import landmarks, record
from dcops.archive.fates import Fates
from dcops.archive.history import History
from dcops.archive.record import Record
from dcops.archive.sealed import SealedFiles
from dcops.errors import ArchiveDamaged

_OBJECT = re.compile(r"\b[0-9a-f]{40}\b|objects/([0-9a-f]{2})/([0-9a-f]{38})\b")


class FaultKind(StrEnum):
    """What is wrong, in a word that scripts can rely on."""

    HISTORY = "history"
    READABLE = "readable"
    RECORD = "record"
    SEALED = "sealed"


@dataclass(frozen=True, slots=True)
class Fault:
    """One damage, and what it hurts."""

    kind: FaultKind
    message: str
    device: str = ""
    """Empty when it cannot be told, or is not one device."""
    versions: tuple[str, ...] = ()
    """The versions of the device that are hurt, oldest last."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a verification found. It has no truth value: ask `faults`."""

    faults: tuple[Fault, ...]
    notes: tuple[str, ...]
    """What is untidy and hurts nothing."""
    versions: int
    sealed_files: int
    pruned: int
    """Sealed files that versions list and that retention let go."""

    def __bool__(self) -> bool:
        raise TypeError("an inspection has no truth value: ask inspection.faults")


@dataclass(frozen=True, slots=True)
class _Archived:
    device: str
    revision: str
    record: Record


def inspect(history: History, sealed: SealedFiles, progress: Callable[[int, int], None]) -> Inspection:
    """Check git, every record, every readable text and every sealed file."""
    # Listed before history is read: what a run seals meanwhile must not look abandoned.
    lying = set(sealed.names())
    notes = [
        f"{path} is no sealed file: a run left it that was interrupted, or is at work" for path in sealed.strangers()
    ]
    notes += [
        f"{path} is unfinished: a run left it that was interrupted, or is at work" for path in _unfinished(history)
    ]
    faults = list(_git_faults(history))
    archived: list[_Archived] = []
    fates = Fates()
    try:
        if history.revision() is not None:
            faults += _read_records(history, archived)
            faults += _missing_texts(history, archived)
            fates = history.fates()
    except ArchiveDamaged as error:
        faults.append(Fault(FaultKind.HISTORY, f"the history cannot be read to its end: {error.message}"))
    listed, pruned = _by_sealed_file(archived, fates)
    problems: dict[str, str] = {}
    for done, name in enumerate(sorted(listed)):
        progress(done, len(listed))
        if problem := sealed.problem(name):
            problems[name] = problem
    moved = _gone_meanwhile(history) if problems else frozenset()
    for name, problem in problems.items():
        if problem != "missing" or name not in moved:
            faults += _sealed_faults(name, problem, listed[name])
    progress(len(listed), len(listed))
    for name in lying - set(listed):
        why = "was pruned or sealed anew" if name in fates.gone else "belongs to no version"
        notes.append(f"{sealed.path(name)} {why}: a run left it that was interrupted, or is at work")
    return Inspection(tuple(dict.fromkeys(faults)), tuple(sorted(notes)), len(archived), len(listed), pruned)


def _git_faults(history: History) -> Iterator[Fault]:
    """What git finds, with the devices and versions behind the objects that it names."""
    for line in history.git.fsck():
        named = {match[0] if match[1] is None else match[1] + match[2] for match in _OBJECT.finditer(line)}
        hurt: dict[str, list[str]] = {}
        for name in sorted(named):
            for revision, path in history.git.find(name):
                hurt.setdefault(path.partition("/")[0], []).append(revision)
        for device, revisions in hurt.items():
            yield Fault(FaultKind.READABLE, f"git: {line}", device, tuple(dict.fromkeys(revisions)))
        if not hurt:
            yield Fault(FaultKind.HISTORY, f"git: {line}{landmarks.hint(line)}")
    for problem in landmarks.problems(history):
        yield Fault(FaultKind.HISTORY, problem)


def _read_records(history: History, archived: list[_Archived]) -> Iterator[Fault]:
    """Collect the record of every version; a damaged one is a fault and hides no other."""
    places = [(revision, path) for revision, paths in history.git.log(f":(glob)*/{record.FILE_NAME}") for path in paths]
    names = [f"{revision}:{path}" for revision, path in places]
    try:
        contents = history.git.contents(names)
    except ArchiveDamaged:
        # git stops at the first object that it cannot read: ask for each alone.
        contents = [_alone(history, name) for name in names]
    for (revision, path), content in zip(places, contents, strict=True):
        device = path.partition("/")[0]
        if content is None:
            yield Fault(FaultKind.RECORD, "the record cannot be read", device, (revision,))
            continue
        try:
            archived.append(_Archived(device, revision, record.parse(content, device)))
        except ArchiveDamaged as error:
            yield Fault(FaultKind.RECORD, error.message, device, (revision,))


def _alone(history: History, name: str) -> bytes | None:
    try:
        return history.git.contents([name])[0]
    except ArchiveDamaged:
        return None


def _missing_texts(history: History, archived: list[_Archived]) -> Iterator[Fault]:
    """A record may list only texts that its version has."""
    wanted = [(one, document.file) for one in archived for document in one.record.documents.values()]
    kinds = history.git.kinds([f"{one.revision}:{one.device}/{file}" for one, file in wanted])
    for (one, file), kind in zip(wanted, kinds, strict=True):
        if kind != "blob":
            yield Fault(FaultKind.READABLE, f"{file} is missing", one.device, (one.revision,))


def _gone_meanwhile(history: History) -> frozenset[str]:
    """Files that were pruned or sealed anew, as history knows it now: some of them since the verification began."""
    try:
        return history.fates().gone
    except ArchiveDamaged:
        return frozenset()


def _by_sealed_file(archived: list[_Archived], fates: Fates) -> tuple[dict[str, list[tuple[_Archived, str]]], int]:
    """Which versions need each sealed file, and for which configuration; and how many files were let go."""
    listed: dict[str, list[tuple[_Archived, str]]] = {}
    pruned = set()
    for one in archived:
        for source, document in one.record.documents.items():
            if name := fates.where(document.sealed):
                listed.setdefault(name, []).append((one, source.value))
            else:
                pruned.add(document.sealed)
    return listed, len(pruned)


def _sealed_faults(name: str, problem: str, places: list[tuple[_Archived, str]]) -> Iterator[Fault]:
    devices = dict.fromkeys((one.device, source) for one, source in places)
    for device, source in devices:
        revisions = tuple(one.revision for one, its in places if (one.device, its) == (device, source))
        yield Fault(FaultKind.SEALED, f"the sealed {source} configuration is {problem}: {name}", device, revisions)


def _unfinished(history: History) -> Iterator[str]:
    folder = history.git.folder
    for pattern in ("*.lock", "fast_import_crash_*", "refs/**/*.lock", "objects/**/tmp_*"):
        yield from (str(path) for path in sorted(folder.glob(pattern)))
    yield from (str(path) for path in sorted(folder.parent.glob(".*.tmp")))
