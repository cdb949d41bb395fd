"""An OpenSSH server of our own on loopback, with its own keys, for the user who runs the tests."""

import getpass
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import paramiko
import pytest

from dcops.archive.copies.address import SshAddress
from dcops.archive.copies.connection import KnownHosts
from dcops.model.secret import Credential, Secret

PROGRAM = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
PASSPHRASE = "open sesame 42"


def require_sshd():
    if PROGRAM and shutil.which("ssh-keygen"):
        return
    why = "sshd is missing: install it, on Debian: apt install openssh-server"
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)


def new_key(file, *, kind="ed25519", passphrase=""):
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-C", "", "-f", str(file)], check=True)
    return file


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Sshd:
    """One server. `bin` comes first in the PATH of whoever logs in."""

    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.bin = folder / "bin"
        self.bin.mkdir(parents=True)
        self.host_key = new_key(folder / "host")
        self.key = new_key(folder / "user")
        self.locked_key = new_key(folder / "locked", passphrase=PASSPHRASE)
        (folder / "authorized").write_text(
            "".join(f"restrict {key.with_suffix('.pub').read_text()}" for key in (self.key, self.locked_key))
        )
        self.user = getpass.getuser()
        self.config = folder / "sshd_config"
        self.log = folder / "log"
        self.process = None
        self.extra = ""
        self.path = f"{self.bin}:/usr/local/bin:/usr/bin:/bin"

    def start(self):
        self.config.write_text(
            f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {self.host_key}\nPidFile none\n"
            f"AuthorizedKeysFile {self.folder}/authorized\nStrictModes no\nUsePAM no\n"
            "PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\n"
            f"Subsystem sftp internal-sftp\nSetEnv PATH={self.path} HOME={self.folder}\nLogLevel VERBOSE\n{self.extra}"
        )
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([PROGRAM, "-D", "-e", "-f", str(self.config)], stderr=log)
        until = time.monotonic() + 10
        while time.monotonic() < until:
            assert self.process.poll() is None, self.log.read_text()
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1) as line:
                    assert line.recv(4) == b"SSH-"
                    return self
            except OSError:
                time.sleep(0.05)
        raise AssertionError(self.log.read_text())

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(10)

    def cut_lines(self):
        """Kill every process that serves a connection, as a cut line would."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for child in children:
            below = Path(f"/proc/{child}/task/{child}/children")
            for pid in [*(below.read_text().split() if below.exists() else ()), child]:
                try:
                    os.kill(int(pid), signal.SIGKILL)
                except ProcessLookupError:
                    continue
        return len(children)

    def address(self, path, **changes):
        given = {"host": "127.0.0.1", "path": str(path), "user": self.user, "port": self.port, **changes}
        return SshAddress(**given)

    def credential(self, key=None, passphrase=None):
        return Credential("copy", key_file=key or self.key, password=Secret(passphrase) if passphrase else None)

    @property
    def known_line(self):
        kind, key = self.host_key.with_suffix(".pub").read_text().split()[:2]
        return f"[127.0.0.1]:{self.port} {kind} {key}\n"

    def known(self, line=None):
        file = self.folder / "known_hosts"
        file.write_text(self.known_line if line is None else line)
        return KnownHosts(paramiko.HostKeys(str(file)), file)
