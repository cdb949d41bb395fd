"""An agent of SNMPv3 is understood by net-snmp and by pysnmp, and refuses as real agents do."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import pytest

from lab.snmp import User, agent

TOOL = Path("/usr/bin/snmpget")
NAME = "1.3.6.1.2.1.1.5.0"
WALK = f"1.3.6.1.2.1.1.3.0|67|8640000\n{NAME}|4|box\n1.3.6.1.2.1.1.7.0|2|72"
PASSWORD, PRIVACY_PASSWORD = "correct-horse-1", "battery-staple-2"
SIGNING = {
    "md5": "MD5",
    "sha1": "SHA",
    "sha224": "SHA-224",
    "sha256": "SHA-256",
    "sha384": "SHA-384",
    "sha512": "SHA-512",
}
HIDING = {
    "des": "DES",
    "aes128": "AES",
    "aes192": "AES-192",
    "aes256": "AES-256",
    "aes192-cisco": "AES-192-C",
    "aes256-cisco": "AES-256-C",
}
PAIRS = [
    ("md5", "des"),
    ("md5", "aes256"),
    ("sha1", "des"),
    ("sha1", "aes128"),
    ("sha1", "aes192-cisco"),
    ("sha1", "aes256"),
    ("sha1", "aes256-cisco"),
    ("sha224", "aes128"),
    ("sha256", "aes192"),
    ("sha256", "aes256"),
    ("sha384", None),
    ("sha512", "aes256"),
]
USERS = [User(f"{signed}-{hidden}", signed, PASSWORD, hidden, PRIVACY_PASSWORD) for signed, hidden in PAIRS]
BY_NAME = {user.name: user for user in USERS}
NOBODY = User("nobody", "sha1", PASSWORD, "aes128", PRIVACY_PASSWORD)


@pytest.fixture(scope="module")
def box():
    with agent(WALK, users=USERS, contexts=("", "vrf-1"), name="box") as served:
        yield served


def net_snmp(box, user, *words, password=PASSWORD, privacy_password=PRIVACY_PASSWORD, level=None):
    """What `snmpget` of net-snmp makes of the agent."""
    if not TOOL.exists():
        pytest.skip("the tools of net-snmp are not installed: apt-get install snmp")
    command = [TOOL, "-v", "3", "-r", "1", "-t", "2", "-On", "-Oe", "-u", user.name]
    command += ["-l", level or ("authPriv" if user.privacy else "authNoPriv"), "-a", SIGNING[user.authentication]]
    command += ["-A", password]
    if user.privacy:
        command += ["-x", HIDING[user.privacy], "-X", privacy_password]
    done = subprocess.run(
        [*command, *words, f"{box.host}:{box.port}", NAME],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
        env={"PATH": "/usr/bin:/bin", "MIBS": "", "SNMP_PERSISTENT_DIR": "/nonexistent"},
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize("user", USERS, ids=lambda user: user.name)
def test_every_pair_of_algorithms_is_understood(box, user):
    assert f'.{NAME} = STRING: "box"' in net_snmp(box, user)


@pytest.mark.parametrize(
    ("user", "options", "words", "counter"),
    [
        (BY_NAME["sha1-aes128"], {"password": "wrong-password"}, "Authentication failure", "wrong_signatures"),
        (BY_NAME["sha1-aes128"], {"privacy_password": "wrong-password"}, "Decryption error", "undecipherable"),
        (BY_NAME["md5-des"], {"privacy_password": "wrong-password"}, "Decryption error", "undecipherable"),
        (NOBODY, {}, "Unknown user name", "unknown_users"),
        (BY_NAME["sha1-aes128"], {"level": "authNoPriv"}, "authorizationError", "refused_levels"),
        (
            User("sha384-None", "sha384", PASSWORD, "aes128", PRIVACY_PASSWORD),
            {},
            "Unsupported security level",
            "unsupported_levels",
        ),
    ],
    ids=["password", "privacy password", "privacy password with des", "user", "too weak", "too strong"],
)
def test_what_is_refused_is_reported_as_real_agents_do(box, user, options, words, counter):
    before = box.counters.get(counter, 0)

    assert words in net_snmp(box, user, **options)
    assert box.counters[counter] > before


def test_only_contexts_that_it_has_are_served(box):
    user = BY_NAME["sha1-aes128"]

    assert "box" in net_snmp(box, user, "-n", "vrf-1")
    assert "Bad context" in net_snmp(box, user, "-n", "vrf-2")
    assert box.counters["unknown_contexts"] == 1


@pytest.mark.parametrize("stale", ["0,5", "1,500"], ids=["before the boot", "ahead of its time"])
def test_a_time_outside_of_the_window_is_reported_with_the_time_to_use(stale):
    with agent(WALK, users=USERS[:4], name="restless") as one:
        one.agent.power_on()
        engine = one.agent.engine
        boots, seconds = (int(number) for number in stale.split(","))

        answer = net_snmp(one, USERS[3], "-e", engine.id.hex(), "-Z", f"{engine.boots - 1 + boots},{seconds}")

        assert f'.{NAME} = STRING: "box"' in answer
        assert one.counters["outside_time_windows"] == 1
        assert one.counters["get"] == 1


def test_after_a_reboot_the_engine_counts_one_boot_more():
    with agent(WALK, users=USERS[:4], name="rebooted") as one:
        assert "box" in net_snmp(one, USERS[3])
        boots = one.agent.engine.boots
        one.reboot(0.0)
        assert "box" in net_snmp(one, USERS[3])
        assert one.agent.engine.boots == boots + 1
        assert one.agent.engine.seconds < 60


def test_pysnmp_reads_it_too(box):
    from pysnmp.hlapi.v3arch import asyncio as hlapi

    async def read():
        engine = hlapi.SnmpEngine()
        user = hlapi.UsmUserData(
            "sha256-aes256",
            authKey=PASSWORD,
            privKey=PRIVACY_PASSWORD,
            authProtocol=hlapi.USM_AUTH_HMAC192_SHA256,
            privProtocol=hlapi.USM_PRIV_CFB256_AES_BLUMENTHAL,
        )
        target = await hlapi.UdpTransportTarget.create((box.host, box.port), timeout=2, retries=1)
        found = await hlapi.bulk_cmd(
            engine, user, target, hlapi.ContextData(), 0, 5, hlapi.ObjectType(hlapi.ObjectIdentity("1.3.6.1"))
        )
        engine.close_dispatcher()
        return found

    error, status, _, variables = asyncio.run(read())

    assert error is None
    assert int(status) == 0
    assert [value.prettyPrint() for _, value in variables[:3]] == ["8640000", "box", "72"]
