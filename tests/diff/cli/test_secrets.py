"""What a description calls a secret is hidden, and so is what gives itself away."""

import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dcops.devices.platforms import load
from dcops.diff.cli.secrets import hidden
from dcops.diff.formats import Formats
from dcops.diff.visible import visible
from dcops.model.snapshot import ConfigSource
from tests.contract.test_platforms import DESCRIBED, SAMPLES, SECRET
from tests.soak import SOAK

EXAMPLES = settings(
    max_examples=1000 if SOAK else 25,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
PRINTED = "".join(sorted(set(string.ascii_letters + string.digits + "!#%*+,-./:<=>?@^_~")))


def lines(format_, conceal, *rows):
    text = "\n".join(("name one", *rows, "end", "")).encode()
    return format_.readable(text, ConfigSource.RUNNING, conceal).text.split("\n")[1:-2]


def test_the_secret_of_a_rule_is_hidden_and_the_rest_stays(described, conceal):
    (line,) = lines(described("['^user \\S+ password WORD']"), conceal, "user an password abc role admin")

    assert line == f"user an password {conceal('abc')} role admin"


def test_a_changed_secret_is_another_token_and_the_same_one_the_same(described, conceal):
    first, same, other = lines(described(), conceal, "password abc", "password abc", "password abd")

    assert first == same != other


def test_a_salted_secret_never_looks_changed(described, conceal):
    format_ = described("[{line: 'ENC REST', salted: true}]")

    assert lines(format_, conceal, "key ENC abc=") == lines(format_, conceal, "key ENC xyz=") == ["key ENC <secret>"]


def test_a_rule_that_reaches_into_a_salted_secret_gives_no_token(described, conceal):
    format_ = described("[{line: 'ENC REST', salted: true}, 'key \\S+ WORD']")

    assert lines(format_, conceal, "key ENC abc=") == ["key ENC <secret>"]


def test_a_rule_within_a_block_applies_there_alone(described, conceal):
    format_ = described("[{line: '^ name WORD', within: '^snmp', until: '^!'}]")
    shown = lines(format_, conceal, "vlan 1", " name blue", "snmp", " name public", "!", "vlan 2", " name red")

    assert shown == ["vlan 1", " name blue", "snmp", f" name {conceal('public')}", "!", "vlan 2", " name red"]


def test_the_lines_of_a_block_become_one_token(described, conceal):
    format_ = described("[{begins: '^key file', ends: '^quit'}]")
    shown = lines(format_, conceal, "key file", "  aa bb", "  cc", "quit", "name two")

    assert shown[0] == "key file"
    assert shown[1].startswith("  <secret:")
    assert shown[2:] == ["quit", "name two"]


def test_a_private_key_is_hidden_on_every_platform(described, conceal):
    shown = lines(
        described(), conceal, "-----BEGIN EC PRIVATE KEY-----", "abcdef", "ghijkl", "-----END EC PRIVATE KEY-----", "x"
    )

    assert shown[0] == "-----BEGIN EC PRIVATE KEY-----"
    assert shown[1].startswith("<secret:")
    assert shown[2:] == ["-----END EC PRIVATE KEY-----", "x"]


def test_a_private_key_on_one_line_is_hidden_too(described, conceal):
    (line,) = lines(described(), conceal, 'cert "-----BEGIN PRIVATE KEY-----\\nabcdef\\n-----END PRIVATE KEY-----"')

    assert "abcdef" not in line


def test_a_private_key_that_never_ends_hides_the_rest(described, conceal):
    answer = described().redacted(b"-----BEGIN PRIVATE KEY-----\nabcdef\nghijkl\n", conceal)

    assert b"abcdef" not in answer
    assert b"ghijkl" not in answer


@pytest.mark.parametrize(
    "row",
    [
        "description was $6$abcd$Geheim12345678",
        "unheard-of secret 5 Geheim12345678",
        "peer dr key 7 Geheim12345678",
        "copy to scp://an:Geheim12345678@192.0.2.1/x",
        "env DB_PASSWORD=Geheim12345678",
        "wifi passphrase Geheim12345678",
        "tunnel psk 0 Geheim12345678",
    ],
)
def test_what_gives_itself_away_is_hidden_without_a_rule(described, conceal, row):
    (line,) = lines(described("['^nothing WORD']"), conceal, row)

    assert "Geheim" not in line


def test_a_line_that_is_harmless_stays(described, conceal):
    assert lines(described(), conceal, "password policy strong") == ["password policy strong"]


def test_a_note_keeps_its_words(described, conceal):
    row = " description the password is with an"

    assert lines(described("['^nothing WORD']"), conceal, row) == [row]


def test_a_line_that_is_longer_than_any_command_is_hidden_whole(described, conceal):
    (line,) = lines(described(), conceal, "banner " + "x" * 5000)

    assert line.startswith("<secret:")
    assert "x" * 10 not in line


def test_a_recorded_answer_keeps_every_byte_that_is_no_secret(described, conceal):
    answer = b"  trailing  \r\n! time 09:00\n\xff\xfe\n\npassword abc\n"

    kept = described().redacted(answer, conceal)

    assert kept == answer.replace(b"abc", conceal("abc").encode())


def test_a_device_cannot_write_our_tokens(described, conceal):
    (line,) = lines(described(), conceal, "banner <secret:0123456789ab>")

    assert "<secret:" not in line


CASES = [
    (name, line)
    for name in sorted(DESCRIBED)
    for line in (SAMPLES / name / "sample.txt").read_text().split("\n")
    if len(SECRET.findall(line)) == 1
    and "ENC" not in line
    and "MII" not in line
    and "IKoZ" not in line
    # What stands in a block is shown by the sample as a whole.
    and not any(rule.within and rule.pattern.search(line) for rule in DESCRIBED[name].secrets)
]


@pytest.mark.parametrize(("name", "line"), CASES, ids=[f"{name}: {line.strip()[:40]}" for name, line in CASES])
@EXAMPLES
@given(data=st.data())
def test_no_secret_drawn_at_random_survives_in_the_place_of_the_samples(name, line, conceal, data):
    """The lines of the samples with other secrets, each in the place where the sample has its own."""
    secret = "Gq" + data.draw(st.text(PRINTED, min_size=6, max_size=40)).strip("-.:;,#/=@<>") + "9"
    row = SECRET.sub(lambda _: secret, line)

    (left,), _ = hidden(DESCRIBED[name], [visible(row)], conceal)

    assert secret not in left
    assert visible(secret) not in left


def test_the_formats_know_every_described_platform():
    from pathlib import Path

    described = load([Path(__file__).resolve().parents[3] / "platforms"])

    assert {Formats(described).of(name).platform for name in described} == set(described)
