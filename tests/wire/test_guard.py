"""What the guard says about records that may enter, and that nothing but a judgement leaves it."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import get_args

import fastavro
import pytest

from civicbus.domain.events import SourceWatermark
from civicbus.domain.families import FAMILIES
from civicbus.wire.codec import FRAME, MAGIC
from civicbus.wire.guard import WORTH_SCREENING, Guard, Mode
from civicbus.wire.records import to_plain
from civicbus.wire.schemas import Catalogue
from tests.wire.corpus import (
    PUBLISHERS,
    Record,
    catalogue,
    good_records,
    record_of,
    topic_of,
    watermark,
)
from tests.wire.makers import ENVIRONMENT, KINDS, SOURCES, event
from tests.wire.tokens import spelled, tokens, with_token, zigzag


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [0, 1, WORTH_SCREENING - 1, WORTH_SCREENING, 100])
def test_accepted_events_are_given_with_id_and_source(guard: Guard, kind: str, count: int) -> None:
    judgement = guard.judge(topic_of(kind), good_records(kind, count))
    said = [event(kind, seed) for seed in range(1000, 1000 + count)]
    assert judgement.event_ids == [one.header.event_id.encode() for one in said]
    assert judgement.sources == [one.header.source for one in said]
    assert (judgement.refused, judgement.watermarks) == ([], [])


def test_a_block_may_hold_every_type_that_its_topic_allows(guard: Guard) -> None:
    births, annulments = good_records("Birth", 40), good_records("Annulment", 40)
    refusals, marks = (
        good_records("Refusal", 40),
        [record_of(watermark(sequence=n)) for n in range(40)],
    )
    block = [one for four in zip(births, annulments, refusals, marks, strict=True) for one in four]
    judgement = guard.judge("civic.birth.v1", block)
    assert judgement.refused == []
    assert [bool(one) for one in judgement.event_ids] == [True, True, True, False] * 40
    assert judgement.watermarks == [(4 * n + 3, watermark(sequence=n)) for n in range(40)]


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_withdrawals_refusals_and_watermarks_stand_in_any_topic(guard: Guard, family: str) -> None:
    others = [record_of(event("Annulment")), record_of(event("Refusal")), record_of(watermark())]
    judgement = guard.judge(FAMILIES[family].topic, others)
    assert judgement.refused == []
    assert judgement.watermarks == [(2, watermark())]
    assert judgement.sources[2] is None


def test_sources_are_told_apart_within_a_block(guard: Guard) -> None:
    judgement = guard.judge("civic.death.v1", good_records("Death", 100))
    assert set(judgement.sources) == set(SOURCES)


def test_only_person_topics_are_judged(guard: Guard) -> None:
    with pytest.raises(KeyError):
        guard.judge("civic.quarantine.v1", good_records("Death", 1))


@pytest.mark.parametrize(
    ("raised", "field", "kind", "encoded", "reason"),
    [
        (EOFError, "header.source", "length", zigzag(2**40), "length"),
        (IndexError, "sex", "symbol", zigzag(7), "enum"),
        (UnicodeDecodeError, "header.source", "text", b"\xff", "text"),
        (OverflowError, "header.registered_at", "time", zigzag(2**62), "range"),
    ],
)
def test_each_error_of_the_decoder_becomes_a_reason(
    guard: Guard, raised: type[Exception], field: str, kind: str, encoded: bytes, reason: str
) -> None:
    parts = tokens(event("Birth"))
    at = next(n for n, part in enumerate(parts) if (part.path, part.kind) == (field, kind))
    value = spelled("Birth", with_token(parts, at, encoded))
    with pytest.raises(raised):
        fastavro.schemaless_reader(
            io.BytesIO(value[FRAME.size :]), catalogue().latest("Birth").parsed, None
        )
    judgement = guard.judge("civic.birth.v1", [replace(record_of(event("Birth")), value=value)])
    assert [item.reason for item in judgement.refused] == [reason]
    assert field in judgement.refused[0].detail


@pytest.mark.parametrize(
    ("field", "kind", "encoded", "reason"),
    [
        ("country", "choice", zigzag(-1), "union"),
        ("sex", "symbol", zigzag(-1), "enum"),
        ("header.source_sequence", "long", b"\x80\x00", "varint"),
        ("country", "text", b"6030\x00", "text"),
    ],
)
def test_what_the_decoder_lets_pass_the_judge_does_not(
    guard: Guard, field: str, kind: str, encoded: bytes, reason: str
) -> None:
    parts = tokens(event("Birth"))
    at = next(n for n, part in enumerate(parts) if (part.path, part.kind) == (field, kind))
    value = spelled("Birth", with_token(parts, at, encoded))
    schema = catalogue().latest("Birth").parsed
    assert fastavro.schemaless_reader(io.BytesIO(value[FRAME.size :]), schema, None)
    judgement = guard.judge("civic.birth.v1", [replace(record_of(event("Birth")), value=value)])
    assert [item.reason for item in judgement.refused] == [reason]


@pytest.mark.parametrize("mode", get_args(Mode))
@pytest.mark.parametrize("count", [1, 3 * WORTH_SCREENING])
def test_a_record_that_no_rule_foresaw_is_refused_and_the_worker_goes_on(
    mode: Mode, count: int
) -> None:
    latest = catalogue().latest("Birth")
    text = latest.text.replace('"source","type":"string"', '"source","type":["null","string"]')
    assert text != latest.text
    odd = replace(latest, id=4_001, version=0, text=text)
    plain = to_plain(event("Birth"))
    plain["header"]["source"] = None
    body = io.BytesIO()
    fastavro.schemaless_writer(body, odd.parsed, plain)
    key = event("Birth").header.keys()[0].encode()
    bad = Record(key, FRAME.pack(MAGIC, odd.id) + body.getvalue())
    guard = Guard(Catalogue({**catalogue().versions, odd.id: odd}), PUBLISHERS, ENVIRONMENT, mode)
    judgement = guard.judge("civic.birth.v1", [*[bad] * count, *good_records("Birth", 20)])
    assert {(item.reason, item.detail) for item in judgement.refused} == {
        ("rule", "value: judging it ended in TypeError")
    }
    assert len(judgement.refused) == count
    assert all(judgement.event_ids[count:])


def test_a_watermark_is_given_as_its_source_wrote_it(guard: Guard) -> None:
    mark = SourceWatermark(SOURCES[1], watermark().complete_through, 2**40, 0, ENVIRONMENT)
    assert guard.judge("civic.union.v1", [record_of(mark)]).watermarks == [(0, mark)]
