"""What changes by itself is dropped, and nothing else."""

from dcops.model.snapshot import ConfigSource


def readable(format_, conceal, *rows):
    return format_.readable("\n".join(("name one", *rows, "end", "")).encode(), ConfigSource.RUNNING, conceal)


def text(format_, conceal, *rows):
    return readable(format_, conceal, *rows).text.split("\n")[1:-2]


def test_a_line_goes(described, conceal):
    assert text(described(noise="['^! time']"), conceal, "! time 09:00", "vlan 1") == ["vlan 1"]


def test_a_part_of_a_line_goes(described, conceal):
    format_ = described(noise="[{replace: '(^version \\S+) by \\S+', with: '\\1'}]")

    assert text(format_, conceal, "version 4.2 by an", "vlan 1") == ["version 4.2", "vlan 1"]


def test_a_block_goes(described, conceal):
    format_ = described(noise="[{begins: '^counters', ends: '^exit'}]")

    assert text(format_, conceal, "counters", " in 5", "exit", "vlan 1") == ["vlan 1"]


def test_a_block_that_never_ends_is_none(described, conceal):
    format_ = described(noise="[{begins: '^counters', ends: '^exit'}]")

    assert text(format_, conceal, "counters", "vlan 1", "vlan 2") == ["counters", "vlan 1", "vlan 2"]


def test_what_noise_told_becomes_a_fact(described, conceal):
    format_ = described(noise="['^! saved at (?P<last_saved_at>.+) by (?P<last_saved_by>\\S+)']")
    shown = readable(format_, conceal, "! saved at 09:00 by an")

    assert dict(shown.facts) == {"last_saved_at": "09:00", "last_saved_by": "an"}
    assert "saved" not in shown.text


def test_white_space_at_the_ends_is_none_of_the_text(described, conceal):
    first = described().readable(b"\n\nname one  \r\n vlan\t\nend\n\n", ConfigSource.RUNNING, conceal)

    assert first.text == "name one\n vlan\nend\n"


def test_what_would_act_on_a_screen_is_written_out(described, conceal):
    assert text(described(), conceal, "banner \x1b[2J\u202e") == ["banner \\x1b[2J\\u202e"]
