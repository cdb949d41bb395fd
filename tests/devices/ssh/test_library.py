"""What we assume of paramiko: when an upgrade changes it, this says so."""

import inspect

import paramiko
from paramiko.packet import Packetizer

from dcops.devices.ssh import library


def test_packets_are_compared_by_the_function_that_we_replace():
    assert "util.constant_time_bytes_eq(" in inspect.getsource(Packetizer.read_message)
    assert library.paramiko.util.constant_time_bytes_eq(b"code", b"code")
    assert not library.paramiko.util.constant_time_bytes_eq(b"code", b"cods")
    assert not library.paramiko.util.constant_time_bytes_eq(b"code", b"codes")


def test_invoke_is_asked_for_by_the_reader_of_ssh_configs_alone():
    assert "import invoke" in inspect.getsource(paramiko.config)
    assert "except ImportError" in inspect.getsource(paramiko.config)
