"""A recording holds what the agent has, as the lab reads it, and neither logins nor, when asked, addresses."""

import stat

import pytest

from dcops.errors import UsageError
from dcops.exporters.snmp.recording import recording, write
from dcops.snmp import oid
from lab.snmp import record

ROWS = [
    ("1.3.6.1.2.1.1.1.0", 4, b"A card, 2 | 3 #4"),
    ("1.3.6.1.2.1.1.2.0", 6, oid.encode("1.3.6.1.4.1.32473.7")),
    ("1.3.6.1.2.1.1.3.0", 67, b"\x00\xff\xff\xff\xff"),
    ("1.3.6.1.2.1.1.4.0", 4, "Phòng máy".encode()),
    ("1.3.6.1.2.1.1.5.0", 4, b""),
    ("1.3.6.1.2.1.1.6.0", 4, b" two\nlines "),
    ("1.3.6.1.2.1.1.7.0", 2, b"\xff"),
    ("1.3.6.1.2.1.2.2.1.6.1", 4, b"\x00\x1b\x21\xaa\xbb\xcc"),
    ("1.3.6.1.2.1.4.20.1.1.198.18.5.6", 64, bytes((198, 18, 5, 6))),
    ("1.3.6.1.4.1.32473.1.0", 70, b"\x00\xff\xff\xff\xff\xff\xff\xff\xff"),
    ("1.3.6.1.4.1.32473.2.0", 68, b"\x9f\x78\x04\x42\xf6\x00\x00"),
]


def rows(*more):
    return [(oid.encode(name), tag, content) for name, tag, content in (*ROWS, *more)]


def read(made, folder):
    file = folder / "walk.snmprec"
    write(file, made)
    return {oid.dotted(oid.of(row.name)): row.value for row in record.read(file)}


def test_the_lab_reads_every_value_as_the_agent_gave_it(tmp_path):
    found = read(recording(rows(), secrets=[]), tmp_path)

    assert {name: (value[0], value[2:]) for name, value in found.items()} == {
        name: (tag, content) for name, tag, content in ROWS
    }


@pytest.mark.parametrize(
    "row",
    [
        ("1.3.6.1.4.1.32473.9.1.0", 4, b"k-private"),
        ("1.3.6.1.4.1.32473.9.2.0", 4, b"community k-private is used"),
        ("1.3.6.1.4.1.32473.9.3.0", 4, b"\x00\x01k-private\xff"),
        ("1.3.6.1.4.1.32473.9.4.0", 4, b"noc"),
        ("1.3.6.1.4.1.32473.9.5." + ".".join(str(sign) for sign in b"k-private"), 2, b"\x01"),
        ("1.3.6.1.6.3.18.1.1.1.2.1", 4, b"another"),
        ("1.3.6.1.6.3.16.1.2.1.3.2.3.97.98.99", 4, b"group"),
        ("1.3.6.1.6.3.15.1.2.2.1.3.5.1.2.3.4.5.3.97.98.99", 4, b"abc"),
        ("1.3.6.1.6.3.12.1.3.1.4.1", 4, b"abc"),
    ],
    ids=["value", "inside", "among bytes", "short", "index", "communities", "groups", "users", "targets"],
)
def test_a_row_with_a_secret_is_left_out(row):
    made = recording(rows(row), secrets=["k-private", "noc"])

    assert (made.rows, made.left_out) == (len(ROWS), 1)
    assert b"k-private" not in made.content
    assert row[0].encode() not in made.content


def test_anonymous_hides_addresses_and_serial_numbers(tmp_path):
    told = [
        ("1.3.6.1.2.1.47.1.1.1.1.11.1", 4, b"FOC1234X0AB"),
        ("1.3.6.1.4.1.32473.3.0", 4, b"FOC1234X0AB at 198.18.5.6"),
        ("1.3.6.1.4.1.32473.4.0", 64, bytes((198, 18, 5, 6))),
    ]
    made = recording(rows(*told), secrets=[], anonymous=True)
    text = made.content.decode()

    assert "FOC1234X0AB" not in text
    assert "198.18.5" not in text
    assert "001b21aabbcc" not in text
    assert made.left_out == 1
    assert "SERIAL0001" in text
    assert len(read(made, tmp_path)) == made.rows == len(ROWS) + 2


def test_a_file_that_is_there_is_not_touched_and_a_new_one_is_private(tmp_path):
    file = tmp_path / "walk.snmprec"
    write(file, recording(rows(), secrets=[]))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_bytes()

    with pytest.raises(UsageError, match="is there already"):
        write(file, recording([], secrets=[]))
    assert file.read_bytes() == before
