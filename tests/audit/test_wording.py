"""What checks say can be said in both languages."""

import re
from pathlib import Path
from string import Formatter

import pytest

import dcops.audit
from dcops.audit.said import Said
from dcops.audit.wording import TEXTS, say

SAID = re.compile(r'Said\(\s*"([^"]+)"')
SOURCES = sorted(Path(dcops.audit.__file__).parent.rglob("*.py"))


def fields(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_everything_that_is_said_anywhere_has_words():
    said = {key for file in SOURCES for key in SAID.findall(file.read_text(encoding="utf-8"))}

    assert len(said) > 20
    assert said <= set(TEXTS)


@pytest.mark.parametrize("key", TEXTS)
def test_both_languages_say_the_same_things(key):
    words = TEXTS[key]

    assert words.en
    assert words.vi
    assert fields(words.en) == fields(words.vi) <= {"expected", "seen"}


def test_braces_of_a_device_are_only_text():
    assert say(Said("forbidden", "", "{expected} {0}", 7)) == "line 7: `{expected} {0}` must not be there"
    assert say(Said("forbidden", "", "{x}", 7), "vi") == "dòng 7: không được có `{x}`"
