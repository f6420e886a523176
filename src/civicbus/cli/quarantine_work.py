"""What the quarantine commands do at the broker, each step with its progress bar."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from civicbus.cli.failures import failures_told
from civicbus.cli.progress import progress_bar

if TYPE_CHECKING:
    from civicbus.engine.held import Held, Holdings, Original
    from civicbus.engine.replay import Operator, Verdict
    from civicbus.settings import Settings

Found = TypeVar("Found")


async def read(settings: Settings) -> Holdings:
    """Everything that is held in quarantine."""
    from civicbus.broker.connection import check_reachable
    from civicbus.engine.held import read_holdings

    await check_reachable(settings)
    with progress_bar("records") as progress:
        task = progress.add_task("reading", total=None, count=0)
        return await read_holdings(
            settings,
            lambda read, total: progress.update(task, completed=read, total=total, count=read),
        )


async def original(settings: Settings, held: Held) -> Original:
    """One record itself."""
    from civicbus.engine.held import read_originals

    found = [pair async for batch in read_originals(settings, [held]) for pair in batch]
    return found[0][1]


async def replay(
    settings: Settings, chosen: Collection[Held], *, dry_run: bool, force: bool
) -> list[Verdict]:
    """Try records again; what came, or in a dry run would come, of each."""
    verdicts: list[Verdict] = []
    async with _operator(settings) as operator:
        with progress_bar("records") as progress:
            task = progress.add_task(
                "judging" if dry_run else "replaying", total=len(chosen), count=0
            )
            async for batch in operator.replay(chosen, dry_run=dry_run, force=force):
                verdicts += batch
                progress.update(task, completed=len(verdicts), count=len(verdicts))
    return verdicts


async def dismiss(
    settings: Settings, chosen: Collection[Held], by: str, because: str
) -> list[Held]:
    """Set records aside; those that were."""
    dismissed: list[Held] = []
    async with _operator(settings) as operator:
        with progress_bar("records") as progress:
            task = progress.add_task("dismissing", total=len(chosen), count=0)
            async for batch in operator.dismiss(chosen, by, because):
                dismissed += batch
                progress.update(task, completed=len(dismissed), count=len(dismissed))
    return dismissed


def _operator(settings: Settings) -> Operator:
    from civicbus.cli.guarding import configured_guard
    from civicbus.engine.replay import Operator
    from civicbus.registers.systems import read_systems
    from civicbus.wire.codec import Codec
    from civicbus.wire.registry_client import configured_catalogue
    from civicbus.wire.releases import ReleaseSeal

    catalogue = configured_catalogue(settings.registry)
    guard = configured_guard(settings, catalogue, read_systems(settings.connectors))
    seal = ReleaseSeal(settings.operator_secret_bytes())
    return Operator(settings, Codec(catalogue), guard, seal)


def run(work: Coroutine[Any, Any, Found]) -> Found:
    """Do it; what its user can mend ends the command with its text."""
    # What the client's own lines would say is told with its remedy.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    with failures_told(*failures()):
        return asyncio.run(work)


def failures() -> tuple[type[Exception], ...]:
    """The errors that whoever runs the command can mend."""
    from aiokafka.errors import KafkaError

    from civicbus.broker.connection import BrokerError
    from civicbus.wire.schemas import SchemaError

    return BrokerError, KafkaError, SchemaError
