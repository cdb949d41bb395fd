"""Every description of `platforms/` is complete and does what it says, shown on a sample of its own."""

import re
import time
from pathlib import Path

import pytest
import yaml

from dcops.devices.described import facts
from dcops.devices.platforms import load
from dcops.diff.cli.noise import rows
from dcops.diff.formats import Formats
from dcops.diff.redact import keyed
from dcops.errors import DeviceError, ErrorKind

ROOT = Path(__file__).resolve().parents[2]
DESCRIBED = load([ROOT / "platforms"])
FORMATS = Formats(DESCRIBED)
SAMPLES = ROOT / "tests" / "platforms"
MARK = "5ec2e7"
"""Every secret of a sample holds it."""
SECRET = re.compile(rf"{MARK}\d\d")
CONCEAL = keyed(b"tests")
BANNER = b"Welcome.\nThis box belongs to the data centre.\nThere is nothing for you here, so please leave.\n" * 3


@pytest.fixture(params=sorted(DESCRIBED))
def platform(request):
    return DESCRIBED[request.param]


@pytest.fixture
def document(platform):
    return platform.documents[0]


@pytest.fixture
def format_(platform):
    return FORMATS.of(platform.name)


@pytest.fixture
def sample(platform):
    return (SAMPLES / platform.name / "sample.txt").read_bytes()


@pytest.fixture
def expected(platform):
    return yaml.safe_load((SAMPLES / platform.name / "expected.yaml").read_text())


def test_every_description_has_a_sample_and_every_sample_a_description():
    assert {folder.name for folder in SAMPLES.iterdir() if folder.is_dir()} == set(DESCRIBED)


def test_it_says_who_made_it_and_what_is_unproven(platform):
    assert platform.title
    assert platform.vendor
    assert re.search(r"unproven|proven|conservative", platform.comment, re.IGNORECASE)


def test_its_file_names_what_it_was_written_from(platform):
    text = (ROOT / "platforms" / f"{platform.name}.yaml").read_text()

    assert text.startswith("# ")
    assert re.search(r"guide|manual|reference|documentation", text.split("\ntitle:")[0], re.IGNORECASE) or (
        platform.name == "generic"
    )


def test_it_knows_secrets_noise_facts_and_how_the_device_refuses(platform):
    assert platform.secrets
    assert platform.noise
    assert platform.facts
    assert platform.refused
    assert platform.errors


def test_its_netmiko_device_type_exists(platform):
    from dcops.devices.ssh.session import Verified, bare_session, device_types

    assert platform.login.device_type in device_types()
    assert issubclass(bare_session(platform.login.device_type), Verified)


def test_its_sample_passes(format_, document, sample):
    format_.check(sample, document.source)


def test_no_secret_of_the_sample_is_left(format_, document, sample, expected):
    shown = format_.readable(sample, document.source, CONCEAL)

    assert MARK not in shown.text
    # A private key has several lines with a mark and is one secret; two on a line count as two.
    assert shown.secrets >= len(set(SECRET.findall(sample.decode()))) - 1


def test_what_is_no_secret_stays(format_, document, sample, expected):
    text = format_.readable(sample, document.source, CONCEAL).text

    assert [words for words in expected["kept"] if words not in text] == []


def test_noise_is_gone_and_what_it_told_is_kept(format_, document, sample, expected):
    shown = format_.readable(sample, document.source, CONCEAL)

    assert [words for words in expected["noise"] if words in shown.text] == []
    assert expected.get("version_facts", {}).items() <= dict(shown.facts).items()


def test_a_recorded_answer_has_no_secret_and_every_other_line(format_, sample):
    answer = format_.redacted(sample, CONCEAL)

    assert MARK.encode() not in answer
    same = [line for line in sample.decode().split("\n") if MARK not in line and "PRIVATE KEY" not in line]
    assert [line for line in same if line not in answer.decode().split("\n")] == []


def test_every_rule_for_secrets_matches_in_the_sample(platform, sample):
    lines = rows(sample.decode())
    idle = [rule.pattern.pattern for rule in platform.secrets if not any(rule.pattern.search(line) for line in lines)]

    assert idle == []


