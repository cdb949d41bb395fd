"""Runs in place of every command that is asked over SSH: gets leave at the lab's desk, and suffers its faults.

Run alone by sshd (`ForceCommand`), as the user who logged in. Without a fault it becomes the command itself.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def main() -> int:
    """Ask, run, and damage what has to be damaged."""
    address, port, number = sys.argv[1:4]
    desk = socket.create_connection((address, int(port)))
    asked = {"connection": int(number), "command": os.environ.get("SSH_ORIGINAL_COMMAND", "")}
    desk.sendall(json.dumps(asked).encode() + b"\n")
    line = desk.makefile("rb").readline()
    if not line:
        return 255
    verdict = json.loads(line)
    os.chdir(verdict["folder"])
    # A client that leaves early is no error of ours.
    time.sleep(verdict["delay"])
    if verdict["refusal"]:
        sys.stderr.write(verdict["refusal"] + "\n")
        return int(verdict["status"])
    if verdict["said"] is not None:
        done = Done(verdict["said"])
        if verdict["fault"] is not None:
            return suffer(verdict, done, desk)
        desk.close()
        say(done.stdout, done.stderr)
        return done.returncode
    if verdict["fault"] is None:
        desk.close()
        os.execvp(verdict["command"][0], verdict["command"])
    import subprocess  # a third of the start-up time, and seldom needed

    done = subprocess.run(verdict["command"], capture_output=True, check=False)
    return suffer(verdict, done, desk)


class Done:
    """An answer that the lab made up, as a program would have given it."""

    def __init__(self, said: dict[str, Any]) -> None:
        self.stdout = said["stdout"].encode()
        self.stderr = said["stderr"].encode()
        self.returncode = int(said["status"])


def suffer(verdict: dict[str, Any], done: Any, desk: socket.socket) -> int:
    """Give what a fault leaves of an answer."""
    half = len(done.stdout) // 2
    match verdict["fault"]:
        case "slow":
            say(done.stdout[:half])
            time.sleep(verdict["pause"])
            say(done.stdout[half:], done.stderr)
            return done.returncode
        case "truncate":
            say(done.stdout[:half])
            return 0
        case "hang" | "drop_mid_answer":
            say(done.stdout[:half])
            # The lab cuts the connection, or leaves us waiting until the other side gives up.
            desk.sendall(b"half\n")
            desk.recv(1)
            return 255
        case "message":
            say(verdict["text"].encode())
            return 0
    return done.returncode


def say(stdout: bytes, stderr: bytes = b"") -> None:
    """Write out at once."""
    sys.stdout.buffer.write(stdout)
    sys.stdout.buffer.flush()
    sys.stderr.buffer.write(stderr)
    sys.stderr.buffer.flush()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (BrokenPipeError, ConnectionError):
        sys.exit(255)
