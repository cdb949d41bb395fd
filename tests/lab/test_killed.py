"""A backup that is killed in the middle loses nothing, and does not stand in the way of the next one."""

import signal
import subprocess
import time

from tests.conftest import DCOPS


def test_after_a_kill_the_next_backup_says_what_holds_the_devices_and_then_takes_over(lab):
    router = lab.of_platform("ios")
    lab.backup()
    lab.limit(60)
    lab.fault(router, "hang", where="answer")
    logins = lab.counters(router)["logins"]
    killed = subprocess.Popen([DCOPS, "-C", str(lab.site), "backup", "--quiet"], stdout=subprocess.DEVNULL)
    while lab.counters(router)["logins"] == logins:
        assert killed.poll() is None
        time.sleep(0.2)
    assert "held by" in lab.dcops("backup", "--device", router, "-q").stdout
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    lab.heal()

    code, items, _ = lab.backup("--device", router)
    assert code == 1, "nothing was learned of the device: that is not well"
    assert items[router]["error"]["kind"] == "locked"
    assert items[router]["error"]["next_step"]

    until = time.monotonic() + 60
    while lab.backup("--device", router)[0] != 0:
        assert time.monotonic() < until, "a dead run holds its locks for ever"
        time.sleep(2)
    assert lab.dcops("archive", "verify").returncode == 0
