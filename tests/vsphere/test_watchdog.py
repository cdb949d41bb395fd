import threading

from dcops.vsphere.watchdog import Watchdog


def alive():
    return [thread for thread in threading.enumerate() if thread.name == "watchdog vc-lab"]


def gone():
    for thread in alive():
        thread.join(10)
    return not alive()


def test_what_takes_too_long_is_cut_from_outside():
    cut = threading.Event()
    with Watchdog("vc-lab").limit(0.02, cut.set) as patience:
        assert cut.wait(10)

    assert patience.is_over
    assert gone()


def test_what_is_done_in_time_is_never_cut():
    cuts, dog = [], Watchdog("vc-lab")
    with dog.limit(0.02, lambda: cuts.append("first")) as first:
        pass
    with dog.limit(0.05, lambda: cuts.append("second")) as second:
        threading.Event().wait(0.2)

    assert (first.is_over, second.is_over, cuts) == (False, True, ["second"])


def test_one_thread_watches_all_in_the_order_of_their_ends():
    cuts, dog, last = [], Watchdog("vc-lab"), threading.Event()
    with (
        dog.limit(60, lambda: cuts.append("never")),
        dog.limit(0.10, lambda: (cuts.append("late"), last.set())),
        dog.limit(0.02, lambda: cuts.append("early")),
    ):
        assert len(alive()) == 1
        assert last.wait(10)

    assert cuts == ["early", "late"]
    assert gone()


def test_a_cut_that_fails_does_not_end_the_watch():
    dog, cut = Watchdog("vc-lab"), threading.Event()
    with dog.limit(0.01, lambda: 1 / 0), dog.limit(0.03, cut.set):
        assert cut.wait(10)


def test_no_thread_is_left_when_nobody_waits():
    dog = Watchdog("vc-lab")
    for _ in range(50):
        with dog.limit(600, lambda: None):
            pass

    assert gone()
