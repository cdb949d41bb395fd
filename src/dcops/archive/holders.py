"""Holders: the people and places whose keys open what the archive sealed."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dcops.archive import durable
from dcops.errors import CannotRun, InvalidInput, UsageError

FILE_NAME = "holders.txt"
FEWEST = 2
"""One holder alone could leave, or lose the key, and take every backup along."""

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,62}")
_PRIVATE = "AGE-SECRET-KEY-"
_HEADING = (
    "# Who can open the sealed configurations (an age recipients file: age -R holders.txt).\n"
    "# One `# NAME` line and one public key per holder. Change it with: dcops archive keys\n"
)


@dataclass(frozen=True, slots=True)
class Holder:
    """Someone who can open sealed configurations."""

    name: str
    recipient: str
    """The public key, `age1…`."""


def load_holders(keys: Path) -> tuple[Holder, ...]:
    """The holders that `holders.txt` names; none when there is no such file."""
    file = keys / FILE_NAME
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    except UnicodeDecodeError:
        raise InvalidInput(f"{file} is no text") from None
    except OSError as error:
        raise CannotRun(f"{file} cannot be read: {error.strerror or error}") from None
    return _parsed(file, text)


def require_enough(holders: Sequence[Holder]) -> None:
    """Refuse to seal for fewer than two holders."""
    missing = FEWEST - len(holders)
    if missing <= 0:
        return
    taken = {holder.name for holder in holders}
    names = [name for name in ("main", "dr", "offline") if name not in taken][:missing]
    commands = " and ".join(f"dcops archive keys create {name} --identity {name}.key" for name in names)
    have = f"only {holders[0].name}" if holders else "nobody"
    raise CannotRun(
        f"what is backed up must be sealed for {FEWEST} holders or more, and {have} holds a key",
        next_step=f"Run: {commands}",
    )


def add_holder(keys: Path, name: str, recipient: str) -> tuple[Holder, ...]:
    """Add a holder to `holders.txt`; gives all of them."""
    _require_name(name)
    if not is_recipient(recipient):
        raise UsageError(_not_a_recipient(recipient), next_step="Give the public key, the line `age1…`")
    durable.make_folder(keys)
    with _alone(keys):
        holders = load_holders(keys)
        _require_new(holders, name, recipient)
        file = keys / FILE_NAME
        text = file.read_text(encoding="utf-8") if file.exists() else _HEADING
        if text and not text.endswith("\n"):
            text += "\n"
        durable.replace(file, f"{text}# {name}\n{recipient}\n".encode(), mode=0o644)
        return (*holders, Holder(name, recipient))


def create_holder(keys: Path, name: str, identity: Path) -> tuple[Holder, ...]:
    """Make a key pair: the private part goes into the new file `identity`, the public one to the holders."""
    _require_name(name)
    _require_new(load_holders(keys), name, "")
    with _new_pair(name, identity) as recipient:
        return add_holder(keys, name, recipient)


def rotate_holder(keys: Path, name: str, identity: Path) -> tuple[Holder, ...]:
    """Make a new key pair for a holder: from now on it takes the place of the old one; gives all holders.

    What was sealed before still needs the old private key, or another holder's, until it is sealed anew.
    """
    _require_known(load_holders(keys), name)
    with _new_pair(name, identity) as recipient:
        return replace_key(keys, name, recipient)


def replace_key(keys: Path, name: str, recipient: str) -> tuple[Holder, ...]:
    """Put another public key in the place of a holder's; gives all holders."""
    if not is_recipient(recipient):
        raise UsageError(_not_a_recipient(recipient), next_step="Give the public key, the line `age1…`")
    with _alone(keys):
        holders = load_holders(keys)
        old = _require_known(holders, name)
        if recipient == old.recipient:
            raise UsageError(f"this is the key that {name} has already", next_step="Give the public key of a new pair")
        _require_new([one for one in holders if one != old], name, recipient)
        _rewrite(keys, old, recipient)
        return tuple(Holder(name, recipient) if one == old else one for one in holders)


