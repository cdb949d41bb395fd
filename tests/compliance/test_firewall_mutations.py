"""What somebody does to a firewall that was well: the rule must notice. Order of members must not count."""

import random

import pytest
from lxml import etree

from tests.compliance.firewalls import configuration, judged, statuses, subject_of, without_weaknesses
from tests.soak import DRAW

WELL = "fw-main-1"
RULES = "devices/entry/vsys/entry/rulebase/security/rules"
SYSTEM = "devices/entry/deviceconfig/system"
SETTING = "devices/entry/deviceconfig/setting/management"
HA = "devices/entry/deviceconfig/high-availability"
ZONE = "devices/entry/network/profiles/zone-protection-profile/entry"
VSYS = "devices/entry/vsys/entry"


def drop(path):
    def change(root):
        for element in root.findall(path):
            element.getparent().remove(element)

    return change


def text(path, value):
    def change(root):
        root.find(path).text = value

    return change


def add(path, element):
    def change(root):
        root.find(path).append(etree.fromstring(element))

    return change


def rule(name, field, *members):
    """Other members for a field of a rule."""

    def change(root):
        holder = root.find(f"{RULES}/entry[@name='{name}']/{field}")
        holder[:] = []
        for member in members:
            etree.SubElement(holder, "member").text = member

    return change


def move(name, place):
    def change(root):
        rules = root.find(RULES)
        rules.insert(place, rules.find(f"entry[@name='{name}']"))

    return change


CHANGES = [
    ("PAN-001", drop(f"{SYSTEM}/login-banner")),
    ("PAN-002", drop(f"{SYSTEM}/permitted-ip/entry")),
    ("PAN-002", add(f"{SYSTEM}/permitted-ip", '<entry name="::/0"/>')),
    ("PAN-003", text(f"{SYSTEM}/service/disable-http", "no")),
    ("PAN-003", drop(f"{SYSTEM}/service")),
    ("PAN-004", add("devices/entry/network/profiles/interface-management-profile/entry", "<telnet>yes</telnet>")),
    ("PAN-005", add("devices/entry/network/profiles/interface-management-profile/entry", "<https>yes</https>")),
    ("PAN-006", text(f"{SETTING}/idle-timeout", "0")),
    ("PAN-007", drop(f"{SETTING}/admin-lockout")),
    ("PAN-008", text("mgt-config/password-complexity/enabled", "no")),
    ("PAN-009", drop(f"{SYSTEM}/ntp-servers/secondary-ntp-server")),
    ("PAN-010", add(SYSTEM, "<server-verification>no</server-verification>")),
    (
        "PAN-011",
        add(
            f"{SYSTEM}/snmp-setting/access-setting/version",
            "<v2c><snmp-community-string>x</snmp-community-string></v2c>",
        ),
    ),
    ("PAN-013", drop(f"{SYSTEM}/authentication-profile")),
    ("PAN-015", drop(f"{SYSTEM}/ssl-tls-service-profile")),
    ("PAN-015", text("shared/ssl-tls-service-profile/entry/protocol-settings/min-version", "tls1-1")),
    ("PAN-016", drop("shared/log-settings/config")),
    ("PAN-017", text("shared/log-settings/syslog/entry/server/entry/transport", "UDP")),
    ("PAN-018", text(f"{SETTING}/api/key/lifetime", "0")),
    ("PAN-020", text("shared/certificate/entry/expiry-epoch", "1700000000")),
    ("PAN-021", text(f"{HA}/enabled", "no")),
    ("PAN-022", text(f"{HA}/group/configuration-synchronization/enabled", "no")),
    ("PAN-023", drop(f"{HA}/group/monitoring")),
    ("PAN-024", text(f"{HA}/group/election-option/preemptive", "yes")),
    ("PAN-026", drop(f"{HA}/interface/ha1/encryption")),
    ("PAN-031", drop(f"{SYSTEM}/update-schedule/threats")),
    ("PAN-032", drop(f"{SYSTEM}/update-schedule/anti-virus")),
    ("PAN-033", drop(f"{SYSTEM}/update-schedule/wildfire")),
    ("PAN-041", drop(f"{VSYS}/profile-group/entry/virus")),
    ("PAN-042", drop(f"{RULES}/entry[@name='public-dns']/profile-setting")),
    ("PAN-043", drop(f"{VSYS}/profile-group/entry/vulnerability")),
    ("PAN-044", drop(f"{VSYS}/profile-group/entry/url-filtering")),
    ("PAN-045", drop(f"{VSYS}/profile-group/entry/file-blocking")),
    ("PAN-046", drop(f"{VSYS}/profile-group/entry/wildfire-analysis")),
    ("PAN-047", drop(f"{VSYS}/profiles/spyware/entry/botnet-domains/lists")),
    ("PAN-049", text(f"{VSYS}/profile-group/entry/vulnerability/member", "default")),
    ("PAN-050", drop(f"{VSYS}/zone/entry[@name='outside']/network/zone-protection-profile")),
    ("PAN-051", text(f"{ZONE}/flood/udp/enable", "no")),
    ("PAN-051", drop(f"{ZONE}/flood")),
    ("PAN-052", drop(f"{ZONE}/scan/entry[@name='8002']")),
    ("PAN-052", text(f"{ZONE}/discard-malformed-option", "no")),
    ("PAN-062", rule("public-web", "application", "ssl", "any")),
    ("PAN-063", rule("dmz-to-databases", "service", "any")),
    ("PAN-064", text(f"{RULES}/entry[@name='mail-in']/log-end", "no")),
    ("PAN-065", drop(f"{RULES}/entry[@name='mail-in']/log-setting")),
    ("PAN-066", drop(f"{RULES}/entry[@name='deny-all']")),
    ("PAN-066", move("deny-all", 0)),
    ("PAN-066", rule("deny-all", "source", "net-dmz")),
    ("PAN-067", add(f"{RULES}/entry[@name='mail-in']", "<disabled>yes</disabled>")),
    ("PAN-068", move("deny-all", 0)),
    ("PAN-068", rule("public-web", "destination", "any")),
    ("PAN-069", add(f"{RULES}/entry[@name='mail-in']", "<tag><member>temporary</member></tag>")),
    ("PAN-070", drop(f"{VSYS}/zone/entry[@name='dmz']")),
    ("PAN-071", rule("inside-dns", "to", "any")),
    ("PAN-072", rule("mail-in", "application", "smtp", "telnet")),
]


