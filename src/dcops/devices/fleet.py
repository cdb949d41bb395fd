"""Many devices at once: one fresh Nornir object per run, one hard limit per device, one answer per device."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from nornir.core import Nornir
from nornir.core.configuration import Config, LoggingConfig
from nornir.core.inventory import Host
from nornir.core.inventory import Inventory as NornirInventory
from nornir.core.state import GlobalState
from nornir.core.task import MultiResult, Result, Task

from dcops.devices.failures import explain
from dcops.devices.registry import Driver, Drivers, Reader
from dcops.devices.runner import DeadlineRunner, Limits
from dcops.devices.trust import Trust
from dcops.devices.undisturbed import undisturbed
from dcops.errors import DeviceError, ErrorKind
from dcops.model.device import Device
from dcops.model.secret import Credential, Secret
from dcops.model.snapshot import Snapshot
from dcops.model.transcript import NoTape, Tape

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What came of one device: a value or an error, and how long it took."""

    device: Device
    value: T | None
    error: DeviceError | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Fleet:
    """Reads many devices; a device that fails, lies or hangs is an answer like any other."""

    nornir_inventory: Callable[[Sequence[Device]], NornirInventory]
    """Turns devices into Nornir's hosts (the inventory's plugin)."""
    credential_of: Callable[[Device], Credential]
    """Finds a device's login; raises DeviceError when there is none."""
    drivers: Drivers
    trust: Trust
    limits: Limits
    clock: Callable[[], datetime]
    platform_options: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """What the drivers of single platforms are given besides, by platform."""

    def configurations(self, devices: Sequence[Device], then: Callable[[Device, Snapshot], T]) -> Iterator[Answer[T]]:
        """Read every device's configurations and hand each snapshot to `then`; answers come as they finish.

        `then` runs in the device's own thread and inside its limit, so that work on one answer never
        holds up another device. Devices that are read at the same time do not wait for the reader of the iterator.
        """

        def read(device: Device, reader: Reader) -> T:
            reader.open()
            documents, missing = reader.read_configurations()
            # The device's session is over before the answer is looked at: some have very few.
            reader.close()
            return then(device, Snapshot(device.name, device.platform or "", self.clock(), documents, missing))

        return self._with(devices, self.drivers.reader, read, lambda _: NoTape())

    def ask(
        self,
        devices: Sequence[Device],
        work: Callable[[Device, Driver], T],
        *,
        tape_of: Callable[[Device], Tape] = lambda _: NoTape(),
    ) -> Iterator[Answer[T]]:
        """Hand each device's driver to `work`, not yet open; it is closed whatever happens.

        `work` runs in the device's own thread and inside its limit. What `tape_of` gives is told what crosses the
        wire.
        """
        return self._with(devices, self.drivers.of, work, tape_of)

    def visit(self, devices: Sequence[Device], work: Callable[[Device], T]) -> Iterator[Answer[T]]:
        """Let `work` look at each device by its own means, without login and driver, inside the device's limit."""
        return self._each(devices, lambda device, _host: work(device))

    def explained(self, device: Device, error: BaseException) -> DeviceError:
        """What went wrong with a device; never holds a secret of its login."""
        return explain(error, self._secrets(device))

    def _with(
        self,
        devices: Sequence[Device],
        kind_of: Callable[[str | None], type[Any]],
        work: Callable[[Device, Any], T],
        tape_of: Callable[[Device], Tape],
    ) -> Iterator[Answer[T]]:
        """Hand each device's reader or driver to `work`."""
        with undisturbed():
            for platform in {device.platform for device in devices}:
                # Imported here: threads that import NAPALM at the same time can lock each other out.
                with suppress(DeviceError):
                    kind_of(platform)

        def ask(device: Device, host: Host) -> T:
            driver = self._made(kind_of(device.platform), device, tape_of(device))
            live: dict[str, Reader] = host["live"]
            live[device.name] = driver
            try:
                return work(device, driver)
            finally:
                driver.close()
                live.pop(device.name, None)

        return self._each(devices, ask)

    def _each(self, devices: Sequence[Device], work: Callable[[Device, Host], T]) -> Iterator[Answer[T]]:
        by_name = {device.name: device for device in devices}
        answers: queue.SimpleQueue[Answer[T] | BaseException | None] = queue.SimpleQueue()
        live: dict[str, Reader] = {}

        def task(task: Task) -> Result:
            host = task.host
            host["live"] = live
            try:
                return Result(host, result=work(by_name[host.name], host))
            except BaseException as error:  # noqa: BLE001  Nornir would log it with all its values
                return Result(host, failed=True, exception=self.explained(by_name[host.name], error))

        def answered(host: Host, results: MultiResult, seconds: float) -> None:
            result = results[0]
            error = result.exception
            if error is not None and not isinstance(error, DeviceError):
                error = self.explained(by_name[host.name], error)
            value = None if error else result.result
            answers.put(Answer(by_name[host.name], value, error, seconds))

        def abort(name: str) -> None:
            if driver := live.get(name):
                driver.abort()

        def run() -> None:
            try:
                nornir = Nornir(
                    inventory=self.nornir_inventory(devices),
                    runner=DeadlineRunner(self.limits, on_result=answered, abort=abort),
                    config=Config(logging=LoggingConfig(enabled=False)),
                    # Nornir remembers failed hosts and skips them next time: every run starts without memory.
                    data=GlobalState(),
                )
                nornir.run(task)
            except BaseException as error:  # noqa: BLE001  told to the reader, who is in another thread
                answers.put(error)
            else:
                answers.put(None)

        if not devices:
            return
        threading.Thread(target=run, name="fleet", daemon=True).start()
        while (answer := answers.get()) is not None:
            if isinstance(answer, BaseException):
                raise answer
            yield answer

    def _made(self, kind: type[Any], device: Device, tape: Tape) -> Reader:
        credential = self.credential_of(device)
        if device.management is None or device.management.address is None:
            raise DeviceError(
                ErrorKind.INVALID,
                "the inventory gives it no management address",
                next_step="Add management: {ipv4: …} to its entry",
            )
        driver: Reader = kind(
            device.management.address,
            credential.username,
            credential.password.reveal() if credential.password else "",
            timeout=int(self.limits.device_seconds),
            optional_args={**self._optional_args(device, credential), "tape": tape},
        )
        return driver

    def _optional_args(self, device: Device, credential: Credential) -> Mapping[str, Any]:
        assert device.management is not None
        return {
            **self.platform_options.get(device.platform or "", {}),
            "port": device.management.port,
            "secret": credential.enable.reveal() if credential.enable else "",
            "api_key": credential.api_key,
            "key_file": credential.key_file,
            "trust": self.trust,
            "device_name": device.name,
            "tls_name": device.management.tls_name,
            "legacy_algorithms": device.legacy_algorithms is not None,
        }

    def _secrets(self, device: Device) -> tuple[Secret, ...]:
        try:
            credential = self.credential_of(device)
        except DeviceError:
            return ()
        parts = (credential.password, credential.enable, credential.api_key, credential.privacy)
        return tuple(part for part in parts if part)
