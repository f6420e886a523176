"""The catalogue of bad input, A22 to A29: who may say what, where, under which key, and when.

Each hostile record stands in the middle of a block of good ones. It must be refused with the
reason of the catalogue, and nothing else in the block may suffer.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest

from civicbus.domain.dates import PartialDate
from civicbus.domain.events import Birth, Concerned, Death
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import LegalState, Role
from civicbus.wire.guard import WORTH_SCREENING, Guard, Mode
from civicbus.wire.records import to_millis
from tests.wire.corpus import (
    PUBLISHERS,
    Record,
    catalogue,
    codec,
    family_of,
    good_records,
    record_of,
    topic_of,
    watermark,
)
from tests.wire.makers import ENVIRONMENT, KINDS, NOW, SOURCES, event, key_of
from tests.wire.verdicts import reasons, record_with_date, verdicts


@pytest.mark.parametrize("mode", get_args(Mode))
@pytest.mark.parametrize("kind", KINDS)
def test_a22_a_source_may_not_publish_in_a_family_that_is_not_its_own(
    mode: Mode, kind: str
) -> None:
    others = PUBLISHERS[SOURCES[0]] - {family_of(kind)}
    narrow = Guard(catalogue(), {SOURCES[0]: others}, ENVIRONMENT, mode)
    judgement = narrow.judge(topic_of(kind), good_records(kind, 20))
    assert {item.reason for item in judgement.refused} == {"authority"}
    assert len(judgement.refused) == 20
    assert judgement.event_ids == [None] * 20 == judgement.sources


@pytest.mark.parametrize("mode", get_args(Mode))
@pytest.mark.parametrize("kind", [kind for kind in KINDS if family_of(kind) != "court"])
def test_a22_only_a_source_that_publishes_for_a_court_may_declare(mode: Mode, kind: str) -> None:
    without_court = {SOURCES[0]: PUBLISHERS[SOURCES[0]] - {"court"}}
    register, court = (
        Guard(catalogue(), publishers, ENVIRONMENT, mode)
        for publishers in (without_court, PUBLISHERS)
    )
    records = []
    for number in range(WORTH_SCREENING):
        said = event(kind, number)
        header = replace(said.header, source=SOURCES[0], legal_state=LegalState.DECLARED)
        records.append(record_of(replace(said, header=header)))
    refused = register.judge(topic_of(kind), records).refused
    assert [item.reason for item in refused] == ["authority"] * WORTH_SCREENING
    assert court.judge(topic_of(kind), records).refused == []


def test_a22_a_source_that_nobody_knows_may_not_publish(guard: Guard) -> None:
    said = event("Death")
    foreign = Death(replace(said.header, source="somebody-else"))
    assert reasons(guard, "civic.death.v1", record_of(foreign)) == {"authority"}


def test_a22_a_watermark_is_taken_only_from_a_source_that_publishes_there(guard: Guard) -> None:
    bad = record_of(watermark(source="somebody-else"))
    assert reasons(guard, "civic.death.v1", bad) == {"authority"}


@pytest.mark.parametrize("kind", KINDS)
def test_a23_a_record_under_somebody_elses_key_is_refused(guard: Guard, kind: str) -> None:
    for key in (key_of(12345).encode(), b"", b"x", None, b"source:city-registry"):
        bad = replace(record_of(event(kind)), key=key)
        assert reasons(guard, topic_of(kind), bad) == {"key_mismatch"}, key


def test_a23_the_same_event_stands_under_each_person_concerned(guard: Guard) -> None:
    said = next(e for e in (event("Birth", n) for n in range(9)) if len(e.header.keys()) == 3)
    records = [
        replace(record_of(said), key=(c.person_key or "").encode()) for c in said.header.concerned
    ]
    assert verdicts(guard, "civic.birth.v1", *records) == []


@pytest.mark.parametrize("key", [key_of(1).encode(), b"source:population-register", b"", None])
def test_a23_a_watermark_stands_under_the_name_of_its_source(
    guard: Guard, key: bytes | None
) -> None:
    bad = replace(record_of(watermark()), key=key)
    assert reasons(guard, "civic.birth.v1", bad) == {"key_mismatch"}


@pytest.mark.parametrize("key", ["", "a", "A" * 26, "1" * 26, "a" * 25, "a" * 27])
def test_a23_a_person_key_of_another_form_is_refused(guard: Guard, key: str) -> None:
    said = event("Death")
    who = replace(said.header.concerned[0], person_key=key)
    spouse = Concerned(Role.PARTNER, (Identifier("us-dc", "77"),), key_of(77))
    bad = Record(
        key_of(77).encode(),
        codec().encode(Death(replace(said.header, concerned=(who, spouse)))),
    )
    assert reasons(guard, "civic.death.v1", bad) == {"text"}


def test_a27_what_happened_after_it_was_registered_is_refused(guard: Guard) -> None:
    said = event("Birth")
    registered = said.header.registered_at
    two_days = (registered + timedelta(days=2)).date()
    for year, month, day in (
        (two_days.year, two_days.month, two_days.day),
        (registered.year + 1, None, None),
        (registered.year + 150, 1, 1),
    ):
        bad = record_with_date(said, "header.occurred", year, month, day)
        assert reasons(guard, "civic.birth.v1", bad) == {"rule"}


def test_a27_what_happened_on_the_day_that_has_begun_elsewhere_is_taken(guard: Guard) -> None:
    said = event("Birth")
    tomorrow = (said.header.registered_at + timedelta(days=1)).date()
    good = [
        record_with_date(said, "header.occurred", tomorrow.year, tomorrow.month, tomorrow.day),
        record_with_date(said, "header.occurred", tomorrow.year, tomorrow.month, None),
        record_with_date(said, "header.occurred", tomorrow.year, None, None),
    ]
    assert verdicts(guard, "civic.birth.v1", *good) == []


def test_a27_an_effect_that_lies_years_ahead_is_refused(guard: Guard) -> None:
    head = replace(event("Birth").header, effective_from=PartialDate(2000, 1, 1))
    said = Birth(head)
    registered = head.registered_at
    bad = record_with_date(said, "header.effective_from", registered.year + 150, 1, 1)
    assert reasons(guard, "civic.birth.v1", bad) == {"rule"}
    soon = (registered + timedelta(days=300)).date()
    good = record_with_date(said, "header.effective_from", soon.year, soon.month, soon.day)
    assert verdicts(guard, "civic.birth.v1", good) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a27_a_registration_in_the_future_is_refused(guard: Guard, kind: str) -> None:
    good = record_of(event(kind))
    registered = to_millis(event(kind).header.registered_at)
    five_minutes = 5 * 60 * 1000
    bad = replace(good, timestamp=registered - five_minutes - 1)
    assert reasons(guard, topic_of(kind), bad) == {"rule"}
    on_the_edge = replace(good, timestamp=registered - five_minutes)
    assert verdicts(guard, topic_of(kind), on_the_edge) == []


def test_a27_a_watermark_that_promises_the_future_is_refused(guard: Guard) -> None:
    bad = record_of(watermark(complete_through=NOW + timedelta(minutes=6)))
    assert reasons(guard, "civic.birth.v1", bad) == {"rule"}


@pytest.mark.parametrize("kind", KINDS)
def test_a29_an_event_made_for_another_deployment_is_refused(guard: Guard, kind: str) -> None:
    said = event(kind)
    for environment in ("test", "", "Development", "developmenT"):
        bad = record_of(replace(said, header=replace(said.header, environment=environment)))
        assert reasons(guard, topic_of(kind), bad) == {"environment"}, environment


def test_a29_a_watermark_made_for_another_deployment_is_refused(guard: Guard) -> None:
    bad = record_of(watermark(environment="test"))
    assert reasons(guard, "civic.birth.v1", bad) == {"environment"}
