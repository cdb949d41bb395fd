"""What tar had to complain about: most of it is ordinary, some of it says that files are not there for us."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dcops.devices.linux.session import Answer
from dcops.errors import DeviceError, ErrorKind

_COMPLAINT = re.compile(r"(?:\S*/)?tar: (?P<path>.+): (?P<what>[^:]+): (?P<why>[^:]+)")
_ORDINARY = re.compile(
    r"(?:\S*/)?tar: (?:.+: (?:file changed as we read it|File removed before we read it|socket ignored"
    r"|File shrank by .*|file is the archive; not dumped)|Removing leading .*"
    r"|Exiting with failure status due to previous errors|Error is not recoverable: exiting now"
    r"|Exit status delayed from previous errors)"
)
# sudo may have something to say and let us in all the same: `unable to resolve host`.
_SUDO = re.compile(r"sudo: |Sorry, user |sorry, you must have a tty", re.IGNORECASE)
_CHANGED, _FAILED = 1, 2


@dataclass(frozen=True, slots=True)
class Gaps:
    """The files that the account may not read."""

    unreadable: tuple[str, ...]


def gaps(answer: Answer, *, sudo: bool) -> Gaps:
    """What tar could not read; raises DeviceError when it did not do its work.

    A path that is not there is no gap: the list of paths is for all servers.
    """
    lines = [line for line in answer.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    if sudo and answer.status == _CHANGED and not answer.stdout and any(_SUDO.search(line) for line in lines):
        raise DeviceError(ErrorKind.DENIED, f"sudo refused to read its files: {answer.complaint}")
    unreadable = []
    strange = []
    for line in lines:
        if sudo and answer.stdout and line.startswith("sudo: "):
            continue
        match = _COMPLAINT.fullmatch(line)
        if match and match["why"] == "Permission denied":
            unreadable.append(match["path"].removeprefix("./"))
        elif not (match and match["why"] == "No such file or directory") and not _ORDINARY.fullmatch(line):
            strange.append(line)
    if answer.status in (0, _CHANGED) or (answer.status == _FAILED and not strange):
        return Gaps(tuple(unreadable))
    if answer.status in (126, 127):
        raise DeviceError(
            ErrorKind.UNSUPPORTED if answer.status == 127 else ErrorKind.DENIED,
            f"it would not run tar: {answer.complaint or f'exit status {answer.status}'}",
            next_step="Install GNU tar there, and let the account run it",
        )
    raise DeviceError(
        ErrorKind.INVALID,
        f"tar failed with exit status {answer.status}: {answer.complaint or 'it did not say why'}",
        next_step="Run the tar of docs/how-to/linux.md by hand and look; dcops needs GNU tar there",
    )
