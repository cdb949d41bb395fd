"""A server's files as a text that says what changed, and nothing that moves by itself or must not be seen."""

import hashlib
import json
from dataclasses import replace

import pytest

from dcops.diff.formats import Formats
from dcops.errors import DeviceError, ErrorKind
from dcops.model import tree
from dcops.model.snapshot import ConfigSource
from dcops.model.tree import Kind, Member
from tests.diff.tokens import masked

LINUX = Formats().of("linux")
RUNNING, STATE = ConfigSource.RUNNING, ConfigSource.STATE
ROOT = {"user": "root", "group": "root", "modified": 1_700_000_000}
KEY = b"-----BEGIN PRIVATE KEY-----\nAAAAmadeUp\n-----END PRIVATE KEY-----\n"
MEMBERS = (
    Member("etc", Kind.FOLDER, mode=0o755, **ROOT),
    Member("etc/hosts", Kind.FILE, content=b"127.0.0.1 localhost\n", **ROOT),
    Member("etc/my.cnf", Kind.FILE, mode=0o600, content=b"[client]\npassword = madeUp one\n", uid=7, gid=8),
    Member("etc/names", Kind.HARD_LINK, target="etc/hosts"),
    Member("etc/localtime", Kind.SYMLINK, target="/usr/share/zoneinfo/Asia/Ho_Chi_Minh"),
    Member("etc/cache.db", Kind.FILE, content=b"\x00\x01binary madeUp", **ROOT),
    Member("etc/open", Kind.FILE, content=b"no end", **ROOT),
    Member("etc/vpn.conf", Kind.FILE, content=b"dev tun\n" + KEY, **ROOT),
)
FACTS = {
    "kernel": "6.1.0",
    "uptime_seconds": 5.0,
    "file_systems": [{"mount": "/", "size_bytes": 10, "free_bytes": 5}],
    "time_source": {"leap_status": "Normal", "offset_seconds": 0.1, "reference": "192.0.2.1", "stratum": 3},
    "note": "https://an:madeUp@192.0.2.1/ \u202e \x1b[2J",
}
READABLE = f"""\
=== etc/ 0755 root:root
=== etc/cache.db 0644 root:root
no text: 15 bytes, sha256 {hashlib.sha256(MEMBERS[5].content).hexdigest()}
=== etc/hosts 0644 root:root
127.0.0.1 localhost
=== etc/localtime -> /usr/share/zoneinfo/Asia/Ho_Chi_Minh
=== etc/my.cnf 0600 7:8
[client]
password = <secret>
=== etc/names is etc/hosts
=== etc/open 0644 root:root
no end
\\ no newline at the end
=== etc/vpn.conf 0644 root:root
dev tun
-----BEGIN PRIVATE KEY-----<secret>-----END PRIVATE KEY-----
"""


def readable(members, conceal):
    return LINUX.readable(tree.write(members), RUNNING, conceal)


def test_files_stand_under_headings_with_mode_and_owner(conceal):
    found = readable(MEMBERS, conceal)

    assert masked(found.text) == READABLE
    assert found.secrets == 2


def test_times_are_noise_and_the_order_is_ours(conceal):
    later = [replace(member, modified=member.modified + 99) for member in reversed(MEMBERS)]

    assert readable(later, conceal) == readable(MEMBERS, conceal)


@pytest.mark.parametrize(
    "change",
    [{"mode": 0o666}, {"user": "an"}, {"content": b"127.0.0.1 other\n"}, {"path": "etc/hosts.new"}],
)
def test_what_matters_is_seen(change, conceal):
    others = [replace(member, **change) if member.path == "etc/hosts" else member for member in MEMBERS]

    assert readable(others, conceal).text != readable(MEMBERS, conceal).text


def test_a_changed_secret_is_seen_and_not_read(conceal):
    others = [replace(each, content=each.content.replace(b"madeUp one", b"madeUp two")) for each in MEMBERS]

    assert readable(others, conceal).text != readable(MEMBERS, conceal).text
    assert "madeUp" not in readable(others, conceal).text


