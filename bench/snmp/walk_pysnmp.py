"""Walks one agent with pysnmp and prints what it took: `python -m bench.snmp.walk_pysnmp PORT REPETITIONS ROUNDS`."""

from __future__ import annotations

import asyncio
import json
import sys
import time


async def _walk(port: int, repetitions: int, rounds: int) -> dict[str, object]:
    from pysnmp.hlapi.v1arch import asyncio as api

    dispatcher = api.SnmpDispatcher()
    where = await api.UdpTransportTarget.create(("127.0.0.1", port), timeout=5, retries=2)
    rows, walls, cpus = 0, [], []
    for _ in range(rounds):
        rows = 0
        began, used = time.perf_counter(), time.process_time()
        async for error, status, _, variables in api.bulk_walk_cmd(
            dispatcher,
            api.CommunityData("public", mpModel=1),
            where,
            0,
            repetitions,
            api.ObjectType(api.ObjectIdentity("1.3.6.1.2.1")),
            lookupMib=False,
            lexicographicMode=False,
        ):
            if error or status:
                raise SystemExit(f"pysnmp: {error or status}")
            rows += len(variables)
        walls.append(time.perf_counter() - began)
        cpus.append(time.process_time() - used)
    dispatcher.transport_dispatcher.close_dispatcher()
    return {"rows": rows, "wall": walls, "cpu": cpus}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_walk(*map(int, sys.argv[1:4])))))
