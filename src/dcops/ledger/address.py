"""Where the ledger lies, as `[ledger] url` says it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from dcops.errors import InvalidInput

_FORMS = "Write sqlite:////var/lib/dcops/ledger.sqlite or postgresql+psycopg://dcops@db.example/dcops"
# What libpq would take out of the query part of a URL, where everybody can read it.
_SECRET_OPTIONS = frozenset({"password", "sslpassword"})


@dataclass(frozen=True, slots=True)
class Address:
    """A checked URL. It holds no password, so it may be shown."""

    url: URL
    file: Path | None
    """The file of SQLite; None for PostgreSQL."""

    @classmethod
    def of(cls, text: str) -> Address:
        """Read a URL; a wrong one is refused without being repeated, for it may hold a password."""
        try:
            url = make_url(text)
        except (ArgumentError, ValueError):
            raise InvalidInput("the URL of the ledger cannot be read", next_step=_FORMS) from None
        if url.password is not None or _SECRET_OPTIONS & {name.lower() for name in url.query}:
            raise InvalidInput(
                "the URL of the ledger holds a password",
                next_step="Take it out and name a credential that holds it with [ledger] credential",
            )
        if url.drivername in ("sqlite", "sqlite+pysqlite"):
            return cls(url, _file(url))
        if url.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
            if not url.database:
                raise InvalidInput("the URL of the ledger names no database", next_step=_FORMS)
            return cls(url.set(drivername="postgresql+psycopg"), None)
        raise InvalidInput(f"the ledger cannot be kept in {url.get_backend_name()}", next_step=_FORMS)

    def __str__(self) -> str:
        """For messages: the file, or the database and its host."""
        if self.file is not None:
            return str(self.file)
        hosts = self.url.query.get("host", self.url.host or "localhost")
        host = hosts if isinstance(hosts, str) else ",".join(hosts)
        port = f":{self.url.port}" if self.url.port else ""
        return f"PostgreSQL {host}{port}/{self.url.database}"


def _file(url: URL) -> Path:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise InvalidInput("a ledger in memory would forget every run", next_step=_FORMS)
    if url.query:
        raise InvalidInput("the URL of a ledger in SQLite takes no options after a question mark", next_step=_FORMS)
    return Path(url.database).absolute()
