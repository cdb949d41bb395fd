"""A terminal is read to the end and not beyond, and a cut is noticed."""

import re
import time

import pytest

from dcops.devices.ssh import terminal as module
from dcops.devices.ssh.screen import shown
from dcops.devices.ssh.terminal import Prompt, Reply, Terminal
from dcops.errors import DeviceError, ErrorKind
from dcops.model.transcript import NoTape

PROMPT = Prompt(re.compile(r"(?P<name>[\w.-]+)[#>] ?"), "sw1")
END = re.compile(r"^end$")
SETTLE = 0.05


class Channel:
    """What paramiko's channel does, with a device behind it that says what it is told to say."""

    def __init__(self, *says, closes=False):
        self.says = list(says)
        self.heard = b""
        self.closes = closes
        self.timeout = 0

    def settimeout(self, seconds):
        self.timeout = seconds

    def recv_ready(self):
        return False

    def recv(self, _size):
        if not self.says:
            if self.closes:
                return b""
            time.sleep(min(self.timeout, 0.01))
            raise TimeoutError
        said = self.says.pop(0)
        return said(self) if callable(said) else said

    def sendall(self, data):
        self.heard += data


class Tape(NoTape):
    def __init__(self):
        self.exchanges = []
        self.greetings = []

    def greeting(self, text, prompt):
        self.greetings.append((text, prompt))

    def add(self, exchange):
        self.exchanges.append((exchange.request, exchange.answer))


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(module, "SILENCE_SECONDS", 0.3)


def ask(*says, closes=False, tape=None, prompt=PROMPT, command="show run", **options):
    terminal = Terminal(Channel(*says, closes=closes), prompt, tape=tape)
    return terminal.ask(command, settle_seconds=SETTLE, **options)


def test_the_answer_comes_without_echo_and_prompt_and_with_plain_line_ends():
    assert ask(b"show run\r\n", b"version 1\r\n line\r\r\nend\r\nsw1# ", end=END) == b"version 1\n line\nend\n"


def test_with_its_end_marker_the_prompt_is_believed_at_once():
    start = time.monotonic()
    terminal = Terminal(Channel(b"show run\r\na\r\nend\r\n\r\nsw1# "), PROMPT)
    terminal.ask("show run", end=END, settle_seconds=5)

    assert time.monotonic() - start < 1


def test_a_line_of_a_banner_that_looks_like_the_prompt_ends_nothing():
    answer = ask(b"show run\r\nbanner\r\nsw1# ", b"\r\nstill the banner\r\nend\r\nsw1# ", end=END)

    assert answer == b"banner\nsw1# \nstill the banner\nend\n"


def test_another_boxs_prompt_is_no_prompt():
    with pytest.raises(DeviceError) as caught:
        ask(b"show run\r\nsw2# ")

    assert caught.value.kind is ErrorKind.TIMEOUT


def test_a_prompt_in_pieces_is_found():
    assert ask(b"show run\r\na\r\nend\r\ns", b"w1", b"# ", end=END) == b"a\nend\n"


def test_an_answer_that_is_cut_in_the_middle_of_a_line_ends_at_the_prompt_all_the_same():
    assert ask(b"show run\r\nversion 1\r\n desc", b"sw1# ", end=END) == b"version 1\n desc"


def test_bytes_that_are_no_utf8_are_kept():
    assert ask(b"show run\r\n\xff\xfe caf\xc3", b"\xa9\r\nend\r\nsw1# ", end=END) == b"\xff\xfe caf\xc3\xa9\nend\n"


def test_a_session_that_closes_in_the_middle_is_truncated():
    with pytest.raises(DeviceError) as caught:
        ask(b"show run\r\nversion 1\r\n", closes=True)

    assert caught.value.kind is ErrorKind.TRUNCATED


def test_a_device_that_falls_silent_is_a_timeout_that_names_the_command():
    with pytest.raises(DeviceError) as caught:
        ask(b"show run\r\nversion 1\r\n")

    assert caught.value.kind is ErrorKind.TIMEOUT
    assert "show run" in caught.value.message


def test_an_answer_without_end_is_not_swallowed_for_ever(monkeypatch):
    monkeypatch.setattr(module, "MAX_BYTES", 1000)
    with pytest.raises(DeviceError) as caught:
        ask(*[b"x" * 600] * 3)

    assert caught.value.kind is ErrorKind.INVALID


@pytest.mark.parametrize(
    "echo",
    [
        b"",
        b"show run\r\n",
        b"\r\nshow run\r\n",
        b"sw1# show run\r\n",
        b"show run\r\nsw1# show run\r\n",
        b"sw1#\r\nsw1#show run\r\n",
        b"\r\nsw1#\r\nsw1#\r\nsw1#show run\r\n",
    ],
)
def test_the_echo_goes_however_it_comes(echo):
    assert ask(echo + b"version 1\r\nend\r\nsw1# ", end=END) == b"version 1\nend\n"


def test_a_first_line_that_names_the_command_is_the_answers_own():
    answer = ask(b"show run\r\n\r\n!Command: show run\r\nend\r\nsw1# ", end=END)

    assert answer == b"\n!Command: show run\nend\n"


def test_a_short_refusal_need_not_settle():
    start = time.monotonic()
    terminal = Terminal(Channel(b"show run\r\n% no\r\nsw1# "), PROMPT)
    answer = terminal.ask("show run", end=END, refused=re.compile("^% ", re.MULTILINE), settle_seconds=5)

    assert answer == b"% no\n"
    assert time.monotonic() - start < 1


