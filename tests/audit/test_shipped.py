"""The rules that ship, as people and an assessor will read them."""

import pytest

from dcops.audit.packs import CONFIDENCE
from dcops.audit.parameters import names_in
from dcops.audit.reading.packs import CONTROL
from dcops.audit.samples import tried
from dcops.audit.words import LANGUAGES
from tests.audit.shipped import library

RULES = {rule.id: rule for rule in library().rules}


@pytest.mark.parametrize("id_", RULES)
def test_every_sample_is_judged_as_it_says(id_):
    found = [*tried(RULES[id_], library().parameters())]

    assert [each for each in found if not each.well] == []


@pytest.mark.parametrize("id_", RULES)
def test_every_rule_speaks_both_languages_and_refers_to_something(id_):
    rule = RULES[id_]

    for words in (rule.title, rule.why, rule.fix):
        assert words.en
        assert words.vi
        assert words.en != words.vi or words is rule.fix
        assert names_in(words.en) == names_in(words.vi)
    assert rule.refs
    assert not rule.title.en.endswith(".")


def test_every_parameter_has_a_value_or_is_the_sites_to_give():
    """What ships without a value is named here, so that nobody forgets it by accident."""
    given = {name for layer in library().shipped.layers for name in layer.values}
    asked = {name for rule in RULES.values() for name in rule.names}

    assert asked - given == set()


def test_every_control_is_in_both_languages_with_a_confidence():
    for control in library().controls.values():
        assert control.title.en
        assert control.title.vi
        assert control.confidence in CONFIDENCE


def test_every_pack_says_mapped_and_never_certified():
    assert {"tcvn11930-l3", "tcvn14423-l3"} <= set(library().packs)
    for pack in library().packs.values():
        told = f"{pack.title.en} {pack.title.vi}".lower()
        assert "certified" not in told
        assert "chứng nhận" not in told
        assert pack.choices
        assert pack.title.vi


def test_every_rule_is_in_a_pack_or_maps_to_no_control():
    packed = {choice.rule for pack in library().packs.values() for choice in pack.choices}
    mapped = {rule.id for rule in RULES.values() if any(CONTROL.fullmatch(reference) for reference in rule.refs)}

    assert mapped - packed == set()


@pytest.mark.parametrize("id_", RULES)
def test_the_evidence_of_a_failing_sample_is_told_in_both_languages(id_):
    for each in tried(RULES[id_], library().parameters()):
        for finding in each.findings:
            if finding.status.open:
                assert finding.evidence
                assert set(finding.told) == set(LANGUAGES) - {"en"}
                assert finding.told["vi"].evidence
                assert finding.fingerprint
