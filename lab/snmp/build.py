"""The SNMP agent that the inventory gives to a device."""

from __future__ import annotations

from typing import Protocol

from lab.clock import Clock
from lab.platform import Account, Entry
from lab.snmp import choice, identity
from lab.snmp.agent import Agent
from lab.snmp.community import VERSIONS, Community
from lab.snmp.door import Door
from lab.snmp.engine import Engine
from lab.snmp.security import Security
from lab.snmp.user import User
from lab.snmp.usm import Users


class Ground(Protocol):
    """Where an agent is built."""

    clock: Clock

    def snmp_login(self, name: str) -> Account:
        """Username, password and privacy password of a credential; for v1 and v2c the password is the community."""


def why_not(entry: Entry) -> str:
    """Why a device with an SNMP section can have no agent here; empty when it can."""
    if not entry.get("snmp"):
        return "is not asked over SNMP"
    if choice.of(entry) is None:
        return f"no walk in {choice.TABLE.name} fits it"
    return ""


def door(ground: Ground, entry: Entry, address: str, port: int, elsewhere: str) -> Door:
    """The agent of an entry that has an SNMP section, at this address."""
    section, name = entry["snmp"], str(entry["name"])
    chosen = choice.of(entry)
    assert chosen
    engine = Engine(name)
    version = str(section.get("version", "3"))
    agent = Agent(
        lambda: identity.of(chosen.rows(name), entry, engine.id),
        [_security(ground, entry, engine, version)],
        engine=engine,
        clock=ground.clock,
        seed=name,
    )
    return Door(agent, address, port, version=version, walk=chosen.name, elsewhere=elsewhere)


def _security(ground: Ground, entry: Entry, engine: Engine, version: str) -> Security:
    section = entry["snmp"]
    login = ground.snmp_login(section["credential"])
    if version in VERSIONS:
        return Community(version, login.password)
    authentication = section.get("authentication", "sha1")
    privacy = section.get("privacy", "aes128")
    user = User(login.username, authentication, login.password, privacy, login.privacy)
    return Users(engine, [user], {"", str(section.get("context") or "")})
