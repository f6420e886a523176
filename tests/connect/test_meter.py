"""A connector's figures: in Prometheus' form, and with nothing personal in them."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from prometheus_client.parser import text_string_to_metric_families

from civicbus.broker.connection import BrokerError
from civicbus.connect import meter as module
from civicbus.connect.connector import load_connector
from civicbus.connect.deliver import Delivery
from civicbus.connect.inputs.batches import Batch, Taken
from civicbus.connect.json_records import read_json_records
from civicbus.connect.meter import PREFIX, Meter
from civicbus.connect.packing import Packer
from civicbus.connect.runner import Watcher
from civicbus.connect.starting import STARTERS
from civicbus.connect.stretch import stretch_of
from civicbus.domain.families import FAMILIES
from civicbus.registers.systems import JsonInput
from civicbus.settings import load_settings
from civicbus.wire.schemas import load_catalogue

LICENCES = load_connector(STARTERS / "http")
SOURCE = LICENCES.system.source
LABELS = {"source", "reason", "topic", "phase", "error", "outcome"}


def samples(meter: Meter) -> dict[tuple[str, str], float]:
    """Each sample by its name and what its label beside the source says."""
    found = {}
    for family in text_string_to_metric_families(meter.text().decode()):
        for sample in family.samples:
            assert sample.name.startswith(PREFIX)
            assert sample.labels.pop("source") == SOURCE
            assert set(sample.labels) <= LABELS
            assert len(sample.labels) <= 1
            found[sample.name.removeprefix(PREFIX), "".join(sample.labels.values())] = sample.value
    return found


def sample_batch(text: str) -> tuple[Batch, Taken, Delivery]:
    """The records of a file, as if the runner had published them."""
    rules = LICENCES.system.input
    assert isinstance(rules, JsonInput)
    records = list(read_json_records(io.BytesIO(text.encode()), "sample", rules))
    packer = Packer(load_settings(), LICENCES.system, load_catalogue())
    delivery = Delivery()
    delivery.enter(stretch_of(LICENCES, packer, records, datetime.now(UTC)))
    return Batch(records), Taken(delivery.events), delivery


def sample_text() -> str:
    return (LICENCES.folder / "sample.json").read_text(encoding="utf-8")


def test_it_is_a_watcher_of_a_runner() -> None:
    watcher: Watcher = Meter(SOURCE)
    assert isinstance(watcher, Meter)


def test_what_a_batch_came_to_is_counted() -> None:
    meter = Meter(SOURCE)
    meter.took(*sample_batch(sample_text()))
    found = samples(meter)
    assert found["batches_total", ""] == 1
    assert found["rows_total", ""] == 6
    assert found["events_total", ""] == 6
    assert found["records_total", FAMILIES["licence"].topic] == 7  # one corrects whose it is
    assert found["refusals_settled_total", ""] == 0
    assert found["work_seconds_total", "mapping"] > 0
    assert found["work_seconds_total", "encoding"] > 0
    assert found["at_work", ""] == 1


def test_refused_rows_are_counted_by_reason() -> None:
    text = sample_text().replace("2019-04-01", "yesterday").replace("licence.withdrawn", "x")
    meter = Meter(SOURCE)
    meter.took(*sample_batch(text))
    found = samples(meter)
    assert found["rows_refused_total", "date"] == 1
    assert found["rows_refused_total", "code"] == 1


@pytest.mark.parametrize(
    "reason", ["990000195083040026", "Zhang San", "张三", "no reason\nat_all 1", "x" * 40, ""]
)
def test_a_reason_that_is_no_code_is_never_a_label(reason: str) -> None:
    meter = Meter(SOURCE)
    delivery = Delivery()
    delivery.reasons.update({"date": 1, reason: 2})
    meter.took(Batch(), Taken(), delivery)
    found = {key: value for key, value in samples(meter).items() if key[0] == "rows_refused_total"}
    assert found == {("rows_refused_total", "date"): 1, ("rows_refused_total", "other"): 2}


def test_reasons_without_end_are_no_labels_without_end() -> None:
    meter = Meter(SOURCE)
    delivery = Delivery()
    delivery.reasons.update(f"{a}{b}" for a in "abcdefghij" for b in "abcdefghij")
    meter.took(Batch(), Taken(), delivery)
    found = {key: value for key, value in samples(meter).items() if key[0] == "rows_refused_total"}
    assert len(found) <= 51
    assert sum(found.values()) == 100


def test_the_sources_word_is_a_time_in_seconds_and_absent_until_it_is_said() -> None:
    meter = Meter(SOURCE)
    assert ("complete_through_timestamp_seconds", "") not in samples(meter)
    meter.said(datetime(2026, 3, 1, tzinfo=UTC))
    assert samples(meter)["complete_through_timestamp_seconds", ""] == 1_772_323_200


def test_a_failure_is_counted_by_class_and_is_the_reason_until_a_batch_goes_well() -> None:
    meter = Meter(SOURCE)
    assert meter.trouble() == "nothing has been published yet"
    meter.failed(BrokerError("no broker can be reached"), 3)
    assert meter.trouble() == "no broker can be reached (tried again within 3 s)"
    assert samples(meter)["failures_total", "BrokerError"] == 1
    assert samples(meter)["at_work", ""] == 0
    meter.took(Batch(), Taken(), Delivery())
    assert meter.trouble() is None


def test_a_runner_that_hangs_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    meter = Meter(SOURCE)
    meter.took(Batch(), Taken(), Delivery())
    monkeypatch.setattr(module, "SILENT_AFTER", -1.0)
    assert str(meter.trouble()).startswith("no batch has been published for")


def test_two_connectors_in_one_process_have_their_own_figures() -> None:
    first, second = Meter(SOURCE), Meter(SOURCE)
    first.requested("accepted")
    assert ("requests_total", "accepted") not in samples(second)
    assert samples(first)["requests_total", "accepted"] == 1
