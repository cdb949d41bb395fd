"""A site whose nights a test writes itself: a real ledger, a real archive, a clock that is set."""

from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from zoneinfo import ZoneInfo

from pyrage import x25519

from dcops.archive.archive import Archive, Entry, Item
from dcops.archive.holders import Holder
from dcops.archive.site_key import SiteKey
from dcops.jobs.nightly.gather import Sources, gather
from dcops.jobs.runs.plan import Plan
from dcops.jobs.runs.timetable import Timetable
from dcops.ledger.ledger import Ledger
from dcops.model.device import Device, Management
from dcops.model.job import DeviceResult, RunKey, RunState, RunTrigger
from dcops.model.snapshot import ConfigSource
from dcops.templates.render import Texts

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MORNING = datetime(2026, 1, 15, 6, 30, tzinfo=ZONE)
ONE_AM = datetime(2026, 1, 15, 1, 0, tzinfo=ZONE)
DAY = timedelta(days=1)


def device(name, *, site="main", role="edge-router", platform="ios", tags=()):
    return Device(
        name=name,
        site=site,
        role=role,
        vendor="Cisco",
        model="ISR 4461",
        platform=platform,
        management=Management(ipv4=IPv4Address("192.0.2.11")),
        tags=tags,
    )


def result(name, outcome="unchanged", *, kind="", message="", next_step="", detail="", seconds=1.5):
    return DeviceResult("backup", ONE_AM, name, outcome, detail, kind, message, next_step, seconds)


class Site:
    """A site root's ledger and archive, and what its nights were like."""

    def __init__(self, folder, devices, *, schedules=None, name="ict-centre"):
        self.name = name
        self.devices = tuple(devices)
        self.ledger = Ledger.open(f"sqlite:///{folder / 'ledger.sqlite'}")
        identities = [x25519.Identity.generate() for _ in range(2)]
        self._holders = tuple(Holder(f"holder-{n}", str(one.to_public())) for n, one in enumerate(identities))
        self._key = SiteKey(bytes(32))
        self._folder = folder / "archive"
        self.schedules = {"backup": "0 1 * * *", "report": "30 6 * * *"} if schedules is None else schedules

    @property
    def archive(self):
        return Archive.open(self._folder, holders=self._holders, site_key=self._key)

    def close(self):
        self.ledger.close()

    def plans(self):
        return {
            name: Plan(name, timetable=Timetable.of(schedule, ZONE) if schedule else None)
            for name, schedule in self.schedules.items()
        }

    def sources(self):
        return Sources(
            site=self.name,
            zone=ZONE,
            ledger=self.ledger,
            archive=self.archive,
            devices=self.devices,
            platforms={"ios", "panos"},
            plans=self.plans(),
        )

    def report(self, now=MORNING, night=None):
        return gather(self.sources(), now=now, night=night)

    def store(self, name, text, *, taken=ONE_AM, run="run-1", startup=None):
        items = [Item(ConfigSource.RUNNING, "cfg", text, text.encode())]
        if startup is not None:
            items.append(Item(ConfigSource.STARTUP, "cfg", startup, startup.encode()))
        session = self.archive.session(run)
        session.put(Entry(name, "ios", taken.astimezone(UTC), tuple(items)))
        session.commit()

    def ran(
        self,
        state=RunState.OK,
        outcomes=(),
        *,
        job="backup",
        due=ONE_AM,
        seconds=252.0,
        trigger=RunTrigger.SCHEDULE,
        reason="",
        run="",
        attempt=1,
        summary=None,
    ):
        """Write one run into the ledger and give its row."""
        key = RunKey(job, due.astimezone(UTC))
        started = due.astimezone(UTC) + timedelta(seconds=2)
        assert self.ledger.claim(key, node="noc-1", trigger=trigger, now=started, attempt=attempt)
        self.ledger.start(
            key, now=started, run=run, process_group=None, artefact=f"runs/{job}/{key.due:%Y%m%dT%H%M%SZ}/1"
        )
        if outcomes:
            self.ledger.record_outcomes(key, outcomes)
        if state.ended:
            self.ledger.finish(
                key, state, now=started + timedelta(seconds=seconds), reason=reason, run=run, summary=summary or {}
            )
        return self.ledger.get(key)


def texts(language="vi"):
    return Texts.of(None, language=language, timezone="Asia/Ho_Chi_Minh")
