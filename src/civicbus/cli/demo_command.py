"""`civicbus demo`: a synthetic city on this machine, in under a minute."""

from __future__ import annotations

import asyncio
import logging
import signal
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Coroutine

STOPPED = 1


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo")(demo)


def demo(
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave everything running until Ctrl-C.")
    ] = False,
    people: Annotated[
        int, typer.Option(min=100, max=100_000, help="How many people the city has.")
    ] = 1500,
    seed: Annotated[
        int | None,
        typer.Option(min=0, max=9999, help="The same seed and day give the same city."),
    ] = None,
) -> None:
    """Play the demonstration: departments publish, questions are asked, answers change.

    Uses the configured broker, else librdkafka's built-in one. Exit code 0 if every answer was the
    expected one.
    """
    from civicbus.broker.connection import BrokerError
    from civicbus.cli.failures import failures_told
    from civicbus.connect.kafka import PublishError
    from civicbus.connect.recount import CutLogError
    from civicbus.demo.departments import DeliveryRefusedError
    from civicbus.demo.processes import NotStartedError
    from civicbus.demo.requester import UnexpectedAnswerError
    from civicbus.demo.run import demonstrate
    from civicbus.demo.show import Show, standard_console
    from civicbus.settings import load_settings

    for name in ("aiokafka", "httpx"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with failures_told(
        BrokerError, CutLogError, DeliveryRefusedError, NotStartedError, PublishError,
        UnexpectedAnswerError,
    ):  # fmt: skip
        show = Show(standard_console())
        try:
            asyncio.run(_until_signal(demonstrate(load_settings(), show, people, seed, keep=keep)))
        except (KeyboardInterrupt, asyncio.CancelledError):
            typer.echo("civicbus demo: stopped", err=True)
            raise typer.Exit(STOPPED) from None


async def _until_signal(demonstration: Coroutine[object, object, None]) -> None:
    """Let SIGTERM end it as Ctrl-C does: with everything stopped that it has started."""
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    await demonstration
