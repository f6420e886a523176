"""The guard as the configuration has it: the workers' and that of every command that judges."""

from __future__ import annotations

from collections.abc import Iterable

from civicbus.registers.systems import System, publishers
from civicbus.settings import Settings
from civicbus.wire.guard import Guard
from civicbus.wire.releases import ReleaseSeal
from civicbus.wire.schemas import Catalogue


def configured_guard(settings: Settings, catalogue: Catalogue, systems: Iterable[System]) -> Guard:
    """The guard over what these systems publish."""
    return Guard(
        catalogue,
        publishers(systems),
        settings.environment,
        settings.guard,
        ReleaseSeal(settings.operator_secret_bytes()),
    )
