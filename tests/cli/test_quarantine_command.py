"""`civicbus quarantine` against the built-in broker, as an operator of the bus meets it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer
from aiokafka import AIOKafkaProducer
from typer.testing import CliRunner, Result

from civicbus.broker.builtin import with_builtin
from civicbus.broker.connection import client_options
from civicbus.broker.topics import create_topics
from civicbus.cli import quarantine_command
from civicbus.engine.quarantine import Quarantine, RefusedRecord
from civicbus.settings import Settings, load_settings
from civicbus.wire.row_notes import RowNote
from civicbus.wire.topics import REFUSED_ROW_TOPIC
from tests.connect.publishing import log_of
from tests.engine.samples import TOPIC, Record, codec, death, death_record, key_of

ROOT = Path(__file__).parents[2]
DECLARED = "city-civil-registry"  # one of the connectors that stand in the repository
SECRETS = ("4711", key_of(4711), "us-dc")

app = typer.Typer(rich_markup_mode=None)
quarantine_command.register(app)


@app.callback()
def several_commands() -> None:
    """Typer leaves out the name of a command that is alone."""


def quarantine(*arguments: str, answer: str | None = None) -> Result:
    return CliRunner().invoke(app, ["quarantine", *arguments], input=answer)


@pytest.fixture
def settings(builtin_broker: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    settings = with_builtin(load_settings(), builtin_broker)
    asyncio.run(create_topics(settings))
    monkeypatch.setenv("CIVICBUS_BROKER", builtin_broker)
    monkeypatch.setenv("CIVICBUS_CONNECTORS", str(ROOT / "connectors"))
    return settings


def declared_death(offset: int) -> Record:
    """A death that the guard lets in with the connectors of the repository."""
    event = death(4711)
    event = replace(event, header=replace(event.header, source=DECLARED))
    return Record(offset, key_of(4711).encode(), codec().encode(event))


@pytest.fixture
def held(settings: Settings) -> Settings:
    """One record that would be let in today, one of an unknown source, one that is no event."""
    refused = [
        RefusedRecord(declared_death(1), "authority", "source: may not publish in this topic"),
        RefusedRecord(death_record(2, 4711), "authority", "source: may not publish in this topic"),
        RefusedRecord(Record(3, key_of(4711).encode(), b"4711"), "bad_envelope", "value: short"),
    ]

    async def put_away() -> None:
        async with Quarantine(settings) as topic:
            await topic.put_away(refused)

    asyncio.run(put_away())
    return settings


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def published(settings: Settings) -> list[Any]:
    log = asyncio.run(log_of(settings, TOPIC))
    return [record for records in log.values() for record in records]


def place(offset: int) -> str:
    return f"{TOPIC}/0/{offset}"


@pytest.mark.usefixtures("settings")
def test_an_empty_quarantine_is_told_to_be_empty() -> None:
    result = quarantine("list")
    assert (result.exit_code, result.stdout) == (0, "nothing is in quarantine\n")
    assert quarantine("replay").stdout == "nothing to replay\n"


@pytest.mark.usefixtures("held")
def test_the_list_counts_by_topic_and_reason_and_names_each_place() -> None:
    result = quarantine("list")
    assert result.exit_code == 0, result.output
    told = [line.split() for line in result.stdout.splitlines()]
    assert [TOPIC, "authority", "2", "0", "0"] in told
    assert [TOPIC, "bad_envelope", "1", "0", "0"] in told
    assert [row[0] for row in told if row and "/" in row[0]] == [place(1), place(2), place(3)]
    assert "d" in told[-1]  # its age in days, a number and its unit apart


def test_rows_that_connectors_refused_are_counted_beside_the_records(held: Settings) -> None:
    note = RowNote("an id", "a-register", "death", "a row", "date")

    async def take_note() -> None:
        async with AIOKafkaProducer(**client_options(held)) as connector:
            await connector.send_and_wait(
                REFUSED_ROW_TOPIC, b"its refusal", b"an id", partition=0, headers=note.headers()
            )

    asyncio.run(take_note())
    told = [line.split() for line in quarantine("list").stdout.splitlines()]
    assert ["a-register", "death", "date", "1"] in told
    (group, *records) = lines(quarantine("list", "--topic", "death", "--json"))
    assert (group["source"], group["refusals"], len(records)) == ("a-register", 1, 3)
    assert lines(quarantine("list", "--topic", "birth", "--json")) == []


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize(
    ("options", "offsets"),
    [
        ((), [1, 2, 3]),
        (("--reason", "authority"), [1, 2]),
        (("--topic", "death", "--reason", "bad_envelope"), [3]),
        (("--topic", "civic.death.v1"), [1, 2, 3]),
        (("--topic", "birth"), []),
    ],
)
def test_the_list_is_narrowed_by_topic_and_reason(
    options: tuple[str, ...], offsets: list[int]
) -> None:
    found = lines(quarantine("list", "--json", *options))
    assert [one["place"] for one in found] == [place(offset) for offset in offsets]
    assert all(one["state"] == "open" and one["attempts"] == 1 for one in found)


@pytest.mark.usefixtures("held")
def test_a_person_is_shown_only_where_the_payload_is_asked_for() -> None:
    quiet = [("list",), ("list", "--json"), ("show", place(2)), ("show", place(3), "--json")]
    quiet += [("replay", "--dry-run"), ("replay", "--json"), ("list", "--all")]
    for arguments in quiet:
        result = quarantine(*arguments)
        assert not any(secret in result.output for secret in SECRETS), arguments
    (shown,) = lines(quarantine("show", place(2), "--payload", "--json"))
    assert shown["content_is"] == "Death"
    assert shown["key"] == key_of(4711)
    (person,) = shown["content"]["header"]["concerned"]
    assert person["identifiers"] == [{"scheme": "us-dc", "value": "4711"}]
    assert "us-dc" in quarantine("show", place(2), "--payload").stdout


@pytest.mark.usefixtures("held")
def test_a_payload_that_nobody_can_read_is_shown_byte_by_byte() -> None:
    (shown,) = lines(quarantine("show", place(3), "--payload", "--json"))
    assert shown["content"] == b"4711".hex(" ", 2)
    assert shown["content_is"].startswith("not readable")


def test_a_dry_run_tells_what_would_come_and_publishes_nothing(held: Settings) -> None:
    result = quarantine("replay", "--dry-run")
    assert result.exit_code == 1
    told = [line.split() for line in result.stdout.splitlines()]
    assert ["replayed", "1"] in told
    assert ["refused", "again", "authority", "1"] in told
    assert published(held) == []
    assert [one["attempts"] for one in lines(quarantine("list", "--json"))] == [1, 1, 1]


def test_replay_publishes_what_is_let_in_today_and_tells_what_is_not(held: Settings) -> None:
    result = quarantine("replay", "--json")
    assert result.exit_code == 1
    outcomes = {one["place"]: (one["outcome"], one["reason"]) for one in lines(result)}
    assert outcomes == {
        place(1): ("replayed", ""),
        place(2): ("refused_again", "authority"),
        place(3): ("refused_again", "bad_envelope"),
    }
    (copy,) = published(held)
    assert copy.value == declared_death(1).value
    found = {one["place"]: one for one in lines(quarantine("list", "--all", "--json"))}
    assert [found[place(n)]["state"] for n in (1, 2, 3)] == ["replayed", "open", "open"]
    assert [found[place(n)]["attempts"] for n in (1, 2, 3)] == [2, 2, 2]


@pytest.mark.usefixtures("held")
def test_replay_of_what_goes_in_ends_well() -> None:
    assert quarantine("replay", place(1)).exit_code == 0
    again = quarantine("replay", place(1))
    assert again.exit_code == 1
    assert "replayed already" in again.stdout
    assert quarantine("replay", place(1), "--force").exit_code == 0


@pytest.mark.usefixtures("held")
def test_a_dismissal_needs_places_a_reason_and_a_yes() -> None:
    assert quarantine("dismiss", "--because", "junk").exit_code == 2
    assert quarantine("dismiss", place(3)).exit_code == 2
    said_no = quarantine("dismiss", place(3), "--because", "junk", answer="n\n")
    assert said_no.exit_code == 1
    assert [one["state"] for one in lines(quarantine("list", "--json"))] == ["open"] * 3


def test_who_dismissed_a_record_and_why_can_be_read_afterwards(held: Settings) -> None:
    arguments = ("dismiss", place(3), "--because", "a test of the vendor's", "--by", "duty desk")
    result = quarantine(*arguments, answer="y\n")
    assert result.exit_code == 0, result.output
    assert len(published(held)) == 1
    (shown,) = lines(quarantine("show", place(3), "--json"))
    assert (shown["state"], shown["dismissed_by"]) == ("dismissed", "duty desk")
    assert shown["because"] == "a test of the vendor's"
    again = quarantine(*arguments, "--yes")
    assert (again.exit_code, len(published(held))) == (1, 1)


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize("command", ["show", "replay"])
def test_a_place_that_is_wrong_or_not_there_is_refused(command: str) -> None:
    assert quarantine(command, "civic.death.v1/0").exit_code == 2
    assert quarantine(command, "civic.quarantine.v1/0/1").exit_code == 2
    missing = quarantine(command, place(77))
    assert missing.exit_code == 1
    assert "not in quarantine" in missing.stderr


@pytest.mark.parametrize("command", [("replay",), ("dismiss", "X", "--because", "junk", "--yes")])
def test_without_the_operators_secret_nobody_releases_in_production(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIVICBUS_PROFILE", "production")
    monkeypatch.setenv("CIVICBUS_SECRET", "connectors know this one")
    monkeypatch.setenv("CIVICBUS_BROKER", "127.0.0.1:1")
    monkeypatch.setenv("CIVICBUS_BROKER_TLS", "true")
    result = quarantine(*(place(1) if part == "X" else part for part in command))
    assert result.exit_code == 1
    assert "set CIVICBUS_OPERATOR_SECRET" in result.stderr


def test_without_a_broker_the_setting_is_named() -> None:
    result = quarantine("list")
    assert result.exit_code == 1
    assert "CIVICBUS_BROKER" in result.stderr
