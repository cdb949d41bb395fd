"""The new file: valid, traceable to its rows, and never in place of another."""

import os

import pytest

from dcops.errors import CannotRun, InvalidInput
from dcops.inventory.load import load
from dcops.inventory.mistake import InvalidInventory
from dcops.inventory.spreadsheet import write
from dcops.inventory.spreadsheet.row import Outcome, Planned

BASE = """\
sites:
  - {name: main, title: Main, role: main, rooms: [{name: room, width_mm: 5000, depth_mm: 5000}]}
racks:
  - {name: A01, site: main, room: room}
credentials:
  - {name: ios-backup}
devices:
  - {name: old-1, site: main, role: router, vendor: V, model: M, place: {rack: A01, unit: 12}}
"""


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "inventory"
    made.mkdir()
    (made / "all.yaml").write_text(BASE)
    return made


def row(number, name, **values):
    return Planned(
        number,
        Outcome.ADD,
        name,
        name.upper(),
        {"name": name, "site": "main", "role": "router", "vendor": "V", "model": "M", **values},
        guessed=("platform",),
    )


def new_file(folder, *rows, source="Danh sách.csv"):
    return write.new_file(folder, source, rows, "2026-01-15")


def test_every_value_comes_back_as_it_was(folder):
    tricky = {
        "serial": "001801000000006",
        "software": "17.10",
        "management": {"ipv4": "192.0.2.40", "ipv6": "2001:db8::40", "port": 8443},
        "owner": 'Phòng "Hạ tầng": #1',
        "level": 3,
        "support": {"end_of_support": "2027-12-31"},
        "tags": ["no", "on-1"],
        "notes": "dòng một\ndòng hai: - x",
    }
    new = new_file(folder, row(5, "sw-1", **tricky), row(6, "sw-2", serial="12E5"))

    assert write.mistakes(folder, new) == ()
    write.write(new)
    inventory = load(folder)
    one, two = inventory.device("sw-1"), inventory.device("sw-2")

    assert (one.serial, one.software, one.owner, one.notes) == (
        "001801000000006",
        "17.10",
        'Phòng "Hạ tầng": #1',
        "dòng một\ndòng hai: - x",
    )
    assert (str(one.management.ipv6), one.management.port, one.tags) == ("2001:db8::40", 8443, ("no", "on-1"))
    assert one.support.end_of_support.isoformat() == "2027-12-31"
    assert two.serial == "12E5"


def test_the_file_says_where_each_device_comes_from(folder):
    new = new_file(folder, row(5, "sw-1"))

    assert new.path == folder / "devices" / "danh-sach.yaml"
    assert new.text.startswith("# From Danh sách.csv, brought in on 2026-01-15")
    assert "# row 5; there: SW-1; guessed: platform\n  - name: sw-1\n" in new.text


def test_a_mistake_is_told_with_the_row_that_makes_it(folder):
    new = new_file(
        folder,
        row(5, "sw-1", place={"rack": "A01", "unit": 12}),
        row(9, "sw-2", platform="ios", credential="nobody", management={"ipv4": "192.0.2.1"}),
    )

    found = write.mistakes(folder, new)

    assert [one.row for one in found] == [5, 9]
    assert "unit 12 of rack A01 is filled by old-1" in found[0].message
    assert "unknown credential" in found[1].message


def test_an_inventory_that_is_wrong_already_is_not_added_to(folder):
    (folder / "all.yaml").write_text(BASE + "  - {name: x}\n")

    with pytest.raises(InvalidInventory):
        write.mistakes(folder, new_file(folder, row(5, "sw-1")))


def test_a_file_is_never_overwritten(folder):
    new = new_file(folder, row(5, "sw-1"))
    new.path.parent.mkdir()
    new.path.write_text("devices: []\n")

    with pytest.raises(InvalidInput, match="never overwrites"):
        write.write(new)
    assert new.path.read_text() == "devices: []\n"


def test_a_dangling_link_is_not_written_through(folder, tmp_path):
    new = new_file(folder, row(5, "sw-1"))
    new.path.parent.mkdir()
    new.path.symlink_to(tmp_path / "elsewhere.yaml")

    with pytest.raises(InvalidInput):
        write.write(new)
    assert not (tmp_path / "elsewhere.yaml").exists()


def test_nothing_is_left_behind_where_it_cannot_be_written(folder, monkeypatch):
    def full(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "link", full)
    with pytest.raises(CannotRun, match="No space left"):
        write.write(new_file(folder, row(5, "sw-1")))

    assert list((folder / "devices").iterdir()) == []
    assert [device.name for device in load(folder).devices] == ["old-1"]


def test_two_imports_at_once_write_one_file(folder, monkeypatch):
    new = new_file(folder, row(5, "sw-1"))
    link = os.link

    def late(source, target):
        target.write_text("devices: []\n")
        link(source, target)

    monkeypatch.setattr(os, "link", late)
    with pytest.raises(InvalidInput, match="never overwrites"):
        write.write(new)
    assert new.path.read_text() == "devices: []\n"
    assert [file.name for file in new.path.parent.iterdir()] == ["danh-sach.yaml"]
