"""Typed events from the topics, each once, with receipts, against the built-in broker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from aiokafka import AIOKafkaProducer

from civicbus.broker.builtin import builtin_broker, with_builtin
from civicbus.broker.connection import BrokerError, client_options
from civicbus.connect.publisher import Publisher
from civicbus.domain.events import Annulment, Death, Header, event_id
from civicbus.domain.vocabulary import AnnulmentReason, Cause, Change
from civicbus.settings import Settings, load_settings
from civicbus.subscribe import Delivery, Subscription
from civicbus.subscribe.subscription import Divert
from tests.connect.publishing import birth, death, register

OF_DEATHS = {"test-register": frozenset({"death"})}


async def published(settings: Settings, *events: Death | Annulment) -> None:
    async with Publisher(settings, register()) as publisher:
        for event in events:
            await publisher.publish(event, "death")


async def all_of(subscription: Subscription) -> list[Delivery]:
    async with subscription:
        return [delivery async for delivery in subscription]


def numbers(deliveries: list[Delivery]) -> list[int]:
    return sorted(delivery.event.header.source_sequence for delivery in deliveries)


def caused(number: int, cause: Cause) -> Death:
    event = death(number)
    header: Header = replace(event.header, cause=cause)
    return replace(event, header=header)


def naming(event: Death, change: Change, number: int) -> Death:
    """A correction of a death, or its reinstatement."""
    header: Header = replace(
        event.header,
        event_id=event_id("test-register", change, str(number)),
        change=change,
        target_event_id=event.header.event_id,
        source_sequence=number,
    )
    return replace(event, header=header)


def annulment(event: Death | Annulment, number: int) -> Annulment:
    header: Header = replace(
        event.header,
        event_id=event_id("test-register", "annulment", str(number)),
        change=Change.CREATED,
        target_event_id=event.header.event_id,
        source_sequence=number,
    )
    return Annulment(header, AnnulmentReason.NEVER_HAPPENED)


async def test_events_come_typed_with_their_place_and_the_buss_own_time(settings: Settings) -> None:
    before = datetime.now(UTC)
    await published(settings, death(1), death(2))
    found = await all_of(Subscription(settings, ["death"], follow=False))
    assert numbers(found) == [1, 2]
    for delivery in found:
        assert isinstance(delivery.event, Death)
        assert (delivery.family, delivery.is_bulk) == ("death", False)
        assert delivery.event.header.stands_under(delivery.key)
        assert abs(delivery.recorded_at - before) < timedelta(minutes=1)


async def test_an_event_about_several_persons_comes_once_or_once_for_each(
    settings: Settings,
) -> None:
    async with Publisher(settings, register()) as publisher:
        for number in range(1, 21):
            await publisher.publish(birth(number))  # a child and a mother have numbers
    once = await all_of(Subscription(settings, ["birth"], follow=False))
    assert numbers(once) == list(range(1, 21))
    each = await all_of(Subscription(settings, ["birth"], follow=False, each_person=True))
    assert numbers(each) == sorted([*range(1, 21), *range(1, 21)])
    assert len({delivery.key for delivery in each}) == 40


async def test_what_a_connector_sent_again_after_a_crash_comes_once(settings: Settings) -> None:
    await published(settings, death(1), death(2))
    await published(settings, death(1), death(2), death(3))
    assert numbers(await all_of(Subscription(settings, ["death"], follow=False))) == [1, 2, 3]


async def test_what_is_no_event_is_counted_by_its_reason_and_stops_nobody(
    settings: Settings,
) -> None:
    await published(settings, death(1))
    async with AIOKafkaProducer(**client_options(settings)) as stranger:
        await stranger.send_and_wait("civic.death.v1", b"hello", b"key", partition=0)
        await stranger.send_and_wait("civic.death.v1", b"", b"key", partition=1)
    await published(settings, death(2))
    subscription = Subscription(settings, ["death"], follow=False)
    assert numbers(await all_of(subscription)) == [1, 2]
    assert subscription.refused.total() == 2


async def test_whoever_knows_who_may_publish_is_handed_nobody_elses_events(
    settings: Settings,
) -> None:
    await published(settings, death(1))
    theirs = Subscription(settings, ["death"], follow=False, publishers=OF_DEATHS)
    assert numbers(await all_of(theirs)) == [1]
    others = {"another-register": frozenset({"death"})}
    not_theirs = Subscription(settings, ["death"], follow=False, publishers=others)
    assert await all_of(not_theirs) == []
    assert not_theirs.refused == {"authority": 1}


async def test_record_types_and_several_families_are_chosen(settings: Settings) -> None:
    await published(settings, death(1), annulment(death(1), 2))
    async with Publisher(settings, register()) as publisher:
        await publisher.publish(birth(7))
    both = Subscription(settings, ["death", "birth"], follow=False)
    assert numbers(await all_of(both)) == [1, 2, 7]
    deaths = Subscription(settings, ["death", "birth"], follow=False, only=["Death"])
    assert numbers(await all_of(deaths)) == [1]


async def test_what_comes_of_a_load_is_diverted(settings: Settings) -> None:
    await published(
        settings, caused(1, Cause.BULK), death(2), caused(3, Cause.MIGRATION),
        caused(4, Cause.CORRECTION),
    )  # fmt: skip
    diverted: list[Delivery] = []

    async def aside(delivery: Delivery) -> None:
        diverted.append(delivery)

    divert: Divert = aside
    found = await all_of(Subscription(settings, ["death"], follow=False, divert=divert))
    assert (numbers(found), numbers(diverted)) == ([2, 4], [1, 3])
    everything = await all_of(Subscription(settings, ["death"], follow=False))
    assert numbers(everything) == [1, 2, 3, 4]


@asynccontextmanager
async def taking(settings: Settings, group: str) -> AsyncIterator[AsyncIterator[Delivery]]:
    async with (
        Subscription(settings, ["death"], group=group) as subscription,
        aclosing(subscription.__aiter__()) as deliveries,  # type: ignore[type-var]
    ):
        yield deliveries


async def test_a_group_goes_on_behind_its_receipts_and_has_an_unfinished_event_again(
    settings: Settings,
) -> None:
    await published(settings, *map(death, range(1, 9)))
    async with taking(settings, "office") as deliveries:
        had = [await anext(deliveries) for _ in range(5)]
        # It ends while the fifth is being worked on: that one is not acknowledged.
    async with taking(settings, "office") as deliveries:
        rest = [await asyncio.wait_for(anext(deliveries), 30) for _ in range(4)]
    assert numbers(had[:4] + rest) == list(range(1, 9))
    async with taking(settings, "another") as deliveries:
        everything = [await asyncio.wait_for(anext(deliveries), 30) for _ in range(8)]
    assert numbers(everything) == list(range(1, 9))


async def test_new_events_come_as_they_are_published(settings: Settings) -> None:
    async with Subscription(settings, ["death"]) as subscription:
        deliveries = subscription.__aiter__()
        waiting = asyncio.ensure_future(anext(deliveries))
        await asyncio.sleep(0.5)
        assert not waiting.done()
        await published(settings, death(1))
        assert numbers([await asyncio.wait_for(waiting, 30)]) == [1]
        await deliveries.aclose()  # type: ignore[attr-defined]


SOON = timedelta(seconds=1)


async def test_somebody_who_waits_is_handed_an_event_once_it_has_settled(
    settings: Settings,
) -> None:
    following = Subscription(settings, ["death"], settled=SOON)
    async with following:
        deliveries = following.__aiter__()
        waiting = asyncio.ensure_future(anext(deliveries))
        await published(settings, death(1), death(2))
        await published(settings, annulment(death(1), 11))
        delivery = await asyncio.wait_for(waiting, 30)
        assert numbers([delivery]) == [2]
        assert datetime.now(UTC) - delivery.recorded_at >= SOON
        await deliveries.aclose()  # type: ignore[attr-defined]


async def test_a_missing_topic_is_named_with_its_remedy() -> None:
    with builtin_broker() as address:
        bare = with_builtin(load_settings(environment="test"), address)
        with pytest.raises(BrokerError, match="civicbus topics create"):
            await all_of(Subscription(bare, ["death"], follow=False))


def test_an_unknown_family_is_named_with_those_that_are(settings: Settings) -> None:
    with pytest.raises(ValueError, match=r"no such family: deaths; birth, death"):
        Subscription(settings, ["deaths"])
