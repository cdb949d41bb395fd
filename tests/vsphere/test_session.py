import threading
import time

import pytest

from dcops.errors import DeviceError, ErrorKind, InvalidInput
from dcops.model.secret import Secret


def test_all_who_ask_share_one_login(simulator, vcenter):
    inventory, details, reader = vcenter.inventory(), vcenter.details(), vcenter.reader()
    performance = vcenter.performance({"HostSystem": ["cpu.usage.average"]})
    hosts = [(one.kind, one.moid) for one in inventory.wait(0).changed if one.kind == "HostSystem"]
    for _ in range(20):
        performance.read(hosts)
    reader.everything({"HostSystem": ("name",)})
    details.read_clock()

    stats = simulator.control.stats()
    assert (stats["logins"], stats["sessions_now"], stats["views_now"], stats["filters_now"]) == (1, 1, 1, 1)
    assert stats["connections"] == 4


def test_who_asks_at_the_same_time_logs_in_once(simulator, vcenter):
    readers = [vcenter.details() for _ in range(6)]
    threads = [threading.Thread(target=each.read_clock) for each in readers]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert simulator.control.stats()["logins"] == 1
    assert vcenter.calls.now().methods["CurrentTime"] == 6


def test_a_closed_vcenter_leaves_nothing_behind(simulator, vcenter):
    vcenter.inventory().wait(0)
    vcenter.close()
    vcenter.close()

    stats = simulator.control.stats()
    assert (stats["logouts"], stats["sessions_now"], stats["views_now"], stats["filters_now"]) == (1, 0, 0, 0)
    # The other side sees the end of a connection when it gets to it.
    until = time.monotonic() + 20
    while simulator.control.stats()["connections_now"]:
        assert time.monotonic() < until
        time.sleep(0.02)


def test_closing_ends_a_long_wait_and_nobody_logs_in_after_that(simulator, vcenter):
    inventory = vcenter.inventory()
    inventory.wait(0)
    ended = []

    def wait():
        with pytest.raises(DeviceError) as caught:
            inventory.wait(50)
        ended.append(caught.value)

    waiting = threading.Thread(target=wait)
    waiting.start()
    while not simulator.control.stats()["waiting_now"]:
        pass
    vcenter.close()
    waiting.join()

    assert ended[0].kind is ErrorKind.UNREACHABLE
    with pytest.raises(DeviceError, match="we are ending"):
        inventory.wait(0)
    stats = simulator.control.stats()
    assert (stats["logins"], stats["sessions_now"]) == (1, 0)


def test_a_session_that_is_ended_is_made_anew_by_whoever_meets_it_first(simulator, vcenter):
    inventory, details = vcenter.inventory(), vcenter.details()
    inventory.wait(0)
    details.read_clock()
    simulator.control.do("kill-sessions")

    details.read_clock()
    changes = inventory.wait(0)

    assert changes.full
    assert not changes.changed
    assert not changes.left
    stats = simulator.control.stats()
    assert (stats["logins"], stats["sessions_now"], stats["filters_now"], stats["views_now"]) == (2, 1, 1, 1)


def test_a_wait_whose_session_is_ended_goes_on_in_a_new_one(simulator, vcenter):
    inventory = vcenter.inventory()
    inventory.wait(0)
    found = []
    waiting = threading.Thread(target=lambda: found.append(inventory.wait(50)))
    waiting.start()
    while not simulator.control.stats()["waiting_now"]:
        pass
    simulator.control.do("kill-sessions")
    waiting.join()

    assert found[0].full
    assert simulator.control.stats()["logins"] == 2


def test_sessions_that_end_as_soon_as_they_begin_are_not_made_for_ever(simulator, vcenter):
    details = vcenter.details()
    details.read_clock()
    simulator.control.do("fault", kind="soap-fault", fault="NotAuthenticated", method="CurrentTime")

    with pytest.raises(DeviceError, match="ends our sessions") as caught:
        details.read_clock()

    assert caught.value.kind is ErrorKind.AUTH
    assert simulator.control.stats()["logins"] == 2


