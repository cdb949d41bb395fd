"""`dcops device test` through the wire: what works, what does not, and nothing is hidden by what failed before."""

import json
import shutil

import pytest
import yaml

from dcops.devices.registry import Drivers
from dcops.model.device import WATCHED_PLATFORMS
from lab import platforms
from tests import warm


class Trial:
    """`dcops device test` on one device, as JSON."""

    def __init__(self, root, *names):
        done = warm.run("-C", root, "device", "test", *names, "--format", "json", "--quiet")
        assert done.returncode in (0, 1), done.stderr
        self.code = done.returncode
        self.stderr = done.stderr
        self.items = {item["device"]: item for item in json.loads(done.stdout)["items"]}
        self.item = self.items[names[0]]
        self.steps = {step["step"]: step for step in self.item["steps"]}

    def results(self, *names):
        return [self.steps[name]["result"] for name in names]


@pytest.fixture
def router(lab):
    return lab.of_platform("ios")


@pytest.fixture
def site(lab, tmp_path):
    """A copy of the lab's site root, to be spoilt."""
    root = tmp_path / "site"
    shutil.copytree(lab.site, root, ignore=shutil.ignore_patterns("state"))
    return root


def spoil(root, name, **changed):
    """Change one device's entry; None takes a key away."""
    for file in (root / "inventory").rglob("*.yaml"):
        content = yaml.safe_load(file.read_text())
        for entry in content.get("devices") or ():
            if entry["name"] == name:
                entry.update(changed)
                for key in [key for key, value in changed.items() if value is None]:
                    del entry[key]
                file.write_text(yaml.safe_dump(content))


@pytest.fixture(scope="module")
def tried(small_lab):
    """One healthy device of each platform tried at once, and what the lab and the archive were before and after."""

    def seen():
        writes = {name: small_lab.counters(name)["writes"] for name in small_lab.devices}
        return writes, sorted((small_lab.site / "state/archive").rglob("*"))

    small_lab.heal()
    small_lab.settled()
    small_lab.limit(40)
    before = seen()
    trial = Trial(small_lab.site, *small_lab.devices)
    return trial, before, seen()


@pytest.mark.parametrize("platform", sorted({*platforms.BY_NAME} - WATCHED_PLATFORMS))
def test_a_healthy_device_passes_every_step_that_a_backup_needs(lab, tried, platform):
    item = tried[0].items[lab.of_platform(platform)]

    steps = {step["step"]: step for step in item["steps"]}
    assert item["outcome"] == "ok", item
    assert {"connect", "trust", "login", "read"} <= set(steps)
    assert {step["result"] for step in item["steps"]} <= {"ok", "warning", "lacking"}
    # A platform described by data knows no question about rights.
    rights = [step for step in item["steps"] if step["for"] == "rights"]
    assert rights or platform not in Drivers().platforms()
    assert [name for name in steps if name.endswith(" configuration")]


def test_healthy_devices_are_left_as_they_were_and_nothing_is_archived(tried):
    trial, before, after = tried

    assert trial.code == 0, trial.items
    assert after == before


def test_an_account_that_may_write_is_told(lab, router):
    step = Trial(lab.site, router).steps["show privilege"]

    assert step["result"] == "warning"
    assert "may also write" in step["detail"]


@pytest.mark.parametrize(
    ("fault", "failed", "kind"),
    [("refuse", "connect", "refused"), ("host_key_changed", "trust", "host-key"), ("auth_fail", "login", "auth")],
)
def test_the_step_that_fails_is_named_with_what_to_do(lab, router, fault, failed, kind):
    lab.fault(router, fault)
    trial = Trial(lab.site, router)

    assert trial.code == 1
    assert trial.steps[failed]["result"] == "failed"
    assert trial.steps[failed]["error"]["kind"] == trial.item["error"]["kind"] == kind
    assert trial.steps[failed]["error"]["next_step"]
    assert trial.results("platform", "credential", "address") == ["ok", "ok", "ok"]


def test_a_missing_credential_does_not_hide_whether_it_can_be_reached_and_is_the_right_one(site, router):
    (site / "credentials.toml").write_text("")
    trial = Trial(site, router)

    assert trial.code == 1
    assert trial.results("credential", "connect", "trust", "login") == ["failed", "ok", "ok", "not tried"]


