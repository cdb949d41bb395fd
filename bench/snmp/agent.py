"""The quick agent: built with gcc when it is wanted, serving a switch that the lab draws."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab.snmp import drawn, oid
from lab.snmp.ber import INTEGER, OBJECT_IDENTIFIER, OCTET_STRING

SOURCE = Path(__file__).with_name("agent.c")


def write_walk(file: Path, ports: int) -> int:
    """Write the walk of a switch with so many ports; gives the number of its variables."""
    rows = drawn.switch("bench", ports=ports)
    lines = []
    for name, value in rows:
        lines.append(f"{'.'.join(map(str, name))}|{_told(value[0], _content(value))}\n")
    file.write_text("".join(lines), encoding="ascii")
    return len(rows)


def _content(value: bytes) -> bytes:
    size = value[1]
    return value[2:] if size < 0x80 else value[2 + (size & 0x7F) :]


def _told(tag: int, content: bytes) -> str:
    if tag == OCTET_STRING:
        return f"4x|{content.hex()}"
    if tag == OBJECT_IDENTIFIER:
        return f"6|{'.'.join(map(str, oid.decode(content)))}"
    return f"{tag}|{int.from_bytes(content, 'big', signed=tag == INTEGER)}"


@contextmanager
def serving(folder: Path, walk: Path, count: int = 1) -> Iterator[tuple[int, int]]:
    """Serve a walk on so many neighbouring ports of 127.0.0.1; gives the first port and the process."""
    program = folder / "agent"
    if shutil.which("gcc") is None:
        raise SystemExit("gcc is not installed: apt-get install gcc libc6-dev")
    if not program.exists():
        subprocess.run(["gcc", "-O2", "-o", program, SOURCE], check=True)
    port = _free(count)
    process = subprocess.Popen([program, walk, str(port), str(count)], stdout=subprocess.PIPE)
    try:
        assert process.stdout
        if process.stdout.readline() != b"ready\n":
            raise SystemExit("the agent did not come up")
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def _free(count: int) -> int:
    """The first of so many ports that are free now."""
    for port in range(20_000, 30_000, 100):
        made = []
        try:
            for number in range(count):
                made.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
                made[-1].bind(("127.0.0.1", port + number))
        except OSError:
            continue
        else:
            return port
        finally:
            for one in made:
                one.close()
    raise SystemExit(f"no {count} neighbouring ports are free")
