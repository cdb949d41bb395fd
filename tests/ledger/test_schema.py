import shutil
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from dcops.errors import CannotRun
from dcops.ledger import schema
from dcops.ledger.address import Address
from dcops.ledger.database import Database
from dcops.ledger.ledger import Ledger
from dcops.ledger.tables import metadata
from tests.ledger.conftest import Nights

NEXT = '''"""One more column."""

import sqlalchemy as sa
from alembic import op

revision = "9000"
down_revision = "{before}"


def upgrade() -> None:
    """Add it."""
    op.create_table("half_done", sa.Column("id", sa.Integer(), primary_key=True))
    op.add_column("note", sa.Column("colour", sa.Text()))
    {then}
'''


@pytest.fixture
def database(ledger_url):
    database = Database(Address.of(ledger_url), None)
    database.prepare()
    yield database
    database.close()


@pytest.fixture
def a_newer_code(monkeypatch, tmp_path):
    """The code of tomorrow, with one more migration."""

    def install(then="pass"):
        folder = tmp_path / "tomorrow's 100% migrations"
        shutil.copytree(schema._MIGRATIONS, folder)
        (folder / "versions" / "m9000_next.py").write_text(NEXT.format(then=then, before=schema.NEWEST))
        monkeypatch.setattr(schema, "_MIGRATIONS", folder)
        monkeypatch.setattr(schema, "NEWEST", "9000")

    return install


def test_the_newest_version_is_the_last_migration():
    assert schema._script().get_heads() == [schema.NEWEST]


def test_every_migration_lies_in_the_package():
    files = {path.stem for path in (Path(schema.__file__).parent / "migrations/versions").glob("m*.py")}

    assert {Path(revision.path).stem for revision in schema._script().walk_revisions()} == files


def test_the_migrations_make_the_tables_that_the_code_uses(database):
    schema.bring_up_to_date(database)

    def differences(connection):
        context = MigrationContext.configure(
            connection, opts={"version_table": schema.VERSION_TABLE, "compare_type": True}
        )
        return compare_metadata(context, metadata)

    assert database.read(differences) == []


def test_a_new_ledger_has_the_newest_version(ledger):
    assert ledger.version() == schema.NEWEST


def test_a_ledger_that_is_up_to_date_is_opened_without_a_write(ledger_url, ledger, monkeypatch):
    monkeypatch.setattr(schema, "_upgrade", None)

    with Ledger.open(ledger_url) as again:
        assert again.version() == schema.NEWEST


def test_an_older_ledger_is_brought_up_to_date_and_keeps_what_it_holds(ledger_url, a_newer_code):
    with Ledger.open(ledger_url) as old:
        old.note("state:backup", "ok")
        key = Nights(old).key()
        Nights(old).claim(key)
    a_newer_code()

    with Ledger.open(ledger_url) as ledger:
        assert ledger.version() == "9000"
        assert ledger.noted("state:backup") == "ok"
        assert ledger.get(key) is not None


def test_a_migration_that_fails_halfway_changes_nothing(ledger_url, a_newer_code, database):
    Ledger.open(ledger_url).close()
    today = schema.NEWEST
    a_newer_code(then="raise RuntimeError('power cut')")

    with pytest.raises(RuntimeError, match="power cut"):
        Ledger.open(ledger_url)

    assert database.read(schema.version) == today
    assert not database.read(lambda connection: connection.dialect.has_table(connection, "half_done"))


def test_a_ledger_of_tomorrow_is_refused_by_the_code_of_today(ledger_url, database):
    Ledger.open(ledger_url).close()
    database.write(lambda connection: connection.execute(text("UPDATE dcops_version SET version_num = '0999'")))

    with pytest.raises(CannotRun) as refusal:
        Ledger.open(ledger_url)

    assert "newer dcops" in refusal.value.message
    assert "0999" in refusal.value.message
    assert "Upgrade dcops" in refusal.value.next_step
    assert database.read(schema.version) == "0999"
