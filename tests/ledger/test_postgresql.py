"""What a server can do to a ledger."""

import logging
import os
import subprocess
import sys
import threading
import time
import traceback
from contextlib import ExitStack

import psycopg
import pytest

from dcops.errors import CannotRun
from dcops.ledger import postgresql
from dcops.ledger.bounded import BoundedConnection
from dcops.ledger.ledger import Ledger
from dcops.model.secret import Secret
from tests.databases import QUICK, new_postgresql
from tests.ledger.conftest import NIGHT, Nights

PASSWORD = "Tháng-Giêng 'quoted' \\back % 2026"
WRONG = "sai-mật-khẩu-8271"


@pytest.fixture
def database(postgresql_server):
    name = postgresql_server.new_database()
    yield name
    postgresql_server.drop_database(name)


@pytest.fixture
def user(postgresql_server, database):
    """Somebody who must give a password, and owns the database."""
    name = f"u_{database}"
    quoted = PASSWORD.replace("'", "''")
    postgresql_server.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{quoted}'")
    postgresql_server.execute(f"ALTER DATABASE {database} OWNER TO {name}")
    yield name
    postgresql_server.execute(f"ALTER DATABASE {database} OWNER TO postgres")
    postgresql_server.execute(f"REASSIGN OWNED BY {name} TO postgres; DROP OWNED BY {name}", database)
    postgresql_server.execute(f"DROP OWNED BY {name}; DROP ROLE {name}")


@pytest.fixture
def own_server():
    """A server that a test may kill; with a real disk behind it, like one in use."""
    server = new_postgresql()
    yield server
    server.close()


def everything_about(error):
    told = traceback.TracebackException.from_exception(error, capture_locals=True)
    seen = ["".join(told.format(chain=True)), repr(error), str(error), repr(error.args), repr(vars(error))]
    while error := error.__context__ or error.__cause__:
        seen += [repr(error), repr(vars(error))]
    return "\n".join(seen)


def test_the_password_reaches_the_server_and_nothing_else(postgresql_server, database, user, caplog):
    caplog.set_level(logging.DEBUG)
    secret = Secret(PASSWORD)

    with Ledger.open(postgresql_server.tcp_url(database, user), password=secret) as ledger:
        ledger.note("a", "b")
        engine = ledger._database._engine
        seen = [repr(ledger), repr(ledger._database), repr(engine), str(engine.url), repr(vars(ledger._database))]
        seen += [repr(engine.pool), repr(engine.raw_connection().driver_connection)]

    assert PASSWORD not in "\n".join([*seen, caplog.text])


def test_a_wrong_password_is_refused_and_nowhere_repeated(postgresql_server, database, user, caplog):
    caplog.set_level(logging.DEBUG)
    with pytest.raises(CannotRun, match="refuses the login") as refusal:
        Ledger.open(postgresql_server.tcp_url(database, user), password=Secret(WRONG))

    assert WRONG not in everything_about(refusal.value) + caplog.text
    assert user in refusal.value.message
    assert "[ledger] credential" in refusal.value.next_step


def test_a_missing_password_says_what_is_missing(postgresql_server, database, user):
    with pytest.raises(CannotRun, match="no password supplied") as refusal:
        Ledger.open(postgresql_server.tcp_url(database, user))

    assert "[ledger]" in refusal.value.next_step


def test_a_user_without_rights_is_told_which(postgresql_server, database):
    postgresql_server.execute("DROP ROLE IF EXISTS guest")
    postgresql_server.execute("CREATE ROLE guest LOGIN")
    url = postgresql_server.url(database).replace("postgres@", "guest@")

    with pytest.raises(CannotRun, match="refuses the user") as refusal:
        Ledger.open(url)

    assert "owner of the database" in refusal.value.next_step
    postgresql_server.execute("DROP ROLE guest")


def test_a_database_that_does_not_exist_is_named_and_how_to_make_it(postgresql_server):
    with pytest.raises(CannotRun, match=r"nowhere does not exist: .*nowhere") as refusal:
        Ledger.open(postgresql_server.url("nowhere"))

    assert "createdb" in refusal.value.next_step


def test_a_database_without_room_for_vietnamese_is_refused(postgresql_server):
    name = postgresql_server.new_database("ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'")

    with pytest.raises(CannotRun, match="LATIN1") as refusal:
        Ledger.open(postgresql_server.url(name))

    assert "createdb -E UTF8" in refusal.value.next_step
    postgresql_server.drop_database(name)


def test_a_standby_is_refused_with_what_to_do(postgresql_server, database):
    postgresql_server.execute(f"ALTER DATABASE {database} SET default_transaction_read_only = on")

    with pytest.raises(CannotRun, match="can only be read") as refusal:
        Ledger.open(postgresql_server.url(database))

    assert "primary" in refusal.value.next_step


