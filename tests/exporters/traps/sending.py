"""Net-SNMP's own senders, and a receiver in this process that hears them over a real socket."""

import shutil
import socket
import subprocess
import threading

import pytest

from dcops.assembly.snmp import ByCommunity, ByUser
from dcops.exporters.traps.figures import Figures
from dcops.exporters.traps.flood import Flood
from dcops.exporters.traps.kinds import load
from dcops.exporters.traps.listener import Engine, Listener
from dcops.exporters.traps.receiver import Receiver
from dcops.exporters.traps.senders import Sender
from dcops.model.device import Device
from dcops.model.secret import Secret
from dcops.model.snmp import Authentication, Privacy
from dcops.snmp.usm.keys import User
from dcops.templates.find import data_folder

US = Engine(bytes.fromhex("80004fb8050102030405060708"), 3)
LINK_DOWN = "1.3.6.1.6.3.1.1.5.3"
NOC = ByUser(User("noc", Authentication.SHA1, Secret("sign-and-wait"), Privacy.AES128, Secret("hide-and-seek")))
AS_NOC = (
    "-v",
    "3",
    "-u",
    "noc",
    "-l",
    "authPriv",
    "-a",
    "SHA",
    "-A",
    "sign-and-wait",
    "-x",
    "AES",
    "-X",
    "hide-and-seek",
)
CARDS = ByCommunity(2, Secret("cards-read"))
KINDS = load([data_folder("exporters") / "traps.yaml"])


class Kept:
    """Stands for the keeper and the teller: remembers what it was given."""

    def __init__(self):
        self.events = []
        self.told = []

    def take(self, event, *more):
        (self.told if more else self.events).append((event, *more) if more else event)


class Running:
    """A receiver whose datagrams come through a socket."""

    def __init__(self, login, *, flood=None, host="127.0.0.1"):
        self.figures, self.kept = Figures(), Kept()
        self.receiver = Receiver(self.figures, self.kept, self.kept, flood or Flood())
        self.listener = Listener(login, US, self.receiver.send)
        device = Device(name="ups-1", site="main", role="ups", vendor="APC", model="SMT")
        self.receiver.use({host: Sender(device, login)}, KINDS, {login: self.listener})
        self.socket = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((host, 0))
        self.socket.settimeout(0.05)
        self.port = self.socket.getsockname()[1]
        self.receiver.answer_with(self.socket.sendto)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        while not self._ended.is_set():
            try:
                self.receiver.take(*self.socket.recvfrom(65535))
            except TimeoutError:
                continue

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._ended.set()
        self._thread.join(10)
        self.socket.close()

    def settled(self):
        """Wait until nothing waits in the socket any more."""
        self._ended.set()
        self._thread.join(10)
        self.socket.settimeout(0.1)
        try:
            while True:
                self.receiver.take(*self.socket.recvfrom(65535))
        except TimeoutError:
            return self.kept.events


def sent(program, *arguments):
    """Run snmptrap or snmpinform; gives how it ended."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed (Debian's package snmp)")
    return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, timeout=20, check=False)
