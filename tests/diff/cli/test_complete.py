"""A whole configuration and nothing else is taken."""

import pytest

from dcops.errors import DeviceError, ErrorKind
from dcops.model.snapshot import ConfigSource

WHOLE = "! time 09:00\nname one\npassword Geheim-Example\nvlan 1\nend\n"


@pytest.fixture
def refused(described):
    """Why an answer is refused."""

    def refused(text, source=ConfigSource.RUNNING, **rules):
        with pytest.raises(DeviceError) as caught:
            described(**rules).check(text.encode(), source)
        assert caught.value.next_step
        assert "Geheim" not in str(caught.value)
        return caught.value

    return refused


def test_a_whole_one_is_taken(described):
    described().check(WHOLE.encode(), ConfigSource.RUNNING)


@pytest.mark.parametrize("cut", [WHOLE[:-5], WHOLE[:30], "name one\n"])
def test_one_without_its_last_line_is_truncated(refused, cut):
    assert refused(cut).kind is ErrorKind.TRUNCATED


def test_one_without_a_line_that_every_one_has_is_truncated(refused):
    error = refused(WHOLE.replace("name one\n", ""))

    assert error.kind is ErrorKind.TRUNCATED
    assert "^name " in error.message


def test_one_that_is_too_short_is_truncated(refused):
    assert refused("name one\nend\n").kind is ErrorKind.TRUNCATED


def test_one_with_an_open_block_is_truncated(tmp_path, described):
    format_ = described()
    text = (
        (tmp_path / "example.yaml")
        .read_text()
        .replace("ends: '^end$', contains", "opens: '\\{$', closes: '^\\}', contains", 1)
    )
    (tmp_path / "example.yaml").write_text(text)
    from dcops.devices.platforms import load
    from dcops.diff.cli import CliFormat

    format_ = CliFormat(load([tmp_path])["example"])
    format_.check(b"name one\nvlan {\n x\n}\n", ConfigSource.RUNNING)
    with pytest.raises(DeviceError) as caught:
        format_.check(b"name one\nvlan {\n x\n y\n", ConfigSource.RUNNING)

    assert caught.value.kind is ErrorKind.TRUNCATED


def test_one_whose_secret_block_never_closes_is_truncated(refused):
    text = "name one\nkey file\n Geheim-Example\nvlan 1\nend\n"

    error = refused(text, secrets="[{begins: '^key file', ends: '^quit'}]")

    assert error.kind is ErrorKind.TRUNCATED
    assert "never closes" in error.message


def test_a_refusal_and_a_complaint_are_told_apart(refused):
    assert refused("% not allowed\n").kind is ErrorKind.DENIED
    assert refused("% what?\n").kind is ErrorKind.INVALID


def test_a_banner_that_speaks_of_errors_is_no_complaint(described):
    rows = [f"vlan {number}" for number in range(30)]
    text = "\n".join(["name one", *rows, "% not allowed", *rows, "end", ""])

    described().check(text.encode(), ConfigSource.RUNNING)


@pytest.mark.parametrize("answer", ["", "\n \n", "Welcome\nto the box\nof somebody\n"])
def test_what_is_no_configuration_is_invalid(refused, answer):
    assert refused(answer).kind is ErrorKind.INVALID


@pytest.mark.parametrize(
    "row",
    [
        "sw1# show config",
        " --More-- ",
        "2026 Jan  5 09:00:00 sw1 %ETHPORT-5-IF_UP: Interface Ethernet1/1 is up",
        "Jan  5 09:00:00.123: %SYS-5-CONFIG_I: Configured from console",
    ],
)
def test_what_does_not_belong_in_it_is_invalid(refused, row):
    assert refused(WHOLE.replace("vlan 1", row)).kind is ErrorKind.INVALID


def test_a_document_that_need_not_be_there_may_be_absent(described):
    format_ = described()

    assert format_.absent(b"nothing saved yet\n")
    format_.check(b"nothing saved yet\n", ConfigSource.STARTUP)
    assert not format_.absent(WHOLE.encode())


def test_a_source_that_the_platform_has_not_is_refused(refused):
    assert refused(WHOLE, ConfigSource.CANDIDATE).kind is ErrorKind.INVALID
