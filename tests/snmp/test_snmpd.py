"""Debian's snmpd: an agent that shares no line with us."""

import pytest

from dcops.errors import DeviceError, ErrorKind
from dcops.model.secret import Secret
from dcops.model.snmp import Authentication, Privacy
from dcops.snmp import oid
from dcops.snmp.client import Client
from dcops.snmp.usm.keys import User
from dcops.snmp.usm.security import UserSecurity
from tests.snmp.asking import by_user, community, got, walked
from tests.snmpd import PASSWORD, PRIVACY_PASSWORD, USERS

SYSTEM = oid.encode("1.3.6.1.2.1.1")
OBJECT_ID = "1.3.6.1.2.1.1.2.0"
NET_SNMP = oid.encode("1.3.6.1.4.1.8072.3.2")


class At:
    def __init__(self, snmpd, host):
        self.host, self.port = host, snmpd.port


@pytest.mark.parametrize("version", [1, 2])
async def test_it_is_walked_at_every_address(snmpd, version):
    for host in snmpd.hosts:
        target = community(At(snmpd, host), version=version)
        rows = await walked(target, SYSTEM)

        assert len(rows) > 10
        assert (await got(target, OBJECT_ID))[0][2].startswith(NET_SNMP)


@pytest.mark.parametrize("user", USERS, ids=lambda user: user.name)
async def test_its_users_are_ours(snmpd, user):
    client = Client()
    for host in snmpd.hosts:
        target = by_user(
            At(snmpd, host), user.name, Authentication(user.authentication), user.privacy and Privacy(user.privacy)
        )

        assert len(await walked(target, SYSTEM, client=client)) > 10


async def test_a_wrong_community_is_silence(snmpd):
    with pytest.raises(DeviceError) as found:
        await got(community(At(snmpd, "127.0.0.1"), word="secret"), OBJECT_ID)

    assert found.value.kind is ErrorKind.TIMEOUT


@pytest.mark.parametrize(
    ("name", "passwords", "words"),
    [
        ("sha1-aes128", {"password": "wrong-password"}, "authentication password or protocol"),
        ("nobody", {}, "does not know user nobody"),
        ("sha384-auth", {}, "level of security"),
    ],
)
async def test_it_tells_what_is_wrong_with_a_login(snmpd, name, passwords, words):
    signing = Authentication.SHA384 if name == "sha384-auth" else Authentication.SHA1

    with pytest.raises(DeviceError) as found:
        await got(by_user(At(snmpd, "127.0.0.1"), name, signing, Privacy.AES128, **passwords), OBJECT_ID)

    assert found.value.kind is ErrorKind.AUTH
    assert words in found.value.message


async def test_it_is_silent_on_a_wrong_privacy_password_and_the_message_says_so(snmpd):
    target = by_user(
        At(snmpd, "127.0.0.1"), "sha1-aes128", Authentication.SHA1, Privacy.AES128, privacy_password="not-this-one"
    )

    with pytest.raises(DeviceError) as found:
        await got(target, OBJECT_ID)

    assert "privacy password of user sha1-aes128" in found.value.next_step


async def test_a_wrong_time_is_set_right(snmpd):
    """As if it had rebooted, or we had slept."""
    user = User("sha1-aes128", Authentication.SHA1, Secret(PASSWORD), Privacy.AES128, Secret(PRIVACY_PASSWORD))
    made = UserSecurity(user)
    client = Client()
    target = by_user(At(snmpd, "127.0.0.1"), "x")
    target = type(target)(target.name, target.host, target.port, lambda: made, target.limits)
    await got(target, OBJECT_ID, client=client)
    for boots, seconds in ((made._boots + 5, 0), (made._boots, made._time + 100_000), (0, 0)):
        made._boots, made._time = boots, seconds

        assert (await got(target, OBJECT_ID, client=client))[0][2].startswith(NET_SNMP)
