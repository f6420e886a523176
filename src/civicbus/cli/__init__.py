"""The command line: `civicbus COMMAND`. Each command stands in a module of its own.

Exit codes: 0 answered or done, 1 refused or failed, 2 wrong usage, 3 not finished: the same command
again goes on.
"""

from __future__ import annotations

import importlib

import typer

COMMANDS: tuple[str, ...] = (
    "connect_command",
    "connector_command",
    "demo_command",
    "kafka_command",
    "load_command",
    "proofs_command",
    "prove_command",
    "quarantine_command",
    "schemas_command",
    "store_command",
    "subscribe_command",
    "sweep_command",
    "topics_command",
    "try_command",
    "worker_command",
)

app = typer.Typer(
    name="civicbus",
    help="Ask the registers, not the citizen.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # locals hold personal data
    rich_markup_mode=None,
)


def main() -> None:
    """Run the command line."""
    for name in COMMANDS:
        importlib.import_module(f"civicbus.cli.{name}").register(app)
    app()
