"""Debian's snmpd stands beside our agents, for what they may have in common with our client by mistake."""

import subprocess
from pathlib import Path

import pytest

from tests.snmpd import COMMUNITY, PASSWORD, PRIVACY_PASSWORD, USERS

TOOL = Path("/usr/bin/snmpget")
SIGNING = {"md5": "MD5", "sha1": "SHA", "sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512"}
HIDING = {"des": "DES", "aes128": "AES", "aes192": "AES-192", "aes256": "AES-256"}

needs_tools = pytest.mark.skipif(
    not TOOL.exists(), reason="the tools of net-snmp are not installed: apt-get install snmp"
)


def get(host, port, *who):
    """The object identifier of the system, as the tools of net-snmp print it."""
    place = f"udp6:[{host}]:{port}" if ":" in host else f"{host}:{port}"
    done = subprocess.run(
        [TOOL, *who, "-t", "2", "-On", place, "1.3.6.1.2.1.1.2.0"],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
        env={"PATH": "/usr/bin:/bin", "MIBS": "", "SNMP_PERSISTENT_DIR": "/nonexistent"},
    )
    return done.stdout + done.stderr


@needs_tools
@pytest.mark.parametrize("version", ["1", "2c"])
def test_it_answers_who_knows_the_community_on_every_address(snmpd, version):
    for host in snmpd.hosts:
        assert ".1.3.6.1.4.1.8072.3.2" in get(host, snmpd.port, "-v", version, "-c", COMMUNITY)


@needs_tools
@pytest.mark.parametrize("user", USERS, ids=lambda user: user.name)
def test_it_knows_its_users(snmpd, user):
    who = ["-v", "3", "-u", user.name, "-l", "authPriv" if user.privacy else "authNoPriv"]
    who += ["-a", SIGNING[user.authentication], "-A", PASSWORD]
    if user.privacy:
        who += ["-x", HIDING[user.privacy], "-X", PRIVACY_PASSWORD]

    assert ".1.3.6.1.4.1.8072.3.2" in get(snmpd.hosts[0], snmpd.port, *who)
