"""What rules ask of XML."""

import pytest

RULES = """\
<config><devices><entry name="localhost.localdomain"><vsys><entry name="vsys1"><rulebase><security><rules>
<entry name="web"><action>allow</action><source><member>any</member></source>
<tag><member>b</member><member>a</member></tag></entry>
<entry name="any-any"><action>allow</action><source><member>any</member></source>
<destination><member>any</member></destination></entry>
<entry name="last"><action>deny</action></entry>
</rules></security></rulebase></entry></vsys><deviceconfig><setting><limit>5</limit></setting></deviceconfig></entry></devices></config>
"""


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("xpath_one: \"//rules/entry[last()][action='deny']\"", "pass"),
        ('xpath_one: ["//rules", "//nothing"]', "fail"),
        ('xpath_none: "//nothing"', "pass"),
        ("xpath_none: \"//rules/entry[action='allow'][destination/member='any']\"", "fail"),
        ('xpath_value: {xpath: //limit, "<=": 5}', "pass"),
        ('xpath_value: {xpath: //limit, "<=": 4}', "fail"),
        ("xpath_value: {xpath: //limit, equals: 5}", "pass"),
        ("xpath_value: {xpath: //nothing, equals: 5}", "fail"),
        ("xpath_value: {xpath: //nothing, equals: 5, missing: pass}", "pass"),
        ("xpath_value: {xpath: //nothing, equals: 5, missing: unknown}", "could not check"),
        ("xpath_value: {xpath: //nothing, equals: 5, missing: {value: 5}}", "pass"),
        ("xpath_value: {xpath: //nothing, equals: 5, missing: {value: 6}}", "fail"),
        ("xpath_value: {xpath: //action, in: [allow, deny]}", "pass"),
        ("xpath_value: {xpath: //action, not_in: [allow]}", "fail"),
        ("xpath_value: {xpath: //limit, matches: '[0-9]'}", "pass"),
        ("xpath_value: {xpath: //limit, matches: '[a-z]'}", "fail"),
        ('xpath_value: {xpath: //action, "<=": 5}', "could not check"),
        # members have no order, rules have one
        ("xpath_value: {xpath: //tag/member, set: [a, b]}", "pass"),
        ("xpath_value: {xpath: //tag/member, set: [a, b, c]}", "fail"),
        ("xpath_value: {xpath: //tag/member, set: [a]}", "fail"),
        ("xpath_value: {xpath: //tag/member, all_of: [a]}", "pass"),
        ("xpath_value: {xpath: //tag/member, all_of: [c]}", "fail"),
        ("xpath_value: {xpath: //tag/member, only: [a, b, c]}", "pass"),
        ("xpath_value: {xpath: //tag/member, only: [a]}", "fail"),
        ("xpath_value: {xpath: //rules/entry/@name, sequence: [web, any-any, last]}", "pass"),
        ("xpath_value: {xpath: //rules/entry/@name, sequence: [any-any, web, last]}", "fail"),
        ("xpath_value: {xpath: //rules/entry, count: {min: 3, max: 3}}", "pass"),
        ("xpath_value: {xpath: //rules/entry, count: {min: 4}}", "fail"),
        ("xpath_value: {xpath: //nothing, set: [a]}", "fail"),
        # a count in XPath is a number
        ("xpath_value: {xpath: count(//rules/entry), equals: 3}", "pass"),
    ],
)
def test_a_kind_judges_xml(book, asked, status):
    assert book.status(asked, RULES, "panos") == status


def test_each_element_is_judged_by_itself_and_named(book):
    asked = """
    in: {xpath: "//rules/entry", without: "action[.='deny']"}
    xpath_one: destination
    """

    assert book.said(asked, RULES, "panos") == ["entry web: line 2: nothing at destination"]


def test_what_names_an_element_can_be_chosen(book):
    asked = "xpath_none: \"//rules/entry[action='deny']\"\nshow: action"

    assert book.said(asked, RULES, "panos") == ["line 6: entry deny must not be there"]


def test_elements_that_must_be_there_and_are_not_could_not_be_checked(book):
    asked = 'in: {xpath: "//decryption/rules/entry"}\nxpath_one: action'

    assert book.status(asked, RULES, "panos") == "could not check"
    assert book.status(asked.replace("}", ", blocks_optional: true}"), RULES, "panos") == "not applicable"
    assert book.status('in: {xpath: "//rules/entry", with: nothing}\nxpath_one: a', RULES, "panos") == "not applicable"


@pytest.mark.parametrize(
    ("when", "status"),
    [
        ('{xpath: "//nothing"}', "not applicable"),
        ('{xpath: "//rules"}', "fail"),
        ('{xpath_absent: "//rules"}', "not applicable"),
        ('{xpath_absent: "//nothing"}', "fail"),
    ],
)
def test_a_rule_can_wait_for_an_element(book, when, status):
    assert book.status(f'when: {when}\nxpath_one: "//never"', RULES, "panos") == status


def test_parameters_are_variables_and_a_list_is_any_of_them(book):
    asked = 'xpath_none: "//rules/entry[action = {{ actions }}]"'

    assert book.status(asked, RULES, "panos", parameters={"actions": ("drop", "deny")}) == "fail"
    assert book.status(asked, RULES, "panos", parameters={"actions": ("drop", "reset")}) == "pass"
    assert (
        book.status(asked.replace("{{ actions }}", "$actions"), RULES, "panos", parameters={"actions": "deny"})
        == "fail"
    )


def test_a_parameter_that_is_an_expression_is_still_text(book):
    asked = 'xpath_none: "//rules/entry[@name = $name]"'

    assert book.status(asked, RULES, "panos", parameters={"name": "x'] | //*['"}) == "pass"


def test_a_weak_secret_in_an_element_is_told_by_its_mark(book):
    asked = "not_weak: {xpath: //community}"
    text = "<config><community><secret:0123456789ab></community></config>".replace("<secret", "&lt;secret").replace(
        "ab>", "ab&gt;"
    )

    assert book.status(asked, text, "panos", weak=frozenset({"<secret:0123456789ab>"})) == "fail"
    assert book.status(asked, text, "panos", weak=frozenset()) == "pass"
    assert book.status(asked, text, "panos", weak=None) == "could not check"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("//a[re:test(., '(x+x+)+y')]", "calls re:test()"),
        ("document('/etc/hostname')", "calls document()"),
        ("//a[", "is no XPath"),
        ("//a[following::b]", "goes along following::"),
        ("//a[. = //b[. = //c]]", "inside of a look at the whole document"),
    ],
)
def test_a_path_that_is_none_or_never_ends_is_refused(book, path, reason):
    (mistake,) = book.mistakes(f'xpath_none: "{path}"', "panos")

    assert reason in mistake


def test_a_path_that_compares_everything_with_everything_is_not_followed_through_a_monster(book):
    """Some hundred elements are compared in no time; ten thousand with twenty thousand would take minutes."""
    asked = 'xpath_none: "//a[. = //b]"'
    small, large = (f"<config>{'<a>x</a><b>y</b>' * number}</config>" for number in (300, 20_000))

    assert book.status(asked, small, "panos") == "pass"
    assert book.said(asked, large, "panos") == [
        "the XPath TST-001 gave up: it would look 20000 times at 40001 elements"
    ]
    assert book.status('in: {xpath: "//a"}\nxpath_none: "../b[. = //a]"', large, "panos") == "could not check"


def test_a_quoted_bracket_or_slash_is_only_text(book):
    assert book.status("xpath_none: \"//entry[@name='[//]']/action\"", RULES, "panos") == "pass"
