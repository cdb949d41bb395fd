"""What is refused in a file of rules, and where it says so."""

from datetime import date

import pytest

from dcops.audit.reading.exceptions import exceptions_of
from dcops.audit.reading.packs import controls_of, pack_of
from dcops.audit.reading.parameters import parameters_of
from dcops.audit.reading.rules import load
from dcops.errors import InvalidInput
from dcops.yamlfile.sections import Mistakes
from tests.audit.rulebook import SAMPLES, read, text_of

MUST = 'must: ["aaa new-model"]'


def mistakes_of(reader, text, tmp_path, *given, name="file.yaml"):
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    mistakes = Mistakes(file)
    reader(file, mistakes, *given)
    return [each.removeprefix(f"{file}:") for each in mistakes.found]


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ("must_nt: [a]\nmust: [b]", "8: rules: unknown key 'must_nt', did you mean must_not?"),
        ("in: {blok: x}\nmust: [b]", "8: rules.in: unknown key 'blok', did you mean block?"),
        ("must: []", "8: rules: must names no line"),
        ('must: [""]', "8: rules: an empty line matches nothing"),
        ('must: ["a\\nb"]', "8: rules: a line has no line end in it"),
        ('must: ["ntp server {{ ntp servers }}"]', "holds braces that name no parameter"),
        ('must: [{regex: "a("}]', "8: rules.must: regex 'a(' is no regular expression of RE2"),
        ('must: [{regex: "a(?!b)"}]', "write what must not match as `unless`"),
        ('must: [{regex: "(a)\\\\1"}]', "is no regular expression of RE2"),
        ('must: [{regex: ".*"}]', "matches every line"),
        ('must_not: [{regex: "a|"}]', "matches every line"),
        ('in: {block: "(((a{1000}){1000})"}\nmust: [b]', "is no regular expression of RE2"),
        ('must: [{regex: "\\\\Qabc"}]', "is no regular expression of RE2"),
        ("must: [{line: a, regex: b}]", "has line and regex"),
        ("must: [{line: a, absent: maybe}]", "absent is 'maybe'"),
        ('must: [{line: a, absent: {safe: "15"}}]', "is no range of versions"),
        ("must: [{regex: a, absent: safe}]", "needs negated"),
        ("count: {regex: a}", "needs min or max"),
        ("count: {regex: a, min: 3, max: 2}", "min is above max"),
        ("count: {regex: a, min: x}", "min must be a number"),
        ('value: {regex: "a", "<=": 5}', "has no group"),
        ('value: {regex: "a (.)"}', "says not what the value has to be"),
        ('value: {regex: "a (.)", "<=": high}', "<= must be a number"),
        ('value: {regex: "a (.)", within: [here]}', "no address or network"),
        ('value: {regex: "a (.)", in: []}', "in is empty"),
        ('value: {regex: "a (.)", matches: "("}', "no regular expression"),
        ("severty: low\nmust: [a]", "unknown key 'severty', did you mean severity?"),
        ("applies: {rolle: [x]}\nmust: [a]", "unknown key 'rolle', did you mean role?"),
        ('applies: {version: "new"}\nmust: [a]', "no range of versions"),
        ("when: {xpth: a}\nmust: [a]", "unknown key 'xpth'"),
        ('when: {xpath: "//a"}\nmust: [a]', "when is about XML, and the rule about lines"),
        ("in: {with: [a]}\nmust: [a]", "say which in `block`"),
        ("in: {block: a, min_blocks: 0}\nmust: [a]", "blocks_optional: true says"),
        ("in: {banner: a, block: b}\nmust: [a]", "banner stands alone"),
        ("source: confg\nmust: [a]", "source 'confg' is none of"),
        ("python: no-such-check", "names no check of the catalog"),
        ("xpath_one: //a", "asks for XML, and a configuration of ios is lines"),
        ("must: [a]\nproperty: {path: a, equals: b}", "asks for lines and properties at once"),
        ("refs: [N-MGT-1]", "asks for nothing"),
    ],
)
def test_a_mistake_has_a_line_and_a_reason(book, asked, reason):
    assert any(reason in mistake for mistake in book.mistakes(asked))


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ("xpath_one: //a[", "is no XPath"),
        ("xpath_value: {xpath: //a}", "says not what the value has to be"),
        ("in: {xpath: //a}\nxpath_one: //b", "begins at the root"),
        ('must: ["a"]', "asks for lines, and a configuration of panos is XML"),
    ],
)
def test_so_has_one_in_a_rule_about_xml(book, asked, reason):
    assert any(reason in mistake for mistake in book.mistakes(asked, "panos"))