def test_nobody_there_is_said_at_once():
    begun = time.monotonic()

    with pytest.raises(CannotRun, match="cannot be reached") as refusal:
        Ledger.open("postgresql+psycopg://dcops@127.0.0.1:1/dcops")

    assert time.monotonic() - begun < postgresql.CONNECT_SECONDS
    assert "127.0.0.1:1/dcops" in refusal.value.message


def test_a_host_that_takes_the_connection_and_says_nothing_is_given_up(monkeypatch):
    import socket

    monkeypatch.setattr(postgresql, "CONNECT_SECONDS", 2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        begun = time.monotonic()
        with pytest.raises(CannotRun, match="timeout"):
            Ledger.open(f"postgresql+psycopg://dcops@127.0.0.1:{silent.getsockname()[1]}/dcops")

    assert 1 < time.monotonic() - begun < 10


def test_a_session_has_limits_in_time_and_keeps_its_claims_even_where_the_server_would_not(postgresql_server, database):
    postgresql_server.execute(f"ALTER DATABASE {database} SET synchronous_commit = off")
    postgresql_server.execute(f"ALTER DATABASE {database} SET timezone = 'Asia/Ho_Chi_Minh'")
    with Ledger.open(postgresql_server.url(database)) as ledger:
        names = ("statement_timeout", "lock_timeout", "TimeZone", "synchronous_commit", "client_encoding")
        shown = ledger._database.read(lambda c: [c.exec_driver_sql(f"SHOW {name}").scalar_one() for name in names])

    assert shown == ["15s", "10s", "UTC", "on", "UTF8"]


def test_a_call_waits_for_a_lock_and_then_says_that_it_is_held(postgresql_server, database, monkeypatch):
    monkeypatch.setattr(postgresql, "LOCK_SECONDS", 1)
    with Ledger.open(postgresql_server.url(database)) as ledger:
        ledger.note("a", "b")
        with psycopg.connect(postgresql_server.superuser_conninfo(database)) as other:
            other.execute("SELECT * FROM note FOR UPDATE")
            with pytest.raises(CannotRun, match="is held by somebody else"):
                ledger.note("a", "c")
        ledger.note("a", "d")
        assert ledger.noted("a") == "d"


def test_a_statement_that_takes_too_long_is_ended_by_the_server(postgresql_server, database, monkeypatch):
    monkeypatch.setattr(postgresql, "STATEMENT_SECONDS", 1)
    with Ledger.open(postgresql_server.url(database)) as ledger:
        begun = time.monotonic()
        with pytest.raises(CannotRun, match="took too long"):
            ledger._database.read(lambda connection: connection.exec_driver_sql("SELECT pg_sleep(30)"))
        assert time.monotonic() - begun < 5
        assert ledger.noted("a") is None


def test_two_that_lock_each_other_out_are_both_done_in_the_end(postgresql_server, database):
    with Ledger.open(postgresql_server.url(database)) as ledger:
        ledger.note("a", "")
        ledger.note("b", "")
        barrier, tries, trouble = threading.Barrier(2, timeout=30), [], []

        def cross(first, second):
            def work(connection):
                tries.append(first)
                connection.exec_driver_sql(f"UPDATE note SET value = value || 'x' WHERE name = '{first}'")
                if len(tries) <= 2:
                    barrier.wait()
                connection.exec_driver_sql(f"UPDATE note SET value = value || 'x' WHERE name = '{second}'")

            try:
                ledger._database.write(work)
            except Exception as error:
                trouble.append(error)

        threads = [threading.Thread(target=cross, args=pair) for pair in (("a", "b"), ("b", "a"))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)

        assert not trouble
        # Whoever lost may ask again before the other was given its lock, and lose once more.
        assert len(tries) >= 3
        assert (ledger.noted("a"), ledger.noted("b")) == ("xx", "xx")


def test_a_connection_that_the_server_cut_is_replaced_before_it_is_used(postgresql_server, database):
    with Ledger.open(postgresql_server.url(database)) as ledger:
        ledger.note("a", "b")
        postgresql_server.execute(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'"
        )
        assert ledger.noted("a") == "b"


def claim_until_told_to_stop(nights, stop, confirmed, refusals, slowest):
    night = 0
    while not stop.is_set():
        begun = time.monotonic()
        try:
            if nights.claim(nights.key(night)):
                confirmed.append(night)
        except CannotRun as error:
            refusals.append(error)
            time.sleep(0.05)
        slowest.append(time.monotonic() - begun)
        night += 1


def test_kill_9_of_the_server_is_said_loses_no_confirmed_claim_and_is_got_over(own_server):
    database = own_server.new_database()
    with Ledger.open(own_server.url(database)) as ledger:
        nights, stop = Nights(ledger), threading.Event()
        confirmed, refusals, seconds = [], [], []
        worker = threading.Thread(target=claim_until_told_to_stop, args=[nights, stop, confirmed, refusals, seconds])
        worker.start()
        try:
            _until(lambda: len(confirmed) >= 30)
            own_server.kill()
            _until(lambda: len(refusals) >= 3)
            before = len(confirmed)
            own_server.start()
            _until(lambda: len(confirmed) >= before + 30)
        finally:
            stop.set()
            worker.join(60)

        assert all("the ledger PostgreSQL" in error.message and error.next_step for error in refusals)
        assert max(seconds) < postgresql.STATEMENT_SECONDS
        kept = {(run.due - NIGHT).days for run in ledger.runs(limit=10_000)}
        assert set(confirmed) <= kept
        # At most the one whose confirmation the kill cut off.
        assert len(kept - set(confirmed)) <= 1


def test_a_server_that_freezes_is_given_up_and_used_again_when_it_thaws(own_server, monkeypatch):
    monkeypatch.setattr(BoundedConnection, "answer_seconds", 1.0)
    monkeypatch.setattr(postgresql, "CONNECT_SECONDS", 2)
    with Ledger.open(own_server.url(own_server.new_database())) as ledger:
        ledger.note("a", "b")
        own_server.freeze()
        try:
            begun = time.monotonic()
            with pytest.raises(CannotRun, match=r"cannot be reached: .*(did not answer|timeout)"):
                ledger.noted("a")
            assert time.monotonic() - begun < 15
        finally:
            own_server.thaw()

        assert ledger.noted("a") == "b"


def test_a_server_that_freezes_in_the_middle_of_a_statement_is_given_up(own_server, monkeypatch):
    monkeypatch.setattr(BoundedConnection, "answer_seconds", 1.0)
    with Ledger.open(own_server.url(own_server.new_database())) as ledger:

        def work(connection):
            own_server.freeze()
            connection.exec_driver_sql("SELECT 1")

        try:
            with pytest.raises(CannotRun, match="did not answer within 1 s"):
                ledger._database.read(work)
        finally:
            own_server.thaw()

        assert ledger.noted("a") is None


def test_a_server_without_a_free_connection_is_said_and_got_over(own_server):
    own_server.stop()
    own_server.options["max_connections"] = "5"
    own_server.start()
    database = own_server.new_database()
    own_server.execute("CREATE ROLE dcops LOGIN")
    own_server.execute(f"ALTER DATABASE {database} OWNER TO dcops")
    url = own_server.url(database).replace("postgres@", "dcops@")
    with Ledger.open(url) as ledger:
        ledger.close()
        with ExitStack() as crowd:
            for _ in range(3):
                crowd.enter_context(psycopg.connect(own_server.superuser_conninfo(database)))
            with pytest.raises(CannotRun, match="has no connection left"):
                ledger.noted("a")
        _until(lambda: ledger.noted("a") is None)


@pytest.mark.parametrize("small_disk", ["110m"], indirect=True)
def test_on_a_full_disk_nothing_that_was_confirmed_is_lost_and_room_is_enough_to_go_on(small_disk):
    server = new_postgresql(parent=small_disk, wal_recycle="off", **QUICK)
    ballast = small_disk / "ballast"
    try:
        with Ledger.open(server.url(server.new_database())) as ledger:
            nights, confirmed = Nights(ledger), []
            room = os.statvfs(small_disk)
            with ballast.open("wb") as stream:
                stream.write(bytes(room.f_bavail * room.f_frsize - 40_000))

            def claim_until_the_disk_is_full():
                for night in range(5000):
                    nights.claim(nights.key(night))
                    confirmed.append(night)

            with pytest.raises(CannotRun, match="has no space left") as refusal:
                claim_until_the_disk_is_full()
            assert "Free some space" in refusal.value.next_step

            ballast.unlink()
            assert nights.claim(nights.key(9000))
            assert {(run.due - NIGHT).days for run in ledger.runs(limit=9000)} == {*confirmed, 9000}
    finally:
        server.close()


def test_without_psycopg_the_message_says_how_to_get_it():
    code = (
        "import sys\nsys.modules['psycopg'] = None\nfrom dcops.ledger.ledger import Ledger\n"
        "from dcops.errors import CannotRun\n"
        "try: Ledger.open('postgresql://dcops@db.example/dcops')\nexcept CannotRun as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    assert "needs psycopg" in done.stdout
    assert "pipx inject" in done.stdout


def test_no_answer_is_waited_for_longer_than_the_server_itself_would_take():
    assert postgresql.LOCK_SECONDS < postgresql.STATEMENT_SECONDS < postgresql.ANSWER_SECONDS


def _until(fact, seconds=60):
    end = time.monotonic() + seconds
    while True:
        try:
            if fact():
                return
        except CannotRun:
            pass
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)
