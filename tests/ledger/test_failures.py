import sqlite3

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError

from dcops.errors import CannotRun
from dcops.ledger.failures import explained, scrubbed


@pytest.mark.parametrize("password", ["hunter2", "it's", r"back\slash", "a'b\\c", "e"])
def test_a_password_is_taken_out_in_every_form_in_which_libpq_quotes_it(password):
    quoted = psycopg.conninfo.make_conninfo("", host="db.example", password=password)

    for text in (f"invalid option in {quoted}", f"cannot use {password} here"):
        assert password not in scrubbed(text, password).replace("<secret>", "")


def test_only_the_first_line_that_says_something_is_kept():
    assert scrubbed("\n  no route to host\n\tIs the server running?\n", "") == "no route to host"


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (psycopg.errors.DiskFull("could not extend file"), "has no space left on its disk: could not extend file"),
        (psycopg.errors.ReadOnlySqlTransaction("cannot execute"), "can only be read"),
        (psycopg.errors.InvalidPassword("nope"), "refuses the login"),
        (psycopg.errors.AdminShutdown("terminating connection"), "cannot be reached: terminating connection"),
        (sqlite3.OperationalError("something new"), "cannot be reached: something new"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_a_complaint_says_where_what_and_what_to_do(error, trouble):
    problem = explained(DBAPIError("INSERT …", {"body": "text"}, error), "PostgreSQL db.example/dcops", "")

    assert isinstance(problem, CannotRun)
    assert problem.message.startswith("the ledger PostgreSQL db.example/dcops ")
    assert trouble in problem.message
    assert "INSERT" not in str(problem)
    assert problem.next_step