def test_the_pager_is_answered_and_leaves_nothing():
    def more(channel):
        assert channel.heard.endswith(b" ")
        return b"\r         \rline 2\r\nend\r\nsw1# "

    channel = Channel(b"show run\r\nline 1\r\n--More-- ", more)
    replies = [Reply(re.compile(r"(?:--More-- ?)\Z"), " ")]
    terminal = Terminal(channel, PROMPT, cleaned=shown, replies=replies)

    assert terminal.ask("show run", end=END) == b"line 1\nline 2\nend\n"
    assert channel.heard == b"show run\n "


def test_a_question_is_answered_once():
    channel = Channel(b"Press any key to continue", b"\x1b[24;1H", b"\r\nsw1# ")
    replies = [Reply(re.compile(r"(?:any key to continue)\Z"), " ")]
    Terminal(channel, PROMPT, cleaned=shown, replies=replies).greeting(2, SETTLE)

    assert channel.heard == b" "


def test_the_tape_is_told_what_was_asked_and_answered():
    tape = Tape()
    ask(b"show run\r\na\r\nend\r\nsw1# ", end=END, tape=tape)

    assert tape.exchanges == [("show run", b"a\nend\n")]


def test_the_tape_is_told_the_greeting():
    tape = Tape()
    Terminal(Channel(b"\r\nWelcome\r\nsw1# "), Prompt(PROMPT.pattern), tape=tape).greeting(1, SETTLE)

    assert tape.greetings == [(b"\nWelcome\n", "sw1# ")]


def test_what_is_whispered_is_told_to_nobody():
    tape = Tape()
    terminal = Terminal(Channel(b"\r\nsw1# "), PROMPT, tape=tape)

    assert terminal.whisper("Geheim-Example", "enable", re.compile("Password:")) == "sw1# "
    assert tape.exchanges == []


def test_a_silent_login_is_nudged_with_one_enter():
    channel = Channel()
    channel.says = [lambda c: b"\r\nsw1# " if c.heard else _nothing()] * 200
    assert Terminal(channel, PROMPT).greeting(1, SETTLE)[1] == "sw1# "
    assert channel.heard == b"\n"


def _nothing():
    time.sleep(0.01)
    raise TimeoutError


def test_a_login_without_a_prompt_says_so():
    with pytest.raises(DeviceError) as caught:
        Terminal(Channel(b"Welcome\r\n"), PROMPT).greeting(0.2, SETTLE)

    assert caught.value.kind is ErrorKind.TIMEOUT
    assert "no prompt" in caught.value.message


def test_a_session_that_closes_at_the_greeting_is_not_called_cut():
    with pytest.raises(DeviceError) as caught:
        Terminal(Channel(b"Session expired\r\n", closes=True), PROMPT).greeting(1, SETTLE)

    assert caught.value.kind is ErrorKind.UNREACHABLE


SETUP = "terminal length 0"
ANY = r"[^\n]*[^\s>#][>#]"


def echoed(prompt):
    """What a device says once it has heard the command at its prompt."""
    return lambda c: f"{SETUP}\r\n{prompt}".encode() if SETUP.encode() in c.heard else _nothing()


def arrive(*says, closes=False, seconds=1.0):
    channel = Channel(*says, closes=closes)
    return Terminal(channel, PROMPT).arrive(SETUP, ANY, seconds), channel.heard.decode()


def test_the_first_prompt_is_the_one_that_comes_before_and_after_a_command():
    assert arrive(b"\r\nWelcome\r\nsw1#", b"terminal ", b"length 0\r\n", b"sw1#") == ("sw1#", f"{SETUP}\n")


def test_a_line_of_the_greeting_that_looks_like_a_prompt_is_none():
    prompt, heard = arrive(b"sw9#", b"\r\nis down\r\nsw1> ", echoed("sw1> "))

    assert prompt == "sw1>"
    assert heard == f"{SETUP}\n"


def test_rules_of_signs_around_a_banner_are_no_prompt():
    assert arrive(b"##########\r\n", b"# hello #\r\n", b"##########", b"\r\nsw1#", echoed("sw1#"))[0] == "sw1#"


def test_a_command_that_was_lost_in_the_greeting_is_typed_again():
    says = [b"sw9#", b"\r\nis down\r\nsw1#", *[lambda c: _after(2, c)] * 60]
    prompt, heard = arrive(*says, seconds=0.5)

    assert prompt == "sw1#"
    assert heard == f"{SETUP}\n" * 2


def _after(times, channel):
    """An answer once the command was typed so often."""
    return f"{SETUP}\r\nsw1#".encode() if channel.heard.count(SETUP.encode()) >= times else _nothing()


def test_a_shell_that_says_nothing_has_no_prompt():
    with pytest.raises(DeviceError) as caught:
        arrive(b"Welcome\r\n", seconds=0.1)

    assert caught.value.kind is ErrorKind.TIMEOUT
    assert "no prompt" in caught.value.message


def test_a_shell_that_closes_before_its_prompt_was_closed_by_the_device():
    with pytest.raises(DeviceError) as caught:
        arrive(b"% Login timeout expired!\r\n", closes=True)

    assert caught.value.kind is ErrorKind.UNREACHABLE
