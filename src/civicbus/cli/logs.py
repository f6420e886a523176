"""Logs: one line an occurrence, JSON for machines, coloured for a terminal.

Everything goes through the standard library's logging to standard error, Faust's and aiokafka's
lines too. What is logged names topics, partitions, sources, reasons and classes of errors; never a
person, a person key or a record's content.
"""

from __future__ import annotations

import logging
import sys

import structlog

# Their INFO lines are many; their DEBUG lines would carry record keys.
TALKATIVE = ("faust", "mode", "aiokafka", "httpx", "httpcore", "uvicorn", "kafka", "asyncio")


def configure_logs(level: int = logging.INFO) -> None:
    """Send structlog and the standard library's logging the same way."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer()
        if sys.stderr.isatty()
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
