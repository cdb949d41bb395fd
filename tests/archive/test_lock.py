"""Who waits for the lock learns who holds it, and a dead holder holds nothing."""

import os
import socket
import subprocess
import sys
import time

import pytest

from dcops.archive.lock import held
from dcops.errors import Busy


def test_a_second_one_waits_and_is_told_who_holds_it(tmp_path):
    started = time.monotonic()
    with (
        held(tmp_path / "lock", wait_seconds=1),
        pytest.raises(Busy) as caught,
        held(tmp_path / "lock", wait_seconds=0.2),
    ):
        pass

    assert f"pid {os.getpid()} on {socket.gethostname()} since 20" in caught.value.message
    assert 0.2 <= time.monotonic() - started < 5


def test_it_is_free_after_use_and_after_an_error(tmp_path):
    with pytest.raises(ZeroDivisionError), held(tmp_path / "lock", wait_seconds=0):
        raise ZeroDivisionError
    with held(tmp_path / "lock", wait_seconds=0):
        assert str(os.getpid()) in (tmp_path / "lock").read_text()
    assert (tmp_path / "lock").read_text() == ""


def test_a_killed_holder_does_not_hold_it(tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from dcops.archive.lock import held\n"
        "with held(Path(sys.argv[1]), wait_seconds=0): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "lock")], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(Busy, match=f"pid {holder.pid} "), held(tmp_path / "lock", wait_seconds=0):
            pass
        holder.kill()
        holder.wait()
        with held(tmp_path / "lock", wait_seconds=5):
            pass


def test_a_child_that_was_given_the_lock_keeps_it_when_its_parent_is_gone(tmp_path):
    code = (
        "import subprocess, sys; from pathlib import Path; from dcops.archive.lock import held\n"
        "with held(Path(sys.argv[1]), wait_seconds=0) as lock:\n"
        "    child = subprocess.Popen(['sleep', '1.5'], pass_fds=(lock,), stdout=subprocess.DEVNULL)\n"
        "    print(child.pid, flush=True); import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "lock")], stdout=subprocess.PIPE, check=False)

    with pytest.raises(Busy), held(tmp_path / "lock", wait_seconds=0):
        pass
    with held(tmp_path / "lock", wait_seconds=10):
        pass
