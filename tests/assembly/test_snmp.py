"""From a device and its login to an agent that can be asked."""

from ipaddress import ip_address

import pytest

from dcops.assembly.snmp import target_of
from dcops.credentials import Credentials
from dcops.credentials.environment import EnvironmentProvider
from dcops.errors import DeviceError, ErrorKind
from dcops.model.device import Device, Management
from dcops.model.snmp import Authentication, Privacy, Snmp, SnmpVersion
from dcops.snmp.target import Limits

CARDS = Snmp("cards", SnmpVersion.V2C, reason="the card knows no other")
HERE = Management(ip_address("192.0.2.41"), ip_address("2001:db8::41"))


def ups(snmp, management=HERE):
    return Device("ups-1", "main", "ups", "V", "M", management=management, snmp=snmp)


def logins(**variables):
    return Credentials([EnvironmentProvider({f"DCOPS_CREDENTIAL_{name}": text for name, text in variables.items()})])


V3 = {"V3_USERNAME": "nms", "V3_PASSWORD": "long-enough", "V3_PRIVACY": "longer-still"}


def test_a_community_is_a_password_without_a_name():
    target = target_of(ups(CARDS), logins(CARDS_PASSWORD="made-up-word"))

    message = target.security().seal(7, b"\x05\x00")
    assert b"made-up-word" in message
    assert (target.name, target.host, target.port) == ("ups-1", "192.0.2.41", 161)
    assert "made-up-word" not in repr(target)


def test_a_user_of_version_3_has_both_passwords_and_its_protocols():
    snmp = Snmp("v3", authentication=Authentication.SHA256, privacy=Privacy.AES256, context="vlan-20")

    target = target_of(ups(snmp), logins(**V3))

    user = target.security.user
    assert (user.name, user.authentication, user.privacy, user.context) == ("nms", "sha256", "aes256", "vlan-20")
    assert (user.authentication_password.reveal(), user.privacy_password.reveal()) == ("long-enough", "longer-still")
    assert not target.security().ready
    assert "longer-still" not in repr(target)
    assert "long-enough" not in repr(target)


@pytest.mark.parametrize("variables", [V3, {**V3, "V3_PRIVACY": "another-word"}])
def test_two_targets_are_equal_when_their_logins_are(variables):
    # What was learned of an engine outlives a target only then.
    first, second = target_of(ups(Snmp("v3")), logins(**V3)), target_of(ups(Snmp("v3")), logins(**variables))

    assert (first == second) == (variables == V3)


def test_what_the_inventory_says_of_the_device_wins_over_its_profiles():
    snmp = Snmp("v3", port=1161, repetitions=5, timeout_seconds=4.0)

    target = target_of(ups(snmp), logins(**V3), Limits(repetitions=10, in_flight=1, retries=1))

    assert target.port == 1161
    assert target.limits == Limits(timeout_seconds=4.0, retries=1, repetitions=5, in_flight=1)


def test_an_agent_is_asked_over_ipv6_where_it_has_nothing_else():
    assert target_of(ups(CARDS, Management(ipv6=ip_address("2001:db8::41"))), logins(CARDS_PASSWORD="w")).host == (
        "2001:db8::41"
    )


@pytest.mark.parametrize(
    ("device", "variables", "kind", "words"),
    [
        (ups(None), {}, ErrorKind.UNSUPPORTED, "Add snmp: {credential: …} to its entry"),
        (ups(CARDS, None), {}, ErrorKind.INVALID, "no management address"),
        (ups(CARDS), {}, ErrorKind.AUTH, "credential cards is not found. Set DCOPS_CREDENTIAL_CARDS_PASSWORD"),
        (
            ups(Snmp("v3")),
            {},
            ErrorKind.AUTH,
            "Set DCOPS_CREDENTIAL_V3_USERNAME and DCOPS_CREDENTIAL_V3_PASSWORD and DCOPS_CREDENTIAL_V3_PRIVACY",
        ),
        (
            ups(Snmp("v3")),
            {"V3_USERNAME": "nms", "V3_PASSWORD": "long-enough"},
            ErrorKind.AUTH,
            "credential v3 (environment) has no privacy",
        ),
        (ups(Snmp("v3")), {**V3, "V3_PRIVACY": "short"}, ErrorKind.AUTH, "privacy password of user nms needs 8 signs"),
    ],
)
def test_what_is_missing_is_said_with_the_next_step_and_without_a_secret(device, variables, kind, words):
    with pytest.raises(DeviceError) as caught:
        target_of(device, logins(**variables))

    assert caught.value.kind is kind
    assert words in str(caught.value)
    assert "short" not in str(caught.value)
