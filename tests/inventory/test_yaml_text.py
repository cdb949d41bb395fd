import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dcops.inventory.yaml_text import NotReadable, line_of, read


def value_of(text):
    return read(f"key: {text}\n")[0]["key"]


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "yes",
        "on",
        "2026-01-15",
        "12:30:45",
        "192.0.2.1",
        "17.09.04a",
        "1_000",
        "007",
        "0018",
        "0o17",
        "12E5",
        "1e3",
        "1.5e3",
    ],
)
def test_a_word_stays_a_text(text):
    assert value_of(text) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None), ("~", None), ("null", None), ("Null", None), ("true", True), ("False", False),
        ("0", 0), ("-7", -7), ("0x1F", 31), ("1.5", 1.5), (".5", 0.5), ("1.5e+3", 1500.0), ("-.inf", float("-inf")),
        ('"true"', "true"), ("'7'", "7"), ("!!str 7", "7"),
    ],
)  # fmt: skip
def test_a_plain_word_means_what_yaml_1_2_says(text, value):
    found = value_of(text)

    assert found == value
    assert isinstance(found, type(value))


@pytest.mark.parametrize("text", ["17.10", "0x1F", "1.0e+3"])
def test_a_number_remembers_how_it_was_written(text):
    assert value_of(text).text == text


@given(st.text(st.sampled_from("0123456789abcdefxE.+-_:~no\t "), max_size=8))
def test_a_text_that_pyyaml_writes_is_read_as_that_text(text):
    assert read(yaml.safe_dump({"key": text}))[0] == {"key": text}


def test_a_number_of_many_digits_stays_a_text():
    assert value_of("9" * 5000) == "9" * 5000


def test_every_value_knows_its_line():
    root, _ = read("a:\n  - b: 1\n    c: {d: 2,\n        e: 3}\n  - x\n")

    assert line_of(root, ("a",)) == 1
    assert line_of(root, ("a", 0)) == 2
    assert line_of(root, ("a", 0, "c", "e")) == 4
    assert line_of(root, ("a", 1)) == 5
    assert line_of(root, ("a", 0, "c", "missing")) == 3


def test_a_key_that_is_said_twice_counts_once_and_is_told():
    root, repeated = read("a: 1\nb: 2\na: 3\n")

    assert root == {"a": 1, "b": 2}
    assert [(twice.key, twice.line, twice.first_line) for twice in repeated] == [("a", 3, 1)]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a: 1\nb: [1, 2\n", 3, "not valid YAML"),
        ("a: 1\n\tb: 2\n", 2, "not valid YAML"),
        ("a: 1\n---\nb: 2\n", 2, "second document"),
        ("a: &x 1\nb: *x\n", 1, "anchors and aliases"),
        ("a: 1\nb:\n  - *x\n", 3, "anchors and aliases"),
        ("a: 1\n&k b: 2\n", 2, "must be a plain word"),
        ("a: 1\n? [b, c]\n: 2\n", 2, "must be a plain word"),
        ("a: !!python/object/apply:os.getcwd []\n", 1, "tags are not used"),
        ("a: !secret x\n", 1, "tags are not used"),
        ("a: " + "[" * 5000, 1, "nested deeper"),
    ],
)
def test_what_an_inventory_has_no_use_for_is_refused_with_its_line(text, line, message):
    with pytest.raises(NotReadable, match=message) as caught:
        read(text)

    assert caught.value.line == line


def test_aliases_that_unfold_without_end_are_refused_at_once():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]

    with pytest.raises(NotReadable, match="anchors and aliases"):
        read("\n".join(lines))


def test_an_empty_text_is_nothing():
    assert read("") == (None, ())
    assert read("# only a comment\n") == (None, ())
