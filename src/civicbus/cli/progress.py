"""A progress bar on standard error, where that is a terminal; nothing elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


def progress_bar(noun: str, *, paced: bool = False) -> Progress:
    """A bar whose tasks count their `count` in this noun; it goes away when it is done.

    One that is `paced` has a `rate` a second as well, and says how long it will take.
    """
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    rate = ", {task.fields[rate]:,.0f}/s" if paced else ""
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn(f"{{task.fields[count]:,}} {noun}{rate}"),
        *([TimeRemainingColumn()] if paced else []),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def per_second(progress: Progress, task: TaskID, count: int) -> float:
    """How many a second, since a task was begun."""
    return count / max(progress.tasks[task].elapsed or 0, 1)
