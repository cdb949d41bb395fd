"""No form in which a platform writes secrets leaves the backup host in the clear, and every change of one is seen.

Every simulated platform has its forms in `tests/corpus/PLATFORM.yaml`. A lab of its own is given all of them twice,
with other secrets the second time; two backups are enough for all platforms.
"""

import re
import subprocess
import time
import tomllib

import pytest

from dcops.model.device import WATCHED_PLATFORMS
from lab import platforms
from tests.conftest import DCOPS, bring_down, bring_up
from tests.corpus import forms, traces

TOKEN = re.compile(r"(?:<|&lt;)secret:([0-9a-f]{12})(?:>|&gt;)")
FIRST, SECOND = "first", "second"


def corpora():
    return {name: forms.load(name) for name in sorted(platforms.BY_NAME) if (forms.FOLDER / f"{name}.yaml").is_file()}


class Told:
    """A lab whose devices were given the corpus twice, and everything that dcops said and kept."""

    def __init__(self, lab):
        self.lab = lab
        self.places = {}
        self.refused = {}
        self.outcomes = {}
        self.diffs = {}
        self.corpora = {name: each for name, each in corpora().items() if self.device(name)}

    def device(self, platform):
        return next((name for name, each in self.lab.devices.items() if each["platform"] == platform), None)

    def change(self, generation):
        for platform, each in self.corpora.items():
            for form in each:
                try:
                    self.lab.call("POST", f"/devices/{self.device(platform)}/change", form.body(generation))
                except OSError as error:
                    self.refused[platform, form.form] = error.read().decode() if hasattr(error, "read") else str(error)

    def run(self, place, *arguments, how=None):
        """Run the script itself, whose arguments stand in the process list."""
        done = (how or self.lab.script)(*arguments)
        self.places[f"{place}, stdout"] = done.stdout.encode()
        self.places[f"{place}, stderr"] = done.stderr.encode()
        return done

    @property
    def logins(self):
        credentials = tomllib.loads((self.lab.site / "credentials.toml").read_text())
        return [
            each[key] for each in credentials.values() for key in ("password", "enable", "api_key") if each.get(key)
        ]


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    lab = bring_up(folder, "--scale", "small")
    lab.limit(40)
    told = Told(lab)
    try:
        with traces.process_list() as processes:
            told.change(FIRST)
            _, told.outcomes[FIRST], _ = lab.backup()
            told.change(SECOND)
            # The way of the night: a supervisor, a worker, captured logs, a row in the ledger.
            told.run("jobs run", "jobs", "run", "backup")
            _, told.outcomes[SECOND], _ = lab.backup()
            # What went wrong is told in words, and those must not quote the device.
            for fault in ("truncate", "error_document"):
                for name in lab.devices:
                    lab.fault(name, fault)
                told.run(fault, "backup", "--format", "json")
            lab.heal()
            told.run("nightly", "report", "nightly", "--format", "html")
            told.run("device test", "device", "test", *lab.devices, "--format", "json")
            told.run("trust list", "trust", "list", "--format", "json")
            told.run("trust check", "trust", "check")
            told.run("audit log", "audit-log", "show")
            for platform in told.corpora:
                device = told.device(platform)
                told.diffs[platform] = told.run(f"diff {device}", "archive", "diff", device, how=lab.dcops).stdout
                told.run(f"show {device}", "archive", "show", device, how=lab.dcops)
        told.places |= processes
        told.places |= traces.kept(lab.site / "state")
        yield told
    finally:
        bring_down(folder)


@pytest.fixture(params=sorted({*platforms.BY_NAME} - WATCHED_PLATFORMS))
def platform(request, told):
    if told.device(request.param) is None:
        reason = platforms.BY_NAME[request.param].why_not()
        assert reason, f"{request.param} has no device in the small lab, and no reason is given"
        pytest.skip(f"{request.param}: {reason}")
    return request.param


def test_its_forms_are_written_down(platform):
    assert forms.load(platform), f"write tests/corpus/{platform}.yaml: every form in which it writes secrets"


def test_its_device_takes_every_form(platform, told):
    refused = {form: why for (name, form), why in told.refused.items() if name == platform}

    assert not refused


def test_it_is_archived_with_all_of_them(platform, told):
    for generation in (FIRST, SECOND):
        item = told.outcomes[generation][told.device(platform)]
        assert item["outcome"] in ("changed", "unchanged"), f"{generation}: {item}"


def test_every_changed_secret_is_seen_as_changed_and_not_read(platform, told):
    diff = told.diffs[platform].splitlines()
    before = {token for line in diff if not line.startswith("+") for token in TOKEN.findall(line)}
    changed = [line[1:] for line in diff if line.startswith("+") and set(TOKEN.findall(line)) - before]
    unseen = []
    for lead in {form.lead for form in told.corpora[platform]}:
        same = [form.form for form in told.corpora[platform] if form.lead == lead]
        lines = [line for line in changed if re.search(re.escape(lead) + r"\S*?" + TOKEN.pattern, line)]
        if len(lines) < len(same):
            unseen.append(f"{lead!r}: {len(lines)} changed lines for {', '.join(same)}")

    assert not unseen, "\n".join([*unseen, *diff])


def test_nothing_of_it_is_kept_printed_or_in_the_process_list(platform, told):
    secrets = [form.secret(each) for form in told.corpora[platform] for each in (FIRST, SECOND)]

    assert not traces.found(secrets, told.places)


def test_no_login_of_ours_is_kept_printed_or_in_the_process_list(told):
    assert told.logins
    assert not traces.found(told.logins, told.places)


def test_the_places_that_are_searched_hold_what_they_should(told):
    assert b"dcops" in told.places["process list"]
    assert any(name.endswith(".sqlite") for name in told.places)
    assert any("audit" in name for name in told.places)
    assert any(name.startswith("runs/") for name in told.places)
    assert any(b"secret:" in content for name, content in told.places.items() if name.startswith("objects of"))


@pytest.mark.parametrize("shape", ["plain", "special", "pem", "phrase", "accented"])
def test_a_secret_that_is_there_would_be_found(shape, tmp_path):
    from tests.corpus.shapes import draw

    secret = draw(shape, "found")
    for place in (secret, forms.ESCAPES["xml"](secret), forms.ESCAPES["json"](secret), forms.ESCAPES["url"](secret)):
        assert traces.found([secret], {"here": f"before {place} after".encode()})
    with traces.process_list() as processes:
        running = subprocess.Popen([DCOPS, "--help", secret], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.1)
        running.wait()
    if "\n" not in secret:
        assert traces.found([secret], processes)
