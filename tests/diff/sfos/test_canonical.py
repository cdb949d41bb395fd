"""The readable form of a Sophos firewall changes only when its settings do."""

import random

import pytest
from lxml import etree

from dcops.diff.formats import Formats
from dcops.model.snapshot import ConfigSource

SFOS = Formats().of("sfos")

ENTITIES = (
    "<FirewallRule><Name>web</Name><Status>Enable</Status></FirewallRule>",
    "<FirewallRule><Name>mail</Name><Status>Disable</Status></FirewallRule>",
    "<FirewallRule><Name>deny</Name><Status>Enable</Status></FirewallRule>",
    "<NATRule><Name>out</Name></NATRule>",
    "<NATRule><Name>in</Name></NATRule>",
    "<IPHost><Name>b</Name><IPAddress>192.0.2.2</IPAddress></IPHost>",
    "<IPHost><Name>a</Name><IPAddress>192.0.2.1</IPAddress></IPHost>",
    "<User><Username>an</Username><Password hashform='mode1'>$sfos$7$0$one</Password></User>",
    "<User><Username>binh</Username><Password hashform='mode1'>$sfos$7$0$two</Password></User>",
    "<UnicastRoute><DestinationIP>192.0.2.0</DestinationIP><Gateway>192.0.2.9</Gateway></UnicastRoute>",
    "<UnicastRoute><DestinationIP>192.0.2.0</DestinationIP><Gateway>192.0.2.8</Gateway></UnicastRoute>",
    "<DNS><IPv4Settings/></DNS>",
    "<Zone><Status>No. of records Zero.</Status></Zone>",
)
ORDERED = ("<FirewallRule>", "<NATRule>")


def shown(entities, conceal, head='<Response APIVersion="1905.1" IPS_CAT_VER="1">'):
    content = f"{head}{''.join(entities)}</Response>"
    return SFOS.readable(content.encode(), ConfigSource.STATE, conceal)


def shuffled(seed):
    """The entities in any order, except that rules keep theirs among themselves."""
    dice = random.Random(seed)
    entities = list(ENTITIES)
    dice.shuffle(entities)
    for tag in ORDERED:
        places = [place for place, entity in enumerate(entities) if entity.startswith(tag)]
        for place, entity in zip(places, (entity for entity in ENTITIES if entity.startswith(tag)), strict=True):
            entities[place] = entity
    return entities


@pytest.mark.parametrize("seed", range(40))
def test_the_order_in_which_entities_come_is_no_change(seed, conceal):
    assert shuffled(seed) != list(ENTITIES)
    assert shown(shuffled(seed), conceal).text == shown(ENTITIES, conceal).text


@pytest.mark.parametrize("tag", ORDERED)
def test_the_order_of_rules_is_a_change(tag, conceal):
    places = [place for place, entity in enumerate(ENTITIES) if entity.startswith(tag)]
    swapped = list(ENTITIES)
    swapped[places[0]], swapped[places[1]] = swapped[places[1]], swapped[places[0]]

    assert shown(swapped, conceal).text != shown(ENTITIES, conceal).text


def test_the_form_is_sorted_by_tag_and_name_and_indented(conceal):
    text = shown(ENTITIES[3:7], conceal).text
    assert text == (
        '<Response APIVersion="1905.1">\n'
        "  <IPHost>\n    <Name>a</Name>\n    <IPAddress>192.0.2.1</IPAddress>\n  </IPHost>\n"
        "  <IPHost>\n    <Name>b</Name>\n    <IPAddress>192.0.2.2</IPAddress>\n  </IPHost>\n"
        "  <NATRule>\n    <Name>out</Name>\n  </NATRule>\n"
        "  <NATRule>\n    <Name>in</Name>\n  </NATRule>\n"
        "</Response>\n"
    )


def test_its_own_form_is_left_as_it_is(conceal):
    once = shown(ENTITIES, lambda secret: secret).text
    again = SFOS.readable(once.encode(), ConfigSource.STATE, lambda secret: secret).text
    assert again == once


