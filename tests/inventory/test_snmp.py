"""SNMP sections: safe, or with a reason; possible; of profiles that there are."""

import pytest

from dcops.inventory.load import check, load

LOGINS = "credentials: [{name: snmp-v3}, {name: cards}]\n"
UPS = "name: ups-1, site: main, role: ups, vendor: V, model: M"
ADDRESS = "management: {ipv4: 192.0.2.41}"


@pytest.fixture
def ups(look):
    """Give what is found wrong with a UPS whose snmp section is written as `key: value, …`."""
    return lambda section, beside=ADDRESS: look(f"{LOGINS}devices:\n  - {{{UPS}, {beside}, snmp: {{{section}}}}}\n")


@pytest.mark.parametrize(
    "section",
    [
        "credential: snmp-v3",
        "credential: snmp-v3, authentication: sha512, privacy: aes256-cisco, context: vlan-20",
        "credential: snmp-v3, privacy: des, reason: the card knows no other",
        "credential: snmp-v3, authentication: null, privacy: null, reason: the card knows no other",
        'credential: cards, version: "2c", reason: the card knows no other',
        'credential: cards, version: "1", reason: the card knows no other, authentication: null, privacy: null',
    ],
)
def test_a_sound_section_is_no_mistake(ups, section):
    assert ups(section) == ()


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ("credential: snmp-v4", "snmp.credential names an unknown credential"),
        ('credential: cards, version: "2c"', "no reason, and version 2c sends its community and all else in the clear"),
        ('credential: cards, version: "1", reason: " "', "no reason, and version 1 sends"),
        ("credential: snmp-v3, authentication: md5", "no reason, and MD5 is broken"),
        ("credential: snmp-v3, privacy: des", "no reason, and DES is broken"),
        ("credential: snmp-v3, authentication: md5, privacy: des", "no reason, and MD5 and DES are broken"),
        ("credential: snmp-v3, privacy: null", "no reason, and without privacy all is sent in the clear"),
        ("credential: snmp-v3, authentication: null, privacy: null", "without authentication anybody may answer"),
        ("credential: snmp-v3, authentication: null, reason: none", "privacy without authentication"),
        ('credential: cards, version: "2c", reason: r, authentication: sha1', "snmp.authentication is of version 3"),
        ('credential: cards, version: "2c", reason: r, privacy: aes128', "snmp.privacy is of version 3"),
        ('credential: cards, version: "1", reason: r, context: vlan-20', "snmp.context is of version 3"),
        ("credential: snmp-v3, profiles: [ups, ups]", "profile 'ups' is said twice"),
        ("credential: snmp-v3, port: 0", "port"),
        ("credential: snmp-v3, in_flight: 99", "in_flight"),
        ("credential: snmp-v3, community: public-word", "community"),
        ('version: "3"', "credential"),
    ],
)
def test_what_cannot_work_or_has_no_reason_is_one_mistake_at_its_line(ups, section, message):
    (mistake,) = ups(section)

    assert message in mistake.message
    assert (mistake.file, mistake.line) == ("inventory/file.yaml", 3)


def test_a_section_needs_an_address_to_ask(ups):
    (mistake,) = ups("credential: snmp-v3", beside="owner: somebody")

    assert "has an snmp section but no management address" in mistake.message


def test_what_belongs_to_others_is_not_asked(ups):
    (mistake,) = ups("credential: snmp-v3", beside=f"foreign: true, {ADDRESS}")

    assert "never touched, but has an snmp section" in mistake.message


PROFILED = f"{LOGINS}devices:\n  - {{{UPS}, {ADDRESS}, snmp: {{credential: snmp-v3, profiles: [upz]}}}}\n"


def test_a_profile_that_nobody_wrote_is_a_mistake_with_the_nearest_name(folder):
    (folder / "file.yaml").write_text(PROFILED)

    (mistake,) = check(folder, profiles={"ups", "interfaces"})[1]

    assert mistake.message == "device ups-1: unknown profile 'upz'"
    assert mistake.hint == "did you mean ups?"


def test_a_profile_of_the_site_itself_is_known(folder):
    (folder / "file.yaml").write_text(PROFILED)
    (folder.parent / "exporters" / "snmp").mkdir(parents=True)
    (folder.parent / "exporters" / "snmp" / "upz.yaml").touch()

    assert load(folder, profiles={"ups"}).device("ups-1").snmp.profiles == ("upz",)


def test_two_agents_may_stand_behind_one_address_on_ports_of_their_own(look):
    def gateway(first, second):
        section = "snmp: {credential: snmp-v3, port: %d}"
        devices = "".join(
            f"  - {{{UPS.replace('ups-1', name)}, {ADDRESS}, {section % port}}}\n"
            for name, port in (("ups-1", first), ("ups-2", second))
        )
        return look(f"{LOGINS}devices:\n{devices}")

    assert gateway(1161, 1162) == ()
    (mistake,) = gateway(161, 161)
    assert "address 192.0.2.41 belongs to ups-1 already" in mistake.message
