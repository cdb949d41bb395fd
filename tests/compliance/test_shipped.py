"""Every rule, pack and control that ships."""

import re
import unicodedata

import pytest
import yaml

from dcops.audit.samples import tried
from tests.compliance.site import ROOT, library

SHIPPED = library().rules
CONTROL = re.compile(r"[NHP]-[A-Z0-9]+-\d+")
BENCHMARK = re.compile(r"CIS [A-Z][\w .]*? \d+(?:\.\d+)*")
RANGES = {"IOS": [(1, 12), (21, 34), (41, 43), (51, 58), (61, 72), (81, 88), (91, 95), (101, 110), (121, 124)]}
"""The ranges that are set aside for groups of rules: a rule stands where people look for it."""
NOT_CHECKED = yaml.safe_load((ROOT / "compliance" / "not-checked.yaml").read_text(encoding="utf-8"))["not_checked"]


def accents(text):
    return sum(unicodedata.combining(sign) != 0 or sign in "đĐ" for sign in unicodedata.normalize("NFD", text))


def texts(node):
    """Every text in a YAML document, whatever it is called."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from ((f"{key}/{at}" if at else key, text) for at, text in texts(value))
    elif isinstance(node, list):
        for value in node:
            yield from texts(value)
    elif isinstance(node, str):
        yield "", node


def named(rules):
    return [pytest.param(rule, id=rule.id) for rule in rules]


@pytest.mark.parametrize("rule", named(SHIPPED))
def test_every_sample_is_judged_as_it_says(rule):
    told = list(tried(rule, library().parameters()))

    assert {each.wanted.value for each in told} >= {"pass", "fail"}
    assert [(each.wanted.value, each.number, each.problem or each.seen) for each in told if not each.well] == []


@pytest.mark.parametrize("rule", named(SHIPPED))
def test_every_rule_speaks_english_and_vietnamese(rule):
    for words in (rule.title, rule.why, rule.fix):
        assert words.en.strip()
        assert words.vi.strip()
        assert accents(words.en) == 0
    for words in (rule.title, rule.why):
        assert accents(words.vi) > 0, words.vi
    # Commands are the same in every language; a sentence is not.
    assert accents(rule.fix.vi) > 0 or rule.fix.vi == rule.fix.en


@pytest.mark.parametrize("rule", named(SHIPPED))
def test_sentences_are_short_enough_for_a_tired_operator(rule):
    for language in ("en", "vi"):
        assert len(rule.title.of(language)) <= 100
        sentences = re.split(r"(?<=[.;:])\s+", rule.why.of(language))
        assert max(len(sentence.split()) for sentence in sentences) <= 32, rule.why.of(language)


def test_ids_stand_in_the_ranges_of_their_groups():
    seen = [rule.id for rule in SHIPPED]
    assert len(seen) == len(set(seen))
    for rule in SHIPPED:
        family, _, number = rule.id.partition("-")
        ranges = RANGES.get(family)
        assert ranges is None or any(first <= int(number) <= last for first, last in ranges), rule.id


@pytest.mark.parametrize("rule", named(SHIPPED))
def test_every_rule_is_mapped_to_a_control_and_names_benchmarks_by_number_only(rule):
    controls = [ref for ref in rule.refs if CONTROL.fullmatch(ref)]
    others = [ref for ref in rule.refs if not CONTROL.fullmatch(ref)]

    assert controls
    assert set(controls) <= set(library().controls)
    assert [ref for ref in others if not BENCHMARK.fullmatch(ref)] == []


def test_benchmarks_are_named_in_references_and_nowhere_else():
    for file in sorted((ROOT / "compliance").rglob("*.yaml")):
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
        loud = [
            (file.name, at, text)
            for at, text in texts(document)
            if not at.endswith("refs") and re.search(r"\bCIS\b|Center for Internet Security|benchmark", text)
        ]
        assert loud == []


def test_nothing_says_that_it_certifies():
    for file in sorted((ROOT / "compliance").rglob("*.yaml")):
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
        assert [text for _, text in texts(document) if re.search(r"certif(?!icate)|chứng nhận", text, re.I)] == []


@pytest.mark.parametrize("pack", library().packs.values(), ids=lambda pack: pack.name)
def test_a_pack_says_mapped_to_and_its_rules_are_mapped_to_its_standard(pack):
    assert pack.title.en == f"Mapped to {pack.standard} at level {pack.level}"
    assert pack.title.vi == f"Ánh xạ theo {pack.standard} cấp độ {pack.level}"
    for rule in pack.of(SHIPPED):
        mapped = [library().controls[ref] for ref in rule.refs if ref in library().controls]
        assert any(pack.standard in control.standards for control in mapped), rule.id


@pytest.mark.parametrize("rule", named(SHIPPED))
def test_every_rule_is_in_each_pack_whose_standard_it_is_mapped_to(rule):
    standards = {name for ref in rule.refs if (control := library().controls.get(ref)) for name in control.standards}
    for pack in library().packs.values():
        assert (rule.id in {choice.rule for choice in pack.choices}) == (pack.standard in standards)


def test_every_control_has_a_title_in_both_languages_and_a_known_standard():
    for control in library().controls.values():
        assert accents(control.title.en) == 0
        assert accents(control.title.vi) > 0
        assert control.standards
        assert set(control.standards) <= {"TCVN 11930:2017", "TCVN 14423:2026"}
        assert control.confidence != "T" or control.standards == ("TCVN 14423:2026",)


def test_what_is_not_checked_is_said_with_a_reason_and_is_true():
    covered = {ref for rule in SHIPPED for ref in rule.refs}
    controls = [each["control"] for each in NOT_CHECKED]

    assert len(controls) == len(set(controls))
    for each in NOT_CHECKED:
        assert set(each) == {"control", "part", "reason"}
        assert each["control"] in library().controls
        assert {"all": False, "some": True}[each["part"]] == (each["control"] in covered), each["control"]
        assert accents(each["reason"]["en"]) == 0
        assert accents(each["reason"]["vi"]) > 0


def test_every_parameter_that_is_asked_for_ships_with_a_value():
    asked = {name for rule in SHIPPED for name in rule.names}
    asked |= {name for rule in SHIPPED for one in rule.requirements for name in one.names}
    shipped = {name for layer in library().shipped.layers for name in layer.values}

    assert asked <= shipped
