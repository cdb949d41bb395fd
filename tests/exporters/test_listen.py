import pytest

from dcops.errors import UsageError
from dcops.exporters.listen import parse


@pytest.mark.parametrize("text", ["127.0.0.1:9740", "127.9.9.9:1", "[::1]:9740", "localhost:9740", "127.0.0.1:0"])
def test_this_host_may_always_listen_to_itself(text):
    assert str(parse(text)) == text


@pytest.mark.parametrize("text", ["0.0.0.0:9740", "[::]:9740", "192.0.2.9:9740", "[2001:db8::1]:9740", "metrics:9740"])
def test_other_hosts_are_let_in_only_when_it_is_said(text):
    with pytest.raises(UsageError, match="in the clear") as caught:
        parse(text)

    assert "--in-the-clear" in caught.value.next_step
    assert str(parse(text, in_the_clear=True)) == text


@pytest.mark.parametrize("text", ["", "9740", ":9740", "127.0.0.1", "127.0.0.1:99999", "127.0.0.1:x", "a@b:1", "h:1/x"])
def test_what_is_no_address_is_refused_with_an_example(text):
    with pytest.raises(UsageError, match="no address") as caught:
        parse(text)

    assert "127.0.0.1:9740" in caught.value.next_step
