"""The real servers of the tests: left out where there are none, and said to be; never left out silently."""

import os

import pytest

from tests import databases


@pytest.fixture
def a_host_without_postgresql(monkeypatch):
    monkeypatch.setattr(databases, "FOLDERS", ())
    monkeypatch.setenv("PATH", "/nonexistent")


def test_without_a_server_its_tests_are_skipped_and_the_reason_is_named(a_host_without_postgresql, monkeypatch):
    monkeypatch.delenv("CI", raising=False)

    with pytest.raises(pytest.skip.Exception, match="there is no PostgreSQL server here"):
        databases.new_postgresql()


def test_in_ci_a_missing_server_is_a_failure(a_host_without_postgresql, monkeypatch):
    monkeypatch.setenv("CI", "true")

    with pytest.raises(pytest.fail.Exception, match="no PostgreSQL server here"):
        databases.new_postgresql()


def test_a_server_runs_as_nobody_special_and_leaves_nothing_behind():
    server = databases.new_postgresql(**databases.QUICK)
    pid, folder = server.process.pid, server.folder
    owner = folder.stat().st_uid
    server.close()

    assert owner != 0
    assert server.process.returncode == 0
    assert not folder.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
