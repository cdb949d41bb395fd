import re
import shutil
import time
from collections import Counter
from pathlib import Path

import pytest

from dcops.errors import InvalidInput
from dcops.inventory.load import check, load
from dcops.model.facility import PairKind
from dcops.templates.find import shipped_names

HERE = Path(__file__).parent
REFERENCE = HERE.parents[1] / "inventory"
WRONG = re.compile(r"# wrong: (.+)")


def wrong_lines(folder):
    for file in sorted(folder.glob("*.yaml")):
        for number, line in enumerate(file.read_text().splitlines(), 1):
            if found := WRONG.search(line):
                yield f"{folder.name}/{file.name}", number, found[1]


def test_twenty_mistakes_give_twenty_lines_each_at_its_place():
    folder = HERE / "twenty_mistakes"
    expected = list(wrong_lines(folder))

    inventory, mistakes = check(folder)

    assert inventory is None
    assert [(mistake.file, mistake.line) for mistake in mistakes] == [(file, line) for file, line, _ in expected]
    for mistake, (_, _, message) in zip(mistakes, expected, strict=True):
        assert message in mistake.message
    assert len(mistakes) == 20


def test_the_nearest_right_word_is_named():
    mistakes = check(HERE / "twenty_mistakes")[1]

    hints = {hint[1] for mistake in mistakes if (hint := re.match(r"did you mean (\S+)\?", mistake.hint))}
    assert hints >= {"rented", "systems", "vendor", "ios-backup", "main", "high", "portal", "room-1"}


def test_a_secret_is_found_and_never_repeated():
    assert "Tr0ub4dor" not in "".join(str(mistake) for mistake in check(HERE / "twenty_mistakes")[1])


def test_load_refuses_an_inventory_with_mistakes_and_carries_them():
    with pytest.raises(InvalidInput) as caught:
        load(HERE / "twenty_mistakes")

    assert len(caught.value.mistakes) == 20
    assert "20 mistakes" in str(caught.value)
    assert "dcops inventory check" in str(caught.value)


def test_the_reference_site_has_forty_network_devices_two_servers_and_what_is_watched_at_two_sites():
    inventory = load(REFERENCE, profiles=shipped_names("exporters/snmp"))

    assert inventory.lab
    roles = Counter(device.role for device in inventory.devices)
    watched = {role: roles.pop(role) for role in ("ups", "pdu", "cooling", "env", "san", "nas")}
    assert watched == {"ups": 4, "pdu": 25, "cooling": 3, "env": 3, "san": 10, "nas": 11}
    vsphere = {role: roles.pop(role) for role in ("vcenter", "host")}
    assert vsphere == {"vcenter": 2, "host": 60}
    assert roles.pop("server") == 2
    assert roles.total() == 40
    assert {device.role for device in inventory.devices if device.only_watched} == {*watched, *vsphere}
    asked = [device for device in inventory.devices if device.role not in vsphere]
    assert all(device.snmp and device.snmp.profiles for device in asked)
    assert inventory.undeclared == ()
    assert {site.name for site in inventory.sites} == {"main", "dr"}
    assert len(inventory.racks) == 25
    assert sum(rack.owner == "ict-centre" for rack in inventory.racks) == 9
    assert len(inventory.systems) == 65
    assert sum(pair.kind is PairKind.DEVICE for pair in inventory.dr_pairs) == 16


KEY = re.compile(r"^[^#\n]*?(?<![\w-])([a-z][a-z0-9_]{2,}):(?=[ \n])", re.M)


@pytest.mark.parametrize(
    "name",
    [
        "sites.yaml",
        "circuits.yaml",
        "prefixes.yaml",
        "dr.yaml",
        "backup.yaml",
        "sensors.yaml",
        "devices/main.yaml",
        "devices/power.yaml",
        "devices/vsphere.yaml",
    ],
)
def test_a_misspelt_key_is_one_line_whatever_hangs_on_it(tmp_path, name):
    folder = tmp_path / "inventory"
    shutil.copytree(REFERENCE, folder)
    text = (REFERENCE / name).read_text()
    first = {found[1]: found for found in reversed(list(KEY.finditer(text)))}
    assert len(first) > 1

    for key, found in first.items():
        misspelt = f"{key[0]}{key[2]}{key[1]}{key[3:]}" if key[1] != key[2] else f"{key}x"
        (folder / name).write_text(text[: found.start(1)] + misspelt + text[found.end(1) :])

        mistakes = check(folder)[1]

        assert [mistake.line for mistake in mistakes] == [text.count("\n", 0, found.start(1)) + 1], key
        assert key in mistakes[0].hint


