"""Descriptions are read strictly: every mistake has a file, a line and the nearest word."""

import re

import pytest

from dcops.devices.platforms import load
from dcops.errors import InvalidInput
from dcops.model.snapshot import ConfigSource
from dcops.yamlfile.patterns import BadPattern, compiled

GOOD = """\
title: Example
vendor: Example
comment: Unproven.
login:
  prompt: '(?P<name>[\\w.-]+)# ?'
documents:
  - source: running
    command: show config
    ends: '^end$'
refused: ['^denied']
errors: ['^what']
noise: ['^! time']
secrets: ['password WORD']
facts:
  - command: show version
    os_version: 'Release (\\S+)'
"""


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "site" / "platforms"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def read(site):
    """Loads one description and gives what is wrong with it."""

    def read(text, name="example"):
        file = site / f"{name}.yaml"
        file.write_text(text)
        with pytest.raises(InvalidInput) as caught:
            load([site])
        return [line.strip() for line in caught.value.message.split("\n")[1:]]

    return read


def place(text, words):
    """The line on which these words stand first."""
    return next(number for number, line in enumerate(text.split("\n"), 1) if words in line)


def test_a_description_is_named_after_its_file(site):
    (site / "example-os_2.yaml").write_text(GOOD)

    (platform,) = load([site]).values()

    assert platform.name == "example-os_2"
    assert platform.title == "Example"
    assert platform.login.device_type == "generic"
    assert platform.document(ConfigSource.RUNNING).command == "show config"
    assert platform.document(ConfigSource.STARTUP) is None


def test_the_earlier_folder_wins_and_the_later_one_adds(site, tmp_path):
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    (site / "one.yaml").write_text(GOOD.replace("title: Example", "title: Mine"))
    (shipped / "one.yaml").write_text(GOOD.replace("title: Example", "title: Theirs"))
    (shipped / "two.yaml").write_text(GOOD)

    found = load([site, shipped])

    assert {name: each.title for name, each in found.items()} == {"one": "Mine", "two": "Example"}


def test_a_broken_file_that_another_one_wins_over_hurts_nobody(site, tmp_path):
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    (site / "one.yaml").write_text(GOOD)
    (shipped / "one.yaml").write_text("title: [")

    assert load([site, shipped])["one"].title == "Example"


def test_a_folder_that_is_not_there_holds_none(tmp_path):
    assert load([tmp_path / "nowhere"]) == {}


@pytest.mark.parametrize(
    ("change", "words", "message"),
    [
        (("refused:", "refusd:"), "refusd", "unknown key 'refusd', did you mean refused?"),
        (("prompt:", "promt:"), "promt", "login: unknown key 'promt', did you mean prompt?"),
        (("source: running", "source: runing"), "runing", "documents: source is 'runing', did you mean running?"),
        (("(?P<name>", "("), "prompt", "login: prompt '([\\\\w.-]+)# ?' has no group (?P<name>…)"),
        (("password WORD", "password \\S+"), "secrets", "has no group (?P<secret>…) (WORD and REST stand for one)"),
        (("'^end$'", "'^(end'"), "ends", "documents: ends '^(end' is no regular expression"),
        (("'^! time'", "'(\\w+ ?)+x'"), "noise", "repeats what already repeats"),
        (("'^! time'", "'.*'"), "noise", "matches an empty text, and so every line"),
        (("Release (\\S+)", "Release \\S+"), "os_version", "facts: os_version has no group ( ) around what is wanted"),
        (("ends: '^end$'", "opens: '{$'"), "- source", "opens and closes are said together"),
        (("command: show config", "command: "), "command: ", "documents: command is empty"),
        (("title: Example", "title: {a: b}"), "title", "title must be a text"),
        (("ends: '^end$'", "needed: maybe"), "needed", "needed must be true or false, not 'maybe'"),
        (("ends: '^end$'", "smallest_lines: -3"), "smallest", "smallest_lines must be a number from 1 to 100000"),
        (("title: Example\n", "title: Example\ntitle: Other\n"), "Other", "title is said twice, first on line 1"),
        (("login:\n", "login:\n  screen: vt1000\n"), "vt1000", "login: screen is 'vt1000', did you mean vt100?"),
        (("login:\n", "login:\n  device_type: cisco_ios_telnet\n"), "telnet", "is no SSH device type of netmiko"),
    ],
)
def test_a_mistake_is_told_with_its_line(read, change, words, message):
    text = GOOD.replace(*change)
    assert text != GOOD

    mistakes = read(text)

    assert any(f"example.yaml:{place(text, words)}: " in mistake and message in mistake for mistake in mistakes), (
        mistakes
    )


