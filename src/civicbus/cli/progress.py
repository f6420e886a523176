"""A progress bar on standard error, where that is a terminal; nothing elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress


def progress_bar(noun: str) -> Progress:
    """A bar whose tasks count their `count` in this noun; it goes away when it is done."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[count]:,} " + noun),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
