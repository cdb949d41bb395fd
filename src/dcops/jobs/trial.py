"""Try a device step by step: what works, what does not, and what to do about it. Nothing is stored or changed."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from dcops.devices.doors import door_of
from dcops.devices.identity import guess
from dcops.devices.identity.endpoint import Endpoint, address_of, connect, endpoint_of
from dcops.devices.identity.look import look
from dcops.devices.registry import Driver
from dcops.diff import redact
from dcops.diff.formats import ConfigFormat
from dcops.diff.redact import Conceal
from dcops.errors import DeviceError, ErrorKind
from dcops.jobs.agent import introduce
from dcops.jobs.context import Reach
from dcops.model.device import ESXI, VCENTER, Device
from dcops.model.run import JobRun, Outcome, Result, new_run_id
from dcops.model.snapshot import Document
from dcops.model.trial import Step, StepState

if TYPE_CHECKING:
    from dcops.vsphere.vcenter import Vcenter

COMMAND = "device test"
T = TypeVar("T")

LOST = frozenset({ErrorKind.TIMEOUT, ErrorKind.UNREACHABLE, ErrorKind.TRUNCATED, ErrorKind.REFUSED})
"""After one of these the session is gone: a new one is tried before the next call, once."""
CUT_OFF_SECONDS = 0.3
"""So long before its limit a failure is taken for the limit's."""


class Teller(Protocol):
    """Is told of every step; what it makes of it is the door's affair."""

    def step(self, device: Device, step: Step) -> None:
        """One step is done."""


@dataclass(slots=True)
class _Trial:
    """One device while it is tried. Steps come from its own thread; a hard limit may cut in."""

    device: Device
    teller: Teller
    explained: Callable[[BaseException], DeviceError]
    steps: list[Step] = field(default_factory=list)
    under_way: tuple[str, str, float] | None = None
    deadline: float = float("inf")
    """On `time.monotonic`: from then on the device is cut off."""
    over: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, step: Step) -> None:
        """Note a step, unless the time was up before it ended."""
        with self.lock:
            if self.over:
                return
            self.under_way = None
            self.steps.append(step)
        self.teller.step(self.device, step)

    def attempt(
        self, name: str, why: str, work: Callable[[], T], told: Callable[[T], tuple[str, str]], *, needed: bool = True
    ) -> T | None:
        """Try something; `told` gives what to say of it and a warning. None when it failed."""
        started = time.monotonic()
        self.under_way = (name, why, started)
        try:
            value = work()
            detail, warning = told(value)
        except Exception as raised:  # noqa: BLE001  one call that goes wrong must not hide the others
            if time.monotonic() > self.deadline:
                # It was cut off: what it says is about that, and nothing may be tried any more.
                raise DeviceError(
                    ErrorKind.TIMEOUT,
                    "no complete answer within the device's limit",
                    next_step="Look at it by hand; for a slow one raise [fleet] device_limit_seconds",
                ) from None
            error = self.explained(raised)
            state = StepState.FAILED if needed else StepState.LACKING
            self.add(Step(name, why, state, error.message, time.monotonic() - started, error))
            return None
        state = StepState.WARNING if warning else StepState.OK
        self.add(Step(name, why, state, "; ".join(filter(None, (detail, warning))), time.monotonic() - started))
        return value

    def end(self, error: DeviceError) -> None:
        """The time is up: what was under way failed, what would have come after was not tried."""
        with self.lock:
            name, why, started = self.under_way or ("login", "everything", time.monotonic())
            self.over = True
            step = Step(name, why, StepState.FAILED, error.message, time.monotonic() - started, error)
            self.steps.append(step)
        self.teller.step(self.device, step)

    def not_tried(self, name: str, why: str, reason: str) -> None:
        """Say that a step could not be tried, and why."""
        self.add(Step(name, why, StepState.NOT_TRIED, reason))


