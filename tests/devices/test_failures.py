"""Exceptions of libraries become kinds, and never carry a secret."""

import errno
import socket

import netmiko
import paramiko
import pytest

from dcops.devices.failures import explain
from dcops.errors import DeviceError, ErrorKind
from dcops.model.secret import Secret


def wrapped(inner, outer):
    try:
        try:
            raise inner
        except Exception:
            raise outer  # noqa: B904  libraries chain by context
    except Exception as error:
        return error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ConnectionRefusedError(), ErrorKind.REFUSED),
        (TimeoutError(), ErrorKind.TIMEOUT),
        (ConnectionResetError(), ErrorKind.UNREACHABLE),
        (EOFError(), ErrorKind.UNREACHABLE),
        (OSError(errno.EHOSTUNREACH, "no route"), ErrorKind.UNREACHABLE),
        (socket.gaierror(), ErrorKind.UNREACHABLE),
        (paramiko.AuthenticationException(), ErrorKind.AUTH),
        (paramiko.SSHException("Server '192.0.2.1' not found in known_hosts"), ErrorKind.HOST_KEY),
        (netmiko.ReadTimeout("Pattern not detected"), ErrorKind.TIMEOUT),
        (ZeroDivisionError("x"), ErrorKind.INTERNAL),
    ],
)
def test_every_known_cause_has_a_kind_and_a_next_step(error, kind):
    explained = explain(error)

    assert explained.kind is kind
    assert explained.next_step


def test_the_deepest_known_cause_is_named_under_any_wrapping():
    refused = paramiko.ssh_exception.NoValidConnectionsError({("192.0.2.1", 22): ConnectionRefusedError()})
    error = wrapped(refused, netmiko.NetmikoTimeoutException("TCP connection to device failed."))

    assert explain(error).kind is ErrorKind.REFUSED


def test_our_own_error_passes_unchanged_through_any_wrapping():
    ours = DeviceError(ErrorKind.LOCKED, "held by somebody")

    assert explain(wrapped(ours, RuntimeError("outer"))) is ours


def test_a_secret_in_an_unknown_exception_is_not_repeated():
    explained = explain(RuntimeError("login svc/Str0ng-Example failed"), [Secret("Str0ng-Example")])

    assert "Str0ng-Example" not in str(explained)
    assert "<secret>" in str(explained)


def test_a_driver_that_cannot_be_loaded_fails_its_own_platform_only(monkeypatch):
    from dcops.devices import registry

    class Broken:
        name = "broken"

        def load(self):
            raise OSError("Name or service not known")

    monkeypatch.setattr(registry, "_known", lambda: {"broken": Broken()})

    with pytest.raises(DeviceError) as caught:
        registry.Drivers().of("broken")
    assert caught.value.kind is ErrorKind.INTERNAL
    assert "Name or service not known" in caught.value.message
