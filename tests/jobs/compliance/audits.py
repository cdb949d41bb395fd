"""A site that is audited: rules that a test reads at a glance, a real archive and ledger, devices of a dictionary."""

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from textwrap import dedent

from pyrage import x25519

from dcops.archive.archive import Archive, Entry, Item
from dcops.archive.holders import Holder
from dcops.archive.site_key import SiteKey
from dcops.audit import library
from dcops.audit.look import FRESH
from dcops.devices.fleet import Answer
from dcops.devices.registry import Drivers
from dcops.diff import redact
from dcops.diff.formats import Formats
from dcops.errors import DeviceError
from dcops.jobs.compliance import run as job
from dcops.jobs.compliance.capture.captured import Means
from dcops.jobs.compliance.judging import wire, worker
from dcops.jobs.compliance.judging.panel import Verdicts
from dcops.jobs.compliance.wellknown import WellKnown
from dcops.jobs.context import Silence
from dcops.ledger.ledger import Ledger
from dcops.model.device import Device
from dcops.model.job import DeviceResult, RunKey, RunState, RunTrigger
from dcops.model.snapshot import ConfigSource, Document, Snapshot

NIGHT = datetime(2026, 1, 15, 18, 0, tzinfo=UTC)
RULE = """
  - id: {id}
    title: {{en: {title}, vi: {title} (vi)}}
    severity: {severity}
    platforms: [{platform}]
    {asks}
    why: {{en: because, vi: bởi vì}}
    fix: {{en: mend it, vi: sửa}}
    refs: [N-MGT-1]
    samples: {{{samples}}}
"""
RULES = "rules:" + "".join(
    RULE.format(**rule)
    for rule in (
        {
            "id": "T-001", "title": "Logins go through AAA", "severity": "high", "platform": "ios",
            "asks": 'must: ["aaa new-model"]', "samples": r'pass: "aaa new-model\n", fail: "hostname a\n"',
        },
        {
            "id": "T-002", "title": "No telnet", "severity": "critical", "platform": "ios",
            "asks": 'in: {block: "^line vty ", blocks_optional: true}\n'
            '    must_not: [{regex: "transport input .*telnet"}]',
            "samples": r'pass: "line vty 0 4\n transport input ssh\n", fail: "line vty 0 4\n transport input telnet\n"',
        },
        {
            "id": "T-003", "title": "No well-known community", "severity": "critical", "platform": "ios",
            "asks": "not_weak: {regex: 'snmp-server community (\\S+)'}",
            "samples": r'weak: ["<secret:0123456789ab>"], pass: "snmp-server community <secret:ba9876543210>\n",'
            r' fail: "snmp-server community <secret:0123456789ab>\n"',
        },
        {
            "id": "T-004", "title": "Sessions end", "severity": "low", "platform": "ios",
            "asks": "in: {block: \"^line vty \", blocks_optional: true}\n"
            "    value: {regex: 'exec-timeout (\\d+) \\d+', \"<=\": \"{{ minutes }}\"}",
            "samples": r'parameters: {minutes: 5}, pass: "line vty 0 4\n exec-timeout 5 0\n",'
            r' fail: "line vty 0 4\n exec-timeout 9 0\n"',
        },
    )
)  # fmt: skip
PACKS = {
    "both": "pack: both\ntitle: {en: Both, vi: Cả hai}\nstandard: TCVN 1:2026\nlevel: 3\nrules: [T-001, T-002]\n",
    "strict": "pack: strict\ntitle: {en: Strict, vi: Chặt}\nparameters: {minutes: 2}\nrules: [T-004]\n",
}
CONTROLS = "controls:\n  - {id: N-MGT-1, title: {en: Safe, vi: An toàn}, confidence: C, standards: [TCVN 1:2026]}\n"
GOOD = "version 17.9\nhostname {name}\naaa new-model\nline vty 0 4\n exec-timeout 2 0\n transport input ssh\nend\n"
TELNET = GOOD.replace("transport input ssh", "transport input telnet ssh")
NO_AAA = GOOD.replace("aaa new-model\n", "no aaa new-model\n")


def device(name, platform="ios", **changes):
    words = {"site": "main", "role": "edge-router", "vendor": "Example", "model": "One", **changes}
    return Device(name=name, platform=platform, **words)


class FakeFleet:
    """Answers from a dictionary: a text, or an error."""

    drivers = Drivers()

    def __init__(self, site):
        self._site = site
        self.asked = []

    def configurations(self, devices, then):
        for one in devices:
            self.asked.append(one.name)
            answer = self._site.texts[one.name]
            try:
                if isinstance(answer, DeviceError):
                    raise answer
                documents = (Document(ConfigSource.RUNNING, answer.encode(), {"os_version": "17.9.4"}),)
                yield Answer(one, then(one, Snapshot(one.name, one.platform, self._site.now, documents)), None, 0.1)
            except DeviceError as error:
                yield Answer(one, None, error, 0.1)


