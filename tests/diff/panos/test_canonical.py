"""The readable form of a firewall changes only when its configuration does."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from dcops.diff.formats import Formats
from dcops.model.snapshot import ConfigSource
from tests.diff.tokens import masked
from tests.soak import SOAK

EXAMPLES = settings(max_examples=500 if SOAK else 60, deadline=None, database=None)
PANOS = Formats().of("panos")


def shown(content, conceal):
    return PANOS.readable(content.encode() if isinstance(content, str) else content, ConfigSource.RUNNING, conceal)


def test_the_canonical_form_is_sorted_indented_and_without_noise(conceal):
    content = """<config urldb="u" version="9.1.0" detail-version="9.1.3"><shared
        ><!-- x --><a/><b> </b><c> keep  this </c><?pi?><entry src="s" name="n" loc="l" uuid="u" admin="a"
        time="2026/01/05 09:00:00" dirtyId="3"><m>1 &lt; 2 &amp; "3"</m></entry></shared></config>"""
    assert shown(content, conceal).text == (
        '<config detail-version="9.1.3" urldb="u" version="9.1.0">\n'
        "  <shared>\n"
        "    <a/>\n"
        "    <b/>\n"
        "    <c> keep  this </c>\n"
        '    <entry name="n" uuid="u">\n'
        '      <m>1 &lt; 2 &amp; "3"</m>\n'
        "    </entry>\n"
        "  </shared>\n"
        "</config>\n"
    )


def test_layout_and_comments_are_no_change(firewall, conceal):
    other = firewall.replace("\n    ", "\n\t\t").replace("<shared>", "<shared><!-- y -->").replace(' dirtyId="4"', "")
    assert other != firewall
    assert shown(other, conceal).text == shown(firewall, conceal).text


def test_the_order_of_rules_is_a_change(conceal):
    rules = '<config><shared><entry name="{}"/><entry name="{}"/></shared></config>'
    assert shown(rules.format("a", "b"), conceal).text != shown(rules.format("b", "a"), conceal).text


def test_facts_tell_version_and_last_change(firewall, conceal):
    newer = firewall.replace('name="deny"', 'name="deny" admin="binh" time="2026/01/06 10:00:00"')
    assert shown(newer, conceal).facts == {
        "version": "9.1.0",
        "urldb": "paloaltonetworks",
        "last_changed_at": "2026/01/06 10:00:00",
        "last_changed_by": "binh",
    }


def test_the_readable_form_is_xml_with_every_text_in_its_place(firewall, conceal):
    text = shown(firewall, conceal).text
    tree = etree.fromstring(text.encode())
    assert tree.findtext(".//hostname") == "fw-edge-1"
    assert tree.findtext(".//public-key") == "-----BEGIN CERTIFICATE-----\nMIIBlab\n-----END CERTIFICATE-----\n"
    assert masked(tree.findtext(".//phash")) == "<secret>"


def test_mixed_text_is_kept(conceal):
    text = shown("<config><shared>before<a/>between<b/>after</shared></config>", conceal).text
    assert [row.strip() for row in text.split("\n")] == [
        *("<config>", "<shared>", "before", "<a/>", "between", "<b/>", "after", "</shared>", "</config>", "")
    ]


@pytest.mark.parametrize(
    ("raw", "readable"),
    [
        (b"\x1b[2J caf\xe9", r"\x1b[2J caf\xe9"),
        ("\u202eabc".encode(), r"\u202eabc"),
        (b"a&#13;b", r"a\x0db"),
        (b"&lt;secret:0123456789ab&gt;", r"\x3csecret:0123456789ab&gt;"),
        (b"\x1b &lt;secret:0123456789ab&gt;", r"\x1b \x3csecret:0123456789ab&gt;"),
        (b"&amp;lt;secret:0123456789ab&amp;gt;", r"\x26lt;secret:0123456789ab&amp;gt;"),
    ],
)
def test_nothing_acts_on_a_screen_or_poses_as_a_token(raw, readable, conceal):
    result = shown(b"<config><shared><description>" + raw + b"</description></shared></config>", conceal)
    assert f"<description>{readable}</description>" in result.text
    assert masked(result.text) == result.text


def test_names_cannot_carry_invisible_characters(conceal):
    assert r"<a\u200db " in shown("<config><shared><a\u200db n\u200d='1'/></shared></config>", conceal).text


def test_a_document_nested_deeper_than_calls_may_be_is_written(conceal):
    depth = 1500
    content = "<config>" + "<shared>" * depth + "</shared>" * depth + "</config>"
    assert shown(content, conceal).text.count("<shared") == depth


def test_a_large_document_takes_seconds(conceal):
    entry = '<entry name="rule {}" uuid="u{}"><to><member>any</member></to><action>allow</action></entry>\n'
    content = "<config><shared>" + "".join(entry.format(n, n) for n in range(20_000)) + "</shared></config>"
    started = time.perf_counter()
    assert shown(content, conceal).text.count("<entry ") == 20_000
    assert time.perf_counter() - started < 20


NAMES = st.sampled_from(["entry", "member", "rules", "action", "uuid", "description"])
VALUES = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Co", "Cs", "Zl", "Zp")), max_size=12
).filter(
    lambda text: "\\" not in text and "<" not in text and "&" not in text and not text.isspace() and "$" not in text
)
TREES = st.recursive(
    st.tuples(NAMES, st.dictionaries(NAMES, VALUES, max_size=2), VALUES),
    lambda children: st.tuples(
        NAMES, st.dictionaries(NAMES, VALUES, max_size=2), st.lists(children, min_size=1, max_size=3)
    ),
    max_leaves=8,
)


def built(tree):
    name, attributes, inside = tree
    element = etree.Element(name, attributes)
    if isinstance(inside, str):
        element.text = inside
    else:
        element.extend(built(child) for child in inside)
    return element


@EXAMPLES
@given(TREES)
def test_the_canonical_form_of_itself_is_itself(tree):
    def keep(secret):
        return secret

    once = PANOS.readable(
        etree.tostring(built(("config", {}, [tree])), encoding="utf-8"), ConfigSource.RUNNING, keep
    ).text
    assert PANOS.readable(once.encode(), ConfigSource.RUNNING, keep).text == once
