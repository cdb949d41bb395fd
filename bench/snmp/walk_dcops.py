"""Walks one agent with dcops, several times in a row, and prints what each walk took.

`python -m bench.snmp.walk_dcops PORT REPETITIONS ROUNDS [USER PASSWORD]`
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

from dcops.model.secret import Secret
from dcops.model.snmp import Authentication, Privacy
from dcops.snmp import oid
from dcops.snmp.client import Client
from dcops.snmp.community import Community
from dcops.snmp.target import Limits, Security, Target
from dcops.snmp.usm.keys import User
from dcops.snmp.usm.security import UserSecurity

MIB = oid.encode("1.3.6.1.2.1")


def _security(who: list[str]) -> Security:
    if not who:
        return Community(2, Secret("public"))
    name, password = who
    return UserSecurity(User(name, Authentication.SHA1, Secret(password), Privacy.AES128, Secret(password)))


async def _walk(port: int, repetitions: int, rounds: int, who: list[str]) -> dict[str, object]:
    client = Client()
    made = _security(who)
    limits = Limits(timeout_seconds=5, repetitions=repetitions)
    target = Target("bench", "127.0.0.1", port, lambda: made, limits)
    rows, walls, cpus = 0, [], []
    for _ in range(rounds):
        began, used = time.perf_counter(), time.process_time()
        async with client.session(target, seconds=60) as session:
            found = await session.walk(MIB)
        walls.append(time.perf_counter() - began)
        cpus.append(time.process_time() - used)
        rows = len(found)
        del found
    return {"rows": rows, "wall": walls, "cpu": cpus}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_walk(*map(int, sys.argv[1:4]), sys.argv[4:]))))  # type: ignore[arg-type]
