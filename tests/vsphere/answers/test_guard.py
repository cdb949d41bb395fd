import pytest

from dcops.vsphere.answers.guard import checked
from dcops.vsphere.answers.malformed import Malformed
from tests.vsphere.answers.texts import answer

LAUGHS = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'


def test_an_answer_passes_as_it_is():
    body = answer("CurrentTime", "")

    assert checked(body) is body
    assert checked(b"\xef\xbb\xbf" + body).endswith(body)


@pytest.mark.parametrize(
    "body",
    [
        LAUGHS,
        answer("CurrentTime", "") + LAUGHS,
        LAUGHS.decode().encode("utf-16"),
        LAUGHS.decode().encode("utf-16-le"),
        LAUGHS.decode().encode("utf-32"),
        LAUGHS.replace(b'"1.0"', b'"1.0" encoding="UTF-7"'),
        b'<?xml version="1.0" encoding="ISO-8859-1"?><a/>',
        b"<!DOCTYPE html><html></html>",
        b"Please log in",
        b"",
    ],
)
def test_what_could_grow_or_hide_is_refused(body):
    with pytest.raises(Malformed):
        checked(body)
