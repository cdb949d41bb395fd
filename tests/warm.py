"""`dcops` as a process of its own that need not import everything anew.

Four fifths of the processor time of a short command goes into imports. A command that is run here is forked from a
process that has done them: it has its own number, environment, folder, descriptors and exit code, and ends as any
process does. What a fork cannot show is tested with real starts: every command as a script (tests/cli/test_scripts.py),
what stands in the list of processes (tests/contract/test_secret_corpus.py), signals and kills (tests/scheduler), and
the workers of every run. That no module needs another one imported before it is in tests/contract/test_imports.py.
"""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

DCOPS = str(Path(sys.executable).with_name("dcops"))
SERVER = Path(__file__).with_name("warm_server.py")

_server = None


class Command:
    """A command that runs: as much of subprocess.Popen as the tests ask for."""

    def __init__(self, arguments, *, stdin, stdout, stderr, env=None, cwd=None):
        self.arguments = [DCOPS, *map(str, arguments)]
        self.returncode = None
        self._reply, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        message = {
            "arguments": self.arguments,
            "environment": dict(os.environ if env is None else env),
            "folder": str(cwd or Path.cwd()),
        }
        with theirs:
            socket.send_fds(_control(), [json.dumps(message).encode()], [stdin, stdout, stderr, theirs.fileno()])
        self.pid = int(self._reply.recv(64))

    def poll(self):
        """Its exit code; None while it runs."""
        return self._wait(0)

    def wait(self, timeout):
        """Its exit code; it is killed when it does not end in time."""
        if self._wait(timeout) is None:
            os.kill(self.pid, signal.SIGKILL)
            self._wait(10)
            raise subprocess.TimeoutExpired(self.arguments, timeout)
        return self.returncode

    def _wait(self, seconds):
        if self.returncode is None:
            # None would wait for ever, and 0 not at all.
            self._reply.settimeout(seconds)
            try:
                self.returncode = int(self._reply.recv(64))
            except (TimeoutError, BlockingIOError):
                return None
            self._reply.close()
        return self.returncode


def run(*arguments, text=True, timeout=150, env=None, cwd=None):
    """Run `dcops` with these arguments and without a terminal."""
    with Path(os.devnull).open("rb") as nothing, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        command = Command(arguments, stdin=nothing.fileno(), stdout=out.fileno(), stderr=err.fileno(), env=env, cwd=cwd)
        code = command.wait(timeout)
        said = []
        for stream in (out, err):
            stream.seek(0)
            said.append(stream.read().decode() if text else stream.read())
    return subprocess.CompletedProcess(command.arguments, code, *said)


def _control():
    global _server
    if _server is None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-P", str(SERVER), str(theirs.fileno())], pass_fds=[theirs.fileno()]
            )
        _server = ours
        atexit.register(_stop, process)
    return _server


def _stop(process):
    _server.close()
    process.wait(20)
