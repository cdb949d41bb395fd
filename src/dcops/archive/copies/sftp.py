"""Files on the other host: written beside their place, to the disk, then moved there in one step."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from dcops.archive.copies.place import UNFINISHED
from dcops.archive.copies.remote import SILENCE_SECONDS, Remote

if TYPE_CHECKING:
    from paramiko.sftp_client import SFTPClient

_LARGEST_SMALL_FILE = 1 << 20


class Files:
    """One SFTP session. paramiko's is made for one thread: each lane has its own."""

    def __init__(self, remote: Remote) -> None:
        from paramiko.sftp_client import SFTPClient

        with remote.explained():
            channel = remote.transport.open_session(timeout=SILENCE_SECONDS)
            channel.settimeout(SILENCE_SECONDS)
            channel.invoke_subsystem("sftp")
            self._client = _client_class(SFTPClient)(channel)

    def close(self) -> None:
        """End the session."""
        self._client.close()

    def names(self, folder: str) -> frozenset[str] | None:
        """The names in a folder; None when there is none."""
        try:
            return frozenset(self._client.listdir(folder))
        except FileNotFoundError:
            return None

    def read(self, path: str) -> bytes | None:
        """A small file; None when there is none."""
        try:
            with self._client.open(path, "rb") as stream:
                found: bytes = stream.read(_LARGEST_SMALL_FILE)
                return found
        except FileNotFoundError:
            return None

    def write(self, path: str, pieces: Iterable[bytes]) -> None:
        """Write a file beside its place, to the disk where the server can, then move it there in one step."""
        folder, _, name = path.rpartition("/")
        unfinished = f"{folder}/.{name}{UNFINISHED}"
        try:
            size = 0
            with self._client.open(unfinished, "wb") as stream:
                stream.set_pipelined(True)
                for piece in pieces:
                    stream.write(piece)
                    size += len(piece)
                stream.flush()
                self._client.to_disk(stream)
            # Answers to pipelined writes are not looked at: this is where a full disk shows.
            if self._client.stat(unfinished).st_size != size:
                raise OSError("only a part of it was written")
            self._client.move(unfinished, path)
        except BaseException:
            self._forget(unfinished)
            raise

    def _forget(self, path: str) -> None:
        try:
            self._client.remove(path)
        except (OSError, EOFError, _ssh_exception()):
            # It broke or is not there: the next copy writes over it.
            return


def _ssh_exception() -> type[Exception]:
    import paramiko

    return paramiko.SSHException


def _client_class(base: type[SFTPClient]) -> Any:
    """paramiko's client with OpenSSH's extensions that it does not know, imported only when a copy is made."""
    from paramiko.message import Message
    from paramiko.sftp import CMD_EXTENDED, CMD_INIT, CMD_VERSION, SFTPError

    class Client(base):  # type: ignore[misc, valid-type]
        """Learns from the server's greeting which extensions it has (openssh/PROTOCOL, section 4)."""

        def _send_version(self) -> int:
            greeting = Message()
            greeting.add_int(3)
            self._send_packet(CMD_INIT, greeting)
            kind, data = self._read_packet()
            if kind != CMD_VERSION:
                raise SFTPError("Incompatible sftp protocol")
            message = Message(data[4:])
            self.extensions = set()
            while message.get_remainder():
                self.extensions.add(message.get_text())
                message.get_string()
            return int(struct.unpack(">I", data[:4])[0])

        def to_disk(self, stream: Any) -> None:
            if "fsync@openssh.com" in self.extensions:
                self._request(CMD_EXTENDED, "fsync@openssh.com", stream.handle)

        def move(self, old: str, new: str) -> None:
            if "posix-rename@openssh.com" in self.extensions:
                self.posix_rename(old, new)
                return
            # The plain rename of SFTP never replaces; the file in the way is not the one its name says.
            try:
                self.rename(old, new)
            except OSError:
                self.remove(new)
                self.rename(old, new)

    return Client
