"""A CSV file in whatever signs and with whatever dividers people send it."""

import unicodedata
from functools import partial

import pytest

from dcops.errors import InvalidInput
from dcops.inventory.spreadsheet import headings, read

TONES = "\u0300\u0301\u0303\u0309\u0323"
TEXT = 'Tên thiết bị;Địa chỉ IP;Hãng;Ghi chú\nSW-1;192.0.2.1;Cisco;"phòng họp\ntầng 2"\n\nSW-2;192.0.2.2;Cisco;\n'

understood = partial(headings.understood, mapped={})


def windows_1258(text):
    """As Windows writes Vietnamese: the tone stands behind its letter."""
    signs = []
    for sign in text:
        parts = unicodedata.normalize("NFD", sign)
        base = unicodedata.normalize("NFC", "".join(one for one in parts if one not in TONES))
        signs.append(base + "".join(one for one in parts if one in TONES))
    return "".join(signs).encode("cp1258")


def parse(content):
    return read.parse(content, "devices.csv", understood)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (TEXT.encode(), "UTF-8"),
        (TEXT.encode("utf-8-sig"), "UTF-8"),
        (TEXT.encode("utf-16"), "UTF-16"),
        (TEXT.encode("utf-16-be"), "UTF-16 (it does not say so itself)"),
        (windows_1258(TEXT), "Windows-1258 (Vietnamese"),
        (unicodedata.normalize("NFD", TEXT).encode(), "UTF-8"),
    ],
)
def test_vietnamese_is_read_in_every_common_encoding_and_which_is_said(content, words):
    sheet = parse(content)

    assert [row.cells for row in sheet.rows] == [
        ("Tên thiết bị", "Địa chỉ IP", "Hãng", "Ghi chú"),
        ("SW-1", "192.0.2.1", "Cisco", "phòng họp\ntầng 2"),
        ("SW-2", "192.0.2.2", "Cisco", ""),
    ]
    assert words in sheet.note


def test_a_western_file_is_not_taken_for_a_vietnamese_one():
    sheet = parse("Name,Model,Notes\nsw-1,C9200,Société, così\n".encode("cp1252"))

    assert sheet.rows[1].cells[2] == "Société"
    assert "Windows-1252" in sheet.note


@pytest.mark.parametrize(("delimiter", "word"), [(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "bar")])
def test_the_divider_is_found_even_where_another_one_is_more_frequent(delimiter, word):
    others = "a, b, c, d, e" if delimiter in ";|" else "a;b|c " * 5
    lines = (("Name", "Model", "Notes"), ("sw-1", "C9200", others))
    text = "".join(delimiter.join(line) + "\n" for line in lines)

    sheet = parse(text.encode())

    assert sheet.rows[0].cells == ("Name", "Model", "Notes")
    assert word in sheet.note


def test_the_line_that_excel_puts_on_top_is_obeyed_and_is_no_row():
    sheet = parse(b"sep=;\nName;Model\nsw-1;C9200\n")

    assert [row.number for row in sheet.rows] == [2, 3]


def test_rows_are_counted_as_the_spreadsheet_counts_them():
    assert [row.number for row in parse(TEXT.encode()).rows] == [1, 2, 4]


@pytest.mark.parametrize("name", ["a.xlsx", "a.XLS", "a.ods"])
def test_a_workbook_is_refused_with_the_way_to_save_it(tmp_path, name):
    file = tmp_path / name
    file.write_bytes(b"PK\x03\x04")

    with pytest.raises(InvalidInput, match="CSV UTF-8"):
        read.read(file, understood)


def test_a_workbook_under_another_name_is_known_by_its_first_bytes(tmp_path):
    file = tmp_path / "devices.csv"
    file.write_bytes(b"PK\x03\x04\x14\x00")

    with pytest.raises(InvalidInput, match="whatever its name says"):
        read.read(file, understood)


@pytest.mark.parametrize("content", [b"", b"  \n\n"])
def test_an_empty_file_is_said_to_be_empty(content):
    with pytest.raises(InvalidInput, match="empty"):
        parse(content)


def test_a_quotation_mark_that_is_never_closed_does_not_swallow_the_rest():
    with pytest.raises(InvalidInput, match="quotation mark"):
        parse(b'Name,Model\nsw-1,"C9200\nsw-2,C9200\nsw-3,C9200\n')


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InvalidInput, match=r"nowhere\.csv"):
        read.read(tmp_path / "nowhere.csv", understood)


def test_signs_without_width_and_blanks_that_do_not_break_are_gone():
    assert parse("Name,Model\n\u200b sw-1\u00a0,  C9200  L \n".encode()).rows[1].cells == ("sw-1", "C9200 L")
