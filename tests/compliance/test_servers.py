"""The reference lab's servers, hosts and written lists: what was planted is found, where it is, and nothing else."""

import os

import pytest
import yaml

from dcops.audit.judge import Judge
from dcops.audit.library import load
from dcops.audit.subject import Subject
from dcops.devices.linux import state
from dcops.devices.linux.session import Answer
from dcops.diff.linux import LinuxFormat
from dcops.diff.redact import keyed
from dcops.model import tree
from dcops.model.snapshot import ConfigSource
from dcops.model.source import Source, SourceKind
from dcops.model.tree import Kind, Member
from lab.linux import account, answers
from lab.linux.etc import NEVER_KEPT, Etc
from lab.vsphere import holdings, serve, why_not
from tests.compliance.site import NOW, ROOT, SITE_KEY, library

PLANTED = yaml.safe_load((ROOT / "lab" / "planted.yaml").read_text(encoding="utf-8"))["planted"]
SERVERS = ("srv-noc-1", "srv-dr-noc-1")


def planted(device, prefix):
    return {
        each["rule"]: each["where"] for each in PLANTED if each["device"] == device and each["rule"].startswith(prefix)
    }


def agree(findings, wanted):
    failed = [finding for finding in findings if finding.status == "fail"]
    assert {finding.id for finding in failed} == set(wanted)
    for rule, where in wanted.items():
        assert any(where in finding.evidence for finding in failed if finding.id == rule), (rule, where)


def rules(platform, prefix):
    return [rule for rule in library().rules if platform in rule.platforms and rule.id.startswith(prefix)]


def files(name, folder):
    """The readable listing of a server of the lab, without what a backup would not keep."""
    Etc(name, site="main", ipv4="192.0.2.36", ipv6="2001:db8:0:10::36").write(folder / "root")
    members = [
        Member(str(path.relative_to(folder / "root")), Kind.FILE, content=path.read_bytes(), user="root", group="root")
        for path in sorted((folder / "root").rglob("*"))
        if path.is_file() and not path.is_symlink() and str(path.relative_to(folder / "root")) not in NEVER_KEPT
    ]
    return LinuxFormat().readable(tree.write(members), ConfigSource.RUNNING, keyed(SITE_KEY.key)).text


def states(name, now):
    def ask(command):
        program, words = account.allowed(f"env LC_ALL=C {command}")
        found = answers.said(name, words[words.index(program) :])
        return Answer(found.stdout.encode(), found.stderr.encode(), found.status)

    for each in state.learned(ask, sudo=False):
        yield Source(name, SourceKind.STATE, each.name, now, "test", each.fact, problem=each.reason)


@pytest.mark.parametrize("name", SERVERS)
def test_an_audit_of_a_server_finds_what_was_planted_and_nothing_else(name, tmp_path):
    from datetime import UTC, datetime

    # Ages that the lab tells are those of today.
    now = datetime.now(UTC)
    listing = Source(name, SourceKind.CONFIG, "running", now, "test", files(name, tmp_path))
    facts = {
        "listening": [
            {"protocol": "tcp", "address": "::", "port": 22},
            {"protocol": "udp", "address": "::", "port": 161},
        ]
    }
    sources = [listing, Source(name, SourceKind.STATE, "facts", now, "test", facts), *states(name, now)]
    found = Judge(rules("linux", "LNX-"), library().parameters()).judge(Subject(name, "linux"), sources, now)

    agree(found, planted(name, "LNX-"))
    assert {finding.status.value for finding in found} <= {"pass", "fail"}


def test_a_night_of_the_archive_alone_judges_files_and_says_what_it_cannot(tmp_path):
    listing = Source("srv-noc-1", SourceKind.CONFIG, "running", NOW, "archive 1a2b3c4d", files("srv-noc-1", tmp_path))
    found = Judge(rules("linux", "LNX-"), library().parameters()).judge(Subject("srv-noc-1", "linux"), [listing], NOW)

    worst = {finding.id: finding.status.value for finding in found}
    assert worst["LNX-001"] == worst["LNX-024"] == worst["LNX-071"] == "pass"
    assert worst["LNX-008"] == worst["LNX-041"] == worst["LNX-051"] == "could not check"


def test_no_secret_of_a_server_comes_into_a_report(tmp_path):
    import json

    text = files("srv-dr-noc-1", tmp_path)
    listing = Source("srv-dr-noc-1", SourceKind.CONFIG, "running", NOW, "test", text)
    found = Judge(rules("linux", ""), library().parameters()).judge(Subject("srv-dr-noc-1", "linux"), [listing], NOW)
    told = "\n".join(f"{finding.evidence}\n{finding.told['vi'].evidence}" for finding in found)

    secrets = json.loads((tmp_path / "secrets.json").read_text())
    assert len(secrets["sealed_only"]) > 10
    assert not [each for each in (*secrets["sealed_only"], *secrets["never_kept"]) if each in told]


@pytest.fixture(scope="module")
def hosts():
    """What the lab's main vCenter tells of its hosts, by name."""
    from dcops.model.secret import Secret
    from dcops.vsphere.target import Target
    from dcops.vsphere.vcenter import Vcenter

    if reason := why_not():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{reason}, and CI=true allows no skipping")
        pytest.skip(reason)
    estate = holdings.holdings("vc-main", holdings.hosts_of("vc-main"))
    with serve(estate=estate) as running:
        target = Target(
            "vc-main", running.host, running.port, running.user, Secret(running.password), running.context()
        )
        vcenter = Vcenter(target)
        found, problems = vcenter.details().read_hardening()
        vcenter.close()
    assert problems == ()
    return {host.name: host for host in found.values()}


def test_an_audit_of_all_hosts_finds_what_was_planted_and_nothing_else(hosts):
    from datetime import UTC, datetime

    from dcops.jobs.compliance.capture.vsphere import _of_host
    from dcops.model.device import Device

    now = datetime.now(UTC)
    judge = Judge(rules("esxi", "VSP-"), library().parameters())
    assert {each["device"] for each in PLANTED if each["rule"].startswith("VSP-")} <= set(hosts)
    for name, host in hosts.items():
        device = Device(name=name, site="main", role="host", vendor="x", model="x", platform="esxi")
        captured = _of_host(device, "vc-main", now, host, ())
        found = judge.judge(Subject(name, "esxi", version=captured.version), captured.sources, now)

        agree(found, planted(name, "VSP-"))
        assert {finding.status.value for finding in found} <= {"pass", "fail", "could not check"}
        assert not [finding.id for finding in found if finding.status == "could not check"]


def test_what_the_lab_writes_into_its_site_root_is_read(tmp_path):
    from datetime import date

    today = date.today()
    for file in (ROOT / "lab" / "compliance").glob("*.yaml"):
        text = file.read_text(encoding="utf-8").replace("@TODAY@", today.isoformat())
        (tmp_path / file.name).write_text(text.replace("@YEAR@", str(today.year + 1)), encoding="utf-8")
    read = load(ROOT / "compliance", tmp_path, today)

    assert read.approvals
    assert read.advisories.aged(today, 30) is None
