"""What a connector could not map is unknown until the very row can be mapped, and then no more."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from civicbus.broker.builtin import with_builtin
from civicbus.broker.connection import client_options
from civicbus.broker.topics import create_topics
from civicbus.connect.connector import Connector, load_connector
from civicbus.connect.deliver import Delivery, deliver
from civicbus.connect.position import load
from civicbus.connect.publisher import Publisher
from civicbus.connect.refusals import refusal_of, settlement_of
from civicbus.domain import proofs
from civicbus.domain.answer import Question
from civicbus.domain.authority import Authorities
from civicbus.domain.dossier import Dossier, Entry
from civicbus.domain.events import Annulment, Refusal
from civicbus.domain.identifiers import Identifier
from civicbus.engine.held import read_holdings
from civicbus.settings import Settings, load_settings
from civicbus.wire.row_notes import RowNote, read_note
from civicbus.wire.topics import REFUSED_ROW_TOPIC
from tests.connect.publishing import CODEC, check_counts, events_in, log_of

CONNECTOR = Path(__file__).parents[2] / "connectors" / "city_social_security"
HEADER = "claim,claimed_at,person,date_of_death"
DEATHS = "civic.death.v1"
PERSONS = ("990000194891200011", "990000194701200011")
# What is put in place of what, for a mapping that knows another form of dates as well.
MENDED = {
    "CLAIMS.header(row, insured)": "CLAIMS.header(_mended(row), insured)",
    "import Iterator\n": "import Iterator\nfrom dataclasses import replace\n",
    "import Outcome, Record, identifier": "import Outcome, Record, Row, identifier",
}
LENIENT = """

def _mended(row: Row) -> Row:
    day = row["date_of_death"].split(".")
    if len(day) == 3:
        return replace(row, cells={**row.cells, "date_of_death": "-".join(reversed(day))})
    return row
