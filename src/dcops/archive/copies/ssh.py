"""A second store on another host over SSH: hashes and `git fsck` are computed there."""

from __future__ import annotations

import re
import shlex
import socket
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

from dcops.archive import program
from dcops.archive.copies import pushing
from dcops.archive.copies.address import SshAddress
from dcops.archive.copies.connection import KnownHosts, Login, connect
from dcops.archive.copies.place import (
    ARCHIVE,
    HISTORY,
    LOCK,
    SEALED,
    UNFINISHED,
    Answer,
    Listing,
    checked_chunks,
    listed,
    sealed_name,
)
from dcops.archive.copies.remote import Remote
from dcops.archive.copies.remote_lock import held_there
from dcops.archive.copies.sftp import Files
from dcops.archive.git import CHECK_LIMIT_SECONDS, Git
from dcops.errors import CannotRun

if TYPE_CHECKING:
    from paramiko import Channel

TOOLS = ("git", "flock", "timeout", "sha256sum", "find", "stat", "df", "dd", "mkdir")
_DF = re.compile(r"\s\d+\s+\d+\s+(\d+)\s+\d+%\s")
_PLAIN = "env LC_ALL=C GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null"
_HASH = re.compile(r"([0-9a-f]{64})[ *]+(\S+)")


class SshPlace:
    """A folder on another host: one connection, known by its host key, for files, commands and git."""

    lanes = 4

    def __init__(self, address: SshAddress, login: Login, known: KnownHosts, *, limit_seconds: float) -> None:
        self.address = address
        self._login = login
        self._known = known
        self._limit_seconds = limit_seconds
        self._own = threading.local()

    @property
    def where(self) -> str:
        """Its address."""
        return str(self.address)

    def __enter__(self) -> Self:
        self._own = threading.local()
        transport = connect(self.address, self._login, self._known)
        self._remote = Remote(transport, self.where, self._limit_seconds)
        try:
            self._look_around()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._remote.close()

    def entries(self) -> frozenset[str] | None:
        """The names in the folder; None when there is none."""
        with self._reading(self.address.path):
            return self._sftp().names(self.address.path)

    def make(self, folders: Iterable[str]) -> None:
        """Make folders, for their owner only."""
        paths = [self._path(folder) for folder in folders]
        for start in range(0, len(paths), 64):
            self._do(f"umask 077 && mkdir -p {shlex.join(paths[start : start + 64])}")

    @contextmanager
    def held(self, wait_seconds: float) -> Iterator[None]:
        """Hold the lock for as long as the connection lives.

        A process there holds it and hears from us every few seconds: when we die, or the line does, it lets go.
        """
        with held_there(self._remote, self._path(LOCK), wait_seconds):
            yield

    def read(self, path: str) -> bytes | None:
        """A small file; None when there is none."""
        with self._reading(path):
            return self._sftp().read(self._path(path))

    def write(self, path: str, content: bytes) -> None:
        """Write a small file in one step."""
        with self._writing(path):
            self._sftp().write(self._path(path), (content,))

    def listing(self) -> Listing:
        """Every sealed file."""
        folder = shlex.quote(self._path(SEALED))
        every = "find . -type f ! -name '*.part' -exec stat -c '%s %n' {} +"
        script = f"[ -e {folder} ] || {{ echo .; exit; }}; cd {folder} && {every} || exit 1"
        return listed(_sizes(self._remote.lines(script)))

    def send(self, name: str, source: Path) -> None:
        """Copy one sealed file beside its place, then move it there."""
        path = f"{SEALED}/{name[:2]}/{name}.age"
        with self._writing(path):
            self._sftp().write(self._path(path), checked_chunks(source, name))

    def settle(self) -> None:
        """Let the file system there write down what it was given; one call for all."""
        folder = shlex.quote(self._path(SEALED))
        self._do(
            f"find {folder} -type f -name '*.age' ! -perm 0400 -exec chmod 0400 {{}} + && (sync -f {folder} || sync)"
        )

    def free_bytes(self) -> int:
        """What an ordinary user may still write."""
        said = self._do(f"df -Pk {shlex.quote(self.address.path)}")
        found = _DF.search(said.splitlines()[-1] if said else "")
        if found is None:
            raise CannotRun(f"{self.where} does not say how much room is left: {said!r}")
        return int(found[1]) * 1024

    def shares_disk_with(self, folder: Path) -> bool:  # noqa: ARG002
        """Never: it is another host."""
        return False

    def git(self, *words: str) -> Answer:
        """Run git on the history there."""
        options = [word for option in program.OPTIONS for word in ("-c", option)]
        command = shlex.join(("git", *options, f"--git-dir={self._path(HISTORY)}", *words))
        return self._remote.run(f"{_PLAIN} {command}", silence_seconds=CHECK_LIMIT_SECONDS)

    def create_history(self) -> None:
        """Make an empty history."""
        unfinished = shlex.quote(self._path(f"{ARCHIVE}/.readable.git.part"))
        final = shlex.quote(self._path(HISTORY))
        how = "--quiet --bare --template= --initial-branch=main --object-format=sha1"
        self._do(
            f"umask 077 && rm -rf {unfinished} && {_PLAIN} git init {how} {unfinished} && mv {unfinished} {final}"
            f" && (sync -f {final} || sync)"
        )

    def push(self, home: Git, revision: str) -> None:
        """Move the history forward: git speaks with the git there through this connection."""
        history = self._path(HISTORY)
        receiver = shlex.join(("git", *pushing.receiver_options(), "receive-pack", history))
        stale = " ".join(f"{shlex.quote(history)}/{pattern}" for pattern in pushing.LEFTOVERS)
        # A git that outlived its connection is waited for; after it, what lies there belongs to nobody.
        lock = shlex.quote(self._path(f"{ARCHIVE}/push.lock"))
        channel = self._remote.channel(
            f"umask 077; exec 9>>{lock} && flock -w 60 9 && rm -rf {stale} && exec {_PLAIN} {receiver}"
        )
        ours, theirs = socket.socketpair()
        with channel, ours, theirs:
            channel.settimeout(None)
            pumps = bridged(ours, channel)
            handle = theirs.fileno()
            command = pushing.command(home, revision, f"fd::{handle}")
            done = program.call(command, limit_seconds=self._limit_seconds, keep=(handle,))
            theirs.close()
            for pump in pumps:
                pump.join(timeout=10)
            # Their own words tell why: git here only sees that they went away.
            words = channel.recv_stderr(1 << 16) if channel.recv_stderr_ready() else b""
            done.stderr = words + b"\n" + done.stderr
        self._remote.explain_late()
        pushing.require_done(done, self.where)

    def discard(self, names: Collection[str]) -> None:
        """Remove sealed files, and what interrupted copies left half written."""
        folder = shlex.quote(self._path(SEALED))
        self._do(f"cd {folder} && find . -type f -name '*{UNFINISHED}' -exec rm -f {{}} +")
        paths = [f"{name[:2]}/{name}.age" for name in names]
        for start in range(0, len(paths), 200):
            self._do(f"cd {folder} && rm -f {shlex.join(paths[start : start + 200])}")
        self._do(f"sync -f {folder} || sync")

    def hashes(self) -> Iterator[tuple[str, str]]:
        """Let sha256sum read every sealed file there."""
        folder = shlex.quote(self._path(SEALED))
        # A file that cannot be read there is told by its absence, and must not end the others: then find says 1.
        read = "find . -type f -name '*.age' -exec sha256sum {} + 2>/dev/null; [ $? -le 1 ]"
        script = f"cd {folder} && {{ {read}; }} || exit 1"
        for line in self._remote.lines(script, silence_seconds=CHECK_LIMIT_SECONDS):
            found = _HASH.fullmatch(line)
            name = sealed_name(found[2].removeprefix("./")) if found else None
            if found and name:
                yield name, found[1]

    def _path(self, path: str) -> str:
        return f"{self.address.path}/{path}"

    def _sftp(self) -> Files:
        """The SFTP session of this thread."""
        if not hasattr(self._own, "files"):
            self._own.files = Files(self._remote)
        found: Files = self._own.files
        return found

    def _look_around(self) -> None:
        """See whether the account can do what is asked of it, before anything is."""
        tools = " ".join(TOOLS)
        said = self._remote.run(
            f"for tool in {tools}; do command -v $tool >/dev/null || echo missing $tool; done; git version; echo hello"
        )
        lines = said.out.split("\n")
        if "hello" not in lines:
            raise CannotRun(
                f"the account cannot run commands on {self.where}: {said.err or said.out[:200] or said.code}",
                next_step="Give it an ordinary shell such as /bin/sh (docs/how-to/second-store.md)",
            )
        if missing := [line.removeprefix("missing ") for line in lines if line.startswith("missing ")]:
            raise CannotRun(
                f"{self.where} lacks {', '.join(missing)}",
                next_step="Install them there, on Debian: apt install git coreutils findutils util-linux",
            )
        program.require_recent("\n".join(line for line in lines if line.startswith("git version")), f"on {self.where}")

    def _do(self, script: str) -> str:
        """Run what must end well."""
        done = self._remote.run(f"LC_ALL=C; export LC_ALL; {script}")
        if done.code:
            meaning = program.surroundings(done.err.encode())
            raise CannotRun(
                f"{self.where} cannot be written: {meaning or done.err or f'exit code {done.code}'}",
                next_step="Mend that there and run it again; what was copied before is untouched",
            )
        return done.out.rstrip("\n")

    @contextmanager
    def _reading(self, path: str) -> Iterator[None]:
        import paramiko

        try:
            yield
        except PermissionError:
            raise CannotRun(f"{path} at {self.where} cannot be read: permission denied") from None
        except (OSError, EOFError, paramiko.SSHException) as error:
            self._remote.explain_late()
            raise CannotRun(
                f"{path} at {self.where} cannot be read: {error or type(error).__name__}",
                next_step="Run it again; if it stays, see the log of its SSH server",
            ) from None

    @contextmanager
    def _writing(self, path: str) -> Iterator[None]:
        import paramiko

        try:
            yield
        except (OSError, EOFError, paramiko.SSHException) as error:
            self._remote.explain_late()
            raise CannotRun(
                f"{path} at {self.where} cannot be written: {self._why() or error or type(error).__name__}",
                next_step="Mend that there and run it again: it goes on where it stopped",
            ) from None

    def _why(self) -> str:
        """SFTP knows one word for everything that goes wrong: the shell there tells more."""
        probe = shlex.quote(self._path(".probe.part"))
        script = f"LC_ALL=C dd if=/dev/zero of={probe} bs=65536 count=1 conv=fsync; code=$?; rm -f {probe}; exit $code"
        try:
            done = self._remote.run(script)
        except CannotRun as error:
            return error.message
        return program.surroundings(done.err.encode()) if done.code else ""


