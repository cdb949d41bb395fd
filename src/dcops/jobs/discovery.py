"""Compare what stands on the network with the inventory: unknown neighbours, unknown addresses, devices nobody saw."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from dcops.devices.fleet import Answer
from dcops.devices.neighbours import questions
from dcops.devices.registry import Driver
from dcops.discovery.compare import Comparison, Scope, compare
from dcops.errors import DeviceError, ErrorKind
from dcops.inventory.inventory import Inventory
from dcops.jobs.context import Context
from dcops.model.device import Device
from dcops.model.run import JobRun, Outcome, Result, new_run_id
from dcops.model.seen import Protocol, Sighting

NAME = "discovery"


def run(context: Context, inventory: Inventory, devices: Sequence[Device]) -> JobRun:
    """Ask each device what it sees around itself, and judge it against the whole inventory.

    A device that fails becomes a failed outcome and the others go on; one whose driver has no getter for it is
    skipped and named. Whether devices are missing is judged only of sites of which every device that can be asked is
    among `devices`.
    """
    started = context.clock()
    askable = _askable(context, inventory.devices)
    asked = [device for device in devices if device.name in askable]
    outcomes = {device.name: _not_asked(device) for device in devices if device.name not in askable}
    context.progress.started(asked)
    sightings: list[Sighting] = []
    for answer in context.fleet.ask(asked, _look):
        outcomes[answer.device.name] = _outcome(answer)
        if answer.value:
            sightings.append(answer.value)
        context.progress.finished(outcomes[answer.device.name])
    sightings.sort(key=lambda one: one.device)
    scopes = list(_scopes(inventory, askable, devices, {one.device for one in sightings}))
    comparison = compare(sightings, inventory.devices, inventory.prefixes, scopes)
    return JobRun(
        command=NAME,
        run=new_run_id(started),
        started=started,
        finished=context.clock(),
        outcomes=tuple(outcomes[device.name] for device in devices),
        extra=_figures(sightings, comparison),
        findings=comparison.findings,
    )


def _look(device: Device, driver: Driver) -> Sighting:
    driver.open()
    return questions.ask(driver, device.name, device.platform or "")


def _askable(context: Context, devices: Sequence[Device]) -> AbstractSet[str]:
    """The devices whose driver can tell of anything around them. One that cannot be loaded is asked, and says why."""
    drivers = context.fleet.drivers
    answers: dict[str, bool] = {}
    for platform in {device.platform for device in devices if device.platform in drivers.platforms()}:
        try:
            answers[platform or ""] = questions.can_be_asked(drivers.of(platform), platform or "")
        except DeviceError:
            answers[platform or ""] = True
    return {device.name for device in devices if not device.foreign and answers.get(device.platform or "", False)}


def _scopes(
    inventory: Inventory, askable: AbstractSet[str], devices: Sequence[Device], answered: AbstractSet[str]
) -> Iterator[Scope]:
    chosen = {device.name for device in devices}
    for site in sorted({device.site for device in devices}):
        wanted = {device.name for device in inventory.devices if device.site == site} & askable
        yield Scope(site, whole=wanted <= chosen, unanswered=len(wanted & chosen - answered))


def _outcome(answer: Answer[Sighting]) -> Outcome:
    sighting = answer.value
    if sighting is None:
        error = answer.error or DeviceError(ErrorKind.INTERNAL, "no answer and no error")
        result = Result.TIMEOUT if error.kind is ErrorKind.TIMEOUT else Result.FAILED
        return Outcome(answer.device.name, result, error=error, seconds=answer.seconds)
    detail = _detail(sighting)
    if sighting.failed:
        # What it did tell is judged all the same; what it did not must not pass for nothing to see.
        error = DeviceError(
            ErrorKind.INVALID,
            f"not all of it could be read ({'; '.join(sighting.failed)})",
            next_step="See which right its account lacks: dcops device test NAME",
        )
        return Outcome(answer.device.name, Result.FAILED, detail, error, answer.seconds)
    return Outcome(answer.device.name, Result.OK, detail, seconds=answer.seconds)


def _detail(sighting: Sighting) -> str:
    parts = []
    if sighting.names_neighbours:
        parts.append(_counted(len(sighting.neighbours), "neighbour"))
    if sighting.told & {Protocol.ARP, Protocol.ND}:
        parts.append(_counted(len(sighting.addresses), "address", "addresses"))
    return "; ".join([", ".join(parts), *sighting.silent] if parts else sighting.silent)


def _not_asked(device: Device) -> Outcome:
    why = f"no getter for neighbours on platform {device.platform}" if device.platform else "no platform"
    return Outcome(device.name, Result.SKIPPED, error=DeviceError(ErrorKind.UNSUPPORTED, f"not asked: {why}"))


def _figures(sightings: Sequence[Sighting], comparison: Comparison) -> dict[str, object]:
    return {
        "neighbours_seen": sum(len(one.neighbours) for one in sightings),
        "addresses_seen": len({line.address for one in sightings for line in one.addresses}),
        "known_devices_seen": comparison.known,
        "group_addresses_seen": comparison.virtual,
        "sites_not_judged": list(comparison.unjudged_sites),
    }


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or f'{one}s'}"
