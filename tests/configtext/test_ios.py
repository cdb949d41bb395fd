"""A line of free text is told from a command that looks the same."""

import pytest

from dcops.configtext.ios import Part, reach, read, text_of


def parts(text):
    return [line.part for line in read(text)]


@pytest.mark.parametrize("delimiter", ["^C", "\x03", "#", "~", "c", "^", '"'])
def test_a_banner_reaches_to_its_delimiter(delimiter):
    body = read(f"banner motd {delimiter}\nend\npassword 7 0\n{delimiter}\nend\n")
    assert [line.part for line in body] == [Part.TEXT] * 4 + [Part.COMMAND]


def test_a_banner_may_open_and_close_on_one_line():
    assert parts("banner login ^CHello^C\nend\n") == [Part.TEXT, Part.COMMAND]


def test_a_caret_alone_may_be_the_delimiter():
    assert parts("banner motd ^Welcome\nto you^\nend\n") == [Part.TEXT, Part.TEXT, Part.COMMAND]


def test_a_banner_that_never_closes_hides_no_command():
    assert parts("banner motd ^C\nenable secret x\nend\n") == [Part.UNCLOSED, Part.COMMAND, Part.COMMAND]


@pytest.mark.parametrize(
    "opening",
    [
        "banner exec ^C",
        "banner ^C",
        "aaa authentication banner ^C",
        "aaa authentication fail-message ^C",
        "menu ops title ^C",
        " refuse-message ^C",
        " vacant-message \x03",
        " banner text ^C",
        "ip admission auth-proxy-banner http ^C",
    ],
)
def test_other_texts_of_many_lines_are_known(opening):
    closer = opening[-1] if opening.endswith("\x03") else "^C"
    assert parts(f"{opening}\nend\n{closer}\nend\n") == [Part.TEXT] * 3 + [Part.COMMAND]


def test_a_macro_holds_commands_of_its_own():
    assert parts("macro name desk\nswitchport\nend\n@\nend\n") == [Part.COMMAND] + [Part.MACRO] * 3 + [Part.COMMAND]
    assert parts("macro auto execute LINK builtin {\n if x\nend\n}\nend\n")[2:] == [
        Part.MACRO,
        Part.MACRO,
        Part.COMMAND,
    ]
    assert parts("macro name desk\nend\n") == [Part.UNCLOSED, Part.COMMAND]


def test_every_line_knows_the_command_it_stands_under():
    blocks = [line.block for line in read("key chain K\n key 1\n!\n  key-string x\nradius server R\n key y\n")]
    assert blocks == ["key chain K"] * 4 + ["radius server R"] * 2


def test_only_a_line_feed_ends_a_line():
    assert [line.text for line in read("a\x0bb\x0cc\u2028d\x85e\n\nf")] == ["a\x0bb\x0cc\u2028d\x85e", "", "f"]


def test_the_delimiter_of_a_text_is_found_and_that_of_a_command_is_not():
    assert text_of("banner motd ^Chello^C") == 12
    assert text_of(" menu x title ^C") == 14
    assert text_of("interface a") is None


def test_ten_thousand_texts_that_never_close_are_read_row_by_row():
    """Each is looked for once: what does not stand behind one does not stand behind the next."""
    rows = Counted(["macro name a"] * 10_000)

    absent = set()
    parts = [reach(rows, at, absent)[0] for at in range(len(rows))]

    assert set(parts) == {Part.UNCLOSED}
    assert rows.looked_at < 40_000


class Counted(list):
    looked_at = 0

    def __getitem__(self, at):
        self.looked_at += 1
        return super().__getitem__(at)