def remove_holder(keys: Path, name: str) -> tuple[Holder, ...]:
    """Seal nothing for a holder from now on; gives those who stay, of whom there must be enough."""
    with _alone(keys):
        holders = load_holders(keys)
        gone = _require_known(holders, name)
        staying = tuple(one for one in holders if one != gone)
        if len(staying) < FEWEST:
            raise UsageError(
                f"{name} is one of {len(holders)} holders, and {FEWEST} must stay",
                next_step="Add another one first: dcops archive keys create NAME --identity FILE; for a new key of"
                f" {name}: dcops archive keys rotate {name} --identity NEWFILE",
            )
        _rewrite(keys, gone, "")
        return staying


def is_recipient(text: str) -> bool:
    """Whether the text is a public key of age's own kind."""
    from pyrage import RecipientError, x25519

    try:
        x25519.Recipient.from_str(text)
    except RecipientError:
        return False
    return True


def _parsed(file: Path, text: str) -> tuple[Holder, ...]:
    holders: list[Holder] = []
    mistakes = []
    name = ""
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            name = stripped.removeprefix("#").strip()
            continue
        if mistake := _mistake(holders, name, stripped):
            mistakes.append(f"{file}:{number}: {mistake}")
        else:
            holders.append(Holder(name, stripped))
        name = ""
    if mistakes:
        raise InvalidInput("; ".join(mistakes))
    return tuple(holders)


def _mistake(holders: Sequence[Holder], name: str, recipient: str) -> str:
    if recipient.upper().startswith(_PRIVATE) or not is_recipient(recipient):
        return _not_a_recipient(recipient)
    if not _NAME.fullmatch(name):
        return "the line above a public key must be `# NAME` (a-z, 0-9, dot and hyphen)"
    for holder in holders:
        if holder.name == name:
            return f"a second key for {name}"
        if holder.recipient == recipient:
            return f"the key of {holder.name} once more, as {name}"
    return ""


def _not_a_recipient(text: str) -> str:
    # The text itself is not shown: it may be a private key.
    if text.upper().startswith(_PRIVATE):
        return "this is a private key, which must not lie here: take it out and make a new one"
    return "this is no public key of age (age1…)"


def _require_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} cannot name a holder", next_step="Use a-z, 0-9, dot and hyphen")


def _require_known(holders: Sequence[Holder], name: str) -> Holder:
    for holder in holders:
        if holder.name == name:
            return holder
    known = ", ".join(holder.name for holder in holders) or "nobody"
    raise UsageError(f"there is no holder {name!r}", next_step=f"Holders are: {known}")


def _require_new(holders: Sequence[Holder], name: str, recipient: str) -> None:
    for holder in holders:
        if holder.name == name:
            raise UsageError(f"there is a holder {name} already", next_step="See: dcops archive keys list")
        if holder.recipient == recipient:
            raise UsageError(f"this is the key of {holder.name}", next_step="Each holder needs a key of their own")


@contextmanager
def _new_pair(name: str, identity: Path) -> Iterator[str]:
    """Write a new private key into a file; gives the public one. What fails afterwards takes the file away again."""
    from pyrage import x25519

    if identity.exists() or identity.is_symlink():
        raise UsageError(f"{identity} exists already", next_step="Name a new file; a key is never overwritten")
    pair = x25519.Identity.generate()
    recipient = str(pair.to_public())
    durable.write_new(identity, f"# holder: {name}\n# public key: {recipient}\n{pair}\n".encode())
    try:
        yield recipient
    except BaseException:
        # Nothing was sealed for this key yet, so the file would only mislead.
        identity.unlink(missing_ok=True)
        raise


def _rewrite(keys: Path, holder: Holder, recipient: str) -> None:
    """Put another key, or nothing, in the place of a holder's; what a person wrote into the file stays."""
    file = keys / FILE_NAME
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if line.strip() == holder.recipient)
    # The line above is the one with the name: `load_holders` has seen to that.
    lines[at - 1 : at + 1] = [lines[at - 1], f"{recipient}\n"] if recipient else []
    durable.replace(file, "".join(lines).encode(), mode=0o644)


@contextmanager
def _alone(keys: Path) -> Iterator[None]:
    """Keep two commands from adding to the file at once and losing one of the keys."""
    with durable.explained(keys, "locked"):
        handle = os.open(keys, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
