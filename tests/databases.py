"""The two databases that a ledger can lie in, both real, for every test that needs one.

A folder's conftest.py takes the fixtures in with `from tests.databases import ledger_url`. The PostgreSQL server is
started once per process, by an unprivileged user, and stopped with the tests.
"""

import atexit
import getpass
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

FOLDERS = ("/usr/lib/postgresql/15/bin", "/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin")
INITDB = (
    *("--username", "postgres", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
    *("--auth-local", "trust", "--auth-host", "scram-sha-256"),
)
OPTIONS = {
    "max_connections": "250",
    "shared_buffers": "32MB",
    "max_parallel_workers_per_gather": "0",
    "log_min_duration_statement": "-1",
}
# Nobody pulls the plug of a test; a killed server loses nothing by this.
QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

_numbers = itertools.count(1)
_servers = []


class Absent(Exception):
    """There is no PostgreSQL server on this host."""


class PostgreSQL:
    """A server of our own in a folder of its own."""

    def __init__(self, parent=None, **options):
        self.binaries = _binaries()
        self.account = _account()
        self.options = {**OPTIONS, **options}
        self.folder = Path(tempfile.mkdtemp(prefix="dcops-pg-", dir=parent))
        self.process = None
        if self.account:
            os.chown(self.folder, self.account.pw_uid, self.account.pw_gid)
        try:
            subprocess.run(
                [self.binaries / "initdb", "--pgdata", self.folder / "data", *INITDB],
                check=True,
                capture_output=True,
                timeout=120,
                **self._as_account(),
            )
            self.port = _free_port()
            self.start()
        except BaseException:
            self.close()
            raise

    def start(self):
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self.folder),
            **self.options,
        }
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.binaries / "postgres", "-D", self.folder / "data"]
                + [part for name, value in settings.items() for part in ("-c", f"{name}={value}")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self._as_account(),
            )
        self._wait()

    def _wait(self):
        import psycopg

        until = time.monotonic() + 60
        while True:
            try:
                psycopg.connect(self.superuser_conninfo(), connect_timeout=5).close()
                return
            except psycopg.OperationalError as error:
                if self.process.poll() is not None or time.monotonic() > until:
                    log = (self.folder / "log").read_text(errors="replace")[-2000:]
                    raise AssertionError(f"PostgreSQL did not start: {error}\n{log}") from None
            time.sleep(0.05)

    def superuser_conninfo(self, database="postgres"):
        return f"host={self.folder} port={self.port} user=postgres dbname={database}"

    def execute(self, statement, database="postgres"):
        import psycopg

        with psycopg.connect(self.superuser_conninfo(database), autocommit=True, connect_timeout=10) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def new_database(self, options=""):
        name = f"ledger_{os.getpid()}_{next(_numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE template0 {options}")
        return name

    def drop_database(self, name):
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def url(self, database):
        """Over the socket, where nobody asks for a password."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}&port={self.port}"

    def tcp_url(self, database, user):
        """Over TCP, where the server wants one."""
        return f"postgresql+psycopg://{user}@127.0.0.1:{self.port}/{database}"

    def freeze(self):
        """As a host that hangs: every connection stands, nobody answers."""
        for pid in (self.process.pid, *self._children()):
            os.kill(pid, signal.SIGSTOP)

    def thaw(self):
        for pid in (self.process.pid, *self._children()):
            os.kill(pid, signal.SIGCONT)

    def kill(self):
        """kill -9 of the server; comes back when its last process is gone."""
        children = self._children()
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(30)
        until = time.monotonic() + 30
        while any(Path(f"/proc/{pid}").exists() for pid in children):
            assert time.monotonic() < until, "processes of PostgreSQL outlived it by 30 s"
            time.sleep(0.02)

    def stop(self):
        """The fast shutdown."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()

    def close(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _children(self):
        """The backends and helpers; each is a session of its own, so no process group holds them together."""
        found = []
        for entry in Path("/proc").glob("[0-9]*/stat"):
            try:
                parent = entry.read_text().rpartition(")")[2].split()[1]
            except OSError:
                continue
            if int(parent) == self.process.pid:
                found.append(int(entry.parent.name))
        return found

    def _as_account(self):
        if not self.account:
            return {"cwd": self.folder}
        return {
            "cwd": self.folder,
            "user": self.account.pw_uid,
            "group": self.account.pw_gid,
            "extra_groups": [],
            "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(self.folder)},
        }


def new_postgresql(**options):
    """A server for one test that wants to break it. Skips the test where there is none, unless CI is set."""
    try:
        return PostgreSQL(**options)
    except Absent as reason:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{reason}, and CI=true allows no skipping")
        pytest.skip(str(reason))


def shared_postgresql():
    """The server of this process; started now unless it runs."""
    if not _servers:
        _servers.append(new_postgresql(**QUICK))
        atexit.register(_stop_servers)
    return _servers[0]


def _stop_servers():
    while _servers:
        _servers.pop().close()


@pytest.fixture(scope="session")
def postgresql_server(request):
    """A PostgreSQL server that the tests of this process share; each makes databases of its own in it."""
    # Not with this fixture: several folders take it in, and each copy would stop the server of the others.
    request.config.add_cleanup(_stop_servers)
    return shared_postgresql()


@pytest.fixture
def postgresql_url(postgresql_server):
    """The URL of an empty database in PostgreSQL."""
    name = postgresql_server.new_database()
    yield postgresql_server.url(name)
    postgresql_server.drop_database(name)


@pytest.fixture
def sqlite_url(tmp_path):
    """The URL of a file that does not exist yet."""
    return f"sqlite:///{tmp_path}/ledger.sqlite"


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_url(request):
    """The URL of an empty ledger, once in each database."""
    return request.getfixturevalue(f"{request.param}_url")


def _binaries():
    try:
        import psycopg  # noqa: F401
    except ImportError:
        raise Absent("psycopg is not installed") from None
    for pattern in FOLDERS:
        for folder in sorted(Path("/").glob(pattern.lstrip("/")), reverse=True):
            if (folder / "postgres").exists() and (folder / "initdb").exists():
                return folder
    found = shutil.which("postgres")
    if found and (Path(found).parent / "initdb").exists():
        return Path(found).parent
    raise Absent("there is no PostgreSQL server here (Debian: apt install postgresql)")


def _account():
    """Whom the server runs as; None for ourselves. PostgreSQL refuses to be root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Absent(f"{getpass.getuser()} cannot run PostgreSQL and there is no other account")


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
