# ruff: noqa: E501 (one rule per line reads as the table it is)
"""Hide secrets: where a Cisco IOS configuration keeps them, one rule per line.

A rule is a pattern with three words of ours: WORD is a secret of one word (or in quotes), REST a secret up to the
end of the line, TYPE the digit that may stand before it (0, 4 to 9) and stays visible. A blank stands for any
white space. A rule may begin anywhere in a line, so `no …`, indented and quoted commands (EEM, alias, macro) are
found too. In the example SECRET stands where the secret is.

When in doubt a rule hides too much: a hidden word is a nuisance, a shown secret is an incident.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

from dcops.configtext.ios import Line, Part
from dcops.diff.redact import Conceal
from dcops.diff.shapes import NET, SHAPES, URLS, Rule, merged
from dcops.diff.shapes import rule as _rule
from dcops.model.bounds import LONGEST_LINE

_FIRST = r'(?:^\s*|(?<="))(?:(?:no|default|do)\s+)?'
"""A command from its first word."""
_SHA2 = r"(?: (?:224|256|384|512)(?= \S))?"

# fmt: off
RULES = (
    # who may log in
    _rule("enable", "enable", r"enable (?:algorithm-type \S+ )?(?:password|secret)(?: level \d+)? TYPE REST", "enable secret level 5 9 SECRET"),
    _rule("username", "username", r"username \S+ (?:\S+ )*?(?:password|secret) TYPE REST", "username an privilege 15 secret 9 SECRET"),
    _rule("username pin", "pin", r"(?:user-)?pin TYPE REST", "crypto pki token default user-pin 7 SECRET"),
    _rule("config key", "config-key", r"key config-key \S+ REST", "key config-key password-encrypt SECRET"),
    _rule("kerberos", "srvtab", r"kerberos srvtab entry \S+ REST", "kerberos srvtab entry host/r1.example.test SECRET"),
    _rule("ldap bind", "bind", r"bind authenticate root-dn \S+ password TYPE REST", " bind authenticate root-dn cn=dcops password 7 SECRET"),
    # servers that check logins
    _rule("tacacs server", "tacacs-server", r"tacacs-server (?:\S+ )*?key TYPE REST", "tacacs-server host 192.0.2.1 key 7 SECRET"),
    _rule("radius server", "radius-server", r"radius-server (?:\S+ )*?key TYPE REST", "radius-server host 192.0.2.1 auth-port 1812 key SECRET"),
    _rule("private server", "server-private", r"server-private (?:\S+ )*?key TYPE REST", " server-private 192.0.2.1 timeout 5 key 6 SECRET"),
    _rule("server key", "server-key", r"server-key TYPE REST", " client 192.0.2.1 server-key SECRET"),
    _rule("pac key", "pac", r"pac key TYPE REST", " pac key 7 SECRET"),
    _rule("key wrap", "key", r"(?:encryption-key|message-auth-code-key) TYPE WORD", "radius-server host 192.0.2.1 key-wrap encryption-key 0 SECRET message-auth-code-key 0 OTHER"),
    # `key 1` under `key chain` is a number, everywhere else it is the key itself
    _rule("key of a block", "key", _FIRST + r"key TYPE (?!(?:chain|generate|pubkey-chain|config-key) )REST", " key SECRET", outside="key chain "),
    _rule("key string", "key-string", _FIRST + r"key-string TYPE REST", "  key-string 7 SECRET"),
    # SNMP
    _rule("community", "community", r"snmp-server community(?: [0567](?= (?!(?:RO|RW|view|ipv6)(?:\s|$))\S))? WORD", "snmp-server community SECRET RO 10"),
    _rule("community map", "community-map", r"community-map WORD", "snmp mib community-map SECRET engineid 80000009"),
    _rule("trap host", "snmp-server", r"snmp-server host \S+(?: (?:vrf \S+|informs|traps|version (?:1|2c)|udp-port \d+))*+ TYPE (?!version )WORD", "snmp-server host 192.0.2.1 vrf MGMT informs version 2c SECRET udp-port 1162 bgp"),
    _rule("rmon trap", "rmon", r"rmon event \d+ (?:log )?trap WORD", "rmon event 1 log trap SECRET description high"),
    _rule("v3 authentication", "auth", r"snmp-server user .*?\bauth (?:md5|sha\S*)" + _SHA2 + " TYPE WORD", "snmp-server user nms ops v3 auth sha SECRET priv aes 128 OTHER"),
    _rule("v3 privacy", "priv", r"snmp-server user .*\bpriv (?:des56|des|3des|aes\S*)(?: (?:128|192|256)(?= \S))? TYPE WORD", "snmp-server user nms ops v3 auth sha-2 256 OTHER priv aes 256 SECRET access 10"),
    # VPN
    _rule("isakmp key", "isakmp", r"crypto isakmp key TYPE (?P<secret>.+) (?:address|hostname)\b", "crypto isakmp key 6 SECRET address ipv6 2001:db8::/32"),
    _rule("isakmp key alone", "isakmp", r"crypto isakmp key TYPE (?!.* (?:address|hostname) )REST", "crypto isakmp key 6 SECRET"),
    _rule("pre-shared key of an address", "pre-shared-key", r"pre-shared-key (?:address|hostname) .*?\bkey TYPE REST", " pre-shared-key address 192.0.2.1 255.255.255.255 key 6 SECRET"),
    _rule("pre-shared key", "pre-shared-key", r"pre-shared-key(?: (?:local|remote))?(?: hex)? TYPE (?!(?:address|hostname|local|remote|hex) )REST", " pre-shared-key remote 6 SECRET"),
    _rule("pre-share key", "pre-share", r"pre-share key TYPE REST", " authentication local pre-share key 6 SECRET"),
    _rule("post-quantum key", "ppk", r"ppk .*?\bkey TYPE REST", " ppk manual id branch key 6 SECRET"),
    _rule("vpn group", "group", r"group \S+ key TYPE REST", " group BRANCH key 6 SECRET"),
    _rule("session key", "session-key", r"session-key (?:inbound|outbound) ah \d+ REST", " set session-key inbound ah 256 SECRET"),
    _rule("session cipher", "cipher", r"session-key (?:inbound|outbound) esp \d+ .*?\bcipher WORD", " set session-key outbound esp 256 cipher SECRET authenticator OTHER"),
    _rule("session authenticator", "authenticator", r"session-key (?:inbound|outbound) esp \d+ .*?\bauthenticator WORD", " set session-key outbound esp 256 cipher OTHER authenticator SECRET"),
    _rule("nhrp", "nhrp", r"nhrp authentication TYPE REST", " ip nhrp authentication SECRET"),
    _rule("mobile ip", "spi", r"host \S+ (?:\S+ )*?key (?:hex|ascii) WORD", "ip mobile secure host 192.0.2.1 spi 100 key hex SECRET algorithm md5 mode prefix-suffix"),
    _rule("fips", "authorization-key", r"authorization-key TYPE REST", "fips authorization-key SECRET"),
    # routing
    _rule("neighbour", "neighbor", r"neighbor \S+ password TYPE REST", " neighbor 192.0.2.1 password 7 SECRET"),
    _rule("ldp neighbour", "ldp", r"ldp neighbor (?:vrf \S+ )?\S+ password TYPE REST", "mpls ldp neighbor 192.0.2.1 password 7 SECRET"),
    _rule("ldp option", "ldp", r"ldp (?:vrf \S+ )?password (?:option \d+ for \S+|fallback) TYPE (?!key-chain )REST", "mpls ldp password option 1 for 10 7 SECRET"),
    _rule("ospf key", "authentication-key", r"authentication-key TYPE REST", " ip ospf authentication-key 7 SECRET", outside="ntp "),
    _rule("ospf digest", "message-digest-key", r"message-digest-key \d+ md5 TYPE REST", " area 1 virtual-link 192.0.2.1 message-digest-key 1 md5 7 SECRET"),
    _rule("ospfv3 authentication", "spi", r"ipsec spi \d+ (?:md5|sha1) TYPE REST", " ospfv3 authentication ipsec spi 500 sha1 0 SECRET"),
    _rule("ospfv3 cipher", "spi", r"ipsec spi \d+ esp (?:aes-cbc \d+|3des|des) TYPE WORD", " ipv6 ospf encryption ipsec spi 500 esp aes-cbc 128 7 SECRET sha1 7 OTHER"),
    _rule("ospfv3 digest", "spi", r"ipsec spi \d+ esp .*\b(?:md5|sha1) TYPE WORD", " area 0 encryption ipsec spi 500 esp null sha1 7 SECRET"),
    _rule("eigrp", "hmac-sha-256", r"authentication mode hmac-sha-256 TYPE REST", "   authentication mode hmac-sha-256 7 SECRET"),
    _rule("isis", "password", r"isis password TYPE WORD", " isis password SECRET level-2"),
    _rule("isis area", "-password", r"(?:area|domain|lsp)-password TYPE WORD", " area-password SECRET authenticate snp validate"),
    _rule("msdp", "msdp", r"msdp (?:vrf \S+ )?password peer \S+ TYPE REST", "ip msdp password peer 192.0.2.1 7 SECRET"),
    _rule("rsvp", "rsvp", r"rsvp authentication key TYPE REST", " ip rsvp authentication key SECRET"),
    _rule("lisp", "map-server", r"map-server \S+ key TYPE WORD", " ipv4 etr map-server 192.0.2.1 key 7 SECRET hash-function sha2"),
    # first hop redundancy
    _rule("standby", "authentication", r"(?:standby|glbp|vrrp)(?: \d+)? authentication(?: text)? TYPE (?!(?:text|md5) \S)WORD", " standby 1 authentication text SECRET"),
    _rule("standby digest", "key-string", r"(?:standby|glbp|vrrp)(?: \d+)? authentication md5 key-string TYPE WORD", " standby 1 authentication md5 key-string 7 SECRET timeout 30"),
    # links
    _rule("ppp chap", "chap", r"ppp chap password TYPE REST", " ppp chap password 7 SECRET"),
    _rule("ppp pap", "sent-username", r"sent-username \S+ password TYPE REST", " ppp pap sent-username an@example.test password 0 SECRET"),
    _rule("l2tp tunnel", "tunnel", r"tunnel password TYPE REST", " l2tp tunnel password 7 SECRET"),
    _rule("l2tp digest", "digest", r"digest secret TYPE WORD", " digest secret 7 SECRET hash sha"),
    _rule("trust sec", "sxp", r"cts sxp default password TYPE REST", "cts sxp default password 7 SECRET"),
    _rule("chat script", "chat-script", r"chat-script \S+ REST", "chat-script modem SECRET"),
    _rule("modem", "ssword:", r"\S*ssword:\S* REST", ' script dial "ogin:" an "ssword:" SECRET'),
    # wireless
    _rule("wpa", "wpa-psk", r"wpa-psk (?:ascii|hex) TYPE REST", "   wpa-psk ascii 7 SECRET"),
    _rule("wpa set key", "set-key", r"(?:psk )?set-key (?:ascii|hex) TYPE REST", " security wpa psk set-key ascii 0 SECRET"),
    _rule("wep", "encryption", r"encryption (?:\S+ )*?key \d+ size \S+ TYPE WORD", " encryption vlan 10 key 1 size 128bit 7 SECRET transmit-key"),
    # time
    _rule("ntp", "authentication-key", r"ntp authentication-key \d+ \S+ TYPE WORD", "ntp authentication-key 1 md5 SECRET 7"),
    # file transfer and services
    _rule("ftp", "password", r"ip (?:ftp|sftp|http client|http digest) password TYPE REST", "ip ftp password 7 SECRET"),
    _rule("pkcs12", "pkcs12", r"pkcs12 (?:\S+ )*?password TYPE REST", " database archive pkcs12 password 7 SECRET"),
    _rule("pem", "pem", r"key (?:import|export) \S+ \S+ pem (?:terminal|url \S+) REST", "crypto key import rsa LAB pem terminal SECRET"),
    _rule("smart licence", "idtoken", r"idtoken REST", "license smart register idtoken SECRET"),
    _rule("cloud licence", "license", r"license [0567] REST", " license 7 SECRET"),
    _rule("token", "token", _FIRST + r"token TYPE REST", " token SECRET"),
    _rule("api key", "api", r"api-?key TYPE REST", " api-key 7 SECRET"),
    _rule("eem variable", "environment", r"event manager environment \S*(?:pass|pwd|secret|token|community|key)\S* REST", "event manager environment _ftp_passwd SECRET"),
)
# fmt: on

HARMLESS = tuple(
    re.compile(r"\s*(?:no\s+)?" + pattern.replace(" ", r"\s+") + r"\s*$", re.IGNORECASE)
    for pattern in (
        # commands that speak of passwords and keys and hold none
        r"password (?:encryption aes|logging|policy)",
        r"aaa authentication (?:password|username)-prompt .*",
        r"aaa (?:authentication|authorization|accounting) .*",
        r"cts sxp connection peer \S+(?: source \S+)? password (?:default|none)(?: mode .*)?",
        r"ip ssh (?:server|client) algorithm .*",
        r"mka pre-shared-key (?:fallback-)?key-chain \S+(?: fallback-key-chain \S+)?",
        r"mpls ldp (?:vrf \S+ )?password (?:required.*|rollover duration \d+|option \d+ for \S+ key-chain \S+)",
        r"s?ntp (?:server|peer) .*",
        r"security passwords .*",
        r"security wpa akm .*",
    )
)
_ANY_HARMLESS = re.compile("|".join(f"(?:{pattern.pattern})" for pattern in HARMLESS), re.IGNORECASE)

Index = Mapping[str, Sequence[Rule]]
"""Rules by their needle."""


def _indexed(rules: Iterable[Rule]) -> Index:
    index: dict[str, list[Rule]] = {}
    for rule in rules:
        index.setdefault(rule.needle, []).append(rule)
    return index


_RULES, _NET, _SHAPES_URLS, _URLS = (_indexed(rules) for rules in (RULES, NET, SHAPES + URLS, URLS))
_NEEDLES = frozenset(rule.needle for rule in RULES + NET + SHAPES + URLS)

_NOTE = re.compile(
    r"\s*(?:\d+\s+)?(?:description|remark|access-list\s+\S+\s+remark|(?:neighbor\s+\S+\s+)description"
    r"|snmp-server\s+(?:location|contact|chassis-id))\b",
    re.IGNORECASE,
)


def hidden(lines: Sequence[Line], conceal: Conceal) -> tuple[str, int]:
    """Give the text with every secret concealed, and how many there were."""
    count = 0
    rows = [line.text for line in lines]
    for at, needles in _suspects(rows).items():
        line = lines[at]
        if line in _harmless:
            continue
        spans = _spans(line, needles)
        if not spans:
            _remember(line)
        count += len(spans)
        text = line.text
        for start, stop in reversed(spans):
            text = text[:start] + conceal(text[start:stop]) + text[stop:]
        rows[at] = text
    return "".join(f"{row}\n" for row in rows), count


_harmless: set[Line] = set()
_MOST_HARMLESS = 20_000


def _remember(line: Line) -> None:
    """Lines that hold a needle and no secret are mostly the same on every device of a fleet."""
    if len(_harmless) >= _MOST_HARMLESS:
        _harmless.clear()
    _harmless.add(line)


def _suspects(rows: Sequence[str]) -> Mapping[int, Sequence[str]]:
    """The rows that hold any rule's needle, with those needles; and those that are too long to be looked at.

    Searching the whole text for each needle is ten times faster than asking each row for all of them.
    """
    text = "\n".join(rows).lower()
    starts = [0, *accumulate(len(row) + 1 for row in text.split("\n"))]
    found: dict[int, list[str]] = {at: [] for at, row in enumerate(rows) if len(row) > LONGEST_LINE}
    for needle in _NEEDLES:
        position = text.find(needle)
        while position >= 0:
            at = bisect_right(starts, position) - 1
            found.setdefault(at, []).append(needle)
            position = text.find(needle, starts[at + 1])
    return found


def _spans(line: Line, needles: Sequence[str]) -> list[tuple[int, int]]:
    """Where the secrets of a line stand, in order, without overlap."""
    text = line.text
    if len(text) > LONGEST_LINE:
        return [(0, len(text))]
    if line.part is Part.TEXT:
        found = list(_matches(_URLS, line, needles))
    elif _NOTE.match(text):
        found = list(_matches(_SHAPES_URLS, line, needles))
    elif _ANY_HARMLESS.match(text):
        found = []
    else:
        found = list(_matches(_RULES, line, needles))
        claimed = [match.span() for match in found]
        found += [
            match
            for match in _matches(_NET, line, needles)
            if not any(start <= match.start() < stop for start, stop in claimed)
        ]
        found += _matches(_SHAPES_URLS, line, needles)
    return merged(sorted(match.span("secret") for match in found))


def _matches(index: Index, line: Line, needles: Sequence[str]) -> Iterator[re.Match[str]]:
    for needle in needles:
        for rule in index.get(needle, ()):
            if not (rule.outside and line.block.lower().startswith(rule.outside)):
                yield from rule.pattern.finditer(line.text)