def test_what_ticks_is_no_change(conceal):
    clock = (
        "<Time><TimeZone>Asia/Ho_Chi_Minh</TimeZone><SetDateTime><Time><HH>{}</HH></Time></SetDateTime>"
        "<CustomNTPServer><NTPServer>192.0.2.123</NTPServer></CustomNTPServer></Time>"
    )
    link = "<Interface><Hardware>PortA</Hardware><Status>{}</Status></Interface>"
    head = '<Response APIVersion="1905.1" IPS_CAT_VER="{}">'
    before = shown(
        (clock.format("07"), link.format("Connected, 1000 Mbps - Full Duplex"), '<DNS transactionid=""/>'),
        conceal,
        head.format(1),
    )
    after = shown(
        (clock.format("08"), link.format("Unplugged"), '<DNS transactionid="4711"/>'), conceal, head.format(2)
    )

    assert before.text == after.text
    assert "<NTPServer>192.0.2.123</NTPServer>" in before.text
    assert "<TimeZone>Asia/Ho_Chi_Minh</TimeZone>" in before.text


def test_a_transaction_id_does_not_decide_the_order(conceal):
    twins = "<Alias {}><Name>x</Name><IPAddress>192.0.2.{}</IPAddress></Alias>"
    one = shown((twins.format('transactionid="1"', 1), twins.format('transactionid="2"', 2)), conceal)
    other = shown((twins.format('transactionid="2"', 1), twins.format('transactionid="1"', 2)), conceal)
    assert one.text == other.text


@pytest.mark.parametrize(
    "entity",
    [
        "<Interface><Hardware>PortA</Hardware><Status>Enable</Status></Interface>",
        "<Interface><Hardware>PortA</Hardware><Status>OFF</Status></Interface>",
        "<FirewallRule><Name>x</Name><Status>Enable</Status></FirewallRule>",
        "<User><Username>x</Username><Status>Connected</Status></User>",
        '<VLAN><Status code="500">Connected</Status></VLAN>',
        "<REDConfiguration><Status>Disable</Status></REDConfiguration>",
    ],
)
def test_a_status_that_is_a_setting_or_a_refusal_stays(entity, conceal):
    assert "<Status" in shown((entity,), conceal).text


def test_without_records_not_read_and_refused_look_different(conceal):
    empty = shown(("<Zone><Status>Number of records Zero.</Status></Zone>",), conceal).text
    nested = (
        "<AuthenticationServer><LDAPServer><Status>No. of records Zero.</Status></LDAPServer></AuthenticationServer>"
    )
    refused = shown(('<Zone><Status code="500">no</Status></Zone>',), conceal).text
    absent = shown((), conceal).text

    assert "  <Zone/>\n" in empty
    assert "    <LDAPServer/>\n" in shown((nested,), conceal).text
    assert '<Status code="500">no</Status>' in refused
    assert "Zone" not in absent


def test_a_new_firmware_is_seen_and_told(conceal):
    old, new = shown(ENTITIES, conceal), shown(ENTITIES, conceal, '<Response APIVersion="2000.1">')
    assert old.text != new.text
    assert (old.facts, new.facts) == ({"api_version": "1905.1"}, {"api_version": "2000.1"})


def test_layout_between_entities_does_not_wander_with_them(conceal):
    spaced = [f"{entity}\n\n   " for entity in ENTITIES]
    assert shown(spaced, conceal).text == shown(ENTITIES, conceal).text


def test_the_form_is_xml_and_nothing_in_it_acts_on_a_screen(conceal):
    text = shown(
        ("<IPHost><Name>a\u202eb</Name><Description>&lt;secret:0123456789ab&gt;</Description></IPHost>",), conceal
    )
    assert r"a\u202eb" in text.text
    assert r"\x3csecret:0123456789ab&gt;" in text.text
    assert etree.fromstring(text.text.encode()).tag == "Response"