def test_a_rule_without_both_samples_is_refused(book):
    assert book.mistakes(MUST, samples='samples: {pass: "x"}') == ["9: rules: samples hold no `fail` for ios"]
    assert book.mistakes(MUST, samples="") == [
        "2: rules: samples hold no `pass` for ios",
        "2: rules: samples hold no `fail` for ios",
    ]


def test_each_platform_needs_both_samples(tmp_path):
    text = text_of('xpath_one: "//a"', "panos").replace("[panos]", "[panos, sfos]")
    text = text.replace(
        SAMPLES["panos"], "samples: [{platform: panos, pass: <a/>, fail: <a/>}, {platform: sfos, pass: <a/>}]"
    )

    assert read(text, tmp_path)[1] == ["9: rules: samples hold no `fail` for sfos"]


def test_title_why_and_fix_are_needed(tmp_path):
    lines = [line for line in text_of(MUST).splitlines() if not any(key in line for key in ("title", "why", "fix"))]

    assert read("\n".join(lines), tmp_path)[1] == [
        "2: rules: missing key title",
        "2: rules: missing key why",
        "2: rules: missing key fix",
    ]


def test_all_mistakes_of_all_files_are_told_at_once(tmp_path):
    (tmp_path / "a.yaml").write_text(text_of("must: [{regex: '('}]"))
    (tmp_path / "b.yaml").write_text(text_of(MUST.replace("must", "mustt")))
    (tmp_path / "c.yaml").write_text("rules: [")
    (tmp_path / "d.yaml").write_text(text_of(MUST))
    (tmp_path / "e.yaml").write_text(text_of(MUST))

    with pytest.raises(InvalidInput) as caught:
        load(sorted(tmp_path.glob("*.yaml")))

    told = str(caught.value)
    for part in ("a.yaml:8: ", "b.yaml:8: ", "c.yaml:2: not valid YAML", "e.yaml:2: TST-001 is there twice, first at"):
        assert part in told


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"- a\n", b"rules: 5\n", b"a: &x [*x]\n", b"[" * 900_000, b"- " * 400_000]
)
def test_what_is_no_file_of_rules_is_refused(tmp_path, content):
    file = tmp_path / "rules.yaml"
    file.write_bytes(content)

    with pytest.raises(InvalidInput, match=r"rules\.yaml:[12]: "):
        load([file])


def test_anchors_that_repeat_anchors_are_not_unfolded(tmp_path):
    bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{name}: &{name} [{', '.join([f'*{last}'] * 10)}]\n" for last, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    text = text_of("property: {path: a, equals: 1}", "esxi").replace("pass: {a: 1}", "pass: {a: *i}")

    assert any("says more than anybody reads" in mistake for mistake in read(bomb + text, tmp_path)[1])


class TestParameters:
    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("parameters: {a: []}", "1: parameters: a is an empty list"),
            ("parameters: {a: }", "1: parameters: a has no value"),
            ("parameters: {a: {b: c}}", "1: parameters: a must be a text, a number, or a list"),
            ("for: [{parameters: {a: 1}}]", "1: for: says not for which devices"),
            ("for: [{site: [dr]}]", "1: for: missing key parameters"),
            ("params: {a: 1}", "unknown key 'params', did you mean parameters?"),
        ],
    )
    def test_a_mistake_has_a_line_and_a_reason(self, tmp_path, text, reason):
        assert any(reason in mistake for mistake in mistakes_of(parameters_of, text, tmp_path))


