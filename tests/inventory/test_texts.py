"""Everything here that looks like a secret was made up for this test."""

import pytest

from dcops.inventory.secrecy import looks_secret, secret_key

SECRETS = [
    "-----BEGIN RSA PRIVATE KEY-----",
    "-----BEGIN CERTIFICATE-----",
    "$1$abcd$0123456789abcdefghij..",
    "$6$salt$aaaaaaaaaaaaaaaaaaaaaa",
    "$9$nothing.real$xxxxxxxxxxxx",
    "$2b$12$aaaaaaaaaaaaaaaaaaaaaa",
    "https://admin:letmein@fw.example.test/",
    "ssh://root:x@192.0.2.1",
    "password: letmein",
    "the password is letmein",
    "enable secret 5 letmeinplease",
    "snmp community = floor2",
    "AGE-SECRET-KEY-1EXAMPLE",
    "q7Rz0PvK3xWn8LbT5mYc",
    "Zm9vYmFyOmJhejEyMzQ1Njc4OTA=x1Y2z3",
    "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
]


@pytest.mark.parametrize("text", SECRETS)
def test_what_looks_like_a_secret_is_told_once_and_never_shown(device, text):
    (mistake,) = device(f"notes: '{text}'")

    assert "looks like a secret" in mistake.message
    assert text not in str(mistake)


@pytest.mark.parametrize("text", SECRETS)
@pytest.mark.parametrize("key", ["criticality", "name", "site", "role", "credential", "software", "nonsense"])
def test_a_secret_in_a_place_of_something_else_is_told_once_and_never_shown(look, text, key):
    values = {"name": "rtr-1", "site": "main", "role": "r", "vendor": "v", "model": "m", key: f"'{text}'"}
    row = ", ".join(f"{name}: {value}" for name, value in values.items())

    (mistake,) = look(f"devices:\n  - {{{row}}}\n")

    assert text not in str(mistake)


@pytest.mark.parametrize(
    "text",
    [
        "GigabitEthernet0/0/0", "TenGigabitEthernet1/1/48.100", "FDO0000EX01", "JAE26000011", "2001:db8:0:10::11",
        "classic IOS 15 offers only SHA-1 key exchange, ssh-rsa and hmac-sha1", "YA.16.11.0012", "15.7(3)M8",
        "https://www.example.test/path?x=1", "EXAMPLE-VNPT-0001", "a-very-long-name-of-a-device-in-a-rack-42",
        "ProvincialDataCentreMachineRoom2", "change the password yearly", "Trung tâm dữ liệu của tỉnh, tầng 2",
    ],
)  # fmt: skip
def test_what_people_write_in_an_inventory_is_no_secret(text):
    assert not looks_secret(text)


@pytest.mark.parametrize("key", ["password", "enable_secret", "snmp_community", "api-key", "token", "psk", "Passwd"])
def test_a_key_of_a_secret_makes_any_value_one(device, key):
    (mistake,) = device(f"{key}: abc")

    assert "looks like a secret" in mistake.message
    assert "abc" not in str(mistake)


@pytest.mark.parametrize("key", ["credential", "passive", "tokens-ring", "enabled", "notes", "compass", "keys"])
def test_other_keys_are_no_secrets(key):
    assert not secret_key(key)


def test_a_secret_is_found_however_deep_it_lies(look):
    (mistake,) = look("credentials:\n  - name: x\n    login:\n      username: a\n      password: 12345678\n")

    assert mistake.line == 5
    assert "12345678" not in str(mistake)


def test_a_secret_under_an_unknown_kind_is_one_mistake(look):
    (mistake,) = look("snmp:\n  community: floor2\n")

    assert mistake.line == 2


@pytest.mark.parametrize("written", ['"a\\eb"', '"a\\nb"', '"a\\u202eb"', '"a\\x07b"', '"a\\tb"'])
def test_a_text_that_could_upset_a_terminal_is_told(look, written):
    (mistake,) = look(f"systems:\n  - {{name: s, title: {written}}}\n")

    assert "holds a control character" in mistake.message
    assert str(mistake).isprintable()


def test_notes_may_have_several_lines(look):
    device = "  - name: a\n    site: main\n    role: r\n    vendor: v\n    model: m\n"

    assert look(f"devices:\n{device}    notes: |\n      one\n      two\n") == ()


def test_vietnamese_is_welcome(look):
    assert look("systems:\n  - {name: s, title: Cổng dịch vụ công}\n") == ()
