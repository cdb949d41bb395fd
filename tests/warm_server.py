"""A process that has imported everything dcops may need, and becomes a dcops command by forking.

Started by tests.warm with one end of a socket as its only argument. Each message on it is one command: arguments,
environment and folder as JSON, and four descriptors: stdin, stdout, stderr, and a socket that is told the number of the
process and at last how it ended.
"""

import atexit
import gc
import importlib
import io
import json
import os
import pkgutil
import random
import selectors
import signal
import socket
import sys
import threading
import time
import traceback

LIBRARIES = ("alembic.command", "lxml.etree", "psycopg", "rich.table", "sqlalchemy.dialects.sqlite")
"""What dcops, or a library of its, imports only when a command runs."""
LONGEST = 1 << 16


def load():
    import dcops

    for module in pkgutil.walk_packages(dcops.__path__, "dcops."):
        # Alembic itself imports the migrations, and `__main__` is a command.
        if ".migrations" not in module.name and not module.name.endswith(".__main__"):
            importlib.import_module(module.name)
    for name in LIBRARIES:
        importlib.import_module(name)
    from dcops.devices.registry import Drivers

    drivers = Drivers()
    for platform in drivers.platforms():
        drivers.of(platform)


def serve(control):
    """Fork for each command; gives, in the child alone, what the command is."""
    mine, wakes = socket.socketpair()
    wakes.setblocking(False)
    signal.set_wakeup_fd(wakes.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    waiting = {}
    with selectors.DefaultSelector() as events:
        events.register(control, selectors.EVENT_READ)
        events.register(mine, selectors.EVENT_READ)
        while True:
            ready = {key.fileobj for key, _ in events.select()}
            if mine in ready:
                mine.recv(LONGEST)
                _bury(waiting)
            if control not in ready:
                continue
            message, descriptors, _, _ = socket.recv_fds(control, LONGEST, 4)
            if not message:
                return None
            assert threading.active_count() == 1, "a fork takes only one thread along"
            pid = os.fork()
            if pid == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for each in (control, mine, wakes, *waiting.values()):
                    each.close()
                os.close(descriptors[3])
                return json.loads(message), descriptors[:3]
            for each in descriptors[:3]:
                os.close(each)
            waiting[pid] = socket.socket(fileno=descriptors[3])
            waiting[pid].send(str(pid).encode())


def _bury(waiting):
    while waiting:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        with waiting.pop(pid) as reply:
            try:
                reply.send(str(os.waitstatus_to_exitcode(status)).encode())
            except OSError:
                # Nobody waits for it any more.
                continue


def become(command, descriptors):
    """Make this process what exec would have made of it."""
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.chdir(command["folder"])
    os.environ.clear()
    os.environ.update(command["environment"])
    time.tzset()
    random.seed()
    sys.argv = command["arguments"]
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        before = getattr(sys, name)
        raw = io.FileIO(number, "r" if number == 0 else "w", closefd=False)
        buffered = io.BufferedReader(raw) if number == 0 else io.BufferedWriter(raw)
        fresh = io.TextIOWrapper(
            buffered, before.encoding, before.errors, line_buffering=number == 2 or os.isatty(number)
        )
        setattr(sys, name, fresh)
        setattr(sys, f"__{name}__", fresh)


def command():
    """The exit code of dcops."""
    from dcops.cli.main import main

    try:
        main()
    except SystemExit as done:
        return done.code
    except BaseException:  # noqa: BLE001  as the interpreter does with what nobody caught
        traceback.print_exc()
        return 1
    return 0


def leave(code):
    """End as an interpreter does, except that nothing is taken apart: that would write to every page that is shared."""
    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        if not stream.closed:
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    load()
    gc.freeze()
    if wanted := serve(socket.socket(fileno=int(sys.argv[1]))):
        become(*wanted)
        leave(command())
