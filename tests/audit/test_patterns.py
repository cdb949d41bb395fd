"""Regular expressions that people wrote, on lines that anybody wrote."""

import pytest

from dcops.audit import pattern
from dcops.audit.parameters import Layer, Parameters, Undefined, Values
from dcops.audit.pattern import BadPattern, Book, MatchingFailed, checked, escaped
from dcops.audit.subject import Subject
from dcops.audit.version import numbers, parsed
from dcops.errors import InvalidInput


def test_an_expression_counts_from_the_beginning_and_a_whole_one_to_the_end():
    book = Book()
    loose, whole = book.add("ip ssh", whole=False), book.add("ip ssh", whole=True)

    assert book.of("ip ssh") == {loose, whole}
    assert book.of("ip ssh version 2") == {loose}
    assert book.of("no ip ssh") == set()


def test_alternatives_stay_together():
    book = Book()
    number = book.add("a|b", whole=True)

    assert [bool(book.of(text)) for text in ("a", "b", "ax", "xb")] == [True, True, False, False]
    assert book.of("a") == {number}


def test_one_that_is_added_later_is_looked_for_as_well():
    book = Book()
    first = book.add("a", whole=False)
    assert book.of("ab") == {first}

    second = book.add("ab", whole=False)

    assert book.of("ab") == {first, second}
    assert book.add("a", whole=False) == first


def test_an_engine_that_gives_up_is_not_taken_for_a_line_without_matches(book):
    """RE2 answers an empty list when its memory does not suffice; else the first expression is always there."""

    class GivesUp:
        def Match(self, line):  # noqa: N802
            return []

    asking = Book()
    asking.add("a", whole=False)
    asking._set = GivesUp()

    with pytest.raises(MatchingFailed):
        asking.of("a")


def test_expressions_that_are_too_large_together_stop_the_run(book, monkeypatch):
    monkeypatch.setattr(pattern, "MEMORY_BYTES", 2000)

    with pytest.raises(InvalidInput, match="all expressions together need more than 2000 bytes"):
        book.status('must_not: [{regex: "(a|b|c|d){50}x"}]', "hostname r1\n")


def test_what_is_remembered_of_lines_has_an_end(monkeypatch):
    monkeypatch.setattr(pattern, "REMEMBERED", 3)
    book = Book()
    book.add("a", whole=False)

    assert [len(book.of(f"a{n}")) for n in range(10)] == [1] * 10
    assert len(book._known) <= 3


@pytest.mark.parametrize("text", ["", "a*", ".*", "(a|)", "x?"])
def test_one_that_matches_every_line_is_refused(text):
    with pytest.raises(BadPattern, match="every line"):
        checked(text)


@pytest.mark.parametrize("text", ["a.b", "[x]", "a|b", "$1", "^", "(", "\\d", "{2}"])
def test_a_value_is_escaped_to_just_itself(text):
    book = Book()
    number = book.add(escaped(text), whole=True)

    assert book.of(text) == {number}
    assert book.of(f"{text}x") == set()


@pytest.mark.parametrize(
    ("text", "wanted", "holds"),
    [
        ("17.9.4a", ">=17.9", True),
        ("17.9.4a", ">17.9.4", False),
        ("15.2(7)E8", ">=15.2(7)", True),
        ("15.2(7)E8", "<15.2(4)", False),
        ("10.2.7-h3", ">=10.2.7-h2, <10.2.8", True),
        ("10.2.7", ">=10.2.7-h1", False),
        ("17", "==17.0", True),
        ("03.16.04b", ">=3.16", True),
    ],
)
def test_versions_are_compared_by_their_numbers(text, wanted, holds):
    assert parsed(wanted).holds(text) is holds


@pytest.mark.parametrize("text", ["", "15", ">=", ">=new", ">=15; <16", "~15"])
def test_a_range_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match="no range of versions"):
        parsed(text)


def test_a_version_without_numbers_has_none():
    assert numbers("unknown") == ()


def test_later_layers_win_and_only_where_they_are_meant():
    parameters = Parameters(
        (Layer({"a": "1", "b": "1"}), Layer({"a": "2"}, roles=("edge",)), Layer({"a": "3"}, tags=("x",)))
    )

    def value(**facts):
        return parameters.of(Subject("r1", "ios", **facts)).of("a")

    assert (value(), value(role="edge"), value(role="edge", tags=("x",))) == ("1", "2", "3")
    assert Parameters((Layer({"a": "9"}),)).over(parameters).of(Subject("r1", "ios", tags=("x",))).of("a") == "9"


def test_texts_are_filled_in_with_every_value_of_a_list():
    values = Values((("n", ("1", "2")), ("m", "x")))

    assert [*values.texts("a {{n}} {{ m }}")] == ["a 1 x", "a 2 x"]
    assert values.pattern("a {{ n }}") == "a (?:1|2)"
    assert values.shown("{{ block }}: {{ n }}", "b") == "b: 1, 2"
    with pytest.raises(Undefined):
        values.of("z")
