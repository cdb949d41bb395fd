"""Operational commands: the words of a command, and which of them the firewall knows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lxml import etree

from lab.panos import reports
from lab.panos.answers import Answer
from lab.panos.firewall import Firewall


@dataclass(frozen=True, slots=True)
class Operation:
    """One command; `takes_more` lets further elements follow its words."""

    words: tuple[str, ...]
    run: Callable[[Firewall, etree._Element], Answer]
    takes_more: bool = False


def words(command: etree._Element) -> tuple[str, ...]:
    """`<show><interface>all</interface></show>` as `show interface all`."""
    found = [str(command.tag)]
    node = command
    while len(node) == 1:
        node = node[0]
        found.append(str(node.tag))
    if len(node) == 0 and (text := (node.text or "").strip()):
        found.append(text)
    return tuple(found)


def find(given: Sequence[str]) -> Operation | None:
    """The operation with the longest words that the command starts with."""
    for length in range(len(given), 0, -1):
        operation = _BY_WORDS.get(tuple(given[:length]))
        if operation is not None and (length == len(given) or operation.takes_more):
            return operation
    return None


WRITING_VERBS = {"set", "delete", "load", "save", "revert", "commit", "clear", "validate", "move", "request", "debug"}


def writes(given: Sequence[str]) -> bool:
    """The command would change the firewall, or start a job on it: not for a reading role."""
    return given[0] in WRITING_VERBS and find(given) is None


OPERATIONS = (
    Operation(("show", "system", "info"), reports.system_info),
    Operation(("show", "system", "environmentals"), reports.environmentals),
    Operation(("show", "clock"), reports.clock),
    Operation(("show", "high-availability", "state"), reports.high_availability),
    Operation(("show", "config", "running"), reports.running),
    Operation(("show", "config", "candidate"), reports.candidate),
    Operation(("show", "config", "list", "changes"), reports.changes),
    Operation(("show", "config", "list", "admins"), reports.changing_admins),
    Operation(("show", "config-locks"), reports.no_locks),
    Operation(("show", "commit-locks"), reports.no_locks),
    Operation(("show", "jobs", "all"), reports.jobs),
    Operation(("show", "jobs", "id"), reports.one_job, takes_more=True),
    Operation(("show", "interface"), reports.interfaces, takes_more=True),
    Operation(("show", "routing", "route"), reports.routes, takes_more=True),
    Operation(("show", "arp"), reports.arp, takes_more=True),
    Operation(("show", "lldp", "neighbors"), reports.lldp, takes_more=True),
    Operation(("show", "session", "info"), reports.sessions),
    Operation(("request", "license", "info"), reports.licences),
    Operation(("check", "pending-changes"), reports.pending_changes),
)

_BY_WORDS = {operation.words: operation for operation in OPERATIONS}
VERBS = {operation.words[0] for operation in OPERATIONS} | WRITING_VERBS
