"""`dcops inventory show` and `placement`: where things run, what falls with a host, and how old it is what is told."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from dcops.cli.inventory import command
from dcops.errors import CannotRun, UsageError
from dcops.jobs.placement import Keeper
from dcops.model.placement import Cluster, HostSystem, Power
from tests.placement.house import machine, vcenter

REFERENCE = Path(__file__).parents[2] / "inventory"
DR_CLUSTER = [Cluster("c1", "dr-compute", ha=False)]
REPLICA = {"power": Power.OFF, "replica": True, "protected": False}


def main_and_dr(seen):
    main = vcenter(
        machine("sso-db-1"),
        machine("sso-db-2"),
        machine("sso-idp-1", on=2),
        machine("e-mail-mx-1", protected=False),
        machine("nobody\x1b[2Js\nown", on=3),
        seen=seen,
    )
    stand_ins = (machine("sso-db-1", **REPLICA), machine("monitoring-dr-1"))
    hosts = [HostSystem("h1", "esx-dr-01", "c1", "connected", maintenance=False)]
    return main, vcenter(*stand_ins, name="vc-dr", hosts=hosts, clusters=DR_CLUSTER, seen=seen)


@pytest.fixture
def site(tmp_path):
    (tmp_path / "dcops.toml").write_text(f'[paths]\ninventory = "{REFERENCE}"\n')
    return tmp_path


@pytest.fixture
def known(site):
    write(site, *main_and_dr(datetime.now(UTC) - timedelta(seconds=40)))
    return site


def write(site, *placements):
    keeper = Keeper(site / "state", lambda: datetime.now(UTC))
    for placement in placements:
        assert keeper.offer(placement)


def run(root, *arguments):
    return CliRunner().invoke(command, arguments, obj=root, catch_exceptions=True)


def as_json(root, *arguments):
    return json.loads(run(root, *arguments, "--format", "json").stdout)


def findings(root):
    return {(one["id"], one["status"], one["title"]) for one in as_json(root, "placement")["findings"]}


# ---- where it runs -------------------------------------------------------------------------------


def test_a_system_tells_its_machines_hosts_datastores_and_clusters_and_of_when(known):
    done = run(known, "show", "sso")

    assert done.exit_code == 0
    assert "Runs on 4 machines, 3 at work on 2 hosts, 1 datastore, 1 cluster; 1 replica:" in done.stdout
    assert "vc-main as it was 4" in done.stdout
    for text in ("esx-01", "A03", "compute", "vmfs-1", "off (replica)", "esx-dr-01", "vc-dr"):
        assert text in done.stdout
    assert "! sso-db-1, sso-db-2 stand in for each other, and all are on esx-01" in done.stdout


def test_the_same_as_json(known):
    (item,) = as_json(known, "show", "sso")["items"]

    told = item["placement"]
    assert [(one["vcenter"], one["old"], one["problem"]) for one in told["as_of"]] == [
        ("vc-dr", False, None),
        ("vc-main", False, None),
    ]
    assert told["summary"]["hosts"] == [
        {"vcenter": "vc-main", "name": "esx-01"},
        {"vcenter": "vc-main", "name": "esx-02"},
    ]
    (one,) = [one for one in told["machines"] if one["name"] == "sso-idp-1"]
    assert (one["host"], one["rack"], one["cluster"], one["power"]) == ("esx-02", "A04", "compute", "on")
    assert len(told["warnings"]) == 1


def test_a_host_tells_what_it_carries_and_a_vcenter_its_machines(known):
    done = run(known, "show", "esx-01")

    assert "Carries 3 machines, 3 at work, of 2 systems:" in done.stdout
    assert "e-mail-mx-1" in done.stdout
    assert "vc-dr" not in done.stdout.split("Carries")[1], "another vCenter has nothing to say of it"
    assert "Carries 5 machines" in run(known, "show", "vc-main").stdout


def test_a_machine_is_found_by_its_name_and_of_one_vcenter_by_that_before_it(known):
    assert [item["values"]["vcenter"] for item in as_json(known, "show", "sso-db-1")["items"]] == ["vc-dr", "vc-main"]
    done = run(known, "show", "vc-main/SSO-DB-1")
    assert "virtual machine sso-db-1" in done.stdout
    assert "It belongs to sso:" in done.stdout


def test_what_runs_nowhere_has_no_place_and_no_file_is_read_for_it(site):
    (site / "state/vsphere").mkdir(parents=True)
    (site / "state/vsphere/vc-main.json").mkdir()

    assert "placement" not in as_json(site, "show", "rtr-lan-1")["items"][0]
    assert "not known" not in run(site, "show", "time-service").stdout


def test_where_nobody_wrote_anything_it_says_so_and_what_to_do(site):
    done = run(site, "show", "sso")

    assert done.exit_code == 0
    assert "Where it runs is not known:" in done.stdout
    assert "vc-main is not known: no exporter has written yet what it holds" in done.stdout
    assert "dcops inventory show sso --fresh" in done.stdout
    assert as_json(site, "show", "sso")["items"][0]["placement"]["summary"] is None


def test_an_unknown_name_may_be_a_machine_that_nobody_has_seen(site):
    done = run(site, "show", "sso-db-7")

    assert isinstance(done.exception, UsageError)
    assert "Nobody knows what vc-dr, vc-main holds" in str(done.exception)


def test_what_is_old_is_never_told_as_now(site):
    write(site, *main_and_dr(datetime.now(UTC) - timedelta(days=3)))

    assert "vc-main as it was 3 days ago: OLD, machines may have moved since" in run(site, "show", "sso").stdout
    assert [one["old"] for one in as_json(site, "show", "sso")["items"][0]["placement"]["as_of"]] == [True, True]
    assert ("VIR-007", "could not check", "What vc-main holds is not known") in findings(site)


def test_asked_now_it_does_not_fall_back_to_what_was_written(known):
    done = run(known, "placement", "--fresh")

    assert isinstance(done.exception, CannotRun)
    assert "vsphere-read" in str(done.exception), "there is no login to ask with"


# ---- what falls ----------------------------------------------------------------------------------


def test_what_a_system_loses_with_a_host(known):
    done = run(known, "show", "sso", "--without", "esx-01")

    assert done.exit_code == 0
    assert "Without esx-01:" in done.stdout
    assert "2 machines: 2 restarted by HA" in done.stdout
    assert "1 in vc-dr" in done.stdout
    assert "e-mail-mx-1" not in done.stdout


def test_what_falls_with_a_host_that_has_nothing_of_it(known):
    assert "sso loses nothing" in run(known, "show", "sso", "--without", "esx-03").stdout


def test_all_that_falls_with_a_host_and_exit_1_when_something_stays_down(known):
    done = run(known, "placement", "--without", "esx-01")

    assert done.exit_code == 1
    assert "3 machines: 1 left down, 2 restarted by HA" in done.stdout
    assert "HA does not protect it" in done.stdout
    told = as_json(known, "placement", "--without", "esx-01")["without"]
    assert [(one["system"], one["lost"], one["running"], one["fate"]) for one in told["systems"]] == [
        ("e-mail", 1, 1, "down"),
        ("sso", 2, 3, "restarted"),
    ]


def test_with_everything_restarted_it_is_0(known):
    assert run(known, "placement", "--without", "esx-02").exit_code == 0


def test_a_rack_is_all_its_hosts(known):
    told = as_json(known, "placement", "--without", "D02")["without"]

    assert told["hosts"] == ["esx-dr-01"]
    assert [one["why"] for one in told["machines"] if one["name"] == "monitoring-dr-1"] == ["HA is off in dr-compute"]


@pytest.mark.parametrize(
    ("word", "kind", "text"),
    [
        ("esx-0l", UsageError, "Did you mean esx-0"),
        ("esx-44", CannotRun, "no vCenter that is known has it"),
        ("B01", UsageError, "no host that is known stands in rack B01"),
    ],
)
def test_a_host_that_cannot_be_lost_is_refused(known, word, kind, text):
    done = run(known, "placement", "--without", word)

    assert isinstance(done.exception, kind)
    assert text in str(done.exception)


def test_it_does_not_guess_what_falls_when_nothing_is_known(site):
    for arguments in (("show", "sso"), ("placement",)):
        done = run(site, *arguments, "--without", "esx-01")
        assert isinstance(done.exception, CannotRun)
        assert "it is not known what runs where" in str(done.exception)


def test_what_falls_of_a_router_is_no_question(known):
    done = run(known, "show", "rtr-lan-1", "--without", "esx-01")

    assert isinstance(done.exception, UsageError)
    assert "dcops inventory placement --without HOST" in str(done.exception)


# ---- what does not fit ---------------------------------------------------------------------------


def test_what_does_not_fit_is_found_and_exits_1(known):
    assert run(known, "placement").exit_code == 1
    found = findings(known)
    assert ("VIR-002", "fail", "museum-database runs on no machine that is known") in found
    assert ("VIR-004", "fail", "esx-45 is in the inventory and not in vc-main") in found
    assert {id_ for id_, _, _ in found} == {"VIR-001", "VIR-002", "VIR-004", "VIR-006"}


def test_a_name_with_signs_that_move_the_cursor_is_shown_harmless(known):
    done = run(known, "placement")

    assert "\x1b" not in done.stdout
    assert "nobody\\x1b[2Js own belongs to no system" in " ".join(done.stdout.split())


def test_a_vcenter_that_is_not_known_could_not_be_checked(site):
    write(site, main_and_dr(datetime.now(UTC))[0])

    found = findings(site)

    assert ("VIR-007", "could not check", "What vc-dr holds is not known") in found
    assert ("VIR-002", "could not check", "monitoring runs on no machine that is known") in found
    assert not [title for _, _, title in found if "esx-dr" in title]


def test_without_any_vcenter_nothing_can_be_said(tmp_path):
    (tmp_path / "inventory").mkdir()
    (tmp_path / "inventory/all.yaml").write_text("sites: [{name: main, title: M, role: main}]\n")
    (tmp_path / "dcops.toml").write_text("")

    done = run(tmp_path, "placement")

    assert isinstance(done.exception, CannotRun)
    assert "role: vcenter" in str(done.exception)
