"""`civicbus subscribe` as a person at a terminal meets it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import pytest
import typer
from typer.testing import CliRunner, Result

from civicbus.broker.builtin import builtin_broker, with_builtin
from civicbus.broker.topics import create_topics
from civicbus.cli import subscribe_command
from civicbus.connect.publisher import Publisher
from civicbus.domain.vocabulary import Cause
from civicbus.settings import Settings, load_settings
from tests.connect.publishing import birth, death, register
from tests.subscribe.test_subscription import caused

app = typer.Typer(rich_markup_mode=None)
subscribe_command.register(app)


@app.callback()
def several_commands() -> None:
    """Typer leaves out the name of a command that is alone."""


FROM_THE_START = ("--since", "beginning", "--no-follow")


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """A broker with two deaths, one of them of a load, and a birth; and the commands' variables."""
    with builtin_broker() as address:
        settings = with_builtin(load_settings(environment="test"), address)
        monkeypatch.setenv("CIVICBUS_BROKER", address)
        monkeypatch.setenv("CIVICBUS_PARTITIONS", str(settings.partitions))
        monkeypatch.setenv("CIVICBUS_ENVIRONMENT", "test")
        asyncio.run(_fill(settings))
        yield settings


async def _fill(settings: Settings) -> None:
    await create_topics(settings)
    async with Publisher(settings, register()) as publisher:
        for event in (death(1), caused(2, Cause.BULK), birth(3)):
            await publisher.publish(event)


def subscribe(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["subscribe", *arguments])


def rows(result: Result) -> list[list[str]]:
    assert result.exit_code == 0, result.output
    return [line.split("\t") for line in result.stdout.splitlines()]


def test_each_event_is_a_line_under_a_title() -> None:
    title, *found = rows(subscribe("death", *FROM_THE_START))
    assert title[:2] == ["recorded_at", "record"]
    assert [row[1:3] for row in found] == [["Death", "CREATED"]] * 2
    assert all(row[-1].startswith("DECEASED ") for row in found)


def test_topics_are_named_by_themselves_or_by_their_families() -> None:
    found = rows(subscribe("civic.death.v1", "birth", *FROM_THE_START, "--fields", "record"))
    assert sorted(row[0] for row in found[1:]) == ["Birth", "Death", "Death"]


def test_json_has_all_that_an_event_says_or_the_fields_asked_for() -> None:
    result = subscribe("birth", *FROM_THE_START, "--json")
    (found,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert (found["record"], found["header"]["source"]) == ("Birth", "test-register")
    some = subscribe("birth", *FROM_THE_START, "--json", "--fields", "header.source, no.such")
    assert json.loads(some.stdout) == {"header.source": "test-register", "no.such": None}


def test_what_came_of_a_load_is_left_out_where_that_is_asked() -> None:
    fields = ("--fields", "header.cause")
    assert rows(subscribe("death", *FROM_THE_START, *fields, "--without-bulk"))[1:] == [["GENUINE"]]


def test_an_event_about_several_persons_is_shown_once_for_each_where_that_is_asked() -> None:
    assert len(rows(subscribe("birth", *FROM_THE_START))[1:]) == 1
    assert len(rows(subscribe("birth", *FROM_THE_START, "--each-person"))[1:]) == 2


def test_of_what_comes_from_now_on_there_is_nothing_yet() -> None:
    assert len(rows(subscribe("death", "--no-follow"))) == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("deaths",), "did you mean death"),
        (("death", "--only", "deth"), "did you mean Death"),
        (("death", "--settled", "5 days"), "write it as 90m, 12h or 5d"),
        (("death", "--settled", "0d"), "write it as 90m, 12h or 5d"),
        (("death", "--since", "yesterday"), "write a time with its zone"),
        (("death", "--since", "2999-01-01"), "must not lie in the future"),
    ],
)
def test_wrong_usage_ends_with_two_and_says_what_would_be_right(
    arguments: tuple[str, ...], told: str
) -> None:
    result = subscribe(*arguments)
    assert result.exit_code == 2
    assert told.lower() in result.output.lower().replace("\n", " ")


def test_an_unreachable_broker_ends_with_one_and_the_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CIVICBUS_BROKER", "127.0.0.1:1")
    result = subscribe("death", *FROM_THE_START)
    assert result.exit_code == 1
    assert "correct CIVICBUS_BROKER" in result.output
