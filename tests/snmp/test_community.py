import pytest

from dcops.model.secret import Secret
from dcops.snmp import pdu
from dcops.snmp.ber import Malformed, element, integer
from dcops.snmp.community import Community

PUBLIC = Community(2, Secret("public"))
ANSWER = element(pdu.RESPONSE, integer(7) + b"\x02\x01\x00\x02\x01\x00\x30\x00")


def message(version=1, community=b"public", inner=ANSWER):
    return element(0x30, integer(version) + element(4, community) + inner)


def test_the_pdu_of_an_answer_is_found():
    data, start, end = PUBLIC.open(message(), ())

    assert data[start:end] == ANSWER
    assert pdu.read(data, start, end).request == 7


@pytest.mark.parametrize(
    "wrong",
    [
        {"version": 0},
        {"version": 2},
        {"community": b"Public"},
        {"community": b"publi"},
        {"community": b"public2"},
        {"community": b""},
        {"inner": b""},
        {"inner": element(pdu.GET, ANSWER[2:])},
        {"inner": element(pdu.REPORT, ANSWER[2:])},
    ],
    ids=str,
)
def test_what_is_no_answer_to_us_is_malformed(wrong):
    with pytest.raises(Malformed):
        PUBLIC.open(message(**wrong), ())


def test_a_head_with_lengths_longer_than_they_need_to_be_is_read():
    head = bytes.fromhex("028200 01 01".replace(" ", "")) + b"\x04\x81\x06public"

    data, start, end = PUBLIC.open(element(0x30, head + ANSWER), ())

    assert data[start:end] == ANSWER


def test_a_long_head_with_another_community_is_refused():
    with pytest.raises(Malformed, match="community"):
        PUBLIC.open(element(0x30, b"\x02\x01\x01\x04\x81\x06secret" + ANSWER), ())


def test_every_cut_of_an_answer_is_malformed():
    whole = message()

    for size in range(len(whole)):
        with pytest.raises(Malformed):
            PUBLIC.open(whole[:size], ())


def test_neither_messages_nor_errors_show_the_community_as_text_of_an_object():
    assert "public" not in repr(vars(PUBLIC).get("has_bulk")) + repr(PUBLIC)


def test_only_v2c_has_getbulk():
    assert PUBLIC.has_bulk
    assert not Community(1, Secret("public")).has_bulk
