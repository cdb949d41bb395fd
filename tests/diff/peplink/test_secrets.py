"""Where a Peplink keeps secrets: every name and shape in which one may come."""

import json

import pytest

from dcops.diff.peplink.secrets import Hider, names_secret

SECRET = "Hunter-Secret-77"
UNREAL = "Correct horse battery staple"
PEM = "-----BEGIN PRIVATE KEY-----\nMIIByyyyyyyyyyyyyyyyyyyy\n-----END PRIVATE KEY-----"
STATIC = "-----BEGIN OpenVPN Static key V1-----\nabcdefyyyyyyyyyyyyyyyyyy\n-----END OpenVPN Static key V1-----"

NAMES = [
    "key",
    "wpaKey",
    "wep_key1",
    "keys",
    "preSharedKey",
    "pre_shared_key",
    "PSK",
    "psk2",
    "password",
    "Password2",
    "adminPasswd",
    "apnPassword",
    "pwd",
    "pass",
    "passphrase",
    "wpaPassphrase",
    "passcode",
    "secret",
    "clientSecret",
    "sharedSecret",
    "radiusSecret1",
    "token",
    "accessToken",
    "apiKey",
    "community",
    "readCommunity",
    "snmpCommunityName",
    "credentials",
    "privateKey",
    "pin",
    "simPin",
    "puk",
    "otp",
    "licenseKey",
]
HARMLESS = ["name", "publicKey", "publicKeys", "monkey", "hotkey", "bypass", "keyboard", "keepAlive", "ping", "mapping"]


@pytest.fixture
def hider(conceal):
    return Hider(conceal)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_of_a_secret_hides_texts_lists_and_trees(hider, conceal, name):
    token = conceal(SECRET)

    assert hider.tree({name: SECRET}) == {name: token}
    assert hider.tree({name: [SECRET]}) == {name: [token]}
    assert hider.tree({name: {"format": {"value": SECRET}}}) == {name: {"format": {"value": token}}}


@pytest.mark.parametrize("name", HARMLESS)
def test_a_harmless_name_hides_nothing(hider, name):
    assert not names_secret(name)
    assert hider.tree({name: "plain text"}) == {name: "plain text"}


def test_switches_and_empty_secrets_stay_and_numbers_are_hidden_where_they_are_the_secret(hider, conceal):
    tree = {
        "password": "",
        "hasPassword": True,
        "tokenLifetime": 3600,
        "pin": 1234,
        "psk": None,
        "keys": {"enable": True},
    }

    assert hider.tree(tree) == {**tree, "pin": conceal("1234")}


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"https://user:{SECRET}@ddns.example.test/nic", SECRET),
        (f"https://ddns.example.test/update?host=a&token={SECRET}&x=1", SECRET),
        (f"password={SECRET}", SECRET),
        (f"remote vpn.example.test\n<key>\n{PEM}\n</key>", PEM),
        (f"<tls-auth>\n{STATIC}\n</tls-auth>", STATIC),
        (PEM[:40], PEM[:40]),
        ("was $1$abcdefgh$ABCDEFGHIJKLMNOPQRSTUV", "$1$abcdefgh$ABCDEFGHIJKLMNOPQRSTUV"),
        (f"<auth-user-pass>\nuser\n{UNREAL}\n</auth-user-pass>", UNREAL),
        (f"Authorization: Bearer {SECRET}", SECRET),
        ("serial " + "0123456789abcdef" * 2, "0123456789abcdef" * 2),
    ],
)
def test_a_secret_gives_itself_away_in_any_text(hider, conceal, text, secret):
    assert hider.tree({"note": text}) == {"note": text.replace(secret, conceal(secret))}


@pytest.mark.parametrize("value", ["0123456789abcdef" * 2, "Zm9vYmFyMTIzNDU2Nzg5MA0KZm9v", "0x" + "AB" * 20])
def test_what_looks_random_is_hidden_whatever_it_is_called(hider, conceal, value):
    assert hider.tree({"remark": value}) == {"remark": conceal(value)}


@pytest.mark.parametrize(
    "value",
    [
        "8.3.0 build 5229",
        "2001:db8:0:10::18",
        "00:00:5E:00:53:01",
        "WAN failed DNS test",
        "198.51.100.130",
        "wpa2Personal",
    ],
)
def test_what_people_name_and_measure_stays(hider, value):
    assert hider.tree({"remark": value, "list": [value]}) == {"remark": value, "list": [value]}


def answer(format_, conceal, content):
    return format_.redacted(content, conceal)


def test_any_answer_in_json_is_redacted_and_stays_json(format_, conceal):
    value = {"stat": "ok", "response": {"list": [{"key": SECRET, "uptime": 7}], "order": [1]}}
    for content in (json.dumps(value), json.dumps(value, separators=(",", ":")), json.dumps(value, indent=2)):
        redacted = answer(format_, conceal, content.encode())
        assert redacted == content.replace(SECRET, conceal(SECRET)).encode()


def test_an_answer_without_secrets_stays_byte_for_byte(format_, conceal):
    content = b'{ "stat" :"ok",\n\t"response":{"uptime": 7.0, "name":"\\u0110\\u00e0" } }\r\n'

    assert answer(format_, conceal, content) == content


def test_a_cut_answer_hides_what_it_still_names(format_, conceal):
    whole = json.dumps(
        {"a": 1, "key": SECRET, "pin": 123456, "keys": {"list": [SECRET, SECRET], "b": SECRET}, "z": "end"}
    )
    for length in range(1, len(whole)):
        redacted = answer(format_, conceal, whole[:length].encode()).decode()
        assert SECRET not in redacted
        assert "Hunter" not in redacted, whole[:length]
        assert "123456" not in redacted
    assert '"a": 1' in redacted


def test_a_page_keeps_its_form_and_loses_what_is_filled_in(format_, conceal):
    page = f'<form><input name="user" value="an"><input type=password name="password" value="{SECRET}"></form>'

    assert answer(format_, conceal, page.encode()) == page.replace(SECRET, conceal(SECRET)).encode()
    assert answer(format_, conceal, b"<html>Login</html>") == b"<html>Login</html>"


@pytest.mark.parametrize("content", [b"\x89PL\r\n" + SECRET.encode(), b"conf\x00" + SECRET.encode()])
def test_a_binary_answer_is_told_and_not_kept(format_, conceal, content):
    redacted = answer(format_, conceal, content)

    assert SECRET.encode() not in redacted
    assert redacted.startswith(b"type: data\nsize: ")
