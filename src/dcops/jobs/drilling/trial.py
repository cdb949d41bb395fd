"""Tries one archived configuration step by step: the sealed file, the key, what is inside, the text that people see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dcops.archive.archive import Archive, Version
from dcops.archive.compare import masked
from dcops.archive.identity import Identity
from dcops.archive.pieces import Pieces
from dcops.archive.site_key import SiteKey
from dcops.diff import redact
from dcops.diff.formats import Formats
from dcops.errors import ArchiveDamaged, DcopsError, DeviceError, ErrorKind, UsageError
from dcops.jobs.drilling.inside import Understood, different, understood
from dcops.model.finding import Status
from dcops.model.snapshot import ConfigSource

NO_KEY = "no key was given"


@dataclass(frozen=True, slots=True)
class Check:
    """One step of a trial."""

    name: str
    """`sealed file`, `key`, `size`, `mark`, `complete`, `readable text`."""
    status: Status
    said: str
    """What came of it, in words."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of one configuration."""

    source: ConfigSource
    checks: tuple[Check, ...]
    holder: str = ""
    """Whose key opened it; empty: it was not opened."""

    @property
    def restores(self) -> bool:
        """The device can be brought back with it."""
        return self.source.restores

    @property
    def failed(self) -> tuple[Check, ...]:
        """What is bad."""
        return self._of(Status.FAIL)

    @property
    def unchecked(self) -> tuple[Check, ...]:
        """What could not be looked at."""
        return self._of(Status.COULD_NOT_CHECK)

    @property
    def opened(self) -> bool:
        """A key opened it, and what is inside was found whole."""
        passed = {check.name for check in self.checks if check.status is Status.PASS}
        return bool(self.holder) and {KEY, SIZE, COMPLETE} <= passed

    def _of(self, status: Status) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.status is status)


SEALED_FILE, KEY, SIZE, MARK = "sealed file", "key", "size", "mark"
COMPLETE, READABLE_TEXT = "complete", "readable text"
STEPS = (SEALED_FILE, KEY, SIZE, MARK, COMPLETE, READABLE_TEXT)


@dataclass(frozen=True, slots=True)
class Means:
    """What a trial may use."""

    formats: Formats
    site_keys: Mapping[str, SiteKey]
    """Those that are known here, by id."""
    identity: Identity | None = None


class _Stop(Exception):
    """The rest cannot be looked at, and why."""


def tried(archive: Archive, version: Version, source: ConfigSource, means: Means) -> Trial:
    """Try one configuration of a version. Whatever is wrong with it is an answer, never an exception."""
    return _Attempt(archive, version, source, means).trial()


