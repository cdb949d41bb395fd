"""An agent is asked who it is, over a real socket."""

from ipaddress import ip_address

import pytest

from dcops.assembly.snmp import target_of
from dcops.credentials import Credentials
from dcops.credentials.environment import EnvironmentProvider
from dcops.errors import DeviceError, ErrorKind
from dcops.jobs.agent import introduce
from dcops.model.device import Device, Management
from dcops.model.snmp import Snmp, SnmpVersion
from lab.snmp import User, agent

WALK = """\
1.3.6.1.2.1.1.1.0|4|Example UPS 10kVA, card 2.4,  with a description that goes on and on and never says anything
1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.7
1.3.6.1.2.1.1.5.0|4|ups-1
"""
LOGIN = {"LOGIN_USERNAME": "nms", "LOGIN_PASSWORD": "long-enough", "LOGIN_PRIVACY": "longer-still"}


def target(served, variables=LOGIN, **section):
    snmp = Snmp("login", port=served.port, timeout_seconds=0.3, **section)
    ups = Device("ups-1", "main", "ups", "V", "M", management=Management(ip_address(served.host)), snmp=snmp)
    given = {f"DCOPS_CREDENTIAL_{name}": text for name, text in variables.items()}
    return target_of(ups, Credentials([EnvironmentProvider(given)]))


def test_it_tells_its_name_its_description_and_its_number():
    with agent(WALK, users=[User("nms", "sha1", "long-enough", "aes128", "longer-still")]) as served:
        told = introduce(target(served))

    assert (told.name, told.object_id) == ("ups-1", "1.3.6.1.4.1.99999.7")
    assert str(told) == ("ups-1, Example UPS 10kVA, card 2.4, with a description that goes on…, 1.3.6.1.4.1.99999.7")


def test_a_community_is_enough_for_a_card_that_knows_no_more():
    with agent(WALK, community="made-up-word") as served:
        told = introduce(
            target(served, {"LOGIN_PASSWORD": "made-up-word"}, version=SnmpVersion.V2C, reason="it knows no other")
        )

    assert told.name == "ups-1"


def test_a_wrong_password_is_an_auth_error_and_is_not_repeated():
    with (
        agent(WALK, users=[User("nms", "sha1", "another-word", "aes128", "longer-still")]) as served,
        pytest.raises(DeviceError) as caught,
    ):
        introduce(target(served))

    assert caught.value.kind is ErrorKind.AUTH
    assert "long-enough" not in str(caught.value)


def test_an_agent_that_shows_nothing_of_itself_lacks_a_view():
    with (
        agent("1.3.6.1.4.1.99999.1.0|2|1\n", community="made-up-word") as served,
        pytest.raises(DeviceError, match="Give the login a view"),
    ):
        introduce(target(served, {"LOGIN_PASSWORD": "made-up-word"}, version=SnmpVersion.V2C, reason="old"))