def test_a_call_that_breaks_the_session_does_not_hide_the_ones_after_it(lab, router):
    lab.limit(40)
    lab.fault(router, "drop_mid_answer")
    trial = Trial(lab.site, router)

    assert trial.code == 1
    assert trial.steps["show running-config"]["error"]["kind"] == "truncated"
    assert trial.steps["show startup-config"]["result"] == "lacking"
    assert trial.steps["login again"]["result"] == "ok"
    assert trial.steps["read"]["result"] == "failed"


def test_a_device_that_hangs_ends_at_its_limit_with_the_step_that_hung(lab, router):
    lab.limit(6)
    lab.fault(router, "hang", where="answer")
    trial = Trial(lab.site, router)

    assert trial.code == 1
    assert trial.item["outcome"] == "timeout"
    assert trial.results("login") == ["ok"]
    assert [step["step"] for step in trial.item["steps"] if step["result"] == "failed"] == ["show privilege"]


def test_a_cut_configuration_fails_its_check(lab, router):
    lab.fault(router, "truncate")
    trial = Trial(lab.site, router)

    assert trial.code == 1
    assert trial.steps["running configuration"]["error"]["kind"] == "truncated"


@pytest.mark.parametrize("platform", ["ios", "panos", "peplink", "sfos"])
def test_a_platform_that_is_not_read_is_guessed_from_what_the_device_says_to_everybody(lab, site, platform):
    if platform not in platforms.BY_NAME:
        pytest.skip(f"the lab does not simulate {platform}")
    name = lab.of_platform(platform)
    spoil(site, name, platform=None, credential=None, snmp=None)
    trial = Trial(site, name)
    greeting = next(step for step in trial.item["steps"] if step["step"].startswith("greeting"))

    assert trial.code == 1
    assert trial.item["error"]["kind"] == "unsupported"
    assert "dcops reads: " in trial.item["error"]["next_step"]
    if platform in ("ios", "panos"):
        assert f"a guess: platform {platform}" in greeting["detail"]


def test_several_devices_are_tried_and_one_that_fails_leaves_the_others_alone(lab, router):
    other = lab.of_platform("panos")
    lab.fault(router, "refuse")
    trial = Trial(lab.site, router, other)

    assert trial.code == 1
    assert trial.items[router]["outcome"] == "failed"
    assert trial.items[other]["outcome"] == "ok"


def test_the_last_line_is_the_verdict_and_the_next_step(lab, router):
    done = lab.dcops("device", "test", router)

    assert done.stdout.rstrip().splitlines()[-1].startswith(f"{router}: it can be backed up")
    assert done.stdout.rstrip().endswith(f"dcops backup --device {router}")
    assert f"{router}: login ok" in done.stderr


def test_what_is_only_watched_is_asked_who_it_is_and_nothing_else(lab, site, router):
    spoil(site, router, platform=None, credential=None)

    trial = Trial(site, router)

    assert trial.code == 0, trial.stderr
    (step,) = trial.item["steps"]
    assert (step["step"], step["result"]) == ("snmp", "ok")
    assert trial.item["detail"] == "it can be asked over SNMP"


def test_an_esxi_host_is_never_asked_itself_and_its_vcenter_is_named(lab, site, router):
    before = lab.counters(router)["connections"]
    spoil(site, router, platform="esxi", credential=None, snmp=None)

    trial = Trial(site, router)

    assert (trial.code, trial.item["outcome"], trial.item["steps"]) == (0, "skipped", [])
    assert "its vCenter tells of it" in trial.item["error"]["message"]
    assert lab.counters(router)["connections"] == before


def test_what_is_no_vcenter_is_seen_by_its_login_and_nothing_of_it_is_called_well(lab, site):
    firewall = lab.of_platform("panos")
    spoil(site, firewall, platform="vcenter", snmp=None)

    trial = Trial(site, firewall)

    assert trial.results("door", "connect", "trust", "login") == ["ok", "ok", "ok", "failed"]
    assert "inventory" not in trial.steps
    assert (trial.code, trial.item["outcome"]) == (1, "failed")


def test_an_agent_that_gives_no_answer_is_lacking_where_a_backup_is_possible_without_it(site, router):
    spoil(site, router, snmp={"credential": "snmp-v3", "port": 9, "timeout_seconds": 0.2})

    trial = Trial(site, router)

    assert (trial.code, trial.steps["snmp"]["result"]) == (0, "lacking")
    assert trial.item["detail"].startswith("it can be backed up; not given: snmp")