class _Attempt:
    """One trial on its way."""

    def __init__(self, archive: Archive, version: Version, source: ConfigSource, means: Means) -> None:
        self._archive = archive
        self._version = version
        self._source = source
        self._means = means
        self._checks: dict[str, Check] = {}
        self._holder = ""

    def trial(self) -> Trial:
        try:
            self._pieces = Pieces(self._archive, self._version, self._source)
            exact = self._exact()
        except ArchiveDamaged as error:
            self._note(SEALED_FILE, Status.FAIL, str(error))
            self._rest("what holds it is damaged")
        except _Stop as stop:
            # The readable text lies elsewhere: it is looked at all the same.
            self._readable_alone()
            self._rest(str(stop))
        else:
            self._inside(exact)
        return Trial(self._source, tuple(self._checks[name] for name in STEPS), self._holder)

    # From the sealed file to the exact bytes

    def _exact(self) -> bytes:
        sealed = self._sealed()
        compressed = self._opened(sealed)
        try:
            exact = self._pieces.exact(compressed)
        except ArchiveDamaged as error:
            self._note(SIZE, Status.FAIL, str(error))
            raise _Stop("what is inside is not what was archived") from None
        self._note(SIZE, Status.PASS, f"{len(exact):,} bytes, as many as its record promises")
        return exact

    def _sealed(self) -> bytes:
        if day := self._pieces.pruned:
            self._note(SEALED_FILE, Status.COULD_NOT_CHECK, f"retention let it go on {day}")
            raise _Stop(f"its exact bytes were pruned on {day}")
        try:
            sealed = self._pieces.sealed()
        except DcopsError as error:
            self._note(SEALED_FILE, Status.FAIL, str(error))
            raise _Stop("there is no whole sealed file") from None
        self._note(SEALED_FILE, Status.PASS, "there, and its hash is right")
        return sealed

    def _opened(self, sealed: bytes) -> bytes:
        identity = self._means.identity
        if identity is None:
            self._note(KEY, Status.COULD_NOT_CHECK, NO_KEY)
            raise _Stop(NO_KEY)
        try:
            compressed = self._pieces.opened(sealed, identity)
        except UsageError as error:
            self._note(KEY, Status.COULD_NOT_CHECK, error.message)
            raise _Stop("the key that was given is not for it") from None
        except ArchiveDamaged as error:
            self._note(KEY, Status.FAIL, str(error))
            raise _Stop("it does not open") from None
        names = [name for name, recipient in self._pieces.holders.items() if recipient in identity.recipients]
        # Sealed by somebody else for this key, and the record does not know of it: it opened, and that is not right.
        self._holder = ", ".join(sorted(names))
        if not names:
            self._note(KEY, Status.FAIL, "it opens with a key that its record does not name: somebody else sealed it")
            raise _Stop("somebody else sealed it")
        self._note(KEY, Status.PASS, f"opens with the key of {self._holder}")
        return compressed

    # What is inside

    def _inside(self, exact: bytes) -> None:
        document = self._pieces.document
        key = self._means.site_keys.get(document.site_key)
        if key is None:
            self._note(MARK, Status.COULD_NOT_CHECK, f"site key {document.site_key} is not known here")
        elif key.mark(exact) == document.mark:
            self._note(MARK, Status.PASS, "these are the bytes that were archived")
        else:
            self._note(MARK, Status.FAIL, "other bytes than were archived: somebody replaced them")
        try:
            inside = understood(self._version, self._source, document, self._means.formats)
        except DeviceError as error:
            self._note(COMPLETE, Status.COULD_NOT_CHECK, str(error))
            self._rest("nothing here understands it")
            return
        content = inside.content(exact)
        try:
            inside.check(content)
        except DeviceError as error:
            unknown = error.kind is ErrorKind.UNSUPPORTED
            self._note(COMPLETE, Status.COULD_NOT_CHECK if unknown else Status.FAIL, error.message)
            self._rest("what is inside is not whole")
            return
        self._note(COMPLETE, Status.PASS, inside.whole)
        self._readable(inside, content, key)

    def _readable(self, inside: Understood, content: bytes, key: SiteKey | None) -> None:
        """Made readable again it must be what git holds: a text that lies would mislead whoever restores by it."""
        try:
            held = self._pieces.readable()
        except ArchiveDamaged as error:
            self._note(READABLE_TEXT, Status.FAIL, str(error))
            return
        # Without the site key every secret gets another token, and they are left out of the comparison.
        conceal = redact.keyed(key.key if key else b"any")
        try:
            made = inside.readable(content, conceal).text.encode("utf-8", "backslashreplace")
        except DeviceError as error:
            self._note(READABLE_TEXT, Status.FAIL, f"it cannot be made readable again: {error.message}")
            return
        if key and made == held:
            self._note(READABLE_TEXT, Status.PASS, "says exactly what is inside, secrets included")
        elif not key and masked(made) == masked(held):
            words = (
                f"says what is inside; its secrets were not compared, as site key {self._site_key} is not known here"
            )
            self._note(READABLE_TEXT, Status.PASS, words)
        else:
            self._note(READABLE_TEXT, *different(made, held, inside.form, self._pieces.document))

    def _readable_alone(self) -> None:
        try:
            held = self._pieces.readable()
        except ArchiveDamaged as error:
            self._note(READABLE_TEXT, Status.FAIL, str(error))
            return
        lines = held.count(b"\n")
        status = Status.PASS if held.strip() else Status.FAIL
        self._note(READABLE_TEXT, status, f"there, {lines:,} lines; not compared with what is sealed")

    @property
    def _site_key(self) -> str:
        return self._pieces.document.site_key

    def _note(self, name: str, status: Status, said: str) -> None:
        self._checks[name] = Check(name, status, said)

    def _rest(self, why: str) -> None:
        """What was not reached was not checked."""
        for name in STEPS:
            if name not in self._checks:
                self._note(name, Status.COULD_NOT_CHECK, why)
