"""The questions that are asked every minute find their rows by an index, not by reading years of them."""

import pytest
from sqlalchemy import event

from dcops.ledger import messages, results, runs
from dcops.ledger.tables import metadata
from tests.ledger.conftest import NIGHT, Nights

QUESTIONS = {
    "runs of a job": lambda c: runs.listed(c, job="backup", since=NIGHT, until=None, states=(), limit=10),
    "runs of all jobs": lambda c: runs.listed(c, job=None, since=NIGHT, until=None, states=(), limit=10),
    "the last run": lambda c: runs.last(c, "backup"),
    "the last success": lambda c: runs.last(c, "backup", succeeded=True),
    "the last due time": lambda c: runs.last_due(c, "backup", triggers=()),
    "stale runs": lambda c: runs.stale(c, before=NIGHT),
    "outcomes": lambda c: results.of_run(c, Nights(None).key()),
    "successes of devices": lambda c: results.successes(c, "backup"),
    "due messages": lambda c: messages.due(c, NIGHT, 50),
    "dead messages": lambda c: messages.dead(c, 50),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_is_answered_by_an_index(ledger, question):
    asked = []

    def plan(connection):
        event.listen(connection, "before_cursor_execute", lambda *seen: asked.append((seen[2], seen[3])))
        QUESTIONS[question](connection)
        (statement, parameters) = asked[-1]
        if connection.dialect.name == "sqlite":
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            return [row[3] for row in rows]
        # With a handful of rows PostgreSQL reads them all, unless it is told that this is dear.
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        return [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)]

    steps = "\n".join(ledger._database.read(plan))

    assert "INDEX" in steps.upper(), steps
    assert "SCAN ON" not in steps.upper().replace("INDEX SCAN ON", "").replace("HEAP SCAN ON", "").replace(
        "INDEX ONLY SCAN ON", ""
    ), steps
    assert not [line for line in steps.splitlines() if line.startswith("SCAN") and "INDEX" not in line], steps


def test_every_index_and_constraint_has_a_name_that_a_migration_can_use():
    for table in metadata.tables.values():
        assert all(constraint.name for constraint in table.constraints), table.name
        assert all(index.name for index in table.indexes), table.name
