"""A site whose backups are tested: a real archive, real keys, and devices whose configurations a test writes itself."""

from datetime import UTC, datetime, timedelta

from pyrage import x25519

from dcops.archive.archive import Archive, Entry, Item
from dcops.archive.holders import Holder
from dcops.archive.identity import Identity
from dcops.archive.pieces import Pieces
from dcops.archive.sealed import SealedFiles
from dcops.archive.site_key import SiteKey
from dcops.diff import redact
from dcops.diff.form import FORM, form_of
from dcops.diff.formats import Formats
from dcops.jobs import drill
from dcops.jobs.context import Silence
from dcops.jobs.pushed import fitting
from dcops.ledger.ledger import Ledger
from dcops.model.device import Device
from dcops.model.snapshot import ConfigSource

RUNNING, STARTUP, STATE, FILE = ConfigSource.RUNNING, ConfigSource.STARTUP, ConfigSource.STATE, ConfigSource.FILE
MIDNIGHT = datetime(2026, 1, 15, 18, 0, tzinfo=UTC)


def ios(name="rtr-1", secret="exampleHashValue", lines=3):
    """A whole configuration of a router."""
    body = "".join(f"interface Loopback{number}\n description line {number}\n" for number in range(lines))
    return f"version 17.9\nhostname {name}\nenable secret 9 $9$exampleSalt${secret}\n{body}end\n".encode()


def device(name, platform="ios"):
    return Device(name=name, site="main", role="edge-router", vendor="v", model="m", platform=platform)


class Site:
    """An archive with everything around it, and what its backups were like."""

    def __init__(self, folder):
        self.folder = folder
        identities = [x25519.Identity.generate() for _ in range(3)]
        self.main, self.dr, self.stranger = (Identity(str(one)) for one in identities)
        self.holders = tuple(
            Holder(name, str(one.to_public())) for name, one in zip(("main", "dr"), identities, strict=False)
        )
        self.key = SiteKey(bytes(range(32)))
        self.formats = Formats()
        self.ledger = Ledger.open(f"sqlite:///{folder / 'ledger.sqlite'}")
        self.now = MIDNIGHT + timedelta(days=30)

    def clock(self):
        return self.now

    @property
    def archive(self):
        return Archive.open(self.folder / "archive", holders=self.holders, site_key=self.key, clock=self.clock)

    @property
    def sealed(self):
        return SealedFiles(self.folder / "archive/sealed")

    def store(self, name, *items, night=0, platform="ios"):
        session = self.archive.session(f"run-{night}")
        session.put(Entry(name, platform, MIDNIGHT + timedelta(days=night), items))
        return session.commit().revision

    def item(self, exact, source=RUNNING, *, platform="ios", form=True, readable=None):
        """A configuration as a backup archives it, with another readable text where a test wants one."""
        format_ = self.formats.of(platform)
        text = format_.readable(exact, source, redact.keyed(self.key.key)).text if readable is None else readable
        facts = {FORM: form_of(format_) if form is True else form} if form else {}
        return Item(source, format_.suffix(source), text, exact, facts)

    def back_up(self, name="rtr-1", *, night=0, **changes):
        return self.store(name, self.item(ios(name, **changes)), night=night)

    def push(self, name, content):
        """A backup file that a device pushed."""
        session = self.archive.session("run-drop")
        session.put(fitting.entry(device(name, None), content, MIDNIGHT, {fitting.SHA256: "ab" * 32}))
        session.commit()

    def sealed_name(self, name="rtr-1", source=RUNNING):
        return self.archive.version(name).record.documents[source].sealed

    def pieces(self, name="rtr-1", source=RUNNING):
        return Pieces(self.archive, self.archive.version(name), source)

    def spoil(self, name="rtr-1", source=RUNNING):
        """One bit of the sealed file falls over."""
        path = self.sealed.path(self.sealed_name(name, source))
        content = bytearray(path.read_bytes())
        content[-1] ^= 1
        path.chmod(0o600)
        path.write_bytes(content)

    def rooms(self, **changes):
        values = {
            "archive": self.archive,
            "formats": self.formats,
            "clock": self.clock,
            "progress": Silence(),
            "site_keys": {self.key.id: self.key},
            "identity": self.main,
            "ledger": self.ledger,
        }
        return drill.Rooms(**{**values, **changes})

    def drill(self, *names, at=None, **changes):
        """Test these devices, rtr-1 when none is named; gives the run and what came of each."""
        done = []
        rooms = self.rooms(drilled=done.append, **changes)
        run = drill.run(rooms, [device(name) for name in names or ("rtr-1",)], at=at)
        return run, done

    def trial(self, name="rtr-1", source=RUNNING, **changes):
        _, (one,) = self.drill(name, **changes)
        return next(trial for trial in one.trials if trial.source is source)
