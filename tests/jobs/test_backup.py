"""The backup job with a fake fleet and a real archive."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from pyrage import x25519

from dcops.archive.archive import Archive
from dcops.archive.holders import Holder
from dcops.archive.site_key import SiteKey
from dcops.devices.fleet import Answer
from dcops.devices.registry import Drivers
from dcops.diff.formats import Formats
from dcops.errors import CannotRun, DeviceError, ErrorKind
from dcops.jobs import backup
from dcops.jobs.catalog import JOBS
from dcops.jobs.context import Context, Silence
from dcops.model.device import Device, Drop
from dcops.model.run import Result
from dcops.model.snapshot import ConfigSource, Document, Snapshot
from dcops.model.snmp import Snmp

PLAIN = b"version 17.9\nhostname rtr-1\nenable secret 9 $9$exampleSalt$exampleHashValue\nend\n"
FIREWALL = b'<config version="9.1.0"><devices><entry name="localhost.localdomain"/></devices><mgt-config/></config>'


def device(name, platform="ios"):
    return Device(name=name, site="main", role="router", vendor="Example", model="One", platform=platform)


class FakeFleet:
    """Answers from a dictionary: bytes, a list of documents, or an error."""

    drivers = Drivers()

    def __init__(self, clock):
        self.answers = {}
        self.asked = []
        self._clock = clock

    def configurations(self, devices, then):
        for one in devices:
            self.asked.append(one.name)
            answer = self.answers[one.name]
            try:
                if isinstance(answer, DeviceError):
                    raise answer
                if isinstance(answer, bytes):
                    answer = [Document(ConfigSource.RUNNING, answer)]
                snapshot = Snapshot(one.name, one.platform, self._clock(), tuple(answer))
                yield Answer(one, then(one, snapshot), None, 0.1)
            except DeviceError as error:
                yield Answer(one, None, error, 0.1)


@pytest.fixture
def site(tmp_path):
    moment = [datetime(2026, 1, 15, 18, 0, tzinfo=UTC)]

    def clock():
        moment[0] += timedelta(seconds=1)
        return moment[0]

    identities = [x25519.Identity.generate() for _ in range(2)]
    holders = [Holder(name, str(one.to_public())) for name, one in zip(("main", "dr"), identities, strict=True)]
    key = SiteKey.load_or_create(tmp_path / "state", tmp_path / "keys", holders)
    archive = Archive.open(tmp_path / "archive", holders=holders, site_key=key, clock=clock)
    fleet = FakeFleet(clock)
    context = Context(
        fleet=fleet, formats=Formats(), archive=archive, site_key=key.key, clock=clock, progress=Silence()
    )
    return SimpleNamespace(context=context, fleet=fleet, archive=archive, identity=str(identities[0]))


def night(site, **answers):
    site.fleet.answers.update({name.replace("_", "-"): answer for name, answer in answers.items()})
    devices = [device(name, "panos" if name.startswith("fw") else "ios") for name in site.fleet.answers]
    # A new night opens the archive anew, as a new process does.
    context = Context(
        fleet=site.fleet,
        formats=Formats(),
        archive=Archive.open(
            site.archive.folder,
            holders=site.archive._holders,
            site_key=site.archive._site_key,
            clock=site.context.clock,
        ),
        site_key=site.context.site_key,
        clock=site.context.clock,
        progress=Silence(),
    )
    run = backup.run(context, devices)
    return run, {outcome.device: outcome for outcome in run.outcomes}


def test_a_silent_device_is_reported_and_the_rest_are_archived(site):
    silent = DeviceError(ErrorKind.TIMEOUT, "no complete answer within 20 s", next_step="Look at it")

    run, outcomes = night(site, rtr_1=silent, rtr_2=PLAIN, fw_1=FIREWALL)

    assert [outcome.device for outcome in run.failed] == ["rtr-1"]
    assert outcomes["rtr-1"].result is Result.TIMEOUT
    assert {summary.device for summary in site.archive.devices()} == {"rtr-2", "fw-1"}


def test_a_night_without_a_change_makes_no_commit(site):
    first, _ = night(site, rtr_1=PLAIN)
    second, outcomes = night(site, rtr_1=b"Building configuration...\n\nCurrent configuration : 99 bytes\n!\n" + PLAIN)

    assert first.extra["revision"]
    assert second.extra["revision"] is None
    assert outcomes["rtr-1"].result is Result.UNCHANGED


def test_a_changed_secret_is_a_change_and_is_not_shown(site):
    night(site, rtr_1=PLAIN)
    _, outcomes = night(site, rtr_1=PLAIN.replace(b"exampleHashValue", b"otherHashValue12"))

    assert outcomes["rtr-1"].result is Result.CHANGED
    assert outcomes["rtr-1"].detail == "running: +1 -1 lines"
    (difference,) = site.archive.diff("rtr-1")
    assert "HashValue" not in difference.text
    assert difference.text.count("<secret:") == 2


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (PLAIN.removesuffix(b"end\n"), ErrorKind.TRUNCATED),
        (b"", ErrorKind.INVALID),
        (b"% Authorization failed.\n", ErrorKind.DENIED),
        (b"Authorised users only\n", ErrorKind.INVALID),
    ],
)
def test_what_is_no_whole_configuration_is_never_archived(site, answer, kind):
    night(site, rtr_1=PLAIN)
    _, outcomes = night(site, rtr_1=answer)

    assert outcomes["rtr-1"].error.kind is kind
    assert len(site.archive.log("rtr-1")) == 1


def test_a_device_that_lost_most_of_its_configuration_is_not_believed(site):
    night(site, rtr_1=PLAIN.replace(b"end\n", b"ip route 192.0.2.0 255.255.255.0 Null0\n" * 50 + b"end\n"))
    _, outcomes = night(site, rtr_1=PLAIN)

    assert outcomes["rtr-1"].error.kind is ErrorKind.TRUNCATED
    assert "--accept-smaller" in outcomes["rtr-1"].error.next_step


def test_a_platform_without_a_driver_is_skipped_and_never_asked(site):
    run = backup.run(site.context, [device("door-1", "no-such"), device("ups-1", None)])

    assert [outcome.result for outcome in run.outcomes] == [Result.SKIPPED, Result.SKIPPED]
    assert {outcome.error.kind for outcome in run.outcomes} == {ErrorKind.UNSUPPORTED}
    assert not run.failed
    assert site.fleet.asked == []


def test_outcomes_stand_in_the_order_of_the_devices_whatever_order_they_end_in(site):
    run, _ = night(site, rtr_2=PLAIN, rtr_1=DeviceError(ErrorKind.REFUSED, "refused"), fw_1=FIREWALL)

    assert [outcome.device for outcome in run.outcomes] == ["rtr-2", "rtr-1", "fw-1"]


@pytest.mark.parametrize(
    "hostile",
    [
        b"\xff\xfe caf\xe9",
        b"\x1b[2J\x1b]0;x\x07",
        b"../../../etc/passwd \"quoted\" 'single' `id`",
        b"commit refs/heads/main\x00data 5",
        "\u202etxt.exe \u0085 next".encode(),
    ],
)
def test_a_hostile_line_goes_in_and_comes_back_byte_for_byte(site, hostile):
    text = PLAIN.replace(b"end\n", b"interface Loopback0\n description " + hostile + b"\nend\n")

    _, outcomes = night(site, rtr_1=text)

    assert outcomes["rtr-1"].result is Result.CHANGED, outcomes["rtr-1"].error
    assert site.archive.export("rtr-1", site.identity) == text
    assert "\x1b" not in site.archive.show("rtr-1")


def test_a_router_of_20_megabytes_is_archived(site):
    line = b"access-list 100 permit tcp host 192.0.2.1 host 198.51.100.%d eq %d\n"
    body = b"".join(line % (number % 250, number % 60000) for number in range(330_000))
    text = PLAIN.replace(b"end\n", body + b"end\n")
    assert len(text) > 20_000_000

    _, outcomes = night(site, rtr_1=text)

    assert outcomes["rtr-1"].result is Result.CHANGED
    assert site.archive.export("rtr-1", site.identity) == text


def test_without_holders_nothing_is_read(tmp_path, site):
    lonely = Archive.open(tmp_path / "other")
    context = Context(
        fleet=site.fleet,
        formats=Formats(),
        archive=lonely,
        site_key=b"k" * 32,
        clock=site.context.clock,
        progress=Silence(),
    )
    with pytest.raises(CannotRun, match="archive keys create"):
        backup.run(context, [device("rtr-1")])
    assert site.fleet.asked == []


def test_what_is_only_watched_is_skipped_with_the_reason_and_nobody_asks_it(site):
    ups = Device("ups-1", "main", "ups", "Example", "One", snmp=Snmp("snmp-v3"))

    run = backup.run(site.context, [ups])

    (outcome,) = run.outcomes
    assert (outcome.result, outcome.error.kind) == (Result.SKIPPED, ErrorKind.UNSUPPORTED)
    assert outcome.error.message == "only watched over SNMP: it holds no configuration that dcops reads"
    assert site.fleet.asked == []


@pytest.mark.parametrize(
    ("platform", "drop", "words"),
    [
        ("vcenter", None, "only watched over the vSphere API"),
        ("esxi", None, "only watched over its vCenter"),
        ("esxi", Drop("configBundle-*.tgz"), "only watched over its vCenter"),
    ],
)
def test_vcenters_and_their_hosts_are_skipped_and_nobody_asks_them(site, platform, drop, words):
    run = backup.run(site.context, [Device("it-1", "main", "host", "v", "m", platform=platform, drop=drop)])

    (outcome,) = run.outcomes
    assert (outcome.result, outcome.error.kind) == (Result.SKIPPED, ErrorKind.UNSUPPORTED)
    assert words in outcome.error.message
    assert site.fleet.asked == []


@pytest.mark.parametrize(
    "watched",
    [
        Device("ups-1", "main", "ups", "Example", "One", snmp=Snmp("snmp-v3")),
        Device("vc-1", "main", "vcenter", "Example", "One", platform="vcenter"),
        Device("esx-1", "main", "host", "Example", "One", platform="esxi"),
    ],
    ids=lambda device: device.role,
)
def test_the_backup_and_the_discovery_of_the_night_are_not_about_what_is_only_watched(watched):
    concerned = {job.name for job in JOBS if job.on_devices and job.concerns(watched)}

    assert concerned.isdisjoint({"backup", "discovery", "drop"})
    assert {job.name for job in JOBS if job.concerns(device("rtr-1"))} >= {"backup", "discovery"}
