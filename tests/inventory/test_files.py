import os
import tempfile
from pathlib import Path

import pytest

from dcops.inventory.load import check


def test_files_are_read_from_every_folder_below(folder):
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "a" / "b" / "c.yaml").write_text("sites: [{name: Main, title: M, role: main}]\n")

    (mistake,) = check(folder)[1]

    assert mistake.file == "inventory/a/b/c.yaml"


def test_hidden_files_and_other_files_are_no_inventory(folder):
    (folder / ".draft.yaml").write_text("nonsense: [")
    (folder / ".git").mkdir()
    (folder / ".git" / "x.yaml").write_text("nonsense: [")
    (folder / "README.md").write_text("nonsense: [")

    assert check(folder)[1] == ()


def test_a_file_that_would_be_overlooked_is_told(look):
    (mistake,) = look("devices: []\n", "more.yml")

    assert "only *.yaml is read" in mistake.message
    assert mistake.hint == "rename it to more.yaml"


def test_a_syntax_error_is_one_line_and_other_files_are_still_checked(look, folder):
    (folder / "broken.yaml").write_text("devices:\n  - name: rtr-9\n    site: main: main\n")

    mistakes = look("circuits: [{name: l1, site: mian, provider: P, kind: ftth, device: rtr-9}]\n")

    assert [(mistake.file, mistake.line) for mistake in mistakes] == [
        ("inventory/broken.yaml", 3),
        ("inventory/file.yaml", 1),
    ]
    assert "unknown site 'mian'" in mistakes[1].message


def test_a_syntax_error_never_repeats_the_text_around_it(look):
    mistakes = look("devices:\n  - name: rtr-1\n    notes: hunter2hunter2: x\n")

    assert "hunter2" not in str(mistakes)


def test_a_file_that_is_not_utf8_is_told_with_its_line_and_still_checked(look):
    mistakes = look(b"systems:\n  - {name: s1, title: Caf\xe9}\n  - {name: s2}\n")

    assert [mistake.line for mistake in mistakes] == [2, 3]
    assert "not UTF-8" in mistakes[0].message
    assert "missing key 'title'" in mistakes[1].message


def test_a_byte_order_mark_is_no_mistake(look):
    assert look(b"\xef\xbb\xbfdevices: []\n") == ()


def test_utf16_is_told(look):
    mistakes = look("devices: []\n".encode("utf-16"))

    assert "not UTF-8" in mistakes[0].message


def test_a_control_character_is_told_once_with_its_line(look):
    (mistake,) = look("systems:\n  - {name: s1, title: Portal}\n  - {name: s\x1b[31m, title: x}\n")

    assert mistake.line == 3
    assert "U+001B" in mistake.message
    assert "\x1b" not in str(mistake)


@pytest.mark.parametrize("content", [b"\x00" * 50, b"\xff\xfe\x00", bytes(range(256))])
def test_rubbish_is_told_and_does_not_stop_the_check(look, content):
    mistakes = look(content)

    assert mistakes
    assert {mistake.file for mistake in mistakes} == {"inventory/file.yaml"}


def test_links_are_told_where_they_are_not_followed(folder, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (folder / "loop").symlink_to(folder)
    (folder / "gone.yaml").symlink_to(tmp_path / "nothing")

    mistakes = check(folder)[1]

    assert [mistake.file for mistake in mistakes] == ["inventory/gone.yaml", "inventory/loop"]
    assert "leads nowhere" in mistakes[0].message
    assert "not followed" in mistakes[1].message


def test_a_link_to_a_file_is_read(folder, tmp_path):
    (tmp_path / "shared.yaml").write_text("systems: [{name: s1, title: S}]\n")
    (folder / "shared.yaml").symlink_to(tmp_path / "shared.yaml")

    assert check(folder)[0].system("s1").title == "S"


def test_a_folder_and_a_pipe_with_a_files_name_do_not_hold_us_up(folder):
    (folder / "folder.yaml").mkdir()
    os.mkfifo(folder / "pipe.yaml")

    (mistake,) = check(folder)[1]

    assert mistake.file == "inventory/pipe.yaml"
    assert "no regular file" in mistake.message


def test_a_file_that_may_not_be_read_is_told():
    # Root reads everything, so the check runs as nobody, in a folder that nobody may enter.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "inventory"
        folder.mkdir()
        Path(name).chmod(0o755)
        (folder / "closed.yaml").write_text("devices: []\n")
        (folder / "closed.yaml").chmod(0)
        was = os.geteuid()
        if was == 0:
            os.seteuid(65534)
        try:
            mistakes = check(folder)[1]
        finally:
            os.seteuid(was)

    assert any("cannot be read" in mistake.message for mistake in mistakes)


def test_a_files_name_cannot_upset_the_terminal(folder):
    (folder / "a\x1b[31m\n.yaml").write_text("nonsense: 1\n")

    (mistake,) = check(folder)[1]

    assert str(mistake).isprintable()
