"""Public ranges by system, and what cannot be registered as it stands."""

from datetime import date
from ipaddress import ip_network

from dcops.inventory.export import ncsc
from dcops.inventory.inventory import Inventory
from dcops.model.facility import InformationSystem, Prefix

PORTAL = InformationSystem("portal", "Portal", owner="ict-centre", level=3, public_names=("www.example.test",))
MAIL = InformationSystem("e-mail", "Mail", public_names=("mail.example.test",))
INSIDE = InformationSystem("archive-db", "Archive")
# Public by their numbers, and nobody's in the examples of the world: the ranges of 6to4 relays and of AS112.
REAL, OTHER = "192.88.99.0/24", "192.175.48.0/24"


def prefix(text, *, site="main", system=None, public=True, parent=False, registered=None):
    return Prefix(ip_network(text), site, "p", system=system, public=public, parent=parent, registered=registered)


def inventory(*prefixes, lab=True, systems=(PORTAL, MAIL, INSIDE)):
    return Inventory(prefixes=prefixes, systems=systems, lab=lab)


def test_each_range_stands_with_its_system_owner_level_and_names():
    found = ncsc.registration(
        inventory(
            prefix("2001:db8:ff00:1::/64", system="portal"),
            prefix("203.0.113.0/29", system="portal", registered=date(2025, 3, 10)),
        )
    )

    first, second = ncsc.rows(found)
    assert first == {
        "system": "portal",
        "title": "Portal",
        "owner": "ict-centre",
        "level": 3,
        "family": "IPv4",
        "range": "203.0.113.0/29",
        "first": "203.0.113.0",
        "last": "203.0.113.7",
        "site": "main",
        "registered": "2025-03-10",
        "public_names": ["www.example.test"],
    }
    assert (second["family"], second["range"], second["registered"]) == ("IPv6", "2001:db8:ff00:1::/64", None)
    assert tuple(first) == ncsc.COLUMNS


def test_a_range_of_nobody_is_told_and_a_divided_block_is_none():
    found = ncsc.registration(inventory(prefix("203.0.113.0/25", parent=True), prefix("203.0.113.8/29")))

    gaps = [(gap["gap"], gap["what"]) for gap in ncsc.gaps(found)]
    assert ("range-without-system", "203.0.113.8/29") in gaps
    assert "203.0.113.0/25" not in [what for _, what in gaps]


def test_a_system_with_names_and_no_range_is_told_and_one_without_names_is_not():
    found = ncsc.registration(inventory(prefix("203.0.113.0/29", system="portal")))

    assert [(gap["gap"], gap["what"]) for gap in ncsc.gaps(found)] == [("system-without-range", "e-mail")]


def test_in_a_pretend_site_the_mark_alone_decides():
    found = ncsc.registration(
        inventory(prefix("203.0.113.0/29", system="portal"), prefix("192.0.2.0/24", public=False))
    )

    assert len(found.ranges) == 1
    assert (found.unreachable, found.unmarked) == ((), ())


def test_in_a_real_site_the_numbers_are_looked_at_too():
    found = ncsc.registration(
        inventory(
            prefix("10.0.0.0/24", system="portal"),
            prefix(REAL, system="e-mail"),
            prefix(OTHER, public=False),
            prefix("10.1.0.0/16", public=False),
            lab=False,
        )
    )

    gaps = {gap["gap"]: gap["what"] for gap in ncsc.gaps(found)}
    assert gaps["range-not-reachable"] == "10.0.0.0/24"
    assert gaps["range-not-marked"] == OTHER
    assert "10.1.0.0/16" not in gaps.values()


def test_the_ranges_of_one_site_say_nothing_of_systems_without_any():
    found = ncsc.registration(
        inventory(prefix("203.0.113.0/29", system="portal"), prefix("203.0.113.128/29", site="dr", system="portal")),
        ["dr"],
    )

    assert [one.site for one in found.ranges] == ["dr"]
    assert found.without_range == ()
