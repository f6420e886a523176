"""What a command says when it fails for a reason that its user can mend."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer


@contextmanager
def failures_told(*kinds: type[Exception]) -> Iterator[None]:
    """End with exit code 1 and the error's own text, in place of a traceback.

    Wrong configuration is always among them. Anything else is a fault of ours and keeps its
    traceback.
    """
    from civicbus.settings import ConfigurationError

    told: tuple[type[Exception], ...] = (ConfigurationError, *kinds)
    try:
        yield
    except told as error:
        typer.echo(f"civicbus: {error}", err=True)
        raise typer.Exit(1) from None
