"""What somebody does to a configuration that was well: the rule must notice. What is only text must not count."""

import random
import re

import pytest

from dcops.audit.samples import DEVICE
from dcops.audit.samples import judged as sample_judged
from dcops.audit.subject import Subject
from tests.compliance.site import by_id, configuration, devices, judged, library, rules, statuses, subject_of
from tests.soak import DRAW, sample

ROUTER, OLD_ROUTER, SWITCH, CORE = "rtr-edge-1", "rtr-dr-lan-1", "sw-srv-4", "sw-dr-core-2"
TELLS_BANNERS = {"IOS-041", "IOS-042"}
"""Rules about the texts themselves."""


def worst(findings):
    order = ["fail", "could not check", "not applicable", "pass"]
    return min((finding.status.value for finding in findings), key=order.index)


def in_a_banner(text, kind="exec"):
    return f"hostname nobody\nbanner {kind} ^C\n{text}\n^C\n"


SAMPLES = [
    (rule, one, content)
    for rule in rules()
    for one in rule.samples
    for content in (*one.passing, *one.failing)
    if rule.id not in TELLS_BANNERS and "^" not in content
]


@pytest.mark.parametrize(
    ("rule", "one", "content"),
    [pytest.param(*each, id=f"{each[0].id}-{number}") for number, each in sample(enumerate(SAMPLES), 60)],
)
def test_a_configuration_inside_a_banner_or_a_comment_is_no_configuration(rule, one, content):
    nothing = worst(sample_judged(rule, one, in_a_banner("nothing"), library().parameters()))
    comment = "".join(f"! {line}\n" for line in content.splitlines())

    assert worst(sample_judged(rule, one, in_a_banner(content), library().parameters())) == nothing
    assert worst(sample_judged(rule, one, f"hostname nobody\n{comment}", library().parameters())) == nothing


def blocks(text):
    """The lines at the left margin, each with what belongs to it; banners stay whole."""
    found, closing = [], ""
    for line in text.splitlines():
        if closing:
            found[-1] += f"{line}\n"
            closing = "" if closing in line else closing
        elif line[:1] in (" ", "!", ""):
            found[-1:] = [f"{found[-1] if found else ''}{line}\n"]
        else:
            found.append(f"{line}\n")
            closing = "^C" if line.startswith("banner ") else ""
    return found


@pytest.mark.parametrize("name", [ROUTER, OLD_ROUTER, SWITCH, CORE])
def test_the_order_of_blocks_says_nothing(name):
    first, *middle, last = blocks(configuration(name))
    assert last == "end\n"
    random.Random(DRAW).shuffle(middle)
    subject = subject_of(devices()[name])
    before, after = (statuses(subject, text) for text in (configuration(name), "".join([first, *middle, last])))

    assert after == before


