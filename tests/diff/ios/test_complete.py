"""Only a whole configuration passes; whatever else came is named for what it is."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dcops.diff.ios.complete import absent, check
from dcops.errors import DeviceError, ErrorKind
from dcops.model.snapshot import ConfigSource
from tests.soak import SOAK

EXAMPLES = settings(max_examples=2000 if SOAK else 100, deadline=None, database=None)
SMALL = "version 17.9\nhostname r1\n!\nline con 0\nend\n"


def problem(content, source=ConfigSource.RUNNING):
    with pytest.raises(DeviceError) as caught:
        check(content if isinstance(content, bytes) else content.encode(), source)
    assert str(source) in caught.value.message
    assert caught.value.next_step
    return caught.value


def test_a_whole_configuration_passes(router):
    check(router.encode(), ConfigSource.RUNNING)
    check(router.replace("\n", "\r\n").encode(), ConfigSource.RUNNING)
    check(b"Using 4711 out of 524288 bytes\n" + SMALL.encode() + b"\n\n", ConfigSource.STARTUP)
    check(SMALL.rstrip().encode(), ConfigSource.RUNNING)


def test_a_configuration_cut_at_any_byte_is_refused(router):
    content = router.encode()
    for length in range(0, len(content.rstrip()), 1 if SOAK else 3):
        problem(content[:length])
    for length in range(len(content.rstrip()) - 40, len(content.rstrip())):
        assert problem(content[:length]).kind is ErrorKind.TRUNCATED


@pytest.mark.parametrize(
    "cut",
    [
        SMALL.removesuffix("end\n"),
        "Building configuration...\n\nCurrent configuration : 12 bytes\n!\n",
        "version 17.9\nhostname r1\nbanner motd ^C\nthe\nend\n",
        "version 17.9\nhostname r1\nmacro name desk\nend\n",
        "version 17.9\nhostname r1\n en",
        "version 17.9\nhostname r1\n end\n",
    ],
)
def test_a_cut_configuration_is_truncated(cut):
    assert problem(cut).kind is ErrorKind.TRUNCATED


@pytest.mark.parametrize(
    "answer",
    [
        "Command authorization failed.\n",
        "% Authorization failed.\n",
        "%Access denied\n",
        "% This command is not authorized\n",
        "show running-config\n% Permission denied\n",
    ],
)
def test_a_refusal_is_denied_and_quoted(answer):
    error = problem(answer, ConfigSource.STARTUP)
    assert error.kind is ErrorKind.DENIED
    assert answer.splitlines()[-1] in error.message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "empty"),
        (" \n\n", "empty"),
        ("             ^\n% Invalid input detected at '^' marker.\n", "Invalid input"),
        ("% Incomplete command.\n", "Incomplete"),
        ("%Error opening nvram:/startup-config (File not found)\n", "error"),
        ("Unauthorised access is prohibited.\nThis is the end\nend\n", "part of one"),
        ("Unauthorised access is prohibited.\n", "banner"),
        ("Building configuration...\n!\nboot-start-marker\nboot-end-marker\n!\nend\n", "privilege"),
        (SMALL + "r1#\n", "prompt"),
        ("r1#show running-config\n" + SMALL, "prompt"),
        (SMALL + "r1(config)#\n", "prompt"),
        (SMALL + "!\n", "follows"),
        (SMALL + "banner motd ^Cend^C\n", "follows"),
        (
            SMALL.replace(
                "!\n", "!\n --More-- \x08\x08\x08\x08\x08\x08\x08\x08\x08        \x08\x08\x08\x08interface\n"
            ),
            "pager",
        ),
        (SMALL.replace("!\n", " --More-- \n"), "pager"),
        (SMALL.replace("!\n", "*Jan  5 09:00:00.123: %SYS-5-CONFIG_I: Configured from console by an\n"), "log message"),
        (SMALL.replace("!\n", "%LINK-3-UPDOWN: Interface Gi0/1, changed state to up\n"), "log message"),
        (SMALL.replace("!\n", "% Invalid input detected at '^' marker.\n"), "Invalid input"),
        ("startup-config is not present\n", "none"),
    ],
)
def test_what_is_no_configuration_is_invalid(content, words):
    error = problem(content)
    assert error.kind is ErrorKind.INVALID
    assert words.lower() in str(error).lower()


@pytest.mark.parametrize(
    "line",
    [
        "banner motd ^C\nend\n% Invalid input detected at '^' marker.\nr1#\n --More-- \n^C",
        "banner login #end#",
        "interface Gi0/1\n description % Authorization failed",
        "interface Gi0/1\n description --More-- end",
        "ip access-list standard end",
        "alias exec end show run | i #",
        "event manager applet x\n action 1.0 end",
        "macro name desk\nend\n@",
        "banner motd \x03\nend\n\x03",
    ],
)
def test_words_inside_texts_and_names_fool_nobody(line):
    check(SMALL.replace("!\n", f"{line}\n").encode(), ConfigSource.RUNNING)


def test_a_startup_configuration_may_be_absent():
    for content in (b"startup-config is not present\n", b"\n%% Non-volatile configuration memory is not present\n"):
        assert absent(content)
        check(content, ConfigSource.STARTUP)
    assert not absent(SMALL.encode())
    assert not absent(b"")
    assert not absent(b"! startup-config is not present\n" + SMALL.encode())


def test_no_configuration_text_stands_in_a_message():
    for content in (SMALL + "neighbor x password hunter2\n", "banner motd ^Chunter2\n" + SMALL, SMALL + "r1#hunter2\n"):
        assert "hunter2" not in str(problem(content))


def test_bytes_that_are_no_text_do_not_matter():
    check(SMALL.replace("!\n", "! caf\xe9 \x1b[2J\n").encode("latin-1"), ConfigSource.RUNNING)


@EXAMPLES
@given(st.text(max_size=80), st.sampled_from(["^C", "#", "\x03", "|"]), st.data())
def test_a_banner_with_any_text_passes_whole_and_fails_cut(body, delimiter, data):
    assume(delimiter not in body)
    content = SMALL.replace("!\n", f"banner exec {delimiter}{body}{delimiter}\n").encode()
    check(content, ConfigSource.RUNNING)
    problem(content[: data.draw(st.integers(0, len(content.rstrip()) - 1))])


@EXAMPLES
@given(st.binary(max_size=200))
def test_any_bytes_are_judged_without_breaking(content):
    problem(content)
