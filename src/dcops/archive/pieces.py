"""The pieces of one archived configuration, asked for one by one: for whoever has to say which of them is bad."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from dcops.archive import sealing
from dcops.archive.archive import Archive
from dcops.archive.history import History, Version
from dcops.archive.identity import Identity
from dcops.archive.record import DocumentRecord
from dcops.archive.sealed import SealedFiles
from dcops.archive.site_key import SiteKey, open_copy, sealed_copies
from dcops.errors import ArchiveDamaged, DcopsError, UsageError
from dcops.model.snapshot import ConfigSource


class Pieces:
    """One configuration of one version. What is damaged raises ArchiveDamaged when it is asked for."""

    def __init__(self, archive: Archive, version: Version, source: ConfigSource) -> None:
        self._archive = archive
        self._version = version
        self._source = source
        self._sealed = SealedFiles(archive.folder / "sealed")
        self._where = archive.whereabouts(version, source)

    @property
    def document(self) -> DocumentRecord:
        """What its record says."""
        return self._version.record.documents[self._source]

    @property
    def pruned(self) -> date | None:
        """When retention let its exact bytes go."""
        return self._where.pruned

    @property
    def holders(self) -> Mapping[str, str]:
        """Names and public keys of those who can open it today."""
        return self._where.holders

    def sealed(self) -> bytes:
        """The sealed bytes, which are what their name says."""
        try:
            return self._sealed.read(self._where.sealed)
        except ArchiveDamaged:
            # Sealed anew between the question and the reading; what is damaged is so the second time too.
            self._where = self._archive.whereabouts(self._version, self._source)
            return self._sealed.read(self._where.sealed)

    def opened(self, sealed: bytes, identity: Identity) -> bytes:
        """The compressed bytes that are inside; UsageError when this key is not for it."""
        return sealing.opened(sealed, identity, self.holders)

    def exact(self, compressed: bytes) -> bytes:
        """The exact bytes, as many as the record promises."""
        return sealing.gunzipped(compressed, self.document.size)

    def readable(self) -> bytes:
        """The readable text, as git holds it."""
        return History(self._archive.folder).text(self._version, self._source)


def devices_in(archive: Archive) -> tuple[str, ...]:
    """The devices that an archive holds, by name, whatever may be wrong with one of them."""
    history = History(archive.folder)
    revision = history.revision() if history.exists else None
    if revision is None:
        return ()
    folders = {path.partition("/")[0] for blob in history.git.files(revision) if "/" in (path := blob.path)}
    return tuple(sorted(folders))


def site_keys(state: Path, keys: Path, identity: Identity | None) -> tuple[Mapping[str, SiteKey], tuple[str, ...]]:
    """The site keys that can be had here, by id, and why others cannot.

    The one of this host, and today's and earlier ones whose sealed copies an identity opens. A site key opens nothing:
    it only tells whether what was opened is what was archived.
    """
    found: dict[str, SiteKey] = {}
    notes = []
    try:
        if own := SiteKey.load(state):
            found[own.id] = own
    except DcopsError as error:
        notes.append(error.message)
    if identity is None:
        return found, tuple(notes)
    for copy in sealed_copies(keys):
        try:
            key = open_copy(copy, identity)
        except UsageError:
            notes.append(f"{copy.file} is not sealed for this key")
        except DcopsError as error:
            notes.append(f"{copy.file}: {error.message}")
        else:
            found.setdefault(key.id, key)
    return found, tuple(notes)