class TestExceptions:
    GOOD = "exceptions:\n  - {rule: TST-001, device: r1, owner: net, reason: old, ticket: CHG-1, until: 2026-12-31}\n"

    def mistakes(self, text, tmp_path):
        return mistakes_of(exceptions_of, text, tmp_path, ["TST-001"], date(2026, 1, 15))

    def test_a_whole_one_is_read(self, tmp_path):
        assert self.mistakes(self.GOOD, tmp_path) == []

    @pytest.mark.parametrize("key", ["rule", "owner", "reason", "ticket", "until"])
    def test_nothing_of_it_may_be_missing(self, tmp_path, key):
        text = self.GOOD.replace(f"{key}: ", f"x{key}: ")

        assert f"2: exceptions: missing key {key}" in self.mistakes(text, tmp_path)

    @pytest.mark.parametrize(
        ("old", "new", "reason"),
        [
            ("2026-12-31", "2027-01-17", "more than 366 days away"),
            ("2026-12-31", "soon", "must be a day such as"),
            ("TST-001", "TST-002", "there is no rule 'TST-002', did you mean TST-001?"),
            ("device: r1", "device: r1, tag: lab", "for one device or for one tag"),
            ("device: r1, ", "", "for one device or for one tag"),
            ("device: r1", "device: r1, block: '('", "is no regular expression"),
            ("device: r1", "device: r1, evidence: '.*'", "matches everything: leave it out"),
        ],
    )
    def test_a_mistake_has_a_line_and_a_reason(self, tmp_path, old, new, reason):
        assert any(
            each.startswith("2: ") and reason in each for each in self.mistakes(self.GOOD.replace(old, new), tmp_path)
        )

    def test_366_days_are_allowed(self, tmp_path):
        assert self.mistakes(self.GOOD.replace("2026-12-31", "2027-01-16"), tmp_path) == []


class TestPacks:
    GOOD = "pack: p1\ntitle: {en: A, vi: B}\nlevel: 3\nrules: [TST-001]\n"

    @pytest.mark.parametrize(
        ("old", "new", "reason"),
        [
            ("pack: p1", "pack: p2", "they have one name"),
            ("[TST-001]", "[TST-002]", "there is no rule 'TST-002'"),
            ("[TST-001]", "[TST-001, TST-001]", "TST-001 is there twice"),
            ("[TST-001]", "[{id: TST-001, severity: bad}]", "severity is 'bad'"),
            ("level: 3", "level: 9", "level must be a number"),
            ("rules:", "rule:", "missing key rules"),
        ],
    )
    def test_a_mistake_has_a_line_and_a_reason(self, tmp_path, old, new, reason):
        assert mistakes_of(pack_of, self.GOOD, tmp_path, ["TST-001"], name="p1.yaml") == []
        found = mistakes_of(pack_of, self.GOOD.replace(old, new), tmp_path, ["TST-001"], name="p1.yaml")
        assert any(reason in each for each in found)

    def test_controls_are_named_once_and_well(self, tmp_path):
        control = "  - {id: N-MGT-1, title: {en: A, vi: B}, confidence: C}\n"

        assert mistakes_of(controls_of, f"controls:\n{control}", tmp_path) == []
        assert mistakes_of(controls_of, f"controls:\n{control}{control}", tmp_path) == [
            "3: controls: N-MGT-1 is there twice"
        ]
        found = mistakes_of(
            controls_of, "controls:\n" + control.replace("N-MGT-1", "MGT").replace("C}", "X}"), tmp_path
        )
        assert any("is none such as N-MGT-1" in each for each in found)
        assert any("confidence is 'X'" in each for each in found)
