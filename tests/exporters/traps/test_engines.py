"""Names of engines: learned as they come, bounded, and the proven ones stay."""

from dcops.exporters.traps.engines import MOST, Engines


def test_forged_names_do_not_drive_out_the_one_that_was_proven():
    known = set()
    engines = Engines(known.add, known.remove)
    engines.meet("192.0.2.1", b"true-engine")
    engines.prove("192.0.2.1", b"true-engine")

    for number in range(100):
        engines.meet("192.0.2.1", b"forged-%03d" % number)

    assert b"true-engine" in known
    assert len(known) == MOST


def test_a_card_that_was_replaced_is_learned_when_all_places_are_proven():
    known = set()
    engines = Engines(known.add, known.remove)
    for number in range(MOST + 1):
        engines.meet("192.0.2.1", b"card-%d" % number)
        engines.prove("192.0.2.1", b"card-%d" % number)

    assert b"card-0" not in known
    assert b"card-%d" % MOST in known


def test_a_name_that_two_addresses_have_stays_while_one_of_them_does():
    known = set()
    engines = Engines(known.add, known.remove)
    engines.meet("192.0.2.1", b"shared")
    engines.meet("192.0.2.2", b"shared")
    for number in range(MOST):
        engines.meet("192.0.2.1", b"other-%d" % number)

    assert b"shared" in known
