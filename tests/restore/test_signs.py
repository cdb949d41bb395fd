"""Signs in a readable configuration: how many, where first, and what takes them away."""

from dcops.restore.signs import LONGEST_LINE, Trace, seen, sign

CONFIG = """\
hostname r1
!
crypto pki certificate chain A
 certificate 01
crypto pki certificate chain B
interface Gi0/0
 switchport mode access
""".splitlines()


def test_a_trace_counts_its_lines_and_names_the_first():
    assert seen(sign("^crypto pki certificate chain"), CONFIG) == Trace(2, 3, "crypto pki certificate chain A")


def test_what_does_not_stand_there_leaves_no_trace():
    assert seen(sign("^vlan database"), CONFIG) is None


def test_a_line_can_take_a_sign_away():
    vlans = sign(r"^\s+switchport", unless="^vtp mode transparent")

    assert seen(vlans, CONFIG) == Trace(1, 7, "switchport mode access")
    assert seen(vlans, [*CONFIG, "vtp mode transparent"]) is None


def test_a_sign_of_absence_stands_while_the_line_is_not_there():
    off = sign("", unless="^ip scp server enable")

    assert seen(off, CONFIG)
    assert seen(off, [*CONFIG, "ip scp server enable"]) is None


def test_a_line_that_is_too_long_is_not_searched_and_a_long_one_is_cut():
    long = "crypto pki certificate chain " + "x" * LONGEST_LINE

    assert seen(sign("^crypto"), [long]) is None
    trace = seen(sign("^crypto"), [long[:200]])
    assert trace
    assert len(trace.text) == 72
    assert trace.text.endswith("…")
