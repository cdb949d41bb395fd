"""A known secret is found by its token, in whatever way a device writes it down."""

import pytest

from dcops.diff.formats import Formats
from dcops.diff.ios.secrets import RULES
from dcops.diff.linux import rules as linux
from dcops.diff.linux.secrets import hidden
from dcops.diff.redact import keyed
from dcops.diff.written import mentions, tokens, type_7
from dcops.model.snapshot import ConfigSource

KEY = bytes(range(32))
SECRET = "Lk7rXq-91"
ODD = ["Xy!z&<q>'", 'a"b', "mật-khẩu", "back\\x41slash", "100%25"]


def readable(platform, text):
    format_ = Formats().of(platform)
    return format_.readable(text.encode(), ConfigSource.RUNNING, keyed(KEY)).text


def found(platform, text, secret=SECRET):
    wanted = tokens(secret, KEY)
    return [line.strip() for line in readable(platform, text).splitlines() if mentions(line, wanted)]


def test_type_7_is_what_a_router_writes():
    # From Cisco's own documentation of how little it hides.
    assert type_7("cisco", 2) == "02050D480809"
    assert type_7("cisco", 7) == "070C285F4D06"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_it_is_found_at_every_place_where_ios_keeps_one(rule):
    text = rule.example.replace("7 SECRET", f"7 {type_7(SECRET, 11)}").replace("SECRET", SECRET)

    assert found("ios", f"hostname a\n{text}\nend\n")


# Shapes of hashes and tokens of others: nobody's password is in them in the clear.
NOT_THE_SECRET_ITSELF = {
    "crypt hash", "LDAP hash", "GRUB hash", "PostgreSQL hash", "AWS key id", "web token", "forge token",
    "forge token of GitLab", "chat token", "token in an address", "Redis user, hashed", "time key", "mail relay",
}  # fmt: skip
LINUX = [
    rule
    for rule in (*linux.SHAPES, *linux.COMMANDS, *linux.DIRECTIVES, *linux.FILES)
    if rule.name not in NOT_THE_SECRET_ITSELF
]


@pytest.mark.parametrize("rule", LINUX, ids=lambda rule: rule.name)
def test_it_is_found_at_every_place_where_a_server_keeps_one(rule):
    text, _ = hidden(f"{rule.example.replace('SECRET', SECRET)}\n", rule.path, keyed(KEY))

    # In some examples there is a second secret, and it is the one that has this name.
    assert mentions(text, tokens(SECRET, KEY)) or mentions(text, tokens(f"OTHER{SECRET}", KEY))


@pytest.mark.parametrize("secret", [SECRET, *ODD])
def test_it_is_found_in_xml_and_json_whatever_signs_it_has(secret):
    from json import dumps
    from xml.sax.saxutils import escape

    panos = f'<config version="9.1.0"><a><password>{escape(secret)}</password></a></config>'
    sfos = f"<Response><User><Password>{escape(secret)}</Password></User></Response>"
    peplink = dumps({"config.wan.connection": {"stat": "ok", "response": {"1": {"password": secret}}}})

    assert found("panos", panos, secret)
    assert found("sfos", sfos, secret)
    assert found("peplink", peplink, secret)


def test_another_secret_another_key_and_a_part_of_it_are_not_found():
    text = f"hostname a\nsnmp-server community {SECRET} RO\nend\n"

    assert found("ios", text)
    assert not found("ios", text, SECRET[:-1])
    assert not found("ios", text, f"{SECRET}0")
    assert not any(mentions(line, tokens(SECRET, bytes(32))) for line in readable("ios", text).splitlines())


def test_a_text_that_poses_as_a_token_is_none():
    (digits, *_) = tokens(SECRET, KEY)

    assert not found("ios", f"hostname a\nbanner motd ^<secret:{digits}>^\nend\n")


def test_the_tokens_do_not_give_it_away():
    assert not any(SECRET in token for token in tokens(SECRET, KEY))
    assert all(len(token) == 12 for token in tokens(SECRET, KEY))
