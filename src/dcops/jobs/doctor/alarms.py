"""The witnesses: would anybody learn that a night went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from dcops.jobs.doctor.check import Check, Premises, State, opened, well

WAITS_TOO_LONG = timedelta(hours=1)
_EXPORTER_SECONDS = 3.0


def messages(premises: Premises) -> Iterator[Check]:
    """Those that could not be sent."""
    now = premises.now()
    with opened(premises) as books:
        dead = books.dead_messages()
        waiting = [one for one in books.due_messages(now) if now - one.created > WAITS_TOO_LONG]
    if dead:
        reasons = sorted({f"{one.channel}: {one.last_error}" for one in dead if one.last_error})
        why = f" ({'; '.join(reasons[:2])})" if reasons else ""
        yield Check(
            "messages", State.PROBLEM, f"{len(dead)} were given up{why}", "Mend the channel's settings in dcops.toml"
        )
    elif waiting:
        yield Check(
            "messages",
            State.WARNING,
            f"{len(waiting)} wait for more than an hour",
            "The scheduler sends them: see that it runs",
        )
    else:
        yield well("messages", "none waits, none was given up")


def channels(premises: Premises) -> Iterator[Check]:
    """Ways out of this host."""
    if premises.channels:
        yield well("channels", ", ".join(premises.channels))
    else:
        yield Check(
            "channels", State.WARNING, "nobody is told when a night fails", "Set up [mail] or [webhook] in dcops.toml"
        )
    if premises.heartbeat:
        yield well("heartbeat", "leaves this host")
    else:
        yield Check(
            "heartbeat",
            State.WARNING,
            "no heartbeat leaves this host: when all of it dies, nobody is told",
            "Set [heartbeat] url in dcops.toml to a service that alarms when calls stop",
        )


def exporter(premises: Premises) -> Iterator[Check]:
    """Metrics are read from it."""
    import urllib3

    url = f"{premises.exporter.rstrip('/')}/-/healthy"
    try:
        with urllib3.PoolManager(retries=False, timeout=_EXPORTER_SECONDS) as pool:
            status = pool.request("GET", url, redirect=False).status
    except urllib3.exceptions.HTTPError:
        status = 0
    if status == 200:
        yield well("exporter", f"answers at {premises.exporter}")
    else:
        said = f"answers {status}" if status else "does not answer"
        yield Check(
            "exporter",
            State.WARNING,
            f"{said} at {premises.exporter}",
            "Run: sudo systemctl enable --now dcops-exporter (or name its address with --exporter)",
        )


def audit_log(premises: Premises) -> Iterator[Check]:
    """The chain of what people did."""
    log = premises.audit_log()
    found = log.verify()
    if found.broken:
        yield Check(
            "audit log",
            State.PROBLEM,
            f"{found.broken.file}:{found.broken.line}: {found.broken.message}",
            "Compare with the copy on the syslog server; see: dcops audit-log verify",
        )
    elif waiting := log.unsent():
        yield Check(
            "audit log",
            State.WARNING,
            f"{found.entries} entries hold, {waiting} wait for the syslog server",
            "See that [syslog] address of dcops.toml is right and the server is up",
        )
    else:
        yield well("audit log", f"{found.entries} entries, the chain holds")
