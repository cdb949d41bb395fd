"""Whether a login will do for what it is used for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dcops.credentials import key_file
from dcops.credentials.provider import lacking_parts, missing_parts
from dcops.model.secret import Credential
from dcops.model.snmp import SHORTEST_PASSWORD


@dataclass(frozen=True, slots=True)
class Fitness:
    """What was found out; nothing of it when the login will do."""

    found: bool
    missing: tuple[str, ...] = ()
    """Parts that it has not."""
    flaw: tuple[str, str] | None = None
    """Why it will not do as it is, and what to do."""

    @property
    def lacking(self) -> bool:
        """A person must add something before it can be used."""
        return not self.found or bool(self.missing)


def fitness(found: Credential | None, *, logs_in: bool = True, parts: Iterable[str] = (), v3: bool = False) -> Fitness:
    """Judge a login. `logs_in`: devices are entered with it; `parts`: what SNMP needs, of version 3 when `v3`."""
    if found is None:
        return Fitness(found=False)
    missing = (*(missing_parts(found) if logs_in else ()), *lacking_parts(found, parts))
    flaw = key_file.flaw(found.key_file) if found.key_file else None
    if flaw is None and v3:
        flaw = _too_short(found, parts)
    return Fitness(found=True, missing=tuple(dict.fromkeys(missing)), flaw=flaw)


def _too_short(found: Credential, parts: Iterable[str]) -> tuple[str, str] | None:
    for part in ("password", "privacy"):
        secret = getattr(found, part)
        if part in parts and secret and len(secret.reveal()) < SHORTEST_PASSWORD:
            return (
                f"its {part} is too short for SNMP version 3, which wants {SHORTEST_PASSWORD} signs or more",
                "Give the agent a longer one, and write the same here",
            )
    return None