def run(reach: Reach, devices: Sequence[Device], teller: Teller) -> tuple[JobRun, dict[str, tuple[Step, ...]]]:
    """Try every device: its entry, its door, its identity, its login, each call, each configuration.

    A failed step hides no later one that does not depend on it.
    """
    started = reach.clock()
    trials = {device.name: _Trial(device, teller, partial(reach.fleet.explained, device)) for device in devices}
    seconds = dict.fromkeys(trials, 0.0)
    trusted = []
    for answer in reach.fleet.visit(devices, lambda device: _from_outside(reach, device, trials[device.name])):
        seconds[answer.device.name] += answer.seconds
        if answer.error is not None:
            trials[answer.device.name].end(answer.error)
        elif answer.value:
            trusted.append(answer.device)
    for inside in reach.fleet.ask(
        trusted, lambda device, driver: _from_inside(reach, device, driver, trials[device.name])
    ):
        seconds[inside.device.name] += inside.seconds
        if inside.error is not None:
            trials[inside.device.name].end(inside.error)
    steps = {name: tuple(trial.steps) for name, trial in trials.items()}
    outcomes = tuple(_outcome(device, steps[device.name], seconds[device.name]) for device in devices)
    return JobRun(COMMAND, new_run_id(started), started, reach.clock(), outcomes), steps


# ---- from outside: no login ----------------------------------------------------------------------


def _from_outside(reach: Reach, device: Device, trial: _Trial) -> bool:
    """Entry, credential, connection, identity; True when a login may be sent."""
    if device.snmp is not None:
        _agent(reach, device, trial)
    if device.platform == ESXI or (device.only_watched and device.platform != VCENTER):
        return False
    fleet = reach.fleet
    driver = trial.attempt(
        "platform", "reading", lambda: door_of(fleet.drivers, device.platform), lambda _: (str(device.platform), "")
    )
    trial.attempt("credential", "login", lambda: fleet.credential_of(device), _credential_told)
    address = trial.attempt("address", "reaching", lambda: address_of(device), lambda text: (text, ""))
    if driver is None:
        if address is not None:
            _guess(device, address, trial)
        return False
    if address is None:
        trial.not_tried("connect", "reaching", "there is no address")
        return False
    endpoint = trial.attempt(
        "door", "reaching", lambda: endpoint_of(device, driver), lambda door: (f"{door.transport} on {door}", "")
    )
    if endpoint is None:
        return False
    if trial.attempt("connect", "reaching", lambda: _connected(endpoint), lambda ms: (f"{ms:.0f} ms", "")) is None:
        trial.not_tried("trust", "login", "it cannot be reached")
        return False
    seen = trial.attempt("trust", "login", lambda: _trusted(endpoint, device, reach), lambda told: (told, ""))
    found = all(step.state is not StepState.FAILED for step in trial.steps if step.name == "credential")
    if seen is None or not found:
        reason = "nothing vouches for it" if seen is None else "there is no login to send"
        trial.not_tried("login", "everything", reason)
        return False
    if device.platform == VCENTER:
        _vcenter(reach, device, trial)
    return device.platform != VCENTER


def _credential_told(credential: object) -> tuple[str, str]:
    name, source = getattr(credential, "name", ""), getattr(credential, "source", "")
    return f"{name}{f', found in {source}' if source else ''}", ""


def _connected(endpoint: Endpoint) -> float:
    connection, seconds = connect(endpoint.address, endpoint.port)
    connection.close()
    return seconds * 1000


def _trusted(endpoint: Endpoint, device: Device, reach: Reach) -> str:
    seen = look(endpoint, device, reach.fleet.trust)
    if seen.problem is not None:
        raise seen.problem
    if seen.keys:
        return ", ".join(f"{key.kind} {key.sha256}" for key in seen.keys if key in seen.known)
    how = "pinned" if seen.pin else "by an authority of trust/ca.pem"
    return f"certificate {how}, until {seen.chain[0].ends:%Y-%m-%d}"


def _guess(device: Device, address: str, trial: _Trial) -> None:
    """What a device without a driver might be, from what it says to everybody."""
    port = device.management.port if device.management else None
    said = guess.greetings(address, port)
    if not said:
        trial.not_tried("greeting", "guessing", "no usual port said anything: 22, 443, 8443, 4444")
    for each in said:
        name = guess.platform(each.words)
        words = f"a guess: platform {name}" if name else "tells nothing of its platform"
        trial.add(Step(f"greeting on {each.endpoint.port}", "guessing", StepState.OK, f"{each.words} ({words})"))


# ---- from inside: logged in ----------------------------------------------------------------------


