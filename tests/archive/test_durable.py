"""Files are the old ones or the new ones, and errors say where and what to do."""

import os

import pytest

from dcops.archive import durable
from dcops.errors import CannotRun


def test_a_replaced_file_is_private_and_nothing_else_is_left(tmp_path):
    file = tmp_path / "file"
    file.write_bytes(b"old")

    durable.replace(file, b"new")

    assert file.read_bytes() == b"new"
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_a_created_file_is_never_overwritten(tmp_path):
    assert durable.create(tmp_path / "file", b"first")
    assert not durable.create(tmp_path / "file", b"second")

    assert (tmp_path / "file").read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_a_new_file_is_private_whatever_the_umask_and_refuses_an_old_one(tmp_path):
    umask = os.umask(0)
    try:
        durable.write_new(tmp_path / "file", b"secret")
    finally:
        os.umask(umask)

    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600
    with pytest.raises(CannotRun, match="File exists"):
        durable.write_new(tmp_path / "file", b"other")
    assert (tmp_path / "file").read_bytes() == b"secret"


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CannotRun, match=f"{tmp_path}/none/file cannot be written: No such file or directory"):
        durable.replace(tmp_path / "none/file", b"x")


def test_folders_are_made_for_their_owner_only(tmp_path):
    durable.make_folder(tmp_path / "a/b")
    durable.make_folder(tmp_path / "a/b")

    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o700
