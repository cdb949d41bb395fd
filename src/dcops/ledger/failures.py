"""What a database complained about, in words for a tired reader and without its secrets."""

from __future__ import annotations

import re
import sqlite3

from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from dcops.errors import CannotRun

# SQLSTATE of PostgreSQL, the whole code or its class -> what it means for the ledger, what to do.
_POSTGRESQL = {
    "28": ("refuses the login", "Check [ledger] credential and pg_hba.conf of the server"),
    "3D000": ("does not exist", "Make it with: createdb -E UTF8 NAME, owned by the user of dcops"),
    "42501": ("refuses the user of dcops", "Make that user the owner of the database, or grant it CREATE and USAGE"),
    "53100": ("has no space left on its disk", "Free some space on the database host; the ledger goes on by itself"),
    "53300": ("has no connection left", "Raise max_connections, or find out who holds them: pg_stat_activity"),
    "25006": ("can only be read (a standby?)", "Give [ledger] url the primary server"),
    "57014": ("took too long to answer", "See pg_stat_activity on the server for what blocks it"),
    "55P03": ("is held by somebody else", "See pg_locks on the server for who holds it"),
    "40P01": ("is held by somebody else", "Run this again"),
    "40001": ("is held by somebody else", "Run this again"),
}
# libpq keeps no SQLSTATE of a connection that failed: only the words of the server, English ones on most.
_WHILE_CONNECTING = (
    ("authentication failed", "28"),
    ("no password supplied", "28"),
    ("no pg_hba.conf entry", "28"),
    (r'role ".*" (does not exist|is not permitted)', "28"),
    (r'database ".*" does not exist', "3D000"),
    ("permission denied for database", "42501"),
    ("too many clients", "53300"),
    ("too many connections", "53300"),
    ("connection slots are reserved", "53300"),
)
# Primary result codes of SQLite.
_SQLITE = {
    "SQLITE_FULL": ("has no space left on its disk", "Free some space; the ledger goes on by itself"),
    "SQLITE_READONLY": ("can only be read", "Give the user of dcops write access to the file and its folder"),
    "SQLITE_PERM": ("can only be read", "Give the user of dcops write access to the file and its folder"),
    "SQLITE_BUSY": ("is held by another process", "Find it with: fuser -v FILE; end it if it hangs"),
    "SQLITE_LOCKED": ("is held by another process", "Find it with: fuser -v FILE; end it if it hangs"),
    "SQLITE_CANTOPEN": ("cannot be opened", "Check the file, its folder and their permissions"),
    "SQLITE_CORRUPT": ("is damaged", "Keep the file, restore it from a backup, or move it away to begin a new one"),
    "SQLITE_NOTADB": ("is not a SQLite file", "Check [ledger] url, or move the file away to begin a new one"),
    "SQLITE_IOERR": ("cannot be read or written", "Check the disk: dmesg, df -h"),
}
_UNREACHABLE = ("cannot be reached", "Check that the database runs and that [ledger] url is right")
_TRY_AGAIN = ("40P01", "40001")


def scrubbed(text: str, password: str) -> str:
    """The first line of a complaint, without the password in any form in which libpq might quote it."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    if password:
        escaped = password.replace("\\", "\\\\").replace("'", "\\'")
        for form in sorted({password, escaped}, key=len, reverse=True):
            line = line.replace(form, "<secret>")
    return line


def worth_trying_again(error: SQLAlchemyError) -> bool:
    """The database rolled the work back to let somebody else pass: doing it again is harmless."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in _TRY_AGAIN


def explained(error: SQLAlchemyError | sqlite3.Error, where: str, password: str) -> Exception:
    """What to raise instead: CannotRun, or the caller's own mistake when it was one."""
    if isinstance(error, PoolTimeout):
        return CannotRun(
            f"the ledger {where} has no free connection", next_step="Too many threads ask it at once; run this again"
        )
    if isinstance(error, StatementError) and not isinstance(error, DBAPIError):
        # A value that was refused before it reached the database, such as a time without a zone.
        return error.orig if isinstance(error.orig, Exception) else error
    orig = getattr(error, "orig", None) or error
    trouble, next_step = _known(orig)
    return CannotRun(f"the ledger {where} {trouble}: {scrubbed(str(orig), password)}", next_step=next_step)


def _known(orig: BaseException) -> tuple[str, str]:
    if isinstance(orig, sqlite3.Error):
        # SQLITE_IOERR_WRITE is a kind of SQLITE_IOERR.
        name = "_".join((getattr(orig, "sqlite_errorname", None) or "").split("_")[:2])
        return _SQLITE.get(name, _UNREACHABLE)
    state = getattr(orig, "sqlstate", None) or _guessed(str(orig))
    return _POSTGRESQL.get(state) or _POSTGRESQL.get(state[:2]) or _UNREACHABLE


def _guessed(words: str) -> str:
    return next((state for pattern, state in _WHILE_CONNECTING if re.search(pattern, words)), "")
