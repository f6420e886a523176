"""How a connector fares, in figures for operators: what Prometheus scrapes, and whether it is well.

A label is a name of ours: the source, a topic, a phase of the work, the class of an error, the code
of a reason. None ever comes out of a row; whatever does not look like a code counts as `other`.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from civicbus.connect.deliver import Delivery
from civicbus.connect.inputs.batches import Batch, Taken

PREFIX = "civicbus_connector_"
CODE = re.compile(r"[a-z][a-z_]{0,31}")
CODES_MAX = 50
OTHER = "other"
SILENT_AFTER = 60.0  # seconds without a batch; a way in gives one every five


class Meter(Collector):
    """Understands how a connector fares; a `Watcher` of its runner.

    `requests` counts what was sent over HTTP, by what became of it: `accepted`, `refused`,
    `invalid`, `conflict`, `unauthorized` or `unavailable`.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._delivery = Delivery()
        self._rows = 0
        self._batches = 0
        self._complete_through: datetime | None = None
        self._failures: Counter[str] = Counter()
        self._requests: Counter[str] = Counter()
        self._trouble: str | None = "nothing has been published yet"
        self._batch_at = time.monotonic()
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def took(self, batch: Batch, taken: Taken, delivery: Delivery) -> None:  # noqa: ARG002
        """A batch is on the bus; `delivery` counts all so far."""
        self._delivery = delivery
        self._rows += sum(len(record.rows) or 1 for record in batch.records)
        self._batches += 1
        self._trouble = None
        self._batch_at = time.monotonic()

    def said(self, complete_through: datetime) -> None:
        """The source's word was published."""
        self._complete_through = complete_through

    def failed(self, error: Exception, pause: float) -> None:
        """Nothing could be read or sent; it is tried again after a pause, in seconds."""
        self._failures[type(error).__name__] += 1
        self._trouble = f"{error} (tried again within {pause:.0f} s)"

    def requested(self, outcome: str) -> None:
        """A request was answered."""
        self._requests[outcome] += 1

    def trouble(self) -> str | None:
        """Why the connector is not at work, in words; `None` if it is."""
        silence = time.monotonic() - self._batch_at
        if self._trouble is None and silence > SILENT_AFTER:
            return f"no batch has been published for {silence:.0f} s"
        return self._trouble

    def text(self) -> bytes:
        """The figures, in Prometheus' text format."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        """The figures, as Prometheus' client wants them."""
        delivery = self._delivery
        yield self._counter("batches", "Batches published", {"": self._batches})
        yield self._counter("rows", "Rows read", {"": self._rows})
        yield self._counter(
            "rows_refused", "Rows refused, by reason", _coded(delivery.reasons), "reason"
        )
        yield self._counter("events", "Events published", {"": delivery.events})
        yield self._counter(
            "records", "Records published, one a person, by topic", delivery.records, "topic"
        )
        settled = {"": delivery.settled}
        yield self._counter("refusals_settled", "Refusals of before that ended", settled)
        yield self._counter(
            "work_seconds", "Seconds spent mapping, encoding, sending", delivery.seconds, "phase"
        )
        yield self._counter("failures", "Failed attempts, by class", self._failures, "error")
        yield self._counter("requests", "Requests answered, by outcome", self._requests, "outcome")
        if self._complete_through is not None:
            yield self._gauge(
                "complete_through_timestamp_seconds",
                "Up to when the source last said that it is complete, in unix seconds",
                self._complete_through.timestamp(),
            )
        well = float(self.trouble() is None)
        yield self._gauge("at_work", "1 if the last batch was published well, else 0", well)

    def _counter(
        self, name: str, told: str, values: Mapping[str, float], label: str = ""
    ) -> CounterMetricFamily:
        labels = ["source", label] if label else ["source"]
        family = CounterMetricFamily(PREFIX + name, told, labels=labels)
        for key, value in values.items():
            family.add_metric([self._source, key][: len(labels)], value)
        return family

    def _gauge(self, name: str, told: str, value: float) -> GaugeMetricFamily:
        family = GaugeMetricFamily(PREFIX + name, told, labels=["source"])
        family.add_metric([self._source], value)
        return family


def _coded(reasons: Mapping[str, int]) -> Counter[str]:
    """Reasons that are codes, and few: a mapping may write any text as its reason."""
    found: Counter[str] = Counter()
    for reason, count in reasons.items():
        known = CODE.fullmatch(reason) and (reason in found or len(found) < CODES_MAX)
        found[reason if known else OTHER] += count
    return found
