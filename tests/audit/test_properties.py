"""What rules ask of properties."""

import pytest

FACTS = {
    "sshd": {"permitrootlogin": "no", "maxauthtries": "4", "ciphers": ["a", "b"]},
    "config": {"lockdown": "lockdownNormal", "admin": True, "shell": 0},
    "accounts": [{"name": "root", "uid": 0}, {"name": "an", "uid": 1000}],
    "services": {"ssh": {"running": False}, "ntpd": {"running": True}},
    "advanced": {"UserVars.ESXiShellTimeOut": 600, "a/b": 1},
    "silent": None,
    "empty": [],
}


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ('property: {path: sshd/permitrootlogin, equals: "no"}', "pass"),
        ("property: {path: sshd/permitrootlogin, equals: no}", "pass"),
        ("property: {path: sshd/permitrootlogin, equals: yes}", "fail"),
        ('property: {path: sshd/maxauthtries, "<=": 4}', "pass"),
        ('property: {path: sshd/maxauthtries, "<=": 3}', "fail"),
        ("property: {path: config/admin, equals: true}", "pass"),
        ("property: {path: config/admin, equals: yes}", "pass"),
        ("property: {path: config/admin, equals: false}", "fail"),
        ("property: {path: config/shell, equals: 0}", "pass"),
        ('property: {path: advanced/UserVars.ESXiShellTimeOut, "<=": 600, ">=": 1}', "pass"),
        ("property: {path: 'advanced/a\\/b', equals: 1}", "pass"),
        ("property: {path: accounts/1/name, equals: an}", "pass"),
        # nothing there is no pass
        ("property: {path: sshd/x, equals: a}", "fail"),
        ("property: {path: sshd/x, equals: a, missing: pass}", "pass"),
        ("property: {path: sshd/x, equals: a, missing: unknown}", "could not check"),
        ("property: {path: sshd/x/y, equals: a}", "fail"),
        ("property: {path: empty/*, equals: a}", "fail"),
        # the source could not tell: never a pass, and never a fail
        ("property: {path: silent, equals: a}", "could not check"),
        ("property: {path: silent/deeper, equals: a, missing: pass}", "could not check"),
        ("property_none: {path: silent/*}", "could not check"),
        # a mapping is no value
        ("property: {path: sshd, equals: a}", "could not check"),
        ("property: {path: sshd, not_in: [a]}", "could not check"),
        # every one of them, or all together
        ("property: {path: services/*/running, equals: false}", "fail"),
        ("property: {path: services/*/running, in: [true, false]}", "pass"),
        ("property: {path: sshd/ciphers/*, set: [b, a]}", "pass"),
        ("property: {path: sshd/ciphers/*, only: [a]}", "fail"),
        ("property: {path: sshd/ciphers/*, sequence: [b, a]}", "fail"),
        ("property: {path: accounts/*/name, all_of: [root]}", "pass"),
        ("property: {path: accounts/*, count: {max: 1}}", "fail"),
        ("property_none: {path: accounts/*/uid, equals: 0}", "fail"),
        ("property_none: {path: accounts/*/uid, equals: 7}", "pass"),
        ("property_none: {path: accounts/*}", "fail"),
        ("property_none: {path: empty/*}", "pass"),
        ("property_none: {path: nothing/*}", "pass"),
    ],
)
def test_a_kind_judges_properties(book, asked, status):
    assert book.status(asked, FACTS, "esxi") == status


def test_each_is_judged_by_itself_and_named(book):
    asked = """
    in: {path: accounts/*, without: [{path: uid, equals: 0}]}
    property: {path: shell, equals: /bin/false}
    show: name
    """

    assert book.said(asked, FACTS, "esxi") == ["an: nothing is set, expected: shell: /bin/false"]


def test_a_path_that_finds_nothing_could_not_be_checked(book):
    asked = "in: {path: hosts/*}\nproperty: {path: a, equals: b}"

    assert book.status(asked, FACTS, "esxi") == "could not check"
    assert book.status(asked.replace("}", ", blocks_optional: true}", 1), FACTS, "esxi") == "not applicable"


@pytest.mark.parametrize(
    ("when", "status"),
    [
        ("{property: config/lockdown, equals: lockdownStrict}", "not applicable"),
        ("{property: config/lockdown, equals: lockdownNormal}", "fail"),
        ("{property: config/x}", "not applicable"),
        ("{property: silent, equals: a}", "could not check"),
    ],
)
def test_a_rule_can_wait_for_a_property(book, when, status):
    assert book.status(f"when: {when}\nproperty: {{path: never, equals: 1}}", FACTS, "esxi") == status


def test_json_as_text_is_read_too(book):
    assert book.status("property: {path: a, equals: 1}", '{"a": 1}', "esxi") == "pass"


def test_facts_of_another_kind_can_be_asked(book):
    asked = 'source: state/sshd\nproperty: {path: permitrootlogin, equals: "no"}'

    assert book.status(asked, {"permitrootlogin": "no"}, "linux", name="sshd") == "pass"
    assert book.status(asked, {"permitrootlogin": "no"}, "linux", name="other") == "could not check"