@pytest.mark.parametrize("key", ["title", "vendor", "comment", "login", "documents", "noise", "secrets", "facts"])
def test_what_must_be_there_is_missed(read, key):
    text = re.sub(rf"(?ms)^{key}:.*?(?=^\w|\Z)", "", GOOD)

    assert any(f"missing key {key}" in mistake for mistake in read(text))


@pytest.mark.parametrize("text", ["title: [", "\t", "- a\n- b\n", "", "title: \x00", "a: &a [*a]"])
def test_what_is_no_mapping_is_told_and_does_not_break(read, text):
    assert read(text)[0].startswith("/") or "example.yaml:" in read(text)[0]


def test_all_mistakes_of_all_files_are_told_at_once(site):
    (site / "one.yaml").write_text(GOOD.replace("refused:", "refusd:"))
    (site / "two.yaml").write_text(GOOD.replace("noise:", "nois:"))
    with pytest.raises(InvalidInput) as caught:
        load([site])

    assert "one.yaml" in caught.value.message
    assert "two.yaml" in caught.value.message
    assert caught.value.next_step
    assert caught.value.exit_code == 2


def test_two_documents_of_one_source_are_refused(read):
    text = GOOD.replace("    ends: '^end$'\n", "    ends: '^end$'\n  - {source: running, command: show again}\n")

    assert any("there is a running document already" in mistake for mistake in read(text))


@pytest.mark.parametrize("name", ["ios", "panos"])
def test_a_platform_with_a_driver_of_its_own_cannot_be_described(read, name):
    assert any("has a driver of its own" in mistake for mistake in read(GOOD, name))


@pytest.mark.parametrize("name", ["Example", "ex ample", "ä", "-x"])
def test_a_name_that_no_inventory_could_use_is_refused(read, name):
    assert any("is no name of a platform" in mistake for mistake in read(GOOD, name))


@pytest.mark.parametrize(
    "text",
    [r"(a+)+b", r"(\S+ ?)*x", r"(\w+|x)+$", r"(?:a|b+)*c", r"(?:(?:ab)*)*c", r"(?:\s*\w+\s*)*;", r"(?:x(\w+)+)y"],
)
def test_a_pattern_that_could_run_for_hours_is_refused(text):
    with pytest.raises(BadPattern, match="repeats"):
        compiled(text)


@pytest.mark.parametrize("text", [r"(?:\S+ )*key WORD", r"a(?:, b)*", r"(?:\w+\.)+\w+", r"^\s*x", r"(?:ab){2,4}c"])
def test_a_pattern_that_cannot_is_taken(text):
    assert compiled(text)


@pytest.mark.parametrize(
    ("rule", "line", "secret"),
    [
        ("key WORD", "key abc def", "abc"),
        ("key WORD", 'key "abc def" ghi', '"abc def"'),
        ("key WORD", 'key "abc \\" def" ghi', '"abc \\" def"'),
        ("key WORD", "key 'abc def' ghi", "'abc def'"),
        ("key REST", "key abc def", "abc def"),
        (r"\bkey=WORD", "a key=abc", "abc"),
        (r"\bWORD;$", "abc;", "abc"),
        ("KEYWORD (?P<secret>x)", "KEYWORD x", "x"),
    ],
)
def test_word_and_rest_stand_for_secrets(rule, line, secret):
    assert compiled(rule).search(line)["secret"] == secret
