"""No secret of a router reaches the readable form, and nothing harmless is lost."""

import re
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcops.diff.formats import Formats
from dcops.diff.ios.secrets import NET, RULES, SHAPES, URLS
from dcops.diff.visible import visible
from dcops.model.snapshot import ConfigSource
from tests.diff.tokens import masked
from tests.soak import SOAK

EXAMPLES = settings(max_examples=2000 if SOAK else 40, deadline=None, database=None)
IOS = Formats().of("ios")
TABLE = RULES + NET + SHAPES + URLS

PRINTED = "".join(sorted(set(string.printable) - set(string.whitespace)))
SHAPED = {
    # secrets that are known by their shape are drawn in that shape
    "any type 7 text": st.text("0123456789ABCDEF", min_size=6, max_size=40).map(
        lambda text: text[: len(text) // 2 * 2]
    ),
    "noted password": st.text(string.ascii_letters, min_size=6, max_size=30),
    "noted secret": st.text(PRINTED, min_size=6, max_size=30),
    "noted key": st.text(string.ascii_letters, min_size=6, max_size=30),
    "login before a host": st.text(string.ascii_letters + string.digits + "!$%*-_", min_size=6, max_size=30),
    "assignment": st.text(string.ascii_letters + string.digits, min_size=6, max_size=30),
    "secret in a query": st.text(string.ascii_letters + string.digits + "%$!/", min_size=6, max_size=30),
    "post-quantum key": st.text(string.ascii_letters, min_size=6, max_size=30),
}
ANY = st.one_of(
    st.text(PRINTED, min_size=6, max_size=40),
    st.text(st.characters(exclude_categories=("Cs", "Zs", "Zl", "Zp", "Cc")), min_size=6, max_size=20),
)


def shown(conceal, *rows):
    return IOS.readable(
        "\n".join(("version 17.9", "hostname r1", *rows, "end", "")).encode(), ConfigSource.RUNNING, conceal
    )


def line(conceal, row):
    return shown(conceal, row).text.split("\n")[2]


@pytest.mark.parametrize("rule", TABLE, ids=lambda rule: rule.name)
def test_the_example_of_every_rule_is_hidden_and_the_rest_stays(rule, conceal):
    row = rule.example.replace("SECRET", "0A1B2C3D4E5F")
    hidden = line(conceal, row)
    assert "0A1B2C3D4E5F" not in hidden
    assert rule.needle in rule.example.lower()
    assert rule.pattern.search(row), "the rule itself must match, not only another one"
    before = rule.example.split("SECRET")[0]
    if "noted" not in rule.name and rule.name not in ("any type 7 text", "crypt hash"):
        assert masked(hidden).startswith(before.split("OTHER")[0].rstrip('"')), (
            "what stands before the secret is visible"
        )


@pytest.mark.parametrize("rule", TABLE, ids=lambda rule: rule.name)
@EXAMPLES
@given(data=st.data())
def test_no_secret_drawn_at_random_survives(rule, conceal, data):
    secret = data.draw(SHAPED.get(rule.name, ANY))
    other = data.draw(st.text(string.ascii_letters, min_size=8, max_size=12))
    row = rule.example.replace("SECRET", secret).replace("OTHER", other)
    row = data.draw(st.sampled_from([row, " " + row, "\t" + row, "no " + row.strip(), row + "  "]))
    if rule.name not in SHAPED and "$" not in rule.example and secret.upper() == secret:
        row = data.draw(st.sampled_from([row, row.upper()]))
    plain = "no " + rule.example.replace("SECRET", "").replace("OTHER", "") + "<secret>"
    left = masked(line(conceal, row))
    assert "<secret>" in left
    for hidden in (secret, visible(secret)):
        if hidden.lower() not in plain.lower():
            assert hidden not in left


HARMLESS = r"""service password-encryption
no service password-recovery
password encryption aes
password logging
security passwords min-length 12
aaa new-model
aaa authentication login default group tacacs+ local enable
aaa authentication enable default group tacacs+ enable
aaa authentication password-prompt "Your password please:"
aaa common-criteria policy STRONG
enable
username an privilege 15 nopassword
username an password-policy STRONG
snmp-server group ops v3 priv
snmp-server user nms ops v3
snmp-server host 192.0.2.1 vrf MGMT informs version 3 auth nms bgp
snmp-server enable traps snmp authentication linkdown linkup
snmp-server engineID local 800000090300AABBCCDDEEFF
snmp-server location the secret room, password at the desk
ip community-list standard CL permit 64500:100
 set community 64500:100 additive
 neighbor 192.0.2.1 send-community both
 neighbor 192.0.2.1 description password 7 of 9
key chain EIGRP
 key 7
 key 12345
 accept-lifetime 00:00:00 Jan 1 2026 infinite
 cryptographic-algorithm hmac-sha-256
crypto key pubkey-chain rsa
  key-string
 key-hash ssh-rsa 00112233445566778899AABBCCDDEEFF an
crypto isakmp policy 10
 authentication pre-share
 authentication remote pre-share
 authentication local rsa-sig
 keyring local BRANCH
 tunnel key 4711
 ip ospf authentication message-digest
 ip ospf authentication key-chain OSPF
 ip authentication mode eigrp 1 md5
 ip authentication key-chain eigrp 1 EIGRP
 ip rip authentication key-chain RIP
 isis authentication key-chain ISIS
 authentication key-chain EIGRP
 standby 1 authentication md5 key-chain HSRP
 area 0 authentication message-digest
mpls ldp password required for LDP
mpls ldp password option 1 for 10 key-chain LDP
cts sxp connection peer 192.0.2.1 password default mode local
 mka pre-shared-key key-chain MACSEC fallback-key-chain SPARE
 ppp authentication chap callin
ntp authenticate
ntp trusted-key 1
ntp server 192.0.2.1 key 7 prefer
ip ssh server algorithm authentication publickey keyboard password
ip http authentication local
ip tacacs source-interface Loopback0
license udi pid ISR4461/K9 sn FDO00000001
license boot level securityk9
login block-for 60 attempts 3 within 30
privilege exec level 5 show running-config
ip access-list extended PASSWORD-SERVERS
 10 remark the key 7 servers, secret 5 wishes
access-list 10 remark password to the vault
 description mail to noc@example.test, see https://192.0.2.1/wiki?page=secrets
 archive path flash:archive
 path scp://an@192.0.2.1/$h-$t
ip route 0.0.0.0 0.0.0.0 198.51.100.2 name uplink-1:2"""


@pytest.mark.parametrize("row", HARMLESS.split("\n"))
def test_a_harmless_line_stays_untouched(row, conceal):
    block = "key chain EIGRP" if row.startswith(" key ") else "interface Tunnel1"
    result = shown(conceal, block, row)
    assert result.text.split("\n")[3] == row
    assert result.secrets == 0


@pytest.mark.parametrize(
    ("row", "readable"),
    [
        ("enable secret 9 $9$x$y", "enable secret 9 <secret>"),
        ("enable password two words", "enable password <secret>"),
        ("enable password 7", "enable password <secret>"),
        ("username an privilege 15 password 0 x y", "username an privilege 15 password 0 <secret>"),
        ("username an common-criteria-policy P secret 9 z", "username an common-criteria-policy P secret 9 <secret>"),
        ("snmp-server community public view V RO ipv6 A6 10", "snmp-server community <secret> view V RO ipv6 A6 10"),
        ('snmp-server community "two words" RW', "snmp-server community <secret> RW"),
        ("snmp-server community 7 0822455D RO", "snmp-server community 7 <secret> RO"),
        ("snmp-server community 7 RObert RW", "snmp-server community 7 <secret> RW"),
        ("snmp-server host 192.0.2.1 public", "snmp-server host 192.0.2.1 <secret>"),
        (
            "snmp-server host 192.0.2.1 vrf M traps version 2c public udp-port 1162 bgp",
            "snmp-server host 192.0.2.1 vrf M traps version 2c <secret> udp-port 1162 bgp",
        ),
        (
            "snmp-server user n g v3 auth sha-2 256 aaaaaaaa priv aes 128 bbbbbbbb access 10",
            "snmp-server user n g v3 auth sha-2 256 <secret> priv aes 128 <secret> access 10",
        ),
        (
            " area 0 encryption ipsec spi 500 esp aes-cbc 128 7 AAAA sha1 7 BBBB",
            " area 0 encryption ipsec spi 500 esp aes-cbc 128 7 <secret> sha1 7 <secret>",
        ),
        ("crypto isakmp key 6 k3y hostname r2 no-xauth", "crypto isakmp key 6 <secret> hostname r2 no-xauth"),
        (" ip msdp password peer 192.0.2.1 7 AA", " ip msdp password peer 192.0.2.1 7 <secret>"),
        ("ntp authentication-key 1 md5 0822455D0A16 7", "ntp authentication-key 1 md5 <secret> 7"),
        (" path ftp://an:p@ss/w@192.0.2.1/x", " path ftp://an:<secret>@192.0.2.1/x"),
        (
            ' action 2.0 cli command "enable secret 0 foo"',
            ' action 2.0 cli command "enable secret 0 <secret>',
        ),
        (" neighbor 192.0.2.1 password <secret:0123456789ab>", " neighbor 192.0.2.1 password <secret>"),
    ],
)
def test_the_secret_alone_is_hidden_and_its_type_stays(row, readable, conceal):
    assert masked(line(conceal, row)) == readable


def test_a_key_is_a_number_only_under_a_key_chain(conceal):
    assert " key 12345" in shown(conceal, "key chain K", " key 12345").text
    assert " key 12345" not in shown(conceal, "tacacs server T", " key 12345").text
    assert "  key-string 7 <secret>" in masked(shown(conceal, "key chain K", " key 1", "  key-string 7 AA").text)


def test_a_banner_stays_but_for_logins_in_addresses(conceal):
    body = "enable secret 5 is not here\npassword 7 0822455D0A16\nftp://an:hunter2@192.0.2.1/"
    text = shown(conceal, "banner motd ^C", *body.split("\n"), "^C").text
    assert "password 7 0822455D0A16\n" in text
    assert "enable secret 5 is not here\n" in text
    assert "hunter2" not in text


def test_a_banner_that_never_closes_shows_no_secret_after_it(conceal):
    assert "hunter2" not in shown(conceal, "banner motd ^C", "enable secret hunter2").text


def test_secrets_in_a_macro_are_hidden(conceal):
    assert "hunter2" not in shown(conceal, "macro name x", "snmp-server community hunter2 RO", "@").text


def test_equal_secrets_are_seen_to_be_equal_and_changed_ones_to_change(conceal):
    one, two, three = (
        line(conceal, f" neighbor 192.0.2.{n} password 7 {s}").split()[-1] for n, s in ((1, "A"), (2, "A"), (3, "B"))
    )
    assert one == two != three


def test_a_line_longer_than_any_command_is_hidden_whole(conceal):
    assert re.fullmatch(r"<secret:[0-9a-f]{12}>", line(conceal, "x" * 5000))


def test_a_device_cannot_write_a_token(conceal):
    spoof = "<secret:0123456789ab>"
    assert spoof not in line(conceal, f" description {spoof}")
    assert masked(line(conceal, f" description {spoof}")) == r" description \x3csecret:0123456789ab>"


def test_nothing_of_a_whole_configuration_leaks(router, conceal):
    result = IOS.readable(router.encode(), ConfigSource.RUNNING, conceal)
    for secret in (
        "ENABLE",
        "USERsalt",
        "0822455D0A16",
        "ISAKMPsecret",
        "1122334455AA",
        "5566778899BB",
        "COMMUNITYsecret",
    ):
        assert secret not in result.text
    assert "99AABBCCDD00" not in result.text
    assert result.secrets == 8
    assert result.text.startswith("version 17.9\n")
    assert result.text.endswith("\nend\n")
    assert "password 7 of 9 is not here\n" in result.text
    assert " description uplink, password is with the end user\n" in result.text
    assert result.facts["last_changed_by"] == "lan.nguyen"