def test_a_wrong_password_is_tried_a_few_times_and_then_never_again(simulator, ask):
    vcenter = ask(password=Secret("guessed"), refused_waits_seconds=(0.0, 0.0))
    details = vcenter.details()
    said = []
    for _ in range(30):
        with pytest.raises(DeviceError) as caught:
            details.read_clock()
        assert caught.value.kind is ErrorKind.AUTH
        said.append(str(caught.value))

    assert simulator.control.stats()["failed_logins"] == 3
    assert simulator.control.calls()["Login"] == 3
    assert "not before it changes" in said[-1]
    assert not any("guessed" in text for text in said)
    assert vcenter.calls.now().refusals == 3


def test_a_wrong_password_is_tried_again_only_after_a_pause(simulator, ask):
    details = ask(password=Secret("guessed")).details()
    for _ in range(5):
        with pytest.raises(DeviceError) as caught:
            details.read_clock()

    assert simulator.control.stats()["failed_logins"] == 1
    assert "in 7 minutes" in str(caught.value)


def test_a_new_password_is_used_at_once(simulator, ask, target):
    from dataclasses import replace

    known = [target]
    vcenter = ask(fresh=lambda: known[-1])
    inventory = vcenter.inventory()
    inventory.wait(0)
    simulator.control.do("password", password="changed-one", kill_sessions=True)
    for _ in range(3):
        with pytest.raises(DeviceError, match="refused"):
            inventory.wait(0)
    known.append(replace(target, password=Secret("changed-one")))

    assert inventory.wait(0).full
    stats = simulator.control.stats()
    assert (stats["failed_logins"], stats["logins"], stats["sessions_now"]) == (1, 2, 1)


def test_a_changed_password_does_not_disturb_a_session_that_lives(simulator, vcenter):
    inventory = vcenter.inventory()
    inventory.wait(0)
    simulator.control.do("password", password="changed-one")

    assert not inventory.wait(0).full
    assert simulator.control.stats()["logins"] == 1


def test_logins_that_cannot_be_read_are_an_error_of_this_vcenter(simulator, ask):
    def fresh():
        raise InvalidInput("credentials.toml:3: not TOML", next_step="Mend it")

    with pytest.raises(DeviceError, match=r"vc-lab: credentials.toml:3: not TOML. Mend it") as caught:
        ask(fresh=fresh).details().read_clock()

    assert caught.value.kind is ErrorKind.AUTH
    assert simulator.control.stats()["requests"] == 0


def test_a_wrong_password_for_tags_counts_as_well(simulator, ask):
    vcenter = ask(refused_waits_seconds=())
    details = vcenter.details()
    details.read_clock()
    simulator.control.do("password", password="changed-one")
    for _ in range(5):
        with pytest.raises(DeviceError) as caught:
            details.read_tags()
        assert caught.value.kind is ErrorKind.AUTH

    assert simulator.control.calls()["POST /rest/com/vmware/cis/session"] == 1


def test_a_view_that_somebody_destroys_costs_one_login(simulator, vcenter):
    details, reader = vcenter.details(), vcenter.reader()
    hosts = len(reader.everything({"HostSystem": ("name",)}).objects)
    view = details._caller.within(lambda ticket: ticket.view)
    details._caller.within(lambda ticket: details._caller.call(ticket, "ContainerView", view, "DestroyView"))

    assert len(reader.everything({"HostSystem": ("name",)}).objects) == hosts
    stats = simulator.control.stats()
    assert (stats["logins"], stats["sessions_now"], stats["views_now"]) == (2, 1, 1)


def test_calls_are_counted_for_each_that_asks_and_for_all(vcenter):
    inventory, details = vcenter.inventory(), vcenter.details()
    inventory.wait(0)
    details.read_clock()

    each = {name: calls.now() for name, calls in vcenter.calls_of.items()}
    assert each["details"].methods == {"CurrentTime": 1}
    assert each["inventory"].methods["WaitForUpdatesEx"] == 1
    assert vcenter.calls.now().total == sum(one.total for one in each.values())
    assert vcenter.calls.now().received_bytes == sum(one.received_bytes for one in each.values()) > 0
