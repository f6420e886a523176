"""The screen passes nothing that the judge would refuse, and both modes give the same verdicts.

Method: seeded mutants of every type of event (`mutants`). First each mutant is screened among a
few good records, so that nothing but the mutant decides; then whole blocks of mutants and good
records go through the guard in both modes.
"""

from __future__ import annotations

import io
import random
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import get_args

import fastavro
import pytest

from civicbus.domain.calendars import Calendar
from civicbus.domain.dates import PartialDate
from civicbus.domain.events import Birth, InvalidEventError
from civicbus.domain.families import FAMILIES
from civicbus.wire.codec import FRAME
from civicbus.wire.guard import WORTH_SCREENING, Guard, Judgement, Mode
from civicbus.wire.guard_judge import Judge, check_size
from civicbus.wire.guard_screen import Screen
from civicbus.wire.records import to_plain
from tests.wire.corpus import (
    PUBLISHERS,
    Record,
    catalogue,
    family_of,
    good_records,
    record_of,
    topic_of,
    watermark,
)
from tests.wire.makers import ENVIRONMENT, KINDS, NOW, SOURCES, event
from tests.wire.mutants import MUTATIONS, field_mutant
from tests.wire.tokens import framed, spelled, tokens, with_token

# Their checks across fields have no column rule, so each of them is judged alone.
JUDGED_ALONE = ("Guardianship", "RangeVoid")
SCREENED = [kind for kind in KINDS if kind not in JUDGED_ALONE]
MUTANTS_OF_A_KIND = 120
BLOCKS_OF_A_KIND = 2


@cache
def the_judge() -> Judge:
    return Judge(catalogue(), PUBLISHERS, ENVIRONMENT)


@cache
def guard(mode: Mode) -> Guard:
    return Guard(catalogue(), PUBLISHERS, ENVIRONMENT, mode)


def judged(judge: Judge, kind: str, record: Record) -> bytes | None:
    """The event id if the judge accepts the record."""
    try:
        said = judge.judge(FAMILIES[family_of(kind)], record)
    except InvalidEventError:
        return None
    return said.header.event_id.encode()  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", SCREENED)
def test_the_screen_passes_nothing_that_the_judge_refuses(kind: str) -> None:
    rng = random.Random(f"screen {kind}")
    schema = catalogue().latest(kind)
    judge = the_judge()
    screen = Screen.of(schema, PUBLISHERS, ENVIRONMENT)
    assert screen is not None
    good = list(good_records(kind, 3))
    accepted = passed_too = 0
    for number in range(MUTANTS_OF_A_KIND):
        mutant = rng.choice(MUTATIONS)(rng, event(kind, rng.randrange(200)))
        try:
            frame = check_size(mutant)[: FRAME.size]
        except InvalidEventError:
            continue
        if frame != (good[0].value or b"")[: FRAME.size]:
            continue  # the guard sends it to the judge by its frame alone
        passed = screen.passes(family_of(kind), [*good, mutant])
        event_id = judged(judge, kind, mutant)
        accepted += event_id is not None
        if passed is not None:
            assert passed.event_ids[-1] == event_id, f"mutant {number}"
            passed_too += 1
    assert accepted > MUTANTS_OF_A_KIND / 10
    assert passed_too > accepted * 0.8  # a screen in doubt about everything would be of no use


@pytest.mark.parametrize("kind", KINDS)
def test_a_type_is_screened_unless_nothing_stands_for_its_own_check(kind: str) -> None:
    screen = Screen.of(catalogue().latest(kind), PUBLISHERS, ENVIRONMENT)
    assert (screen is None) == (kind in JUDGED_ALONE)


def test_a_type_that_gets_a_check_of_its_own_is_no_longer_screened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert Screen.of(catalogue().latest("Birth"), PUBLISHERS, ENVIRONMENT) is not None
    monkeypatch.setattr(Birth, "check", lambda _: None)
    assert Screen.of(catalogue().latest("Birth"), PUBLISHERS, ENVIRONMENT) is None


@pytest.mark.parametrize("kind", JUDGED_ALONE)
def test_what_is_not_screened_is_judged_alone(kind: str) -> None:
    judgement = guard("native").judge(topic_of(kind), good_records(kind, 50))
    assert judgement.refused == []
    assert judgement.one_by_one == 50


def test_a_lunar_date_is_left_to_the_judge() -> None:
    head = event("Birth").header
    lunar = replace(head, occurred=PartialDate(2010, 2, 30, calendar=Calendar.LUNAR))
    records = [*good_records("Birth", 40), record_of(Birth(lunar))]
    judgement = guard("native").judge("civic.birth.v1", records)
    assert judgement.refused == []
    assert judgement.one_by_one > 0
    assert judgement == replace(guard("fastavro").judge("civic.birth.v1", records),
                                one_by_one=judgement.one_by_one)  # fmt: skip


