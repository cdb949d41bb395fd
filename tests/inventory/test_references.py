import pytest

DEVICE = "name: rtr-1, role: r, vendor: v, model: m"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("racks:\n  - {name: X1, site: mian, room: room-1}", "rack X1: unknown site 'mian'", "main"),
        ("racks:\n  - {name: X1, site: main, room: rom-1}", "rack X1: site main has no room 'rom-1'", "room-1"),
        (f"devices:\n  - {{{DEVICE}, site: dc}}", "device rtr-1: unknown site 'dc'", ""),
        (f"devices:\n  - {{{DEVICE}, site: main, place: {{rack: a01}}}}", "device rtr-1: unknown rack 'a01'", "A01"),
        ("circuits:\n  - {name: l, site: man, provider: P, kind: ftth}", "circuit l: unknown site 'man'", "main"),
        (
            "circuits:\n  - {name: l, site: main, provider: P, kind: ftth, device: rtr}",
            "circuit l: unknown device 'rtr'",
            "",
        ),
        ("prefixes:\n  - {prefix: 192.0.2.0/24, site: d, purpose: p}", "prefix 192.0.2.0/24: unknown site 'd'", "dr"),
        (
            "prefixes:\n  - {prefix: 192.0.2.0/24, site: dr, purpose: p, system: protal}",
            "prefix 192.0.2.0/24: unknown system 'protal'",
            "portal",
        ),
        ("dr_pairs:\n  - {main: potral, dr: portal, kind: system}", "DR pair: unknown system 'potral'", "portal"),
        (
            "dr_pairs:\n  - {main: portal, dr: portal, kind: sytem}",
            "DR pair: kind must be device or system, not 'sytem'",
            "system",
        ),
    ],
)
def test_a_dangling_reference_is_one_mistake_with_the_nearest_name(look, text, message, hint):
    (mistake,) = look(text + "\n")

    assert mistake.message == message
    assert mistake.line == 2
    assert hint in mistake.hint


def test_an_unknown_credential_is_not_repeated_as_it_may_be_the_login_itself(look):
    (mistake,) = look(f"devices:\n  - {{{DEVICE}, site: main, credential: hunter2}}\n")

    assert "hunter2" not in str(mistake)
    assert mistake.message == "device rtr-1: credential names an unknown credential"


def test_a_misspelt_site_is_one_mistake_though_the_rack_stands_elsewhere(look):
    (mistake,) = look(f"devices:\n  - {{{DEVICE}, site: mian, place: {{rack: A01, unit: 1}}}}\n")

    assert "unknown site" in mistake.message


def test_a_device_stands_at_the_site_of_its_rack(look):
    (mistake,) = look(f"devices:\n  - {{{DEVICE}, site: dr, place: {{rack: A01, unit: 1}}}}\n")

    assert mistake.message == "device rtr-1: stands at site dr, but its rack A01 at main"


def test_a_rack_stands_inside_its_room(look):
    (mistake,) = look("racks:\n  - {name: X1, site: main, room: room-1, x_mm: 6000, y_mm: 10}\n")

    assert mistake.message == "rack X1: x_mm 6000 lies outside room room-1, which measures 6000"


def test_a_pair_leads_from_the_main_site_to_the_dr_site(look):
    devices = (
        "devices:\n  - {name: m1, site: main, role: r, vendor: v, model: m}\n"
        "  - {name: d1, site: dr, role: r, vendor: v, model: m}\n"
    )

    assert look(devices + "dr_pairs:\n  - {main: m1, dr: d1}\n") == ()
    wrong = look(devices + "dr_pairs:\n  - {main: d1, dr: m1}\n")
    assert [mistake.message for mistake in wrong] == [
        "DR pair: dr is m1, which stands at main, a main site",
        "DR pair: main is d1, which stands at dr, a dr site",
    ]


def test_a_system_may_be_paired_with_itself_once(look):
    pair = "  - {main: portal, dr: portal, kind: system}\n"

    assert look("dr_pairs:\n" + pair) == ()
    (mistake,) = look("dr_pairs:\n" + pair + pair)
    assert mistake.line == 3
