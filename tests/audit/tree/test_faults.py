"""Whatever comes in the place of a configuration: it could not be checked, and that takes no time and no memory."""

import json
import tracemalloc
from datetime import timedelta

import pytest

from dcops.audit.judge import Judge
from dcops.audit.subject import Subject
from dcops.audit.tree.bounds import DEEPEST, MOST_CHARACTERS, MOST_ELEMENTS, MOST_LINES
from tests.audit.rulebook import NOW, config

LINES = 'must: ["aaa new-model"]'
XML = "xpath_one: //mgt-config"
FACTS = "property: {path: a, equals: b}"
WHOLE = "version 17.9\nhostname r1\naaa new-model\nend\n"
PANOS = "<config><mgt-config/><devices/></config>"


def said(book, asked, platform, content, **given):
    rule = book.rule(asked, platform)
    (finding,) = Judge([rule]).judge(Subject("dev-1", platform), [config(content, **given)], NOW)
    return f"{finding.status.value}: {finding.evidence}"


def test_the_whole_ones_pass(book):
    assert said(book, LINES, "ios", WHOLE) == "pass: holds"
    assert said(book, XML, "panos", PANOS) == "pass: holds"


@pytest.mark.parametrize(
    ("platform", "asked", "content", "reason"),
    [
        ("ios", LINES, "", "it is empty"),
        ("ios", LINES, "\n \n", "it is empty"),
        ("ios", LINES, WHOLE.removesuffix("end\n"), "it is cut off"),
        ("ios", LINES, PANOS, "it is XML or JSON, not lines"),
        ("ios", LINES, '{"a": 1}', "it is XML or JSON, not lines"),
        ("ios", LINES, "config-version=FGT60F-7.0\nconfig system global\nend\n", "no configuration of IOS"),
        ("ios", LINES, WHOLE.replace("r1", "r\x00"), "binary"),
        ("ios", LINES, WHOLE.replace("r1", "\ud800"), "binary"),
        ("ios", LINES, b"\x7fELF\x02\x01".decode() + "\ufffd" * 50, "binary"),
        ("ios", LINES, {"a": 1}, "it is a mapping, not text"),
        ("panos", XML, "", "it is empty"),
        ("panos", XML, PANOS[:-5], "cut off or broken"),
        ("panos", XML, WHOLE, "it is no XML"),
        ("panos", XML, "<html><body/></html>", "a `html` document"),
        ("panos", XML, "<config><shared-no/></config>", "only a part"),
        ("panos", XML, "<response status='error'/>", "a `response` document"),
        ("panos", XML, '<!DOCTYPE a [<!ENTITY b "c">]><config>&b;</config>', "document type"),
        ("panos", XML, '<?xml version="1.0"?>\n<!DOCTYPE config SYSTEM "http://192.0.2.1/x">' + PANOS, "document type"),
        ("panos", XML, "<config>&undefined;</config>", "broken"),
        ("sfos", "xpath_one: //Zone", PANOS, "a `config` document"),
        ("esxi", FACTS, {}, "it is empty"),
        ("esxi", FACTS, "{", "cut off or no JSON"),
        ("esxi", FACTS, "[1]", "no mapping"),
        ("esxi", FACTS, '{"a": ' + "[" * 100_000, "it is nested too deep"),
        ("esxi", FACTS, '{"a": ' + "[" * 300 + "]" * 300 + "}", f"nested deeper than {DEEPEST}"),
    ],
)
def test_it_could_not_be_checked_with_a_reason(book, platform, asked, content, reason):
    told = said(book, asked, platform, content)

    assert told.startswith("could not check: config/running cannot be read: ")
    assert reason in told


def test_one_that_was_not_captured_or_is_old_is_no_pass(book):
    rule = book.rule(LINES)

    def told(*sources):
        (finding,) = Judge([rule]).judge(Subject("dev-1", "ios"), sources, NOW)
        return f"{finding.status.value}: {finding.evidence}"

    assert told() == "could not check: nothing was captured as config"
    assert told(config(WHOLE, name="startup")) == "could not check: nothing was captured as config"
    assert told(config("", problem="the device was silent")) == "could not check: config/running: the device was silent"
    assert told(config(WHOLE, taken=NOW - timedelta(hours=26))) == "pass: holds"
    assert told(config(WHOLE, taken=NOW - timedelta(hours=26, minutes=6))).startswith(
        "could not check: config/running is 26.1 h old"
    )
    assert told(config(WHOLE, taken=NOW + timedelta(minutes=4))) == "pass: holds"
    assert "in the future" in told(config(WHOLE, taken=NOW + timedelta(minutes=6)))


@pytest.mark.parametrize(
    ("platform", "asked", "content", "reason"),
    [
        ("ios", LINES, "x\n" * (MOST_LINES + 1), "more than"),
        ("ios", LINES, "interface a\n" * 10 + "x" * 20_000_000, "has 20000000 characters"),
        ("ios", LINES, "x" * (MOST_CHARACTERS + 1), "characters, more than"),
        ("ios", LINES, "".join(" " * n + "x\n" for n in range(3000)) , "no configuration of IOS"),
        ("ios", LINES, "macro name a\n" * 100_000, "never closes"),
        ("ios", LINES, "banner motd \x01\n" + "banner login #\n" * 99_999, "never closes"),
        ("panos", XML, "<a>" * 100_000 + "</a>" * 100_000, "Excessive depth"),
        ("panos", XML, "<a>" * 300 + "</a>" * 300, f"deeper than {DEEPEST}"),
        ("panos", XML, f"<config>{'<a/>' * MOST_ELEMENTS}</config>", f"more than {MOST_ELEMENTS} elements"),
        ("esxi", FACTS, json.dumps({"a": [0] * (MOST_ELEMENTS + 1)}), f"more than {MOST_ELEMENTS} values"),
    ],
    ids=[
        *("lines", "long line", "characters", "deep", "macros", "banners"),
        *("very deep XML", "deep XML", "elements", "values"),
    ],
)  # fmt: skip
def test_a_monster_is_refused_and_not_chewed(book, platform, asked, content, reason):
    tracemalloc.start()
    try:
        told = said(book, asked, platform, content)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert told.startswith("could not check: ")
    assert reason in told
    assert peak < 600 * 1024 * 1024


def test_twenty_megabytes_of_a_real_shape_are_judged(book):
    """A large firewall: 20 MB in 250,000 elements."""
    entry = f"<entry name='e'><member>{'x' * 120}</member></entry>"
    text = f"<config><mgt-config/><devices>{entry * 125_000}</devices></config>"

    assert len(text) > 19_000_000
    assert said(book, XML, "panos", text) == "pass: holds"


@pytest.mark.parametrize(
    "regex", ["(x+x+)+y", "(a|aa)+$", "(.*)(.*)(.*)(.*)(.*)z", "([a-z]+)*=", "(a?){60}a{60}"], ids=range(5)
)
def test_an_expression_that_goes_back_in_other_engines_does_not_here(book, regex):
    """These keep Python's `re` busy for hours on such a line; RE2 reads it once. Nothing to measure: it ends."""
    asked = f"must_not: [{{regex: '{regex}'}}]"

    assert book.status(asked, "x" * 4000 + "\n" + "a" * 4000 + "!\n") in ("pass", "fail")
