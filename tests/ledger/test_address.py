import traceback
from pathlib import Path

import pytest

from dcops.errors import InvalidInput
from dcops.ledger.address import Address
from dcops.ledger.ledger import Ledger


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://dcops:hunter2@db.example/dcops",
        "postgresql://dcops:hunter2@db.example/dcops",
        "postgresql+psycopg://dcops:@db.example/dcops",
        "postgresql+psycopg://dcops@db.example/dcops?password=hunter2",
        "postgresql+psycopg://dcops@db.example/dcops?PassWord=hunter2",
        "postgresql+psycopg://dcops@db.example/dcops?sslpassword=hunter2",
        "mysql://dcops:hunter2@db.example/dcops",
    ],
)
def test_a_url_that_holds_a_password_is_refused_and_not_repeated(url):
    with pytest.raises(InvalidInput, match="holds a password") as refusal:
        Ledger.open(url)

    assert "hunter2" not in "".join(traceback.format_exception(refusal.value, chain=True))


@pytest.mark.parametrize("url", ["", "hunter2", "postgresql+psycopg://dcops:hunter2@db.example:port/dcops"])
def test_what_is_no_url_is_refused_and_not_repeated(url):
    with pytest.raises(InvalidInput, match="cannot be read") as refusal:
        Address.of(url)

    assert "hunter2" not in "".join(traceback.format_exception(refusal.value, chain=True))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
        ("sqlite:///file:x?mode=memory&uri=true", "in memory"),
        ("sqlite:////var/lib/dcops/ledger.sqlite?mode=ro", "no options"),
        ("postgresql+psycopg://dcops@db.example", "names no database"),
        ("mysql://dcops@db.example/dcops", "cannot be kept in mysql"),
        ("postgresql+asyncpg://dcops@db.example/dcops", "cannot be kept in"),
        ("nonsense://x/y", "cannot be kept in nonsense"),
    ],
)
def test_a_place_that_cannot_keep_a_ledger_is_refused(url, reason):
    with pytest.raises(InvalidInput, match=reason):
        Address.of(url)


def test_a_relative_file_stays_where_it_was_when_the_process_goes_elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    address = Address.of("sqlite:///state/ledger.sqlite")
    monkeypatch.chdir("/")

    assert address.file == tmp_path / "state/ledger.sqlite"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("sqlite:////srv/dcops/ledger.sqlite", "/srv/dcops/ledger.sqlite"),
        ("postgresql+psycopg://dcops@db.example:6432/ledger", "PostgreSQL db.example:6432/ledger"),
        ("postgresql://dcops@[2001:db8::5]/ledger", "PostgreSQL 2001:db8::5/ledger"),
        ("postgresql://dcops@/ledger?host=/run/postgresql", "PostgreSQL /run/postgresql/ledger"),
        ("postgresql:///ledger", "PostgreSQL localhost/ledger"),
        (
            "postgresql://d@/l?host=db1.example:5432&host=db2.example:5432",
            "PostgreSQL db1.example:5432,db2.example:5432/l",
        ),
    ],
)
def test_an_address_is_shown_as_a_place(url, shown):
    assert str(Address.of(url)) == shown


def test_every_file_that_a_ledger_in_sqlite_needs_is_named_by_its_path():
    assert Address.of("sqlite:////srv/dcops/ledger.sqlite").file == Path("/srv/dcops/ledger.sqlite")
