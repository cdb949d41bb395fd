"""What is judged by: shared rules once, and the rules of packs that set parameters by those."""

from datetime import date

from dcops.audit import library
from dcops.jobs.compliance.profiles import digest_of, packs_of, profiles_of
from dcops.model.audit import EVERYTHING


def rules(site, *packs):
    known = library.load(site.shipped, None, date(2026, 1, 15))
    return {one.pack: [rule.id for rule in one.rules] for one in profiles_of(known, packs)}


def test_without_a_pack_every_rule_is_judged_and_packs_with_parameters_by_those_too(site):
    assert rules(site) == {EVERYTHING: ["T-001", "T-002", "T-003", "T-004"], "strict": ["T-004"]}


def test_one_pack_is_judged_by_its_own_parameters(site):
    known = library.load(site.shipped, None, date(2026, 1, 15))
    (profile,) = profiles_of(known, ("strict",))

    assert [rule.id for rule in profile.rules] == ["T-004"]
    assert [one.name for one in packs_of(known, ("strict",))] == ["strict"]
    assert [one.name for one in packs_of(known, ())] == ["both", "strict"]


def test_several_packs_are_their_rules_together(site):
    assert rules(site, "both", "strict") == {EVERYTHING: ["T-001", "T-002", "T-004"], "strict": ["T-004"]}


def test_the_digest_changes_with_any_file_and_with_nothing_else(site):
    before = digest_of([site.shipped])
    (site.shipped / "notes.txt").write_text("not a rule")
    assert digest_of([site.shipped]) == before

    site.write(site.shipped / "parameters.yaml", "parameters: {minutes: 6}\n")
    assert digest_of([site.shipped]) != before
