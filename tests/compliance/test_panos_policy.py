"""What the rules of a PAN-OS firewall stand for, and which of them hides another one."""

from lxml import etree

from dcops.audit.checks.panos_objects import Objects, covers
from dcops.audit.checks.panos_policy import sequences
from dcops.audit.subject import Subject
from tests.compliance.firewalls import judged


def configuration(objects="", *rules):
    """A firewall with objects and rules, each rule as fields and members."""
    entries = "".join(
        f'<entry name="r{number}">'
        + "".join(
            f"<{field}>{''.join(f'<member>{each}</member>' for each in members.split())}</{field}>"
            for field, members in fields.items()
            if field not in WORDS
        )
        + "".join(f"<{field}>{fields[field]}</{field}>" for field in WORDS if field in fields)
        + "</entry>"
        for number, fields in enumerate(rules)
    )
    return (
        f'<config version="10.1.0"><devices><entry name="l"><vsys><entry name="vsys1">{objects}<rulebase><security>'
        f"<rules>{entries}</rules></security></rulebase></entry></vsys></entry></devices></config>"
    )


WORDS = ("action", "disabled", "schedule", "negate-source", "negate-destination", "rule-type")


def hidden(objects, *rules):
    """The rules that are told to be hidden."""
    found = judged(Subject("fw", "panos"), configuration(objects, *rules), "PAN-068")
    return [finding.evidence.split("`")[1].split(" / ")[1] for finding in found if finding.status == "fail"]


def objects_of(text):
    return Objects(etree.fromstring(configuration(text)).find("devices/entry/vsys/entry"))


def test_addresses_ranges_names_and_groups_become_spans():
    known = objects_of(
        "<address><entry name='a'><ip-netmask>192.0.2.1</ip-netmask></entry>"
        "<entry name='r'><ip-range>192.0.2.8-192.0.2.9</ip-range></entry>"
        "<entry name='f'><fqdn>www.example.test</fqdn></entry>"
        "<entry name='w'><ip-wildcard>192.0.2.0/0.0.0.254</ip-wildcard></entry></address>"
        "<address-group><entry name='g'><static><member>a</member><member>r</member></static></entry>"
        "<entry name='d'><dynamic><filter>'x'</filter></dynamic></entry>"
        "<entry name='m'><static><member>a</member><member>f</member></static></entry></address-group>"
    )

    assert [first for _, first, _ in known.addresses("g")] == [0xC0000201, 0xC0000208]
    assert known.addresses("198.51.100.0/24") == (("4", 0xC6336400, 0xC63364FF),)
    assert known.addresses("2001:db8::/126")[0][0] == "6"
    # Known only while it runs, upside down, or nowhere.
    assert [known.addresses(name) for name in ("f", "w", "d", "m", "nobody", "192.0.2.9-192.0.2.8")] == [None] * 6


def test_a_group_that_holds_itself_ends():
    known = objects_of(
        "<address-group><entry name='a'><static><member>b</member></static></entry>"
        "<entry name='b'><static><member>a</member></static></entry></address-group>"
    )

    assert known.addresses("a") is None


def test_groups_that_double_at_each_step_do_not_take_for_ever():
    def doubled(steps):
        groups = "".join(
            f"<entry name='g{n}'><static><member>g{n + 1}</member><member>g{n + 1}</member></static></entry>"
            for n in range(steps)
        )
        leaf = f"<address><entry name='g{steps}'><ip-netmask>192.0.2.1</ip-netmask></entry></address>"
        return objects_of(f"{leaf}<address-group>{groups}</address-group>")

    assert doubled(18).addresses("g0") == (("4", 0xC0000201, 0xC0000201),)
    assert doubled(400).addresses("g0") is None


def test_spans_that_touch_cover_together():
    assert covers([("4", 0, 4), ("4", 5, 9)], [("4", 2, 8)])
    assert not covers([("4", 0, 4), ("4", 6, 9)], [("4", 2, 8)])
    assert not covers([("tcp", 0, 65535)], [("udp", 53, 53)])


def test_a_wide_rule_hides_a_narrow_one_and_not_the_other_way_round():
    wide, narrow = {"destination": "198.51.100.0/24"}, {"destination": "198.51.100.7", "application": "ssl"}

    assert hidden("", wide, narrow) == ["r1"]
    assert hidden("", narrow, wide) == []


def test_default_ports_are_hidden_by_any_port_and_by_nothing_else():
    default, web, any_ = ({"service": each} for each in ("application-default", "service-http", "any"))

    assert hidden("", web, default) == []
    assert hidden("", default, web) == []
    assert hidden("", any_, default) == ["r1"]
    assert hidden("", default, default) == ["r1"]


def test_negated_addresses_are_compared_as_they_are():
    net, other = {"source": "192.0.2.0/24", "negate-source": "yes"}, {"source": "192.0.2.9", "negate-source": "yes"}

    assert hidden("", net, other) == []
    assert hidden("", net, {"source": "192.0.2.9"}) == []
    assert hidden("", net, dict(net)) == ["r1"]


def test_rules_within_zones_hide_none_between_them():
    assert hidden("", {"rule-type": "intrazone"}, {"application": "ssl"}) == []
    assert hidden(
        "", {"application": "ssl", "rule-type": "universal"}, {"application": "ssl", "rule-type": "interzone"}
    ) == ["r1"]


def test_applications_of_a_group_are_known():
    members = "<member>ssl</member><member>web-browsing</member>"
    group = f"<application-group><entry name='web'><members>{members}</members></entry></application-group>"

    assert hidden(group, {"application": "web"}, {"application": "ssl"}) == ["r1"]
    assert hidden(group, {"application": "ssl"}, {"application": "web"}) == []


def test_rules_of_panorama_stand_before_and_after_those_of_the_firewall():
    root = etree.fromstring(configuration("", {"action": "allow"}))
    pushed = etree.SubElement(etree.SubElement(etree.SubElement(root, "panorama"), "vsys"), "entry", name="vsys1")
    for base, name in (("post-rulebase", "last"), ("pre-rulebase", "first")):
        rules = etree.SubElement(etree.SubElement(etree.SubElement(pushed, base), "security"), "rules")
        etree.SubElement(rules, "entry", name=name)

    assert [[rule.name for rule in each] for each in sequences(root)] == [["first", "r0", "last"]]
