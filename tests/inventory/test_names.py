import pytest

from dcops.inventory.words import name_problem, suggested_name


@pytest.mark.parametrize("name", ["a", "rtr-edge-1", "1022", "a.b-c", "x" * 63])
def test_a_good_name_has_no_problem(name):
    assert name_problem(name) is None


@pytest.mark.parametrize(
    "name",
    ["", "..", "../etc/passwd", "a..b", "a/b", "Rtr", "a b", "a'b", 'a"b', "a\nb", "a\x1b[31m", "-a", ".a", "x" * 64,
     "rtr-1\n", "bộ-định-tuyến", "a$(id)"],
)  # fmt: skip
def test_a_name_that_could_harm_a_path_a_shell_or_a_screen_is_none(name):
    assert name_problem(name) is not None


def test_racks_may_have_capitals():
    assert name_problem("A01", capitals=True) is None
    assert name_problem("A01") is not None


def test_a_bad_name_is_met_with_a_good_one():
    assert suggested_name("Rtr Edge_1") == "rtr-edge-1"
    assert suggested_name("../x") == "x"
    assert suggested_name("///") is None


@pytest.mark.parametrize("written", ["'../x'", "'a/b'", '"a\\nb"', '"a\\e[31mb"', "'a''b'", "Rtr-1", "x" * 80])
def test_a_bad_name_is_one_mistake_and_harmless_to_show(look, written):
    (mistake,) = look(f"systems:\n  - {{name: {written}, title: T}}\n")

    assert mistake.line == 2
    assert str(mistake).isprintable()


@pytest.mark.parametrize("key", ["role", "tags", "service_groups"])
def test_words_to_select_by_are_names_too(look, key):
    role, value = ("r", "[Bad Word]") if key != "role" else ("'Bad Word'", "[]")
    more = "" if key == "role" else f", {key}: {value}"

    (mistake,) = look(f"devices:\n  - {{name: a, site: main, vendor: v, model: m, role: {role}{more}}}\n")

    assert key in mistake.message
    assert mistake.hint == "did you mean bad-word?"


def test_a_name_used_twice_is_told_at_the_second_place_and_points_at_the_first(look):
    (mistake,) = look("systems:\n  - {name: s1, title: a}\n  - {name: s1, title: b}\n")

    assert str(mistake) == ("inventory/file.yaml:3: system s1: this name is used already (at inventory/file.yaml:2)")


def test_things_of_different_kinds_may_share_a_name(look):
    assert look("systems:\n  - {name: main, title: a}\n") == ()


def test_an_unknown_platform_is_told_with_the_nearest_one(device):
    (mistake,) = device("platform: isos, management: {ipv4: 192.0.2.1}, credential: ios-backup")

    assert mistake.message == "device rtr-1: unknown platform 'isos'"
    assert mistake.hint == "did you mean ios?"


def test_credentials_that_share_an_environment_variable_are_told(look):
    (mistake,) = look("credentials:\n  - {name: a.b}\n  - {name: a-b}\n")

    assert mistake.line == 3
    assert "cannot be told from a.b" in mistake.message


def test_two_rooms_of_one_name_are_told(look):
    room = "{name: r, width_mm: 1, depth_mm: 1}"

    (mistake,) = look(f"sites:\n  - {{name: s, title: S, role: main, rooms: [{room}, {room}]}}\n")

    assert "room 'r' is there already" in mistake.message
