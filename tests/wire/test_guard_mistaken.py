"""The catalogue of bad input, A17: bytes of one type that are announced as another one.

The frame says which type a record is of. Where the bytes are right for that type in every respect
there is nothing to tell, and it is of that type: several are a header and no more. Where they are
not, the reason is `schema` only if they cannot be of the announced type, by whom they concern, and
are a whole record of another one.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import replace

import fastavro
import pytest

from civicbus.domain.events import Death, Event
from civicbus.domain.families import FAMILIES
from civicbus.wire.codec import FRAME, MAGIC
from civicbus.wire.guard import Guard
from civicbus.wire.records import to_plain
from tests.builders import LEAST, NAMING
from tests.wire.corpus import (
    FAMILY_OF,
    Record,
    catalogue,
    codec,
    family_of,
    good_records,
    record_of,
    topic_of,
    watermark,
)
from tests.wire.makers import KINDS, event
from tests.wire.tokens import framed
from tests.wire.verdicts import reasons, verdicts

# Types that are a header and no more, and those that are a header and one code.
BARE = {
    "NoticeDelivered", "Separation", "DivorceFiling", "RestorationRefusal", "SharedNumber",
    "FalseIdentity", "AddressProtection", "UnbornChild", "Unemployment", "MissingDeclaration",
}  # fmt: skip
ONE_CODE = {
    "IdentityLink", "SignOfLife", "Guardianship", "CapacityRuling", "Annulment", "Dispute",
}  # fmt: skip
# An optional text that is given is spelled like a code and a text.
TEXT_FIRST = {"Residence", "PersonName"}
SEEDS = (0, 4)


def fits(said: Event, announced: str) -> bool:
    """True if the event names the persons and the target that the announced type must have."""
    (kind,) = (one for one in LEAST if one.__name__ == announced)
    roles = {concerned.role for concerned in said.header.concerned}
    targets = kind not in NAMING or said.header.target_event_id is not None
    return targets and all(not roles.isdisjoint(group) for group in LEAST[kind].roles)


def announced_as(announced: str, said: Event) -> Record:
    body = codec().encode(said)[FRAME.size :]
    return Record(said.header.keys()[0].encode(), framed(announced, body))


def others(announced: str) -> Iterable[Event]:
    return (event(real, seed) for real in KINDS if real != announced for seed in SEEDS)


@pytest.mark.parametrize("family", FAMILIES)
def test_a17_a_type_stands_in_its_own_topic_only(guard: Guard, family: str) -> None:
    block = [record_of(event(kind)) for kind in KINDS]
    refused = guard.judge(FAMILIES[family].topic, block).refused
    at_home = [n for n, kind in enumerate(KINDS) if kind in FAMILY_OF or family_of(kind) == family]
    assert {item.reason for item in refused} == {"schema"}
    assert {item.index for item in refused} == set(range(len(KINDS))) - set(at_home)


def test_a17_a_death_announced_as_a_birth_is_refused(guard: Guard) -> None:
    death = event("Death")
    assert isinstance(death, Death)
    for place, country in (
        (None, None), (None, "6030"), ("Utrecht", None), ("", ""), ("N", None), ("NL", None),
    ):  # fmt: skip
        bad = announced_as("Birth", replace(death, place=place, country=country, age_years=None))
        assert reasons(guard, "civic.birth.v1", bad) == {"schema"}


def test_a17_bytes_that_are_no_whole_record_of_any_type_are_told_by_their_flaw(
    guard: Guard,
) -> None:
    death = event("Death")
    whole = announced_as("Birth", death)
    assert whole.value is not None
    assert reasons(guard, "civic.birth.v1", whole) == {"schema"}
    longer = replace(whole, value=whole.value + b"x")
    assert reasons(guard, "civic.birth.v1", longer) & {"schema"} == set()


@pytest.mark.parametrize("announced", KINDS)
def test_a17_no_type_passes_for_another_unless_the_two_are_spelled_alike(
    guard: Guard, announced: str
) -> None:
    said = list(others(announced))
    judgement = guard.judge(topic_of(announced), [announced_as(announced, one) for one in said])
    refused = {item.index for item in judgement.refused}
    for index, one in enumerate(said):
        names = {type(one).__name__, announced}
        if index not in refused:
            assert any(names <= alike for alike in (BARE, ONE_CODE, TEXT_FIRST)), names
            assert fits(one, announced), names
        elif names <= BARE:
            assert not fits(one, announced), names


@pytest.mark.parametrize("announced", KINDS)
def test_a17_schema_is_the_reason_where_and_only_where_the_type_is_impossible(
    guard: Guard, announced: str
) -> None:
    said = list(others(announced))
    judgement = guard.judge(topic_of(announced), [announced_as(announced, one) for one in said])
    for item in judgement.refused:
        one = said[item.index]
        assert (item.reason == "schema") != fits(one, announced), (type(one).__name__, item)


@pytest.mark.parametrize("announced", KINDS)
def test_a17_a_watermark_announced_as_an_event_is_refused(guard: Guard, announced: str) -> None:
    body = (record_of(watermark()).value or b"")[FRAME.size :]
    bad = Record(b"source:city-registry", framed(announced, body))
    (found,) = verdicts(guard, topic_of(announced), bad, kind=announced)
    assert found.reason == "schema"


@pytest.mark.parametrize("real", KINDS)
def test_a17_an_event_announced_as_a_watermark_is_refused(guard: Guard, real: str) -> None:
    bad = announced_as("SourceWatermark", event(real))
    (found,) = verdicts(guard, topic_of(real), bad, kind=real)
    assert found.reason == "schema"


def test_a17_what_is_left_of_an_event_may_pass_for_a_watermark_and_is_truncated(
    guard: Guard,
) -> None:
    said = next(e for e in (event("Birth", n) for n in range(99)) if e.header.event_id[0] in "abc")
    whole = record_of(said)
    assert whole.value is not None
    end = whole.value.index(b"development") + 1
    body = io.BytesIO(whole.value[FRAME.size : end])
    as_mark = fastavro.schemaless_reader(body, catalogue().latest("SourceWatermark").parsed, None)
    assert isinstance(as_mark, dict)
    assert as_mark["source"] == said.header.event_id
    assert body.read() == b""
    cut = replace(whole, value=whole.value[:end])
    assert reasons(guard, "civic.birth.v1", cut) == {"truncated"}


def test_a17_bytes_of_an_old_version_are_told_by_the_old_header(guard: Guard) -> None:
    old = {s.record: s for s in catalogue().versions.values() if s.version == 1}
    said = event("Death", 1)
    body = io.BytesIO()
    fastavro.schemaless_writer(body, old["Death"].parsed, to_plain(said))
    key = said.header.keys()[0].encode()
    bad = Record(key, FRAME.pack(MAGIC, old["Birth"].id) + body.getvalue())
    assert reasons(guard, "civic.birth.v1", bad) == {"schema"}


@pytest.mark.parametrize("kind", KINDS)
def test_a17_a_flaw_within_the_right_type_is_never_told_to_be_another_type(
    guard: Guard, kind: str
) -> None:
    """Whatever is left of a record when bytes at its end are changed or lost."""
    flawed = []
    for record in good_records(kind, 3):
        assert record.value is not None
        for place in range(len(record.value) - 12, len(record.value)):
            for byte in (0x00, 0x02, 0x04, 0x0E, 0x80):
                changed = record.value[:place] + bytes([byte]) + record.value[place + 1 :]
                flawed.append(replace(record, value=changed))
            flawed.append(replace(record, value=record.value[:place]))
    refused = guard.judge(topic_of(kind), flawed).refused
    assert refused
    assert {item.reason for item in refused} & {"schema"} == set()
