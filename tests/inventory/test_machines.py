import pytest

VC = (
    "  - {name: vc-1, site: main, role: vcenter, vendor: VMware, model: vCenter, platform: vcenter,"
    " management: {ipv4: 192.0.2.37}, credential: ios-backup}\n"
)
HOST = "name: esx-01, site: main, role: host, vendor: Dell, model: R750"


def devices(*lines):
    return "devices:\n" + VC + "".join(f"  - {{{line}}}\n" for line in lines)


def systems(*words):
    listed = "".join(
        f"  - {{name: s{number}, title: S, virtual_machines: [{word}]}}\n" for number, word in enumerate(words)
    )
    return f"{devices()}systems:\n{listed}"


def test_a_vcenter_with_hosts_and_systems_with_machines_are_sound(look):
    text = (
        devices(f"{HOST}, platform: esxi, vcenter: vc-1")
        + systems("portal-*, vc-1/portal-db, 'Máy ảo [12]'", "'*-db'")[len(devices()) :]
    )

    assert look(text) == ()


def test_a_host_needs_no_address_and_no_login_as_its_vcenter_tells_of_it(look):
    assert look(devices(f"{HOST}, platform: esxi")) == ()


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        (f"{HOST}, platform: esxi, vcenter: vc-2", "device esx-01: unknown device 'vc-2'", "vc-1"),
        (
            f"{HOST}, platform: esxi, vcenter: esx-01",
            "device esx-01: vcenter names esx-01, whose platform is esxi",
            "vc-1",
        ),
        (f"{HOST}, vcenter: vc-1", "device esx-01: names a vCenter, and its platform is none", "platform: esxi"),
        (
            f"{HOST}, platform: vcenter",
            "device esx-01: has platform vcenter but no management address and no credential",
            "without a platform",
        ),
    ],
)
def test_a_host_names_a_vcenter_and_nothing_else_does(look, line, message, hint):
    (mistake,) = look(devices(line))

    assert (mistake.message, mistake.line) == (message, 3)
    assert hint in mistake.hint


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ('""', "names no machine"),
        ('"vc-1/"', "names no machine"),
        ('" portal"', "has spaces around it"),
        ('"vc-1/a/b"', "has two slashes"),
        ('"portal-[12"', "has a bracket that is not closed"),
        ('"*"', "fits whatever machine there is"),
        ('"vc-1/**"', "fits whatever machine there is"),
    ],
)
def test_a_word_that_names_no_machine_is_a_mistake_at_its_place(look, word, message):
    (mistake,) = look(systems(word))

    assert message in mistake.message
    assert mistake.line == 4


@pytest.mark.parametrize(
    ("word", "message", "hint"),
    [
        ("vc-2/portal", "system s0: unknown vCenter 'vc-2'", "did you mean vc-1?"),
        ("other/portal", "system s0: unknown vCenter 'other'", "there are: vc-1"),
    ],
)
def test_a_vcenter_that_is_not_there_is_a_mistake_with_the_nearest(look, word, message, hint):
    (mistake,) = look(systems(word))

    assert (mistake.message, mistake.hint) == (message, hint)


def test_a_device_that_is_no_vcenter_cannot_hold_machines(look):
    text = devices(f"{HOST}, platform: esxi") + "systems:\n  - {name: s, title: S, virtual_machines: [esx-01/portal]}\n"
    (mistake,) = look(text)

    assert mistake.message == "system s: esx-01 is no vCenter: its platform is esxi"


@pytest.mark.parametrize(
    ("one", "other", "noun"),
    [
        ("portal-db", "portal-db", "machine"),
        ("portal-db", "Portal-DB", "machine"),
        ("portal-db", "vc-1/portal-db", "machine"),
        ("portal-*", "portal-*", "pattern"),
    ],
)
def test_two_systems_that_name_the_same_are_one_mistake_with_both_places(look, one, other, noun):
    (mistake,) = look(systems(one, other))

    assert mistake.message.startswith(f"system s1: {noun} ")
    assert "belongs to system s0 already" in mistake.message
    assert mistake.hint == "at inventory/file.yaml:4"


def test_a_word_that_is_said_twice_is_a_mistake(look):
    (mistake,) = look(systems("a, A"))

    assert mistake.message == "system s0: 'A' is said twice"


def test_the_same_name_in_two_vcenters_is_two_machines(look):
    second = VC.replace("vc-1", "vc-2").replace("192.0.2.37", "192.0.2.38")
    text = systems("vc-1/db", "vc-2/db").replace(VC, VC + second)

    assert look(text) == ()


def test_an_empty_word_on_where_it_runs_is_a_mistake(look):
    (mistake,) = look("systems:\n  - {name: s, title: S, runs_elsewhere: ' '}\n")

    assert mistake.message == "system s: runs_elsewhere is empty"
