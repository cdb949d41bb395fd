"""The restore plan where rooms meet: what the archive holds, what the inventory states, and what stands in the way."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address

import pytest

from dcops.archive.archive import Entry, Item
from dcops.archive.fates import Fate
from dcops.errors import CannotRun, UsageError
from dcops.jobs import restore_plan
from dcops.jobs.restore_plan import Rooms
from dcops.model.device import Device, Management
from dcops.model.snapshot import ConfigSource
from dcops.model.way_back import Case, Phase
from dcops.restore.identity import Verdict
from tests.archive.conftest import MIDNIGHT, site  # noqa: F401

ROUTER = Device(
    name="rtr-edge-1",
    site="main",
    role="edge-router",
    vendor="Cisco",
    model="ISR 4461",
    platform="ios",
    serial="FDO00000001",
    software="17.09.04a",
    management=Management(ipv4=IPv4Address("192.0.2.11"), port=2222),
)
OLD = "version 17.9\nhostname rtr-edge-1\nlicense udi pid ISR4461/K9 sn FDO00000001\nip routing\n"
NEW = OLD + "snmp-server group NOC v3 priv\n"


@pytest.fixture
def archive(site):  # noqa: F811
    """Two versions of a router: the second one night later, with a line more."""
    site.store(site.entry(text=OLD, startup=OLD))
    site.store(site.entry(text=NEW, startup=OLD, night=1), run="run-2")
    return site


@pytest.fixture
def rooms(archive):
    return Rooms(
        archive=archive.reader(),
        device=ROUTER,
        lab=False,
        description_of=lambda platform: None,
        command="dcops -C /srv/dcops",
        second_store="",
        clock=lambda: MIDNIGHT + timedelta(days=1, hours=5),
    )


def damaged(archive, version, source=ConfigSource.RUNNING):
    """Change one byte of a sealed file."""
    file = archive.folder / "sealed" / version.record.documents[source].sealed[:2]
    file = file / f"{version.record.documents[source].sealed}.age"
    file.chmod(0o600)
    content = file.read_bytes()
    file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    return file


def commands(plan, case=Case.REPLACEMENT, phase=None):
    (way,) = [way for way in plan.ways if way.case is case]
    return [line for step in way.steps if phase in (None, step.phase) for line in step.types]


def test_the_newest_version_is_planned_and_its_sealed_file_was_read(rooms, archive):
    plan = restore_plan.plan(rooms, "rtr-edge-1")
    document = archive.reader().newest("rtr-edge-1").record.documents[ConfigSource.RUNNING]

    assert plan.stands
    assert (plan.title, plan.distance, plan.age_seconds) == ("Cisco IOS, IOS-XE", None, 5 * 3600)
    assert (plan.sealed.name, plan.sealed.size, plan.sealed.problem) == (document.sealed, len(NEW), "")
    assert plan.sealed.path.name == f"{document.sealed}.age"
    assert plan.sealed.holders == ("dr", "main")
    assert (plan.address, plan.port) == ("192.0.2.11", 2222)


def test_the_first_command_opens_it_and_gives_back_what_the_device_had(rooms, archive, tmp_path):
    plan = restore_plan.plan(rooms, "rtr-edge-1")
    words = commands(plan)[0].split()

    assert words[:6] == ["dcops", "-C", "/srv/dcops", "archive", "export", "rtr-edge-1"]
    at, source, to = (words[words.index(flag) + 1] for flag in ("--at", "--source", "--to"))
    assert to == f"rtr-edge-1-{plan.revision[:8]}.cfg"
    exact = archive.reader().export("rtr-edge-1", archive.identities[0], at, ConfigSource(source))
    assert exact == NEW.encode()


def test_an_older_version_tells_how_far_it_is_from_the_newest(rooms):
    plan = restore_plan.plan(rooms, "rtr-edge-1", at="2026-01-16T00:00:00Z")

    assert (plan.distance.added, plan.distance.removed) == (1, 0)
    assert plan.distance.secrets_compared
    assert plan.distance.taken == MIDNIGHT + timedelta(days=1)
    assert plan.revision != plan.distance.revision


def test_what_stands_in_that_very_version_is_what_concerns_it(rooms):
    old, new = (restore_plan.plan(rooms, "rtr-edge-1", at=at) for at in ("2026-01-16T00:00:00Z", None))
    users = [next(loss for loss in plan.losses if loss.what.startswith("SNMPv3")) for plan in (old, new)]

    assert not users[0].concerns
    assert (users[1].trace.count, users[1].trace.line) == (1, 5)


def test_the_inventory_fits_what_was_archived(rooms):
    plan = restore_plan.plan(rooms, "rtr-edge-1")

    assert {fit.what: fit.verdict for fit in plan.fits} == {
        "hostname": Verdict.FITS,
        "model": Verdict.FITS,
        "serial": Verdict.FITS,
        "software": Verdict.FITS,
    }


def test_another_box_in_the_inventory_is_told_of_and_stops_nothing(rooms):
    other = replace(ROUTER, serial="FDO00000009", platform="nxos")
    plan = restore_plan.plan(replace(rooms, device=other), "rtr-edge-1")

    differs = [fit.what for fit in plan.fits if fit.verdict is Verdict.DIFFERS]
    assert differs == ["platform", "serial"]
    assert plan.stands


def test_an_ipv6_address_stands_in_brackets_where_a_port_may_follow(rooms):
    v6 = replace(ROUTER, management=Management(ipv6=IPv6Address("2001:db8::11")))
    typed = commands(restore_plan.plan(replace(rooms, device=v6), "rtr-edge-1"), Case.REPAIR)

    assert not [line for line in typed if "2001:db8::11:" in line]


def test_without_an_inventory_the_record_has_to_do(rooms):
    plan = restore_plan.plan(replace(rooms, device=None), "rtr-edge-1")

    assert plan.stands
    assert (plan.platform, plan.address, plan.in_inventory) == ("ios", None, False)
    assert next(fit for fit in plan.fits if fit.what == "serial").archived == "FDO00000001"
    assert not [line for line in commands(plan) if " trust add " in line or " backup " in line]
    assert any("Mount the new ISR4461/K9" in step.what for step in plan.ways[0].steps)


def test_a_startup_configuration_can_be_asked_for(rooms):
    plan = restore_plan.plan(rooms, "rtr-edge-1", source=ConfigSource.STARTUP)

    assert plan.sealed.source is ConfigSource.STARTUP
    assert "--source startup" in commands(plan)[0]


def test_a_document_that_a_version_lacks_is_refused(rooms):
    with pytest.raises(UsageError, match=r"has no candidate configuration\. It has: running, startup"):
        restore_plan.plan(rooms, "rtr-edge-1", source=ConfigSource.CANDIDATE)


def test_a_damaged_sealed_file_stops_the_plan_and_names_the_newest_whole_one(rooms, archive):
    newest, older = archive.reader().log("rtr-edge-1")
    file = damaged(archive, newest)

    plan = restore_plan.plan(rooms, "rtr-edge-1")

    assert not plan.stands
    assert plan.ways == ()
    (obstacle,) = plan.obstacles
    assert obstacle.what == f"the sealed file of this version is damaged: {file}"
    store, whole = obstacle.ways_out
    assert store.what.startswith("there is no second store")
    assert whole.types == (f"dcops -C /srv/dcops restore plan rtr-edge-1 --at {older.revision[:12]} --source running",)
    assert restore_plan.plan(rooms, "rtr-edge-1", at=older.revision[:12]).stands


def test_a_missing_sealed_file_is_no_whole_one(rooms, archive):
    for version in archive.reader().log("rtr-edge-1"):
        damaged(archive, version).unlink()

    (obstacle,) = restore_plan.plan(rooms, "rtr-edge-1").obstacles

    assert obstacle.what.startswith("the sealed file of this version is missing")
    assert obstacle.ways_out[1].what == "no version of rtr-edge-1 has a running whose sealed file is whole here"


def test_a_whole_file_in_the_second_store_is_found_and_its_command_mends_the_archive(rooms, archive, tmp_path):
    import shutil
    import subprocess

    shutil.copytree(archive.folder, tmp_path / "dr/archive")
    file = damaged(archive, archive.reader().newest("rtr-edge-1"))
    rooms = replace(rooms, second_store=tmp_path / "dr")

    store = restore_plan.plan(rooms, "rtr-edge-1").obstacles[0].ways_out[0]
    file.unlink()
    subprocess.run(store.types[0], shell=True, check=True, timeout=20)

    assert "has it whole" in store.what
    assert restore_plan.plan(rooms, "rtr-edge-1").stands


def test_a_second_store_that_is_damaged_too_is_no_way_out(rooms, archive, tmp_path):
    import shutil

    damaged(archive, archive.reader().newest("rtr-edge-1"))
    shutil.copytree(archive.folder, tmp_path / "dr/archive")

    store = restore_plan.plan(replace(rooms, second_store=tmp_path / "dr"), "rtr-edge-1").obstacles[0].ways_out[0]

    assert store.what.endswith("does not have it whole: damaged")
    assert store.types == ()


def test_a_second_store_on_another_host_is_named_and_not_asked(rooms, archive):
    damaged(archive, archive.reader().newest("rtr-edge-1"))
    rooms = replace(rooms, second_store="ssh://dcops-copy@dr.example/srv/dcops-copy")

    store = restore_plan.plan(rooms, "rtr-edge-1").obstacles[0].ways_out[0]

    assert "ssh://dcops-copy@dr.example/srv/dcops-copy" in store.what
    assert store.types[0].startswith("dcops -C PLACE restore plan rtr-edge-1 --at ")


def test_what_was_pruned_says_when_and_a_copy_that_kept_it_is_named(rooms, archive, tmp_path):
    import shutil

    shutil.copytree(archive.folder, tmp_path / "dr/archive")
    _, older = archive.reader().log("rtr-edge-1")
    gone = older.record.documents[ConfigSource.RUNNING].sealed
    archive.archive().record_fates({gone: Fate(date(2026, 2, 1))}, title="pruned")
    rooms = replace(rooms, archive=archive.reader(), second_store=tmp_path / "dr")

    plan = restore_plan.plan(rooms, "rtr-edge-1", at=older.revision[:12])

    assert not plan.stands
    assert (plan.sealed.name, plan.sealed.path, plan.sealed.problem) == ("", None, "pruned on 2026-02-01")
    assert plan.sealed.holders == ("dr", "main")
    assert plan.obstacles[0].ways_out[0].what == f"the second store {tmp_path / 'dr'} has kept it"


def test_a_lost_readable_text_does_not_stop_a_restore(rooms, archive):
    name = archive.git("rev-parse", "main:rtr-edge-1/running.cfg").decode().strip()
    blob = archive.folder / "readable.git/objects" / name[:2] / name[2:]
    if not blob.exists():
        archive.git("unpack-objects", feed=next((archive.folder / "readable.git").rglob("*.pack")).read_bytes())
    for pack in (archive.folder / "readable.git/objects/pack").glob("*"):
        pack.rename(archive.folder / pack.name)
    for pack in archive.folder.glob("*.pack"):
        archive.git("unpack-objects", feed=pack.read_bytes())
    blob.chmod(0o600)
    blob.unlink()

    plan = restore_plan.plan(rooms, "rtr-edge-1")

    assert plan.stands
    assert "The readable text cannot be read" in plan.notes[0]
    users = next(loss for loss in plan.losses if loss.what.startswith("SNMPv3"))
    assert (users.concerns, users.looked) == (True, False)


def stored(site, *items, name="wan-1", platform="peplink", night=0, run="run-1"):  # noqa: F811
    site.store(Entry(name, platform, MIDNIGHT + timedelta(days=night), items), run=run)


STATE = Item(ConfigSource.STATE, "json", '{"info.firmware": {}}\n', b"{}")
FILE = Item(ConfigSource.FILE, "txt", "binary, 9 bytes\n", b"PEPFILE\x00\x01")


def test_a_state_restores_nothing_and_the_plan_says_what_would(rooms, archive):
    stored(archive, STATE)

    plan = restore_plan.plan(replace(rooms, device=None), "wan-1")

    assert not plan.stands
    assert plan.obstacles[0].what == "nothing restores it from its state"
    (way_out,) = plan.obstacles[0].ways_out
    assert "dcops archive import wan-1 FILE" in way_out.what


def test_beside_a_state_the_devices_own_file_is_what_is_sent(rooms, archive):
    stored(archive, STATE, FILE)

    plan = restore_plan.plan(replace(rooms, device=None), "wan-1")

    assert plan.stands
    assert plan.sealed.source is ConfigSource.FILE
    assert f"--to wan-1-{plan.revision[:8]}.conf" in commands(plan)[0]


def test_asked_for_the_state_the_plan_names_the_file_that_restores(rooms, archive):
    stored(archive, STATE, FILE)

    plan = restore_plan.plan(replace(rooms, device=None), "wan-1", source=ConfigSource.STATE)

    assert not plan.stands
    assert plan.obstacles[0].ways_out[1].types == (
        f"dcops -C /srv/dcops restore plan wan-1 --at {plan.revision[:12]} --source file",
    )


def test_a_file_of_a_device_without_a_platform_is_given_back_with_honest_words(rooms, archive):
    stored(archive, FILE, name="ups-1", platform="")

    plan = restore_plan.plan(replace(rooms, device=None), "ups-1")

    assert plan.stands
    assert "opaque" in plan.notes[0]
    assert any(step.unproven for step in plan.ways[0].steps if step.phase is Phase.RESTORE)
    assert f"--to ups-1-{plan.revision[:8]}.backup" in commands(plan)[0]


def test_a_device_that_was_never_archived_is_no_spelling_mistake(rooms):
    with pytest.raises(CannotRun, match="nothing of rtr-new-1 was ever archived here"):
        restore_plan.plan(replace(rooms, device=replace(ROUTER, name="rtr-new-1")), "rtr-new-1")


def test_an_unknown_device_is_told_with_the_nearest_name(rooms):
    with pytest.raises(UsageError, match="Did you mean rtr-edge-1"):
        restore_plan.plan(replace(rooms, device=None), "rtr-edge-2")


def test_a_document_that_was_kept_is_as_old_as_it_is(rooms, archive):
    stored(archive, STATE, FILE)
    later = Item(ConfigSource.STATE, "json", '{"info.firmware": {"1": {}}}\n', b"{...}")
    stored(archive, later, night=1, run="run-3")

    plan = restore_plan.plan(replace(rooms, device=None), "wan-1")

    assert plan.sealed.read == MIDNIGHT
    assert plan.age_seconds == timedelta(days=1, hours=5).total_seconds()
    assert plan.taken == datetime(2026, 1, 16, 18, 0, tzinfo=UTC)