def tree():
    return etree.fromstring(configuration(WELL))


def told(root, *ids):
    return statuses(subject_of(WELL), etree.tostring(root, encoding="unicode"), *ids)


@pytest.mark.parametrize(
    ("id_", "change"), [pytest.param(*each, id=f"{each[0]}-{at}") for at, each in enumerate(CHANGES)]
)
def test_a_firewall_that_was_well_is_not_any_more(id_, change):
    root = tree()
    assert told(root, id_) == {id_: "pass"}
    change(root)

    assert told(root, id_) == {id_: "fail"}


def test_an_open_rule_is_found_wherever_it_is_put():
    opened = etree.fromstring(
        '<entry name="opened"><source><member>any</member></source><destination><member>any</member></destination>'
        "<application><member>any</member></application><action>allow</action></entry>"
    )
    for at in range(len(tree().find(RULES)) + 1):
        root = tree()
        root.find(RULES).insert(at, opened)
        found = judged(subject_of(WELL), etree.tostring(root, encoding="unicode"), "PAN-061")
        assert [each.status.value for each in found] == ["fail"]
        assert "opened" in found[0].evidence


def test_the_order_of_members_and_of_objects_says_nothing():
    root, dice = tree(), random.Random(DRAW)
    for holder in root.iter():
        is_list = len(holder) > 1 and ({str(child.tag) for child in holder} == {"member"} or holder.tag == "address")
        if is_list:
            children = list(holder)
            dice.shuffle(children)
            holder[:] = children
    before = judged(subject_of(WELL), configuration(WELL))
    after = judged(subject_of(WELL), etree.tostring(root, encoding="unicode"))

    assert [(each.id, each.status, each.fingerprint) for each in after] == [
        (each.id, each.status, each.fingerprint) for each in before
    ]


def test_a_firewall_inside_a_comment_is_no_firewall():
    empty = told(etree.fromstring("<config><shared/></config>"))
    inside = configuration(WELL).partition("?>")[2] or configuration(WELL)
    text_ = f"<config><shared/><!-- {inside.replace('-', '.')} --></config>"

    assert statuses(subject_of(WELL), text_) == empty


SFOS_CHANGES = [
    ("SFO-001", add("Zone[Type='WAN']/ApplianceAccess", "<AdminServices><HTTPS>Enable</HTTPS></AdminServices>")),
    ("SFO-001", text("LocalServiceACL[RuleName='nobody else']/Action", "accept")),
    ("SFO-002", text("AdminSettings/LoginSecurity/LogoutSession", "Disable")),
    ("SFO-003", text("AdminSettings/LoginSecurity/BlockLogin", "Disable")),
    ("SFO-004", text("AdminSettings/PasswordComplexitySettings/PasswordComplexityCheck", "Disable")),
    ("SFO-008", text("SNMPv3User/EncryptionAlgorithm", "3")),
    ("SFO-009", drop("AdminAuthentication/AuthenticationServerList/AuthenticationServer[1]")),
    ("SFO-010", text("User[Username='svc-dcops']/Profile", "Administrator")),
    ("SFO-011", drop("SyslogServers/ServerAddress")),
    ("SFO-012", text("SyslogServers/EnableSecureConnection", "Disable")),
    ("SFO-013", drop("SyslogServers/LogSettings")),
    ("SFO-014", text("BackupRestore/ScheduleBackup/BackupFrequency", "Weekly")),
    ("SFO-021", drop("FirewallRule[Name='web in']/NetworkPolicy/Services")),
    ("SFO-022", text("FirewallRule[Name='web in']/NetworkPolicy/Services/Service", "Any")),
    ("SFO-023", text("FirewallRule[Name='backup']/NetworkPolicy/LogTraffic", "Disable")),
    ("SFO-024", drop("FirewallRule[Name='mail in']/NetworkPolicy/IntrusionPrevention")),
    ("SFO-025", text("FirewallRule[Name='backup']/Status", "Disable")),
    ("SFO-026", drop("DoSSettings/ICMPFlood")),
    ("SFO-027", text("VPNProfile/Phase1/EncryptionAlgorithm1", "3DES")),
    ("SFO-028", text("WirelessNetworks/SecurityMode", "WEP Open")),
]


@pytest.mark.parametrize(
    ("id_", "change"), [pytest.param(*each, id=f"{each[0]}-{at}") for at, each in enumerate(SFOS_CHANGES)]
)
def test_an_access_firewall_that_was_well_is_not_any_more(id_, change):
    root = etree.fromstring(without_weaknesses())
    subject = subject_of("fw-sophos-1")
    assert statuses(subject, etree.tostring(root, encoding="unicode"), id_) == {id_: "pass"}
    change(root)

    assert statuses(subject, etree.tostring(root, encoding="unicode"), id_) == {id_: "fail"}
