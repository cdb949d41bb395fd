"""What ships, and what a site lays over it."""

from datetime import date

import pytest

from dcops.audit.library import load
from dcops.audit.subject import Subject
from dcops.errors import InvalidInput, UsageError
from dcops.model.finding import Severity
from tests.audit.rulebook import text_of

TODAY = date(2026, 1, 15)
ROUTER = Subject("r1", "ios")


@pytest.fixture
def shipped(tmp_path):
    folder = tmp_path / "shipped"
    for name, text in {
        "rules/ios.yaml": text_of('must: ["exec-timeout {{ minutes }} 0"]\nrefs: [N-MGT-3]'),
        "rules/panos.yaml": text_of('xpath_one: "//a"', "panos").replace("TST-001", "TST-002"),
        "packs/p1.yaml": "pack: p1\ntitle: {en: A, vi: B}\nparameters: {minutes: 4}\n"
        "rules: [{id: TST-001, severity: low}]\n",
        "controls.yaml": "controls: [{id: N-MGT-3, title: {en: A, vi: B}, confidence: C}]\n",
        "parameters.yaml": "parameters: {minutes: 5, hosts: [192.0.2.1]}\n",
        "exceptions.yaml": "not read: what ships allows nothing\n",
    }.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "site"
    (folder / "rules").mkdir(parents=True)
    (folder / "packs").mkdir()
    return folder


def test_what_ships_stands_by_itself(shipped):
    library = load(shipped, None, TODAY)

    assert [rule.id for rule in library.rules] == ["TST-001", "TST-002"]
    assert library.exceptions == ()
    assert library.parameters().of(ROUTER).of("minutes") == "5"


def test_a_file_of_the_site_takes_the_place_of_the_shipped_one(shipped, site):
    (site / "rules" / "panos.yaml").write_text(text_of('xpath_one: "//b"', "panos").replace("TST-001", "TST-009"))

    assert [rule.id for rule in load(shipped, site, TODAY).rules] == ["TST-001", "TST-009"]


def test_parameters_are_laid_over_key_by_key_and_the_site_wins_over_a_pack(shipped, site):
    library = load(shipped, site, TODAY)
    pack = library.pack("p1")
    assert library.parameters(pack).of(ROUTER).of("minutes") == "4"

    (site / "parameters.yaml").write_text("parameters: {minutes: 3}\n")
    library = load(shipped, site, TODAY)

    assert library.parameters(pack).of(ROUTER).of("minutes") == "3"
    assert library.parameters(pack).of(ROUTER).of("hosts") == ("192.0.2.1",)


def test_a_pack_chooses_rules_and_their_severity(shipped):
    library = load(shipped, None, TODAY)

    (rule,) = library.pack("p1").of(library.rules)

    assert (rule.id, rule.severity) == ("TST-001", Severity.LOW)
    assert library.rules[0].severity is Severity.HIGH
    with pytest.raises(UsageError, match="There are: p1"):
        library.pack("p2")


def test_exceptions_are_the_sites(shipped, site):
    (site / "exceptions.yaml").write_text(
        "exceptions: [{rule: TST-001, device: r1, owner: net, reason: old, ticket: CHG-1, until: 2026-06-30}]\n"
    )

    (exception,) = load(shipped, site, TODAY).exceptions

    assert (exception.until, exception.line) == (date(2026, 6, 30), 1)


def test_mistakes_of_every_file_are_told_at_once(shipped, site):
    (site / "rules" / "linux.yaml").write_text("rules: 5\n")
    (site / "packs" / "p2.yaml").write_text("pack: p2\ntitle: {en: A, vi: B}\nrules: [TST-003]\n")
    (site / "parameters.yaml").write_text("parameter: {minutes: 3}\n")
    (site / "exceptions.yaml").write_text("exceptions: [{rule: TST-001}]\n")
    (shipped / "controls.yaml").write_text("controls: [{id: N-MGT-1, title: {en: A, vi: B}, confidence: C}]\n")

    with pytest.raises(InvalidInput) as caught:
        load(shipped, site, TODAY)

    told = str(caught.value)
    for part in (
        "linux.yaml:1: ",
        "p2.yaml:3: there is no rule 'TST-003', did you mean",
        "parameters.yaml:1: unknown key 'parameter'",
        "exceptions.yaml:1: exceptions: missing key owner",
        "ios.yaml:2: TST-001 refers to N-MGT-3, which controls.yaml does not have",
    ):
        assert part in told
