"""JSON files spoiled at random: as `test_spoiled_files` for rows, so for records."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from pathlib import Path

import pytest

from civicbus.connect.connector import load_connector
from civicbus.connect.rows import UnreadableFileError
from civicbus.domain.answer import Outcome
from tests.connectors.test_spoiled_files import FILES, outcomes, spoil

FOLDER = Path(__file__).parents[2] / "connectors" / "uk_lev"
CONNECTOR = load_connector(FOLDER)
ARRAY = (FOLDER / "sample.json").read_bytes()
LINES = b"\n".join(json.dumps(record).encode() for record in json.loads(ARRAY))
IN_DOUBT = (Outcome.UNKNOWN, Outcome.DISPUTED)
# What tells a record of its brackets, its texts and its flags.
MARKS = b'{}[]",:\\'


@pytest.mark.parametrize("data", [ARRAY, b"\n" + LINES], ids=["array", "lines"])
def test_no_accident_to_a_file_brings_anybody_to_life_or_death(data: bytes) -> None:
    before = outcomes(CONNECTOR, data)
    assert Outcome.NO in before.values()
    chance = random.Random(len(data))
    compared = 0
    for _ in range(FILES):
        for person, after in outcomes(CONNECTOR, spoil(data, chance)).items():
            if person in before:
                assert after in {before[person], *IN_DOUBT}
                compared += 1
    assert compared > FILES


def test_no_mark_lost_or_put_in_brings_anybody_to_life_or_death() -> None:
    before = outcomes(CONNECTOR, LINES)
    chance = random.Random(1)
    places = [at for at, byte in enumerate(LINES) if at > 0 and byte in MARKS]
    for at in chance.sample(places, FILES):
        for put_in in (b"", bytes([chance.choice(MARKS)])):
            after = outcomes(CONNECTOR, LINES[:at] + put_in + LINES[at + 1 :])
            for person in before.keys() & after.keys():
                assert after[person] in {before[person], *IN_DOUBT}


def test_bytes_that_are_no_file_at_all_make_nobody_known() -> None:
    chance = random.Random(2)
    for start in (b"", b"[", b"{"):
        for size in (0, 1, 300, 5000):
            for _ in range(20):
                with suppress(UnreadableFileError):
                    assert outcomes(CONNECTOR, start + chance.randbytes(size)) == {}
