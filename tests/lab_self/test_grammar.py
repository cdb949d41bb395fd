"""The command language."""

from __future__ import annotations

import pytest

from lab.ios import filters
from lab.ios.grammar import Command, Grammar, Refused


@pytest.fixture
def grammar():
    syntaxes = (
        "show running-config",
        "show running-config all",
        "show inventory",
        "show interfaces",
        "copy <a> <b>",
        "debug <all...>",
    )
    return Grammar(Command(syntax, lambda: "") for syntax in syntaxes)


def test_words_may_be_cut_short_and_are_written_out(grammar):
    assert grammar.match("sh run", 0).words == "show running-config"
    assert grammar.match("  show   RUN  all ", 0).words == "show running-config all"


def test_arguments_are_taken_as_they_are(grammar):
    assert grammar.match("copy Flash:a b", 0).arguments == {"a": "Flash:a", "b": "b"}
    assert grammar.match("debug ip  packet", 0).arguments == {"all": "ip  packet"}


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("show in", '% Ambiguous command:  "show in"'),
        ("show", "% Incomplete command."),
        ("copy a", "% Incomplete command."),
        ("show x", "     ^\n% Invalid input detected at '^' marker."),
        ("x", "^\n% Invalid input detected at '^' marker."),
        ("show inventory x", "               ^\n% Invalid input detected at '^' marker."),
    ],
)
def test_what_is_not_understood_is_refused(grammar, line, complaint):
    with pytest.raises(Refused) as refused:
        grammar.match(line, 0)
    assert str(refused.value).rstrip("\n") == complaint


def test_help_lists_what_may_follow(grammar):
    assert grammar.help("show ").split() == ["interfaces", "inventory", "running-config"]
    assert grammar.help("show in").split() == ["interfaces", "inventory"]
    assert grammar.help("show running-config ").split() == ["all", "<cr>"]


def test_modifiers_filter_an_answer():
    text = "interface a\n ip x\ninterface b\n ip y\nend\n"
    assert filters.apply("include ^interface", text) == "interface a\ninterface b\n"
    assert filters.apply("exc interface", text) == " ip x\n ip y\nend\n"
    assert filters.apply("begin interface b", text) == "interface b\n ip y\nend\n"
    assert filters.apply("section interface a", text) == "interface a\n ip x\n"
    assert filters.apply("count ip", text) == "Number of lines which match regexp = 2\n"
    with pytest.raises(Refused):
        filters.apply("include (", text)
    with pytest.raises(Refused):
        filters.apply("nonsense x", text)