def test_every_rule_for_noise_matches_in_the_sample(platform, sample, expected):
    lines = rows(sample.decode())
    elsewhere = expected.get("only_elsewhere", [])
    idle = [
        rule.pattern.pattern
        for rule in platform.noise
        if not any(rule.pattern.search(line) for line in lines)
        and not any(words in rule.pattern.pattern for words in elsewhere)
    ]

    assert idle == []


def test_a_sample_without_its_end_is_refused(format_, document, sample):
    text = sample.decode().rstrip()
    # Where nothing is known of how a text ends, only its size tells.
    knows = document.ends or document.contains or document.opens
    for share in (0.2, 0.5, 0.8) if knows else (0.2,):
        cut = text[: int(len(text) * share)] + "\n"
        if document.ends is None and all(any(p.search(x) for x in cut.split("\n")) for p in document.contains):
            continue
        with pytest.raises(DeviceError) as caught:
            format_.check(cut.encode(), document.source)
        assert caught.value.kind is ErrorKind.TRUNCATED
        assert MARK not in str(caught.value)


def test_a_refusal_is_denied_and_a_complaint_is_invalid(format_, document, expected):
    for words, kind in ((expected["refused"], ErrorKind.DENIED), (expected["error"], ErrorKind.INVALID)):
        with pytest.raises(DeviceError) as caught:
            format_.check(f"{words}\n".encode(), document.source)
        assert caught.value.kind is kind
        assert caught.value.next_step


def test_nothing_and_a_banner_are_refused(format_, document):
    for answer in (b"", b"\n\n", BANNER):
        if answer == BANNER and not (document.ends or document.contains):
            continue
        with pytest.raises(DeviceError) as caught:
            format_.check(answer, document.source)
        assert caught.value.kind is ErrorKind.INVALID


def test_what_the_pager_leaves_is_refused(format_, document, sample):
    lines = sample.decode().split("\n")
    for left in (" --More-- ", "<--- More --->", "---- More ----", "---(more 45%)---", "-- MORE --, next page: Space"):
        text = "\n".join([*lines[:6], left, *lines[6:]])
        with pytest.raises(DeviceError) as caught:
            format_.check(text.encode(), document.source)
        assert caught.value.kind is ErrorKind.INVALID


def test_its_own_prompt_in_the_text_is_refused(platform, format_, document, sample):
    prompts = {
        "fos": "san1:FID128:an> ",
        "junos": "an@mx1> ",
        "routeros": "[an@ccr1] > ",
        "vyos": "an@vy1:~$ ",
        "huawei": "<core1>",
        "fortios": "fgt1 # ",
        "iosxr": "RP/0/RP0/CPU0:pe1#",
    }
    prompt = prompts.get(platform.name, "sw1# ")
    assert platform.login.prompt.fullmatch(prompt)
    lines = sample.decode().split("\n")
    text = "\n".join([*lines[:6], prompt + document.command, *lines[6:]])
    with pytest.raises(DeviceError) as caught:
        format_.check(text.encode(), document.source)
    assert caught.value.kind is ErrorKind.INVALID


def test_its_facts_are_found(platform, expected):
    found = facts.gathered(platform.facts, lambda command: expected["answers"][command])

    assert found == expected["facts"]


HOSTILE = [
    "password " * 450,
    'key "' * 800,
    "snmp-server user " + "a " * 2000,
    "set " + "password ENC " * 300,
    "a" * 4090,
    "a." * 2000,
    "username " + "x" * 2000 + " " + "y" * 2000,
    "-----BEGIN " * 370,
    "=" * 4000,
    '\\"' * 1300,
]


@pytest.mark.parametrize("line", HOSTILE, ids=lambda line: line[:12])
def test_no_line_that_a_device_can_write_keeps_it_busy(platform, format_, document, line):
    start = time.process_time()
    format_.readable(f"{line}\n".encode() * 3, document.source, CONCEAL)
    platform.complaint(line)
    document.cut([line])

    assert time.process_time() - start < 2


def test_the_inventory_takes_its_name(platform):
    from dcops.inventory.names import PLATFORMS

    assert platform.name in PLATFORMS


def test_an_account_that_may_write_is_noticed(platform, expected):
    if platform.rights is None:
        assert "writes" not in expected
        return
    assert platform.rights.writes.search(expected["writes"])
    assert not platform.rights.writes.search(expected["reads"])
