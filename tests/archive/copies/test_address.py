"""What may stand in `[copy] to`."""

from pathlib import Path

import pytest

from dcops.archive.copies.address import SshAddress, parse
from dcops.errors import InvalidInput

ROOT = Path("/srv/dcops")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("/mnt/dr/dcops", Path("/mnt/dr/dcops")),
        ("../dr", ROOT / "../dr"),
        ("ssh://copy@dr.example/srv/copy", SshAddress("dr.example", "/srv/copy", "copy")),
        ("ssh://dr.example:2222/srv/copy/", SshAddress("dr.example", "/srv/copy", port=2222)),
        ("ssh://copy@[2001:db8::5]:2222/srv/copy", SshAddress("2001:db8::5", "/srv/copy", "copy", 2222)),
        ("ssh://copy@192.0.2.5/srv/a%20b", SshAddress("192.0.2.5", "/srv/a b", "copy")),
    ],
)
def test_a_folder_or_a_folder_on_a_host(text, meant):
    assert parse(text, ROOT) == meant


@pytest.mark.parametrize(
    "text",
    [
        "ssh://copy@dr.example",
        "ssh://copy@dr.example/",
        "ssh://copy@dr.example/~/copy",
        "ssh://copy@dr.example/srv/../etc",
        "ssh://copy@dr.example:0/srv",
        "ssh://copy@dr.example:70000/srv",
        "ssh:///srv/copy",
        "ssh://-oProxyCommand=x@dr.example/srv",
        "ssh://copy@-dr.example/srv",
        "ssh://copy@dr.example/srv?x=1",
        "ssh://copy@dr.example/srv/a%0ab",
        "sftp://copy@dr.example/srv",
        "https://dr.example/srv",
        "copy@dr.example:/srv/copy",
        "/mnt/a\nb",
    ],
)
def test_what_is_neither_is_refused_with_a_next_step(text):
    with pytest.raises(InvalidInput) as caught:
        parse(text, ROOT)
    assert caught.value.next_step


def test_a_password_does_not_belong_there_and_is_not_repeated():
    with pytest.raises(InvalidInput, match="holds a password") as caught:
        parse("ssh://copy:hunter2@dr.example/srv", ROOT)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("text", ["ssh://copy@dr.example/srv/copy", "ssh://copy@[2001:db8::5]:2222/srv/copy"])
def test_it_is_written_as_it_was_read(text):
    assert str(parse(text, ROOT)) == text


def test_known_hosts_names_other_ports_in_brackets():
    assert SshAddress("dr.example", "/x").known_as == "dr.example"
    assert SshAddress("dr.example", "/x", port=2222).known_as == "[dr.example]:2222"