def _sizes(lines: Iterable[str]) -> Iterator[tuple[str, int]]:
    for line in lines:
        size, _, path = line.partition(" ")
        if size.isdigit():
            yield path.removeprefix("./"), int(size)


def bridged(ours: socket.socket, channel: Channel) -> list[threading.Thread]:
    """Carry bytes both ways between a socket and a channel until both have ended.

    When the far end went away what is still written is read to its end and thrown away: a git whose socket nobody
    reads any more would fill it, and wait for ever.
    """

    import paramiko

    def nothing_more_for_them() -> None:
        with suppress(OSError, EOFError, paramiko.SSHException):
            channel.shutdown_write()
        while ours.recv(1 << 16):
            pass

    ways = (
        (ours.recv, channel.sendall, nothing_more_for_them),
        (channel.recv, ours.sendall, lambda: ours.shutdown(socket.SHUT_WR)),
    )
    pumps = [threading.Thread(target=_pump, args=way, daemon=True) for way in ways]
    for pump in pumps:
        pump.start()
    return pumps


def _pump(receive: Callable[[int], bytes], send: Callable[[bytes], object], end: Callable[[], object]) -> None:
    """Carry bytes from one side to the other until it ends; whoever listens learns of the end."""
    import paramiko

    try:
        while piece := receive(1 << 16):
            send(piece)
    except (OSError, EOFError, paramiko.SSHException):
        pass
    try:
        end()
    except (OSError, EOFError, paramiko.SSHException):
        return
