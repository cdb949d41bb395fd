"""A client with little patience, and agents that answer in any way a test wants."""

import asyncio
import socket

from dcops.model.secret import Secret
from dcops.snmp import oid
from dcops.snmp.client import Client
from dcops.snmp.community import Community
from dcops.snmp.target import Limits, Target
from dcops.snmp.usm.keys import User
from dcops.snmp.usm.security import UserSecurity

TABLE = oid.encode("1.3.6.1.2.1.2.2.1")
QUICK = Limits(timeout_seconds=0.08, retries=2, repetitions=10)
PASSWORD, PRIVACY_PASSWORD = "correct-horse-1", "battery-staple-2"


def community(agent, *, version=2, limits=QUICK, name="box", word="public"):
    return Target(name, agent.host, agent.port, _ByCommunity(version, Secret(word)), limits)


def by_user(agent, name, authentication=None, privacy=None, *, limits=QUICK, context="", **passwords):
    """`password` and `privacy_password` replace the right ones."""
    user = User(
        name,
        authentication,
        Secret(passwords.get("password", PASSWORD)) if authentication else None,
        privacy,
        Secret(passwords.get("privacy_password", PRIVACY_PASSWORD)) if privacy else None,
        context,
    )
    return Target("box", agent.host, agent.port, _ByUser(user), limits)


class _ByCommunity(tuple):
    def __new__(cls, *parts):
        return super().__new__(cls, parts)

    def __call__(self):
        return Community(*self)


class _ByUser(_ByCommunity):
    def __call__(self):
        return UserSecurity(*self)


async def walked(target, prefix=TABLE, *, client=None, seconds=5):
    async with (client or Client()).session(target, seconds=seconds) as session:
        return await session.walk(prefix)


async def columns(target, first, before, entry=TABLE):
    async with Client().session(target, seconds=5) as session:
        return await session.table(entry, first=first, before=before)


async def got(target, *names, client=None, seconds=5):
    async with (client or Client()).session(target, seconds=seconds) as session:
        return await session.get([oid.encode(name) for name in names])


def table(rows=40, columns=(2, 3, 10)):
    """Lines of a walk: a table with so many rows, and one value behind it."""
    lines = ["1.3.6.1.2.1.1.1.0|4|a box of the lab", "1.3.6.1.2.1.1.3.0|67|4711", "1.3.6.1.2.1.1.5.0|4|box-1"]
    for column in columns:
        for row in range(1, rows + 1):
            kind = {2: f"4|port {row}", 3: f"2|-{row}"}.get(column, f"65|{4294967295 - row}")
            lines.append(f"1.3.6.1.2.1.2.2.1.{column}.{row * 37}|{kind}")
    return "\n".join([*lines, "1.3.6.1.2.1.99.1.0|2|5"])


class Scripted:
    """An agent that answers with what a function makes of each datagram: None, bytes, or several."""

    def __init__(self, answers):
        self._answers = answers
        self.asked = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind(("127.0.0.1", 0))
        self.host, self.port = self._socket.getsockname()

    def __enter__(self):
        asyncio.get_running_loop().add_reader(self._socket, self._read)
        return self

    def __exit__(self, *_):
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()

    def _read(self):
        data, sender = self._socket.recvfrom(65535)
        self.asked.append(data)
        answer = self._answers(data)
        for one in [] if answer is None else [answer] if isinstance(answer, bytes) else answer:
            self._socket.sendto(one, sender)
