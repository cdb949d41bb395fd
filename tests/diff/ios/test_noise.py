"""What changes by itself is ignored; everything else stays where it was."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcops.configtext.ios import read
from dcops.diff.formats import Formats
from dcops.diff.ios.noise import NOISE, facts, without_noise
from dcops.model.snapshot import ConfigSource
from tests.soak import SOAK

EXAMPLES = settings(max_examples=1000 if SOAK else 80, deadline=None, database=None)
IOS = Formats().of("ios")


def canonical(text):
    return "".join(f"{line.text}\n" for line in without_noise(read(text)))


@pytest.mark.parametrize("noise", NOISE, ids=lambda noise: noise.name)
def test_every_kind_of_noise_is_dropped(noise):
    assert canonical(f"version 17.9\n{noise.example}\nend\n") == "version 17.9\nend\n"


@pytest.mark.parametrize("noise", NOISE, ids=lambda noise: noise.name)
def test_noise_in_a_banner_or_a_description_stays(noise):
    for text in (f"banner motd ^C\n{noise.example}\n^C\nend\n", f"interface x\n description {noise.example}\nend\n"):
        assert canonical(text) == text


def test_the_head_begins_with_the_first_command():
    assert canonical("\n\n!\nversion 17.9\n!\n!\n\nhostname r1\n \t\n\n") == "version 17.9\n!\n!\n\nhostname r1\n"
    assert canonical("!\n! written by hand\n!\nversion 17.9\n") == "! written by hand\n!\nversion 17.9\n"


def test_white_space_at_the_end_of_a_line_goes_but_not_in_a_banner():
    assert (
        canonical("version 17.9  \r\nbanner motd ^C a \t\r\n^C\r\nend \n")
        == "version 17.9\nbanner motd ^C a \t\n^C\nend\n"
    )


def test_a_certificate_becomes_its_fingerprint():
    head = "crypto pki certificate chain LAB\n certificate ca 01\n"
    body = "  61626364 65666768\n  6162\n"
    quit_ = "  \tquit\n"
    other = " certificate self-signed 02 nvram:IOS-Self-Sig#2.cer\n"
    shown = canonical(head + body + quit_ + other)
    line = shown.split("\n")[2]
    assert line.startswith("  fingerprint sha256 ")
    assert len(line.split()[-1]) == 64
    assert shown == head + line + "\n" + quit_ + other
    assert canonical(head + body.replace("65666768\n  ", "6566\n  6768") + quit_ + other) == shown
    assert canonical(head + body.replace("6162\n", "6163\n") + quit_ + other) != shown


def test_the_fingerprint_is_the_hash_of_the_certificate():
    shown = canonical(" certificate ca 01\n  616263\n  \tquit\n")  # "abc", the well-known test vector
    assert "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" in shown


def test_a_certificate_that_is_not_whole_bytes_stays_as_it_is():
    text = " certificate ca 01\n  308\n  \tquit\n"
    assert canonical(text) == text


def test_bandwidth_is_noise_only_where_the_router_sets_it_itself():
    measured = "interface Tunnel1\n tunnel mpls traffic-eng bandwidth 4711\n tunnel mpls traffic-eng auto-bw\n"
    fixed = "interface Tunnel2\n tunnel mpls traffic-eng bandwidth 4711\n"
    assert canonical(measured + fixed) == measured.replace(" tunnel mpls traffic-eng bandwidth 4711\n", "") + fixed


def test_who_changed_and_saved_is_kept_as_facts(router):
    assert facts(read(router)) == {
        "last_changed_at": "09:00:00 ICT Mon Jan 5 2026",
        "last_changed_by": "lan.nguyen",
        "last_saved_at": "09:05:00 ICT Mon Jan 5 2026",
        "last_saved_by": "dcops",
    }
    assert facts(read("! Last configuration change at 09:00:00 UTC Mon Jan 5 2026\n")) == {
        "last_changed_at": "09:00:00 UTC Mon Jan 5 2026"
    }
    assert facts(read("banner motd ^C\n! Last configuration change at x by y\n^C\n")) == {}


def test_the_order_of_lines_is_the_devices(router):
    shown = canonical(router).split("\n")
    rest = iter(line.rstrip() for line in router.split("\n"))
    for line in shown:
        if "fingerprint" not in line:
            assert any(line == other for other in rest)


@EXAMPLES
@given(st.data())
def test_noise_anywhere_among_the_commands_changes_nothing(router, conceal, data):
    rows = router.split("\n")
    places = [at for at, row in enumerate(rows) if row in ("!", "hostname rtr-edge-1", "line con 0")]
    for at in sorted(data.draw(st.lists(st.sampled_from(places), max_size=4)), reverse=True):
        rows.insert(at, data.draw(st.sampled_from(NOISE)).example)
    noisy = IOS.readable("\n".join(rows).encode(), ConfigSource.RUNNING, conceal)
    assert noisy.text == IOS.readable(router.encode(), ConfigSource.RUNNING, conceal).text


LINES = [
    *(noise.example for noise in NOISE),
    *("", "!", " ", "banner motd ^C", "^C", "banner login #", "#", "end", "version 17.9 ", " certificate ca 01"),
    *("  3082 A003", "  308", "  quit", "macro name x", "@", "interface Tunnel1", " tunnel mpls traffic-eng auto-bw"),
    " tunnel mpls traffic-eng bandwidth 5",
]


@EXAMPLES
@given(st.lists(st.sampled_from(LINES), max_size=25))
def test_what_is_without_noise_stays_as_it_is(rows):
    once = canonical("\n".join(rows))
    assert canonical(once) == once