MUTATIONS = [
    # device, rule, what somebody does: a line dropped (None), changed, or negated
    (SWITCH, "IOS-001", r"^aaa new-model$", "no aaa new-model"),
    (
        SWITCH,
        "IOS-002",
        r"^aaa authentication login default .*$",
        "aaa authentication login default local group tacacs+",
    ),
    (SWITCH, "IOS-002", r"^aaa authentication login default .*$", None),
    (SWITCH, "IOS-003", r"(?<=^aaa authentication login default group tacacs\+ )local$", "none"),
    (SWITCH, "IOS-004", r"(?<=^aaa authentication enable default )group tacacs\+ ", ""),
    (SWITCH, "IOS-005", r"^enable secret 9 ", "enable secret 5 "),
    (SWITCH, "IOS-006", r"^(username netadmin privilege 15) secret 9", r"\1 password 7"),
    (SWITCH, "IOS-007", r"^(username netadmin privilege 15) secret 9", r"\1 secret 5"),
    (SWITCH, "IOS-008", r"^security passwords min-length 14$", "security passwords min-length 6"),
    (SWITCH, "IOS-009", r"^login block-for .*$", "login block-for 120 attempts 99 within 60"),
    (SWITCH, "IOS-010", r"^username netadmin ", "username admin "),
    (SWITCH, "IOS-011", r"^aaa authorization exec default .*$", None),
    (SWITCH, "IOS-012", r"^aaa accounting commands 15 .*$", "aaa accounting commands 15 default none"),
    (SWITCH, "IOS-021", r"^ transport input none$", " transport input all"),
    (SWITCH, "IOS-021", r"^ transport input ssh$", " transport input telnet ssh"),
    (SWITCH, "IOS-022", r"^ access-class ACL-VTY in$", None),
    (SWITCH, "IOS-022", r"^ access-class ACL-VTY in$", " access-class ACL-VTY out"),
    (SWITCH, "IOS-022", r"^ transport input none$", " transport input ssh"),
    (SWITCH, "IOS-023", r"^ exec-timeout 5 0$", " exec-timeout 0 0"),
    (SWITCH, "IOS-023", r"^ exec-timeout 5 0$", " exec-timeout 35000 0"),
    (SWITCH, "IOS-024", r"^ exec-timeout 5 0$", None),
    (SWITCH, "IOS-025", r"^aaa new-model$", None),
    (SWITCH, "IOS-026", r"^(line vty 0 4)$", r"\1\n privilege level 15"),
    (SWITCH, "IOS-027", r"^ ipv6 access-class .*$", None),
    (OLD_ROUTER, "IOS-028", r"^ no exec$", None),
    (SWITCH, "IOS-029", r"^no ip http server$", "ip http server"),
    (SWITCH, "IOS-030", r"^no ip http secure-server$", "ip http secure-server"),
    (SWITCH, "IOS-031", r"^no ip http secure-server$", "ip http secure-server"),
    (SWITCH, "IOS-032", r"^ip tftp blocksize 8192$", "tftp-server flash:packages.conf"),
    (OLD_ROUTER, "IOS-033", r"^ path scp:", " path tftp:"),
    (SWITCH, "IOS-034", r"^ 30 deny any log$", " 30 permit any log"),
    (SWITCH, "IOS-034", r"^ip access-list standard ACL-VTY$", "ip access-list standard ACL-VYT"),
    (SWITCH, "IOS-034", r"^ sequence 10 permit ipv6 .*$", " sequence 10 permit ipv6 any any"),
    (SWITCH, "IOS-041", r"^banner login ", "banner exec "),
    (SWITCH, "IOS-042", r"^Authorised staff only.", "Catalyst 9200, staff only."),
    (SWITCH, "IOS-051", r"^(snmp-server location .*)$", r"snmp-server community <secret:0a1b2c3d4e5f> RO\n\1"),
    (SWITCH, "IOS-052", r"^(snmp-server host \S+ informs version 3) priv", r"\1 auth"),
    (SWITCH, "IOS-054", r"^(snmp-server group NOC v3 priv)", r"\1 write ALL"),
    (SWITCH, "IOS-055", r"^(snmp-server group NOC v3 priv) access ACL-SNMP$", r"\1"),
    (SWITCH, "IOS-056", r"^(snmp-server group NOC v3) priv", r"\1 auth"),
    (SWITCH, "IOS-057", r"(?<=auth )sha(?= .* priv aes)", "md5"),
    (SWITCH, "IOS-058", r"^(snmp-server location .*)$", r"\1\nsnmp-server system-shutdown"),
    (OLD_ROUTER, "IOS-061", r"^no service pad$", None),
    (SWITCH, "IOS-062", r"^(service password-encryption)$", r"\1\nservice tcp-small-servers"),
    (ROUTER, "IOS-063", r"^(hostname .*)$", r"\1\nlldp run"),
    (SWITCH, "IOS-064", r"^no ip bootp server$", "ip bootp server"),
    (SWITCH, "IOS-065", r"^no ip source-route$", "ip source-route"),
    (SWITCH, "IOS-066", r"^ no ip proxy-arp$", None),
    (SWITCH, "IOS-067", r"^ no ip redirects$", None),
    (SWITCH, "IOS-068", r"^(service password-encryption)$", r"\1\nip gratuitous-arps"),
    (ROUTER, "IOS-069", r"^ no cdp enable$", None),
    (SWITCH, "IOS-070", r"^service tcp-keepalives-in$", "no service tcp-keepalives-in"),
    (SWITCH, "IOS-071", r"^(lldp run|spanning-tree mode .*)$", r"\1\nvstack"),
    (SWITCH, "IOS-072", r"^service password-encryption$", "no service password-encryption"),
    (SWITCH, "IOS-081", r"^logging host .*$", "logging facility local6"),
    (SWITCH, "IOS-082", r"^(logging host .*)$", r"logging trap errors\n\1"),
    (SWITCH, "IOS-083", r"^logging buffered .*$", "logging buffered 512"),
    (SWITCH, "IOS-084", r"^no logging console$", None),
    (SWITCH, "IOS-085", r"^(service timestamps log datetime) msec ", r"\1 "),
    (SWITCH, "IOS-086", r"^  logging enable$", None),
    (SWITCH, "IOS-087", r"^login on-failure log$", None),
    (SWITCH, "IOS-088", r"^logging source-interface .*$", None),
    (SWITCH, "IOS-091", r"^ntp server 192.0.2.124 .*$", None),
    (SWITCH, "IOS-092", r"^ntp trusted-key 1$", None),
    (SWITCH, "IOS-093", r"^(ntp server 192.0.2.124) key 1$", r"\1"),
    (SWITCH, "IOS-094", r"^ntp access-group .*$", None),
    (SWITCH, "IOS-095", r"^ntp source .*$", None),
    (ROUTER, "IOS-101", r"^ neighbor 203\S+ password .*$", None),
    (ROUTER, "IOS-102", r"^ neighbor 203\S+ ttl-security .*$", " neighbor 203.0.113.1 ebgp-multihop 255"),
    (ROUTER, "IOS-103", r"^  neighbor 203\S+ (?:prefix-list|route-map) \S+ in$", None),
    (ROUTER, "IOS-104", r"^  neighbor 203\S+ (?:prefix-list|route-map) \S+ out$", None),
    (ROUTER, "IOS-104", r"^ip prefix-list PL-OURS |^route-map RM-TO-ISP |^ip as-path access-list 10 ", "remark "),
    (ROUTER, "IOS-105", r"^  neighbor 203\S+ maximum-prefix .*$", None),
    (ROUTER, "IOS-106", r"^ ip verify unicast .*$", None),
    (ROUTER, "IOS-107", r"^ ip access-group ACL-EDGE-IN in$", None),
    (ROUTER, "IOS-107", r"^ 320 deny ip any any log$", " 320 permit ip any any"),
    (ROUTER, "IOS-107", r"^ip access-list extended ACL-EDGE-IN$", "ip access-list extended ACL-EDGE-NI"),
    (ROUTER, "IOS-108", r"^ ipv6 traffic-filter .*$", None),
    (ROUTER, "IOS-109", r"^ip route .* Null0 254$", None),
    (CORE, "IOS-110", r"^ passive-interface default$", None),
    (SWITCH, "IOS-121", r"^ip ssh version 2$", "ip ssh version 1"),
    (SWITCH, "IOS-122", r"^ip ssh time-out 60$", None),
    (SWITCH, "IOS-123", r"^(ip ssh server algorithm mac .*)$", r"\1 hmac-sha1"),
    (SWITCH, "IOS-124", r"^ip ssh dh min size 2048$", "ip ssh dh min size 1024"),
]
BAD_ALREADY = {("rtr-edge-1", "IOS-103"), ("rtr-edge-1", "IOS-105")}
"""Planted there: the change must be one finding more."""