def _from_inside(reach: Reach, device: Device, driver: Driver, trial: _Trial) -> None:
    """Log in, make every call, read the configurations and judge them."""
    trial.deadline = time.monotonic() + reach.fleet.limits.device_seconds - CUT_OFF_SECONDS
    if trial.attempt("login", "everything", lambda: _opened(driver), lambda _: ("", "")) is None:
        return
    session = True
    for place in range(len(driver.calls())):
        # Asked anew: after a lost session the calls are those of the new one.
        call = driver.calls()[place]
        if not session:
            trial.not_tried(call.name, call.why, "the session was lost")
            continue
        trial.attempt(call.name, call.why, call.ask, lambda told: (told.detail, told.warning), needed=call.needed)
        error = trial.steps[-1].error
        if error is not None and error.kind in LOST:
            session = _again(driver, trial)
    if session:
        _configurations(reach.formats.of(device.platform or ""), driver, trial)


def _opened(what: Driver | Vcenter) -> bool:
    what.open()
    return True


def _agent(reach: Reach, device: Device, trial: _Trial) -> None:
    """Whether it can be asked over SNMP. A backup does not need that, and of some devices it is all there is."""
    if reach.agent_of is None:
        trial.not_tried("snmp", "metrics", "nobody said with which login")
        return
    target = reach.agent_of
    trial.attempt(
        "snmp",
        "metrics",
        lambda: introduce(target(device)),
        lambda told: (str(told), ""),
        needed=device.only_watched,
    )


def _vcenter(reach: Reach, device: Device, trial: _Trial) -> None:
    """Log in, and see what the login is shown."""
    if reach.vcenter_of is None:
        trial.not_tried("login", "everything", "nobody said with which login")
        return
    from dcops.jobs.vcenter import shown
    from dcops.vsphere.vcenter import Vcenter

    vcenter = Vcenter(reach.vcenter_of(device))
    try:
        if trial.attempt("login", "everything", lambda: _opened(vcenter), lambda _: ("", "")) is not None:
            trial.attempt("inventory", "metrics", lambda: vcenter.inventory().wait(0), shown)
    finally:
        vcenter.close()


def _again(driver: Driver, trial: _Trial) -> bool:
    """A new session after a lost one: one call that breaks it must not hide the others."""
    driver.close()
    return trial.attempt("login again", "the other calls", lambda: _opened(driver), lambda _: ("", "")) is not None


def _configurations(format_: ConfigFormat, driver: Driver, trial: _Trial) -> None:
    """Read as a backup does, and judge what came. The readable form is made and forgotten."""
    conceal = redact.keyed(secrets.token_bytes(32))
    read = trial.attempt("read", "backup", driver.read_configurations, _read_told)
    for document in read[0] if read else ():
        trial.attempt(
            f"{document.source} configuration",
            "backup",
            partial(_judged, format_, document, conceal),
            lambda told: (f"{told[0]:,} bytes, complete, {told[1]} secrets to conceal", ""),
        )


def _read_told(read: tuple[tuple[Document, ...], tuple[str, ...]]) -> tuple[str, str]:
    documents, missing = read
    return ", ".join(document.source for document in documents), "; ".join(missing)


def _judged(format_: ConfigFormat, document: Document, conceal: Conceal) -> tuple[int, int]:
    """How large it is, and how many secrets it holds; raises DeviceError unless it is whole."""
    format_.check(document.content, document.source)
    return len(document.content), format_.readable(document.content, document.source, conceal).secrets


# ---- the verdict ---------------------------------------------------------------------------------


def _outcome(device: Device, steps: Sequence[Step], seconds: float) -> Outcome:
    if device.platform == ESXI:
        following = f"Try its vCenter: dcops device test {device.vcenter}" if device.vcenter else "Name its vCenter"
        error = DeviceError(ErrorKind.UNSUPPORTED, "never asked itself: its vCenter tells of it", next_step=following)
        return Outcome(device.name, Result.SKIPPED, error=error, seconds=seconds)
    failed = [step for step in steps if step.state is StepState.FAILED]
    if failed:
        # The first failure is the cause, as a rule: what comes after it often follows from it.
        error = failed[0].error or DeviceError(ErrorKind.INTERNAL, "no answer and no error")
        result = Result.TIMEOUT if error.kind is ErrorKind.TIMEOUT else Result.FAILED
        return Outcome(device.name, result, f"failed at {failed[0].name}", error, seconds)
    lacking = [step.name for step in steps if step.state is StepState.LACKING]
    watched = device.only_watched or device.platform == VCENTER
    can = f"it can be asked over {device.watched_over}" if watched else "it can be backed up"
    detail = can + (f"; not given: {', '.join(lacking)}" if lacking else "")
    return Outcome(device.name, Result.OK, detail, seconds=seconds)