def test_the_reference_site_uses_documentation_addresses_and_private_as_numbers():
    from ipaddress import ip_address, ip_network

    documentation = [
        ip_network(text) for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
    ]
    inventory = load(REFERENCE)
    addresses = [ip_address(device.management.address) for device in inventory.devices]
    addresses += [device.management.ipv6 for device in inventory.devices]
    addresses += [prefix.prefix.network_address for prefix in inventory.prefixes]

    assert all(any(address in block for block in documentation) for address in addresses)
    numbers = [number for line in inventory.circuits for number in (line.local_as, line.provider_as) if number]
    assert numbers
    assert all(64512 <= number <= 65534 for number in numbers)


def test_everything_comes_in_the_order_of_its_name():
    names = [device.name for device in load(REFERENCE).devices]

    assert names == sorted(names)


def test_a_missing_folder_is_said_with_the_next_step(tmp_path):
    with pytest.raises(InvalidInput, match=r"no inventory folder.*dcops init"):
        check(tmp_path / "inventory")


def test_an_empty_folder_is_an_empty_inventory(tmp_path):
    inventory, mistakes = check(tmp_path)

    assert mistakes == ()
    assert inventory.devices == ()
    assert not inventory.lab


def test_lab_is_said_once_and_is_true_or_false(look):
    assert look("lab: 'true'\n")[0].message == "lab must be true or false"
    assert look("lab: true\n") == ()
    again = look("lab: true\n", "other.yaml")
    assert [mistake.line for mistake in again] == [1]
    assert "first at inventory/file.yaml:1" in str(again[0])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a\n- b\n", "must be a mapping of kinds of things"),
        ("just words\n", "must be a mapping of kinds of things"),
        ("devices: rtr-1\n", "'devices' must be a list"),
        ("devices: {name: rtr-1}\n", "'devices' must be a list"),
        ("devices: [rtr-1]\n", "a device must be a mapping"),
        ("hosts: []\n", "unknown kind of thing 'hosts'"),
    ],
)
def test_a_file_of_another_shape_is_one_mistake(look, text, message):
    (mistake,) = look(text)

    assert message in mistake.message
    assert mistake.line == 1


def test_an_empty_file_and_an_empty_kind_are_well(look):
    assert look("# nothing yet\n") == ()
    assert look("devices:\n") == ()
    assert look("") == ()


def test_five_thousand_devices_load_in_seconds(tmp_path):
    lines = [
        "sites:",
        "  - {name: main, title: Main, role: main, rooms: [{name: r, width_mm: 1, depth_mm: 1}]}",
        "racks:",
    ]
    lines += [f"  - {{name: r{number}, site: main, room: r}}" for number in range(500)]
    lines += ["credentials: [{name: ios-backup}]", "devices:"]
    for number in range(5000):
        lines += [
            f"  - name: rtr-{number}",
            "    site: main",
            "    role: edge-router",
            "    platform: ios",
            "    vendor: Cisco",
            "    model: ISR 4461",
            f"    serial: FDO{number:08}",
            f'    management: {{ipv4: 198.18.{number >> 8}.{number & 255}, ipv6: "2001:db8::{number + 1:x}"}}',
            "    credential: ios-backup",
            f"    place: {{rack: r{number // 10}, unit: {number % 10 * 4 + 1}, height: 4}}",
            "    criticality: high",
            "    service_groups: [internet]",
            "    tags: [internet, bgp]",
        ]
    (tmp_path / "all.yaml").write_text("\n".join(lines))

    before = time.process_time()
    inventory = load(tmp_path)

    assert len(inventory.devices) == 5000
    assert time.process_time() - before < 3


def test_five_thousand_mistakes_are_found_in_seconds(folder):
    rows = [
        f"  - {{name: rtr-{number}, site: mian, role: r, vendor: v, model: m, credential: ios-backpu}}"
        for number in range(2500)
    ]
    (folder / "many.yaml").write_text("devices:\n" + "\n".join(rows))

    before = time.process_time()
    mistakes = check(folder)[1]

    assert len(mistakes) == 5000
    assert time.process_time() - before < 6
