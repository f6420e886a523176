"""Every connector's sample rows go through it whole, and its folder has what a folder needs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from civicbus.connect.connector import load_connector
from civicbus.connect.trial import Trial
from civicbus.wire.codec import Codec
from civicbus.wire.schemas import load_catalogue

CONNECTORS = Path(__file__).parents[2] / "connectors"
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
SAMPLES = sorted(CONNECTORS.glob("*/sample*.*"))

LIVES = {
    "nl_brp": ["yes", "no", "yes", "unknown", "yes", "yes", "yes"],
    "uk_lev": ["unknown"] * 5 + ["no"] * 2 + ["unknown"] * 2 + ["no"] * 2,
    "us_deaths": ["no", "no", "no", "no", "no"],
}


def tried(path: Path) -> Trial:
    """The sample, mapped and encoded with nothing refused."""
    codec = Codec(load_catalogue())
    trial = Trial(load_connector(path.parent), NOW)
    with path.open("rb") as stream:
        for mapped in trial.read(stream, path.name, NOW):
            assert mapped.refused == ()
            assert mapped.subject is not None
            for filed in mapped.filed:
                assert codec.decode(codec.encode(filed.event)) == filed.event
    return trial


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.parent.name)
def test_every_row_of_a_sample_is_mapped_and_fits_its_schema(path: Path) -> None:
    assert tried(path).events.total() > 0


@pytest.mark.parametrize("name", sorted(LIVES))
def test_the_lives_in_a_sample_are_those_its_rows_tell_of(name: str) -> None:
    (sample,) = (path for path in SAMPLES if path.parent.name == name)
    trial = tried(sample)
    today = date(2026, 11, 1)
    found = [trial.ask("alive", person, today, NOW).outcome.value for person in trial.persons]
    assert found == LIVES[name]