@pytest.mark.parametrize(
    ("name", "rule", "pattern", "replacement"),
    [pytest.param(*each, id=f"{each[1]}-{n}") for n, each in enumerate(MUTATIONS)],
)
def test_a_change_for_the_worse_is_noticed(name, rule, pattern, replacement):
    text = re.sub(r"(?<=\S) {2,}", " ", configuration(name))
    changed = re.sub(rf"{pattern}\n" if replacement is None else pattern, replacement or "", text, flags=re.MULTILINE)
    subject = subject_of(devices()[name])

    assert changed != text, "nothing was changed"
    before, after = (faults(subject, each, rule) for each in (text, changed))
    assert after - before, rule
    assert before == set() or (name, rule) in BAD_ALREADY


def faults(subject, text, rule):
    return {finding.evidence for finding in judged(subject, text, rule) if finding.status == "fail"}


def test_every_rule_has_a_change_that_it_must_notice():
    # A community that everybody knows stands in the lab with its own test: lab/planted.yaml.
    assert {rule for _, rule, _, _ in MUTATIONS} == set(by_id()) - {"IOS-053"}


LINE_MOVES = [
    (SWITCH, "IOS-022", " access-class ACL-VTY in", "line con 0"),
    (SWITCH, "IOS-021", " transport input ssh", "line con 0"),
    (ROUTER, "IOS-107", " ip access-group ACL-EDGE-IN in", "interface GigabitEthernet0/0/3"),
    (ROUTER, "IOS-108", " ipv6 traffic-filter ACL6-EDGE-IN in", "interface GigabitEthernet0/0/2"),
    (ROUTER, "IOS-069", " no cdp enable", "interface GigabitEthernet0/0/2"),
]


@pytest.mark.parametrize(("name", "rule", "line", "block"), LINE_MOVES)
def test_a_line_in_another_block_does_not_count(name, rule, line, block):
    text = configuration(name)
    moved = text.replace(f"{line}\n", "").replace(f"{block}\n", f"{block}\n{line}\n")
    subject = subject_of(devices()[name])

    assert statuses(subject, text, rule)[rule] == "pass"
    assert statuses(subject, moved, rule)[rule] == "fail"


def test_an_invented_block_in_a_banner_is_none():
    text = configuration(SWITCH)
    trap = text.replace(
        "banner login ^C\n", "banner login ^C\nline vty 0 15\n transport input telnet\ninterface fake\n", 1
    )
    subject = subject_of(devices()[SWITCH])

    assert trap != text
    assert statuses(subject, trap) == statuses(subject, text)


def test_a_cut_off_configuration_passes_nothing():
    text = configuration(SWITCH)
    subject = subject_of(devices()[SWITCH])
    for cut in sample(range(0, len(text) - 4, len(text) // 40), 8):
        assert "pass" not in statuses(subject, text[:cut]).values()


def test_only_rules_that_hang_on_the_version_need_one():
    seen = statuses(Subject(DEVICE, "ios"), configuration(SWITCH))

    assert {rule for rule, status in seen.items() if status == "could not check"} == {
        "IOS-007",
        "IOS-031",
        "IOS-061",
        "IOS-071",
        "IOS-123",
    }