"""


@pytest.fixture
async def settings(builtin_broker: str) -> Settings:
    settings = with_builtin(load_settings(), builtin_broker)
    await create_topics(settings)
    return settings


@pytest.fixture
def broken(tmp_path: Path) -> Connector:
    """The connector, which knows dates in one form only."""
    shutil.copytree(CONNECTOR, tmp_path / "connector")
    return load_connector(tmp_path / "connector")


@pytest.fixture
def mended(tmp_path: Path, broken: Connector) -> Connector:
    """The same connector with a mapping that knows another form as well."""
    shutil.copytree(broken.folder, tmp_path / "mended")
    path = tmp_path / "mended" / "mapping.py"
    text = path.read_text("utf-8")
    for before, after in MENDED.items():
        assert before in text
        text = text.replace(before, after, 1)
    path.write_text(text + LENIENT, "utf-8")
    return load_connector(tmp_path / "mended")


def claim(number: int, died: str = "2026-01-30", person: str = PERSONS[0]) -> str:
    return f"{number},2026-02-01T09:00:00+08:00,{person},{died}"


ODD = claim(2, "30.01.2026")


async def delivered(
    settings: Settings, connector: Connector, *rows: str, processes: int = 1
) -> Delivery:
    now = datetime.now(UTC)
    async with Publisher(settings, connector.system) as publisher:
        delivery = await deliver(
            connector, file_of(*rows), "claims.csv", publisher, now, processes=processes
        )
        await publisher.watermark(datetime.now(UTC))
    return delivery


def file_of(*rows: str) -> io.BytesIO:
    return io.BytesIO("\n".join([HEADER, *rows, ""]).encode())


async def published(settings: Settings) -> list[Any]:
    """Every event on the bus, in the order of its partition, repetitions among them."""
    log = await log_of(settings, DEATHS)
    assert check_counts(log, "city-social-security") >= 0
    return [event for _, event in events_in(log)]


async def reason(settings: Settings, person: str = PERSONS[0]) -> str:
    """Why the proof `deceased` says what it says of a person, by what is on the bus."""
    now = datetime.now(UTC)
    found = events_in(await log_of(settings, DEATHS))
    asked = Identifier("cn-rid", person)

    def dossier(need: Any) -> Dossier:
        entries = [Entry("death", event, now) for key, event in found if key == need.person_key]
        return Dossier(need.person_key, tuple(entries) if "death" in need.families else ())

    keys = [k for k, e in found if asked in e.header.concerned[0].identifiers]
    question = Question(asked, keys[0], date(2026, 6, 1), now)
    return proofs.run(proofs.start("deceased", question, Authorities()), dossier).reason


@pytest.mark.parametrize("processes", [1, 2])
async def test_when_the_mapping_is_mended_the_rows_event_goes_out_and_its_refusal_ends(
    settings: Settings, broken: Connector, mended: Connector, processes: int
) -> None:
    await delivered(settings, broken, claim(1), ODD, processes=processes)
    assert await reason(settings) == "quarantined"
    delivery = await delivered(settings, mended, claim(1), ODD, processes=processes)
    assert (delivery.refused_count, delivery.settled) == (0, 1)
    kinds = [type(event).__name__ for event in await published(settings)]
    assert kinds == ["Death", "Refusal", "Death", "Death", "Annulment"]
    assert await reason(settings) != "quarantined"


async def test_the_same_file_once_more_settles_nothing_twice(
    settings: Settings, broken: Connector, mended: Connector
) -> None:
    await delivered(settings, broken, ODD)
    await delivered(settings, mended, ODD)
    again = await delivered(settings, mended, ODD)
    assert again.settled == 0
    kinds = [type(event).__name__ for event in await published(settings)]
    assert kinds == ["Refusal", "Death", "Annulment", "Death"]


async def test_while_the_mapping_is_broken_the_refusal_stays_one(
    settings: Settings, broken: Connector
) -> None:
    for _ in range(3):
        assert (await delivered(settings, broken, ODD)).settled == 0
    ids = {event.header.event_id for event in await published(settings)}
    assert len(ids) == 1
    assert await notes(settings) == [False]


async def test_a_mapping_that_breaks_again_raises_a_new_refusal(
    settings: Settings, broken: Connector, mended: Connector
) -> None:
    for connector in (broken, mended, broken):
        await delivered(settings, connector, ODD)
    assert await reason(settings) == "quarantined"
    refusals = {e.header.event_id for e in await published(settings) if isinstance(e, Refusal)}
    assert len(refusals) == 2
    await delivered(settings, mended, ODD)
    assert await reason(settings) != "quarantined"


async def test_another_row_of_the_same_person_settles_nothing(
    settings: Settings, broken: Connector
) -> None:
    await delivered(settings, broken, ODD)
    delivery = await delivered(settings, broken, claim(2), claim(3))
    assert delivery.settled == 0
    assert await reason(settings) == "quarantined"


async def test_two_rows_of_one_person_are_settled_each_for_itself(
    settings: Settings, broken: Connector, mended: Connector
) -> None:
    await delivered(settings, broken, ODD, claim(3, "31.01.2026"))
    assert (await delivered(settings, mended, ODD)).settled == 1
    assert await reason(settings) == "quarantined"
    assert (await delivered(settings, mended, claim(3, "31.01.2026"))).settled == 1
    assert await reason(settings) != "quarantined"


async def test_a_row_whose_event_is_refused_after_mapping_marks_its_person_and_stays_open(
    settings: Settings, broken: Connector, mended: Connector
) -> None:
    ahead = (datetime.now(UTC) + timedelta(hours=2)).isoformat(timespec="seconds")
    row = f"2,{ahead},{PERSONS[0]},30.01.2026"
    await delivered(settings, broken, row)
    assert (await delivered(settings, mended, row)).settled == 0
    assert (await delivered(settings, mended, row)).settled == 0
    assert await reason(settings) == "quarantined"


async def loaded(
    settings: Settings, connector: Connector, position: datetime, *rows: str
) -> Delivery:
    async with Publisher(settings, connector.system) as publisher:
        now = datetime.now(UTC)
        return await load(connector, file_of(*rows), "all.csv", publisher, now, position)


async def test_a_row_that_a_later_snapshot_of_the_register_no_longer_holds_is_settled(
    settings: Settings, broken: Connector
) -> None:
    before = datetime.now(UTC) - timedelta(minutes=1)
    other = claim(3, "31.01.2026", PERSONS[1])
    await delivered(settings, broken, ODD, other)
    assert (await loaded(settings, broken, before, claim(2))).settled == 0
    assert await reason(settings) == "quarantined"
    corrected = await loaded(settings, broken, datetime.now(UTC), claim(2), other)
    assert corrected.settled == 1
    assert await reason(settings) != "quarantined"
    assert await reason(settings, PERSONS[1]) == "quarantined"


async def test_a_sources_notes_stand_in_one_partition_under_the_ids_of_its_refusals(
    settings: Settings, broken: Connector
) -> None:
    """So its connector reads its own only, and compaction keeps the last word on each."""
    await delivered(settings, broken, ODD, claim(3, "31.01.2026", PERSONS[1]))
    log = await log_of(settings, REFUSED_ROW_TOPIC)
    (found,) = (records for records in log.values() if records)
    ids = {
        event.header.event_id for event in await published(settings) if isinstance(event, Refusal)
    }
    assert {record.key.decode() for record in found} == ids
    assert len(ids) == 2


async def notes(settings: Settings) -> list[bool]:
    """Whether each note says that a refusal is settled, in their order."""
    log = await log_of(settings, REFUSED_ROW_TOPIC)
    found = [read_note(record.headers) for records in log.values() for record in records]
    return [note.settled for note in found if note is not None]


@pytest.mark.parametrize("name", ["publish_block", "flush"])
async def test_a_crash_between_a_note_and_what_it_tells_of_loses_no_refusal(
    settings: Settings,
    broken: Connector,
    mended: Connector,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    async def crash(*_: object) -> None:
        raise ConnectionError("the process ends here")

    for connector in (broken, mended):
        with monkeypatch.context() as patched:
            patched.setattr(Publisher, name, crash)
            with pytest.raises(ConnectionError):
                await delivered(settings, connector, ODD)
        await delivered(settings, connector, ODD)
        assert (await reason(settings) == "quarantined") is (connector is broken)
    events = await published(settings)
    ids = {event.header.event_id for event in events if isinstance(event, Refusal | Annulment)}
    assert len(ids) == 2


async def test_refused_rows_are_counted_with_what_is_in_quarantine(
    settings: Settings, broken: Connector, mended: Connector
) -> None:
    await delivered(settings, broken, ODD, claim(3, "31.01.2026", PERSONS[1]))
    holdings = await read_holdings(settings, lambda _, __: None)
    assert [(note.source, note.family, note.reason) for note in holdings.rows.values()] == [
        ("city-social-security", "death", "date")
    ] * 2
    assert (holdings.held, holdings.foreign) == ({}, 0)
    await delivered(settings, mended, ODD)
    assert len((await read_holdings(settings, lambda _, __: None)).rows) == 1


def spoiled(change: Callable[[dict[str, bytes]], Any]) -> list[tuple[str, bytes]]:
    note = RowNote("an id", "city-social-security", "death", "a row", "date")
    headers = dict(note.headers())
    change(headers)
    return list(headers.items())


@pytest.mark.parametrize(
    "headers",
    [
        spoiled(lambda _: None),
        spoiled(lambda found: found.pop("x-row-row")),
        spoiled(lambda found: found.update({"x-reason": b"authority"})),
    ],
    ids=["no event", "not whole", "with other headers"],
)
async def test_what_others_write_among_the_notes_does_not_stop_a_connector(
    settings: Settings, broken: Connector, headers: list[tuple[str, bytes]]
) -> None:
    async with AIOKafkaProducer(**client_options(settings)) as stranger:
        for partition in range(settings.partitions):
            await stranger.send_and_wait(
                REFUSED_ROW_TOPIC, b"hello", b"key", partition=partition, headers=headers
            )
    delivery = await delivered(settings, broken, claim(1))
    assert (delivery.events, delivery.settled) == (1, 0)


def test_a_settlement_names_its_refusal_and_is_the_same_each_time() -> None:
    refusal = refusal_of("a", "death", Identifier("cn-rid", PERSONS[0]), "date", "00")
    settled = settlement_of(refusal)
    assert settled == settlement_of(refusal)
    assert settled.header.target_event_id == refusal.header.event_id
    assert settled.header.source == refusal.header.source
    assert CODEC.decode(CODEC.encode(settled)) == settled