class InThisProcess:
    """A panel of one judge that needs no process: what crosses, crosses."""

    def __init__(self, bench, *, workers, limit_seconds):
        self.bench = bench
        self.limit_seconds = limit_seconds
        self.asked = io.BytesIO()
        self.subjects = []
        wire.send(self.asked, bench.setup)

    def hand_in(self, case, now):
        self.subjects.append(case.subject)
        wire.send(self.asked, wire.of_device(case.subject, case.sources, now))

    def ready(self):
        return iter(())

    def verdicts(self):
        self.asked.seek(0)
        answers, hearing = io.BytesIO(), wire.Hearing()
        worker.serve(self.asked, answers)
        answers.seek(0)
        for subject in self.subjects:
            yield Verdicts(subject, {one["pack"]: hearing.of(one) for one in wire.receive(answers)})

    def close(self):
        pass


class Site:
    """Everything an audit needs."""

    def __init__(self, folder):
        self.folder = folder
        self.now = NIGHT
        self.holders = tuple(
            Holder(name, str(x25519.Identity.generate().to_public())) for name in ("main", "dr")
        )  # fmt: skip
        self.key = SiteKey(bytes(range(32)))
        self.ledger = Ledger.open(f"sqlite:///{folder / 'ledger.sqlite'}")
        self.texts = {}
        self.shipped, self.own = folder / "shipped", folder / "site"
        self.write(self.shipped / "rules/ios.yaml", RULES)
        self.write(self.shipped / "controls.yaml", CONTROLS)
        self.write(self.shipped / "parameters.yaml", "parameters: {minutes: 5}\n")
        for name, text in PACKS.items():
            self.write(self.shipped / f"packs/{name}.yaml", text)
        self.fleet = FakeFleet(self)
        self.keys = {self.key.id: self.key}
        self.changes = {}

    def write(self, file, text):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def allow(self, text):
        self.write(self.own / "exceptions.yaml", "exceptions:\n" + dedent(text))

    def clock(self):
        return self.now

    @property
    def archive(self):
        return Archive.open(self.folder / "archive", holders=self.holders, site_key=self.key, clock=self.clock)

    def rooms(self):
        means = Means(
            archive=self.archive,
            formats=Formats(),
            well_known=WellKnown(self.keys),
            clock=self.clock,
            fleet=self.fleet,
            site_key=self.key,
        )
        own = self.own if self.own.is_dir() else None
        rooms = job.Rooms(
            means=means,
            library=library.load(self.shipped, own, self.now.date()),
            shipped=self.shipped,
            site=own,
            fresh=FRESH,
            clock=self.clock,
            progress=Silence(),
            ledger=self.ledger,
            panel=InThisProcess,
        )
        return replace(rooms, **self.changes)

    def audit(self, *devices, rooms=None, **wanted):
        """Audit these, or every device that has a text."""
        chosen = devices or [device(name) for name in self.texts]
        self.now += timedelta(seconds=1)
        return job.run(rooms or self.rooms(), chosen, job.Wanted(**wanted))

    def back_up(self, night=0, **texts):
        """A night's backup: a version of what changed, and the row of the run."""
        self.now = NIGHT + timedelta(days=night)
        format_ = Formats().of("ios")
        session = self.archive.session(f"run-{night}")
        outcomes = []
        key = RunKey("backup", self.now)
        for name, text in texts.items():
            device_name = name.replace("_", "-")
            exact = text.format(name=device_name).encode()
            readable = format_.readable(exact, ConfigSource.RUNNING, redact.keyed(self.key.key))
            item = Item(ConfigSource.RUNNING, "cfg", readable.text, exact, {"os_version": "17.9.4"})
            session.put(Entry(device_name, "ios", self.now, (item,)))
            outcomes.append(DeviceResult("backup", key.due, device_name, "changed"))
        revision = session.commit().revision
        self.ran(key, outcomes)
        return revision

    def ran(self, key, outcomes):
        self.ledger.claim(key, node="here", trigger=RunTrigger.SCHEDULE, now=key.due)
        self.ledger.start(key, now=key.due, run="r", process_group=None, artefact="")
        self.ledger.record_outcomes(key, outcomes)
        self.ledger.finish(key, RunState.OK, now=key.due + timedelta(minutes=1))


def seen(done, status=None):
    """What was found, in short: check, device and status of all that is not a pass."""
    return sorted(
        (one.id, one.device, one.status.value)
        for one in done.result.findings
        if (status is None and one.status.value not in ("pass", "not applicable")) or one.status.value == status
    )
