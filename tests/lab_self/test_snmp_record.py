"""Recorded walks are read as they were written, and what is no walk is refused with its place."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from lab.snmp import agent, record
from lab.snmp.choice import TABLE
from lab.snmp.event import FILE
from lab.snmp.oid import dotted, numbers
from lab.snmp.record import FOLDER, BadRecord
from lab.snmp.table import Table
from lab.snmp.value import number


def rows_of(tmp_path, text, name="walk.snmprec"):
    file = tmp_path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return record.read(file)


@pytest.mark.parametrize(
    ("line", "element"),
    [
        ("1.3.1|2|-5", b"\x02\x01\xfb"),
        ("1.3.1|2|-2147483648", b"\x02\x04\x80\x00\x00\x00"),
        ("1.3.1|4|text with | in it", b"\x04\x11text with | in it"),
        ("1.3.1|4|", b"\x04\x00"),
        ("1.3.1|4x|00ff80", b"\x04\x03\x00\xff\x80"),
        ("1.3.1|4x|0x00FF", b"\x04\x02\x00\xff"),
        ("1.3.1|5|", b"\x05\x00"),
        ("1.3.1|6|1.3.6.1.4.1.300", b"\x06\x07\x2b\x06\x01\x04\x01\x82\x2c"),
        ("1.3.1|64|192.0.2.7", b"\x40\x04\xc0\x00\x02\x07"),
        ("1.3.1|64x|c0000207", b"\x40\x04\xc0\x00\x02\x07"),
        ("1.3.1|65|4294967295", b"\x41\x05\x00\xff\xff\xff\xff"),
        ("1.3.1|66|128", b"\x42\x02\x00\x80"),
        ("1.3.1|67|0", b"\x43\x01\x00"),
        ("1.3.1|70|18446744073709551615", b"\x46\x09\x00" + b"\xff" * 8),
        ("1.3.1|2:numeric|min=1,max=2,initial=2,wrap=1", b"\x02\x01\x02"),
        ("1.3.1|2:numeric|min=3,scale=-95,function=sin", b"\x02\x01\x03"),
        ("1.3.1|4:writecache|value=outlet 3", b"\x04\x08outlet 3"),
    ],
)
def test_a_line_becomes_the_element_that_travels(tmp_path, line, element):
    [row] = rows_of(tmp_path, f"# who it was\n\n{line}\r\n")

    assert row.value == element


@pytest.mark.parametrize(
    "line",
    [
        "1.3.1|2",
        "1.3.1|two|2",
        "1.3.x|2|2",
        "1.3.1|2|two",
        "1.3.1|2|2147483648",
        "1.3.1|65|-1",
        "1.3.1|4x|zz",
        "1.3.1|9|1",
    ],
)
def test_a_line_that_is_no_row_is_refused_with_file_and_number(tmp_path, line):
    with pytest.raises(BadRecord, match=r"walk\.snmprec:2: "):
        rows_of(tmp_path, f"1.3.6.1|2|1\n{line}\n")


def test_text_in_another_encoding_keeps_its_bytes(tmp_path):
    [row] = rows_of(tmp_path, b"1.3.1|4|caf\xe9\n")

    assert row.value == b"\x04\x04caf\xe9"


def test_what_snmpwalk_prints_is_read_with_its_types(tmp_path):
    text = (
        '.1.3.6.1.2.1.1.1.0 = STRING: "first line\nsecond \\"line\\""\n'
        ".1.3.6.1.2.1.1.2.0 = OID: .1.3.6.1.4.1.32473.1\n"
        ".1.3.6.1.2.1.1.3.0 = Timeticks: (4711) 0:00:47.11\n"
        ".1.3.6.1.2.1.2.2.1.6.1 = Hex-STRING: 02 00 5E 10 00 01 \n"
        ".1.3.6.1.2.1.2.2.1.8.1 = INTEGER: down(2)\n"
        ".1.3.6.1.2.1.4.20.1.1.192.0.2.1 = IpAddress: 192.0.2.1\n"
        '.1.3.6.1.2.1.5.1.0 = ""\n'
        ".1.3.6.1.2.1.6.1.0 = No Such Object available on this agent at this OID\n"
        ".1.3.6.1.2.1.31.1.1.1.6.1 = Counter64: 5000000000\n"
        ".1.3.6.1.2.1.33.1.2.7.0 = INTEGER: -1 degrees\n"
    )

    held = {dotted(row.name): row.value for row in rows_of(tmp_path, text, "walk.snmpwalk")}

    assert held == {
        "1.3.6.1.2.1.1.1.0": b'\x04\x18first line\nsecond "line"',
        "1.3.6.1.2.1.1.2.0": b"\x06\x09\x2b\x06\x01\x04\x01\x81\xfd\x59\x01",
        "1.3.6.1.2.1.1.3.0": b"\x43\x02\x12\x67",
        "1.3.6.1.2.1.2.2.1.6.1": b"\x04\x06\x02\x00\x5e\x10\x00\x01",
        "1.3.6.1.2.1.2.2.1.8.1": b"\x02\x01\x02",
        "1.3.6.1.2.1.4.20.1.1.192.0.2.1": b"\x40\x04\xc0\x00\x02\x01",
        "1.3.6.1.2.1.5.1.0": b"\x04\x00",
        "1.3.6.1.2.1.31.1.1.1.6.1": b"\x46\x05\x01\x2a\x05\xf2\x00",
        "1.3.6.1.2.1.33.1.2.7.0": b"\x02\x01\xff",
    }


@pytest.mark.parametrize("file", sorted(FOLDER.rglob("*.snmprec")), ids=lambda file: file.stem)
def test_our_own_walks_are_sorted_and_tell_their_uptime_and_name(file):
    rows = record.read(file)
    names = [row.name for row in rows]

    assert names == sorted(set(names))
    assert numbers("1.3.6.1.2.1.1.3.0") in names
    assert numbers("1.3.6.1.2.1.1.5.0") in names


def test_the_tables_of_walks_and_events_hold_what_is_there(tmp_path):
    assert TABLE.is_file()
    assert FILE.is_file()
    table = Table(record.read(FOLDER / "ups" / "rfc1628.snmprec"))
    value = table.value(numbers("1.3.6.1.2.1.33.1.4.1.0"))

    assert value is not None
    assert number(value) == 3


RECORDINGS = Path(os.environ["DCOPS_RECORDINGS"]) / "snmp" if "DCOPS_RECORDINGS" in os.environ else None
RECORDED = sorted([*RECORDINGS.rglob("*.snmprec"), *RECORDINGS.rglob("*.snmpwalk")]) if RECORDINGS else []


@pytest.mark.skipif(not RECORDED, reason="DCOPS_RECORDINGS names no folder that holds snmp/")
@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.stem)
def test_a_recording_is_served_from_its_first_variable_to_its_last(file):
    rows = record.read(file)
    walk = sorted({row.name for row in rows})
    command = ["/usr/bin/snmpbulkwalk", "-v", "2c", "-c", "public", "-On", "-Cc", "-Cr100", "-t", "5"]
    if not Path(command[0]).exists():
        pytest.skip("the tools of net-snmp are not installed: apt-get install snmp")
    with agent(rows, largest=65507) as one:
        done = subprocess.run(
            [*command, f"{one.host}:{one.port}", ".1"],
            capture_output=True,
            timeout=60,
            check=True,
            env={"PATH": "/usr/bin:/bin", "MIBS": "", "SNMP_PERSISTENT_DIR": "/nonexistent"},
        )

    lines = done.stdout.decode(errors="replace").splitlines()
    seen = [numbers(found[1]) for line in lines if (found := re.match(r"(\.[\d.]+) = (?!No more)", line))]
    assert seen == walk
