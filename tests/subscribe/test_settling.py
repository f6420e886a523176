"""What has been said about an event since, and whether it is handed on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from civicbus.domain.events import Annulment, Death, Event, Header, event_id
from civicbus.domain.vocabulary import AnnulmentReason, Change, LegalState
from civicbus.subscribe.delivery import Delivery
from civicbus.subscribe.settling import Settling
from tests.connect.publishing import death

PLACE = ("civic.death.v1", 0)
BEGUN = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


class Topic:
    """Understands a partition in which something is recorded every hour."""

    def __init__(self) -> None:
        self.settling = Settling(DAY)
        self.settling.begin(PLACE)
        self.recorded: list[Delivery] = []

    def record(self, event: Event, at: timedelta | None = None) -> Event:
        moment = BEGUN + (HOUR * len(self.recorded) if at is None else at)
        self.recorded.append(Delivery(event, "death", "key", 0, len(self.recorded), moment))
        self.settling.hear(PLACE, event, moment)
        return event

    def handed_on(self) -> list[Event]:
        return [one.event for one in self.recorded if self.settling.holds(PLACE, one)]


def named(event: Event, change: Change, name: str) -> Header:
    return replace(
        event.header,
        event_id=event_id("test-register", name),
        change=change,
        target_event_id=event.header.event_id,
    )


def corrected(event: Death, name: str = "correction") -> Death:
    return replace(event, header=named(event, Change.CORRECTED, name))


def ended(event: Death) -> Death:
    return replace(event, header=named(event, Change.ENDED, "end"))


def withdrawn(event: Event, name: str = "withdrawal") -> Annulment:
    return Annulment(named(event, Change.CREATED, name), AnnulmentReason.NEVER_HAPPENED)


@pytest.fixture
def topic() -> Topic:
    return Topic()


def test_an_event_of_which_nothing_was_said_is_handed_on(topic: Topic) -> None:
    assert topic.handed_on() == []
    one = topic.record(death(1))
    assert topic.handed_on() == [one]


def test_one_that_was_withdrawn_is_not_and_neither_is_its_withdrawal(topic: Topic) -> None:
    topic.record(withdrawn(topic.record(death(1))))
    other = topic.record(death(2))
    assert topic.handed_on() == [other]


def test_what_was_said_too_late_changes_nothing_and_is_handed_on_itself(topic: Topic) -> None:
    one = topic.record(death(1))
    late = topic.record(withdrawn(one), DAY + HOUR)
    assert topic.handed_on() == [one, late]


def test_of_a_corrected_event_the_last_correction_is_handed_on(topic: Topic) -> None:
    first = death(1)
    topic.record(first)
    second = corrected(first, "once")
    topic.record(second)
    third = topic.record(corrected(second, "twice"))
    assert topic.handed_on() == [third]


def test_an_event_stands_again_when_its_correction_is_withdrawn(topic: Topic) -> None:
    first = death(1)
    topic.record(first)
    topic.record(withdrawn(topic.record(corrected(first))))
    assert topic.handed_on() == [first]


def test_what_is_about_a_withdrawn_event_goes_with_it(topic: Topic) -> None:
    first = death(1)
    topic.record(first)
    topic.record(corrected(first))
    topic.record(ended(first))
    topic.record(withdrawn(first))
    assert topic.handed_on() == []


def test_nobody_else_withdraws_an_event_but_a_court(topic: Topic) -> None:
    first, second = topic.record(death(1)), topic.record(death(2))
    for event, state in ((first, LegalState.REGISTERED), (second, LegalState.DECLARED)):
        said = withdrawn(event, f"by another {state}")
        header = replace(said.header, source="another-register", legal_state=state)
        topic.record(replace(said, header=header))
    handed_on = topic.handed_on()
    assert first in handed_on
    assert second not in handed_on


def test_a_withdrawal_that_is_lifted_in_time_leaves_the_event_standing(topic: Topic) -> None:
    first = death(1)
    topic.record(first)
    lifted = withdrawn(first)
    topic.record(lifted)
    again = replace(first, header=named(first, Change.REINSTATED, "again"))
    topic.record(again)
    assert topic.handed_on() == [first, lifted, again]


def test_an_end_withdraws_nothing(topic: Topic) -> None:
    first = death(1)
    topic.record(first)
    end = topic.record(ended(first))
    assert topic.handed_on() == [first, end]


def test_a_chain_of_hundreds_and_events_that_name_each_other_are_weighed(topic: Topic) -> None:
    event = death(1)
    topic.record(event, timedelta())
    for number in range(300):
        event = corrected(event, str(number))
        topic.record(event, timedelta(seconds=number + 1))
    assert topic.handed_on() == [event]
    around = Topic()
    one, other = withdrawn(death(2), "one"), withdrawn(death(3), "other")
    one = replace(one, header=replace(one.header, target_event_id=other.header.event_id))
    other = replace(other, header=replace(other.header, target_event_id=one.header.event_id))
    around.record(one)
    around.record(other)
    assert len(around.handed_on()) < 2


def test_what_can_no_longer_matter_is_forgotten(topic: Topic) -> None:
    for number in range(50):
        topic.record(withdrawn(topic.record(death(number)), str(number)), DAY * number)
    topic.handed_on()
    kept = topic.settling._partitions[PLACE]
    assert len(kept.about) < 5
    assert len(kept.left_out) < 5


def test_nothing_has_settled_before_all_since_has_been_heard(topic: Topic) -> None:
    topic.record(death(1))
    assert not topic.settling.has_settled(PLACE, BEGUN)
    topic.settling.reached(PLACE, BEGUN + DAY - HOUR)
    assert not topic.settling.has_settled(PLACE, BEGUN)
    topic.settling.reached(PLACE, BEGUN + DAY)
    assert topic.settling.has_settled(PLACE, BEGUN)
