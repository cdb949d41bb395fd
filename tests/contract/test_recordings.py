"""What `dcops device record` writes replays in the lab, reads like the device it came from, and holds no secret.

The devices are given their whole secret corpus first, so that every form has to be taken out of the recording.
"""

import difflib
import json
import re
import subprocess
import tomllib

import pytest
import yaml

from dcops.model.device import WATCHED_PLATFORMS
from lab import platforms
from tests.conftest import bring_down, bring_up
from tests.corpus import forms, traces

TOKEN = re.compile(r"(?:<|&lt;)secret:[0-9a-f]{12}(?:>|&gt;)|hidden-(?:[0-9a-f]{12}|\d{3})")
# A file inside an answer that is no text is recorded without its content.
EMPTIED = re.compile(r"^no text: .*\n", re.MULTILINE)


def files(lab, device):
    """The readable files of a device, secrets as one word."""
    git = ["git", "--git-dir", str(lab.site / "state/archive/readable.git")]
    names = subprocess.run([*git, "ls-tree", "--name-only", f"HEAD:{device}"], capture_output=True, check=True)
    return {
        name: _plain(
            subprocess.run([*git, "show", f"HEAD:{device}/{name}"], capture_output=True, check=True).stdout.decode(),
        )
        for name in names.stdout.decode().split()
        if name != "record.json"
    }


def _plain(text):
    return EMPTIED.sub("", TOKEN.sub("<secret>", text))


class Replayed:
    """A lab, recordings of its devices, and a second lab that replays them."""

    def __init__(self, lab, folder):
        self.lab = lab
        self.folder = folder
        self.device = {}
        for name, each in lab.devices.items():
            self.device.setdefault(each["platform"], name)
        self.secrets = {
            platform: [form.secret("recorded") for form in forms.load(platform)]
            for platform in self.device
            if (forms.FOLDER / f"{platform}.yaml").is_file()
        }
        logins = tomllib.loads((lab.site / "credentials.toml").read_text())
        self.logins = [each[key] for each in logins.values() for key in ("password", "enable") if each.get(key)]
        self.done = {}
        self.items = {}
        self.processes = {}
        self.again = None

    def prepare(self):
        for platform in self.secrets:
            for form in forms.load(platform):
                self.lab.call("POST", f"/devices/{self.device[platform]}/change", form.body("recorded"))
        _, self.items, _ = self.lab.backup()
        with traces.process_list() as self.processes:
            for platform, name in self.device.items():
                file = self.folder / f"{name}.yaml"
                # One as the script itself, whose arguments stand in the process list.
                dcops = self.lab.script if platform == "ios" else self.lab.dcops
                self.done[platform] = dcops("device", "record", name, "--to", str(file))

    def file(self, platform):
        return self.folder / f"{self.device[platform]}.yaml"


@pytest.fixture(scope="module")
def replayed(tmp_path_factory):
    first, second = tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("second")
    lab = bring_up(first, "--scale", "small")
    lab.limit(40)
    replayed = Replayed(lab, tmp_path_factory.mktemp("recordings"))
    try:
        replayed.prepare()
        replayed.again = bring_up(second, "--scale", "small", "--recordings", str(replayed.folder))
        replayed.again.limit(40)
        replayed.code, replayed.outcomes, _ = replayed.again.backup("--tag", "recording")
        yield replayed
    finally:
        bring_down(first)
        bring_down(second)


@pytest.fixture(params=sorted({*platforms.BY_NAME} - WATCHED_PLATFORMS))
def platform(request, replayed):
    if request.param not in replayed.device:
        reason = platforms.BY_NAME[request.param].why_not()
        assert reason, f"{request.param} has no device in the small lab, and no reason is given"
        pytest.skip(f"{request.param}: {reason}")
    return request.param


def test_it_is_recorded_for_its_owner_only(replayed, platform):
    done = replayed.done[platform]

    assert done.returncode == 0, done.stderr
    assert "read it before you give it away" in done.stdout
    assert replayed.file(platform).stat().st_mode & 0o777 == 0o600
    recording = yaml.safe_load(replayed.file(platform).read_text())
    assert recording["recording"] == 1
    assert recording["platform"] == platform
    assert recording["exchanges"]


def test_no_secret_is_in_the_recording_nor_was_it_told(replayed, platform):
    done = replayed.done[platform]
    places = {
        "recording": replayed.file(platform).read_bytes(),
        "answers": _answers(replayed.file(platform)),
        "stdout": done.stdout.encode(),
        "stderr": done.stderr.encode(),
        **replayed.processes,
    }

    assert not traces.found([*replayed.secrets.get(platform, ()), *replayed.logins], places)


def test_the_replayed_device_is_backed_up(replayed, platform):
    item = replayed.outcomes[f"rec-{replayed.device[platform]}"]

    assert item["outcome"] == "changed", item


def test_its_readable_form_is_that_of_the_device_it_came_from(replayed, platform):
    original = files(replayed.lab, replayed.device[platform])
    again = files(replayed.again, f"rec-{replayed.device[platform]}")

    assert list(again) == list(original)
    for name, text in original.items():
        differ = "\n".join(difflib.unified_diff(text.splitlines(), again[name].splitlines(), lineterm="", n=0))
        assert not differ, f"{name}\n{differ}"


def test_a_recording_that_is_there_already_is_not_overwritten(replayed):
    name = replayed.device["ios"]
    before = replayed.file("ios").read_bytes()
    done = replayed.lab.dcops("device", "record", name, "--to", str(replayed.file("ios")))

    assert done.returncode == 2
    assert "is there already" in done.stderr
    assert replayed.file("ios").read_bytes() == before


def test_an_anonymous_recording_has_other_addresses_and_no_serial_number(replayed, tmp_path):
    name = replayed.device["ios"]
    serial = _serial(replayed.lab, name)
    done = replayed.lab.dcops("device", "record", name, "--anonymous", "--to", str(tmp_path / "other.yaml"))
    text = (tmp_path / "other.yaml").read_text()

    assert done.returncode == 0, done.stderr
    assert serial in replayed.file("ios").read_text()
    assert serial not in text
    assert "SERIAL0001" in text


def _serial(lab, name):
    (item,) = json.loads(lab.dcops("inventory", "show", name, "--format", "json").stdout)["items"]
    return item["values"]["serial"]


def _answers(file):
    return b"\n".join(
        ("\n".join(each["answer"]) if isinstance(each.get("answer"), list) else each.get("answer", "")).encode()
        for each in yaml.safe_load(file.read_text())["exchanges"]
    )