@pytest.mark.parametrize("mode", get_args(Mode))
def test_a_lunar_date_counts_from_the_day_that_it_may_stand_for(mode: Mode) -> None:
    """Weeks after the Gregorian day of the same numbers: here after the registration."""
    head = replace(event("Birth").header, registered_at=NOW - timedelta(days=7))
    lately = (NOW - timedelta(days=8)).date()
    said = Birth(replace(head, occurred=PartialDate.of(lately)))
    plain = to_plain(said)
    plain["header"]["occurred"]["calendar"] = "LUNAR"
    body = io.BytesIO()
    fastavro.schemaless_writer(body, catalogue().latest("Birth").parsed, plain)
    bad = Record(said.header.keys()[0].encode(), framed("Birth", body.getvalue()))
    records = [*good_records("Birth", 40), record_of(said), bad]
    refused = guard(mode).judge("civic.birth.v1", records).refused
    assert [(item.index, item.reason) for item in refused] == [(41, "rule")]


def test_watermarks_are_judged_one_by_one() -> None:
    assert Screen.of(catalogue().latest("SourceWatermark"), PUBLISHERS, ENVIRONMENT) is None


def test_a_source_whose_name_no_event_may_carry_is_not_screened_through() -> None:
    publishers = {**PUBLISHERS, "City_Registry": frozenset({"death"})}
    screen = Screen.of(catalogue().latest("Death"), publishers, ENVIRONMENT)
    assert screen is not None
    parts = tokens(event("Death"))
    at = next(n for n, p in enumerate(parts) if (p.path, p.kind) == ("header.source", "text"))
    value = spelled("Death", with_token(parts, at, b"City_Registry"))
    bad = replace(record_of(event("Death")), value=value)
    assert screen.passes("death", [record_of(event("Death"))]) is not None
    assert screen.passes("death", [record_of(event("Death")), bad]) is None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("block", range(BLOCKS_OF_A_KIND))
def test_both_modes_give_the_same_verdicts(kind: str, block: int) -> None:
    rng = random.Random(f"{kind} {block}")
    records: list[Record] = list(good_records(kind, 50))
    for _ in range(rng.choice((1, 3, 40))):
        mutant = rng.choice(MUTATIONS)(rng, event(kind, rng.randrange(200)))
        records.insert(rng.randrange(len(records)), mutant)
    for source in SOURCES:
        at = rng.randrange(len(records))
        records.insert(at, record_of(watermark(source=source, sequence=at)))
    native, fastavro = (verdict(mode, kind, records) for mode in ("native", "fastavro"))
    assert replace(native, one_by_one=len(records)) == fastavro
    assert len(native.watermarks) == len(SOURCES)
    said = len(native.refused) + len(native.watermarks) + sum(map(bool, native.event_ids))
    assert said == len(records)
    assert [bool(s) for s in native.sources] == [bool(e) for e in native.event_ids]


def verdict(mode: Mode, kind: str, records: list[Record]) -> Judgement:
    return guard(mode).judge(topic_of(kind), records)


@pytest.mark.parametrize("kind", SCREENED)
def test_one_bad_record_is_found_without_judging_the_block(kind: str) -> None:
    records = list(good_records(kind, 100))
    records[77] = replace(records[77], key=b"somebody else's")
    judgement = guard("native").judge(topic_of(kind), records)
    assert [item.index for item in judgement.refused] == [77]
    assert judgement.one_by_one < 2 * WORTH_SCREENING


@pytest.mark.parametrize("kind", SCREENED)
def test_good_records_are_not_judged_one_by_one(kind: str) -> None:
    judgement = guard("native").judge(topic_of(kind), good_records(kind, 100))
    assert judgement.refused == []
    assert judgement.one_by_one == 0


def test_details_name_fields_and_never_values() -> None:
    rng = random.Random("details")
    secret = "Xanthippe"
    for _ in range(300):
        said = event("Birth", rng.randrange(200))
        named = replace(said.header.concerned[0], name=secret)
        head = replace(said.header, concerned=(named, *said.header.concerned[1:]))
        mutant = field_mutant(rng, replace(said, header=head))
        for item in guard("fastavro").judge("civic.birth.v1", [mutant]).refused:
            assert secret not in item.detail
            assert (mutant.key or b"?").decode() not in item.detail
            assert ": " in item.detail