def test_a_text_cannot_pose_as_another_file_or_act_on_a_screen(conceal):
    content = b"=== etc/shadow 0640 root:shadow\n\x1b[2J \xff \xe2\x80\xae\n<secret:0123456789ab>\n"
    text = readable([Member("etc/x\n=== y", Kind.FILE, content=content, **ROOT)], conceal).text

    assert masked(text) == (
        "=== etc/x\\x0a=== y 0644 root:root\n"
        "\\x3d== etc/shadow 0640 root:shadow\n\\x1b[2J \\xff \\u202e\n\\x3csecret:<secret>\n"
    )


def test_facts_lose_what_moves_by_itself(conceal):
    text = LINUX.readable(json.dumps(FACTS).encode(), STATE, conceal).text

    assert json.loads(masked(text).replace("<secret>", "S")) == {
        "kernel": "6.1.0",
        "file_systems": [{"mount": "/", "size_bytes": 10}],
        "time_source": {"leap_status": "Normal"},
        "note": "https://an:S@192.0.2.1/ \\u202e \\x1b[2J",
    }
    assert text.index('"file_systems"') < text.index('"kernel"')


def test_the_names_of_the_readable_files():
    assert (LINUX.suffix(RUNNING), LINUX.suffix(STATE)) == ("txt", "json")
    assert not LINUX.absent(b"")


@pytest.mark.parametrize(
    ("content", "source", "kind"),
    [
        (b"", RUNNING, ErrorKind.INVALID),
        (b"\0" * 10240, RUNNING, ErrorKind.INVALID),
        (tree.write([MEMBERS[0]]), RUNNING, ErrorKind.INVALID),
        (tree.write(MEMBERS)[:3000], RUNNING, ErrorKind.TRUNCATED),
        (tree.write([MEMBERS[1]])[:1024], RUNNING, ErrorKind.TRUNCATED),
        (b"Your password has expired\n", RUNNING, ErrorKind.INVALID),
        (b'{"kernel": "6.', STATE, ErrorKind.TRUNCATED),
        (b"", STATE, ErrorKind.TRUNCATED),
        (b"{}", STATE, ErrorKind.INVALID),
        (b"[1]", STATE, ErrorKind.INVALID),
        (b"[" * 100_000, STATE, ErrorKind.TRUNCATED),
    ],
)
def test_what_is_not_whole_is_refused(content, source, kind):
    with pytest.raises(DeviceError) as caught:
        LINUX.check(content, source)

    assert caught.value.kind is kind
    assert caught.value.next_step


def test_what_is_whole_passes():
    LINUX.check(tree.write(MEMBERS), RUNNING)
    LINUX.check(json.dumps(FACTS).encode(), STATE)


def test_a_recorded_tar_stays_a_tar_without_secrets(conceal):
    answer = LINUX.redacted(tree.write(MEMBERS), conceal)

    members = {member.path: member for member in tree.read(answer)}
    assert b"madeUp" not in answer
    assert members["etc/cache.db"].content == b""
    assert members["etc/hosts"] == MEMBERS[1]
    assert members["etc/my.cnf"].content.startswith(b"[client]\npassword = <secret:")
    LINUX.check(answer, RUNNING)


def test_a_recorded_text_or_json_stays_what_it_is(conceal):
    text = b"kernel 6.1\nurl https://an:madeUp@192.0.2.1/x \xff\n"
    data = json.dumps([{"ifname": "eno1", "token": 'made"Up,x'}]).encode()

    assert masked(LINUX.redacted(text, conceal).decode("utf-8", "surrogateescape")) == (
        "kernel 6.1\nurl https://an:<secret>@192.0.2.1/x \udcff\n"
    )
    assert json.loads(LINUX.redacted(data, conceal))[0]["ifname"] == "eno1"
    assert b"made" not in LINUX.redacted(data, conceal)


def test_a_damaged_tar_is_not_shown_at_all(conceal):
    assert LINUX.redacted(tree.write(MEMBERS)[:3000], conceal) == b""
