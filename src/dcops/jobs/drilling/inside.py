"""What is inside a sealed file: how it is judged and made readable, as it was when it was archived."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from dcops.archive.archive import Version
from dcops.archive.compare import masked
from dcops.archive.record import DocumentRecord
from dcops.diff import opaque, redact
from dcops.diff.form import FORM, form_of
from dcops.diff.formats import ConfigFormat, Formats
from dcops.diff.readable import Readable
from dcops.jobs.pushed.fitting import SHA256
from dcops.model.finding import Status
from dcops.model.snapshot import ConfigSource


@dataclass(frozen=True, slots=True)
class Understood:
    """How a document is judged and made readable, as it was when it was archived."""

    content: Callable[[bytes], bytes]
    check: Callable[[bytes], None]
    readable: Callable[[bytes, redact.Conceal], Readable]
    form: str
    whole: str


def understood(version: Version, source: ConfigSource, document: DocumentRecord, formats: Formats) -> Understood:
    """How this document is judged; raises DeviceError when nothing here understands its platform."""
    brought = SHA256 in document.facts
    if source is ConfigSource.FILE and brought:
        # A device pushed it, or a person brought it: no platform had a word in it.
        return Understood(
            content=lambda exact: exact,
            check=lambda exact: opaque.check(exact, smallest_bytes=1),
            readable=lambda exact, _: opaque.readable(exact),
            form=form_of(),
            whole="a backup file as far as can be seen from outside; what is in it only the device can tell",
        )
    format_: ConfigFormat = formats.of(version.record.platform)
    return Understood(
        # What a person brings may have the line ends of a PC; it was read without them.
        content=lambda exact: exact.replace(b"\r\n", b"\n") if brought else exact,
        check=lambda content: format_.check(content, source),
        readable=lambda content, conceal: format_.readable(content, source, conceal),
        form=form_of(format_),
        whole=_whole(version.record.platform, source),
    )


def _whole(platform: str, source: ConfigSource) -> str:
    if source is ConfigSource.FILE:
        return f"a whole backup file of {platform} as far as can be seen from outside"
    if source is ConfigSource.STATE:
        return f"a whole answer of {platform}; no device is restored with it"
    return f"a whole {source} configuration of {platform}"


def different(made: bytes, held: bytes, form: str, document: DocumentRecord) -> tuple[Status, str]:
    """What it means that a text made anew is not the one that git holds: a lie, or another form of dcops."""
    lines = _differing(masked(made), masked(held))
    what = f"{lines} lines differ" if lines else "only secrets differ"
    written = document.facts.get(FORM)
    if written == form:
        return (
            Status.FAIL,
            f"it does not say what is inside: {what}. This very form of dcops wrote it, so somebody changed it",
        )
    return (
        Status.COULD_NOT_CHECK,
        f"another form of dcops wrote it ({written or 'not named'}, this one is {form}), and {what}: whether the text"
        " or dcops changed cannot be told; the next backup of the device writes it anew",
    )


def _differing(made: bytes, held: bytes) -> int:
    """About how many lines only one of the two has."""
    one, other = Counter(made.split(b"\n")), Counter(held.split(b"\n"))
    return max(((one - other).total(), (other - one).total()))
