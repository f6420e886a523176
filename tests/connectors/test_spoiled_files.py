"""Files spoiled at random: nothing crashes, what goes through fits its schema, nobody revives.

Method: bytes of a sample are changed, dropped, inserted, whole lines lost or doubled, by a seeded
generator. Whatever that does to a file, a person who was dead in it may become unknown, never
alive, and a living one never dead: such a change would take a well-formed death, not an accident.
"""

from __future__ import annotations

import io
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from civicbus.connect.connector import Connector, load_connector
from civicbus.connect.rows import UnreadableFileError
from civicbus.connect.trial import Trial
from civicbus.domain.answer import Outcome
from civicbus.domain.identifiers import Identifier
from civicbus.wire.codec import Codec
from civicbus.wire.schemas import load_catalogue

CONNECTORS = Path(__file__).parents[2] / "connectors"
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
FILES = 150
CODEC = Codec(load_catalogue())
BYTES = b'0123456789;,"\r\n\0O \xff\xc3ENSR'
INSERTED = (b";", b",", b'"', b"\n", b"0", b"O", b"20200101")


def outcomes(connector: Connector, data: bytes) -> dict[Identifier, Outcome]:
    """Whether each person of the file lives; every event is encoded on the way."""
    trial = Trial(connector, NOW)
    for mapped in trial.read(io.BytesIO(data), "spoiled.csv", NOW):
        for filed in mapped.filed:
            CODEC.encode(filed.event)
    day = NOW.date()
    return {person: trial.ask("alive", person, day, NOW).outcome for person in trial.persons}


def spoil(data: bytes, chance: random.Random) -> bytes:
    """The data with some accidents behind its header."""
    header, _, rows = data.partition(b"\n")
    for _ in range(chance.choice((1, 1, 2, 5))):
        place = chance.randrange(len(rows))
        lines = rows.split(b"\n")
        line = chance.randrange(len(lines))
        rows = chance.choice(
            (
                rows[:place] + bytes([chance.choice(BYTES)]) + rows[place + 1 :],
                rows[:place] + rows[place + chance.choice((1, 3, 40, 200)) :],
                rows[:place] + chance.choice(INSERTED) + rows[place:],
                b"\n".join(lines[:line] + lines[line + 1 :]),
                b"\n".join(lines[: line + 1] + lines[line:]),
            )
        )
        if not rows:
            break
    return header + b"\n" + rows


@pytest.mark.parametrize("name", ["nl_brp", "us_deaths"])
def test_no_accident_to_a_file_brings_anybody_to_life_or_death(name: str) -> None:
    connector = load_connector(CONNECTORS / name)
    sample = (CONNECTORS / name / "sample.csv").read_bytes()
    before = outcomes(connector, sample)
    opposite = {Outcome.YES: Outcome.NO, Outcome.NO: Outcome.YES}
    chance = random.Random(name)
    compared = 0
    for _ in range(FILES):
        after = outcomes(connector, spoil(sample, chance))
        for person in before.keys() & after.keys():
            assert after[person] is not opposite.get(before[person])
            compared += 1
    assert compared > FILES


@pytest.mark.parametrize("name", ["nl_brp", "us_deaths"])
def test_bytes_that_are_no_file_at_all_are_refused_as_one(name: str) -> None:
    connector = load_connector(CONNECTORS / name)
    chance = random.Random(name)
    for _ in range(FILES):
        with pytest.raises(UnreadableFileError):
            outcomes(connector, chance.randbytes(chance.choice((0, 1, 300, 5000))))
