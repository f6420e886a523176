"""Processes beside this one, for pure work that Python's lock would let nobody do at once."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from civicbus.collector import calm_collector


def processes(count: int, prepare: Callable[..., None], *given: Any) -> ProcessPoolExecutor:
    """So many processes, in each of which `prepare` is called first, with what is given.

    They are started with the first work, and end with this process, however it ends; signals are
    for this process alone.
    """
    # Spawned, since a fork would carry the broker's connections along.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(count, context, initializer=_begin, initargs=(prepare, given))


def _begin(prepare: Callable[..., None], given: tuple[Any, ...]) -> None:
    for signalled in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signalled, signal.SIG_IGN)  # whoever started us ends us
    threading.Thread(target=_end_with_parent, daemon=True).start()
    prepare(*given)
    calm_collector()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
