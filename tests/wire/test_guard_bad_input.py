"""The catalogue of bad input, A1 to A16 and A20 as far as it concerns the guard, in both modes.

Each hostile record stands in the middle of a block of good ones. It must be refused with the
reason of the catalogue, and nothing else in the block may suffer. A case that speaks of a number, a
text or a choice is tried at every such place of types that have every type of field between them.
"""

from __future__ import annotations

import io
import random
import re
from collections.abc import Iterable
from dataclasses import replace

import fastavro
import pytest

from civicbus.domain.dates import PartialDate
from civicbus.domain.events import Birth, Death
from civicbus.wire.codec import FRAME
from civicbus.wire.compatibility import describe
from civicbus.wire.guard import Guard
from civicbus.wire.guard_judge import MAX_HEADER_BYTES, MAX_HEADERS, MAX_VALUE_BYTES
from civicbus.wire.records import to_millis, to_plain
from tests.wire.corpus import (
    Record,
    avro_of,
    catalogue,
    record_of,
    topic_of,
)
from tests.wire.makers import KINDS, NOW, event, key_of
from tests.wire.tokens import Token, framed, spelled, tokens, with_token, zigzag
from tests.wire.verdicts import (
    NUMBERS,
    SPELLED,
    places,
    reasons,
    record_with_date,
    respelled,
    verdicts,
)


def types_of_fields(kinds: Iterable[str]) -> set[str]:
    """The types of the fields after the header, whatever the enums are called."""
    return {
        re.sub(r"enum \S+", "enum", describe(part["type"], named))
        for schema, named in map(avro_of, kinds)
        for part in schema["fields"][1:]
    }


def test_the_types_that_are_respelled_have_every_type_of_field() -> None:
    assert types_of_fields(SPELLED) == types_of_fields(KINDS)


def test_a1_an_empty_value_is_refused(guard: Guard) -> None:
    bad = Record(key_of(1).encode(), b"")
    assert reasons(guard, "civic.birth.v1", bad) == {"empty"}


def test_a2_a_tombstone_is_refused(guard: Guard) -> None:
    bad = Record(key_of(1).encode(), None)
    assert reasons(guard, "civic.birth.v1", bad) == {"tombstone_not_allowed"}


@pytest.mark.parametrize("length", [1, 4, 5, MAX_VALUE_BYTES])
def test_a3_random_bytes_are_no_envelope(guard: Guard, length: int) -> None:
    value = b"\x91" + random.Random(length).randbytes(length - 1)
    assert reasons(guard, "civic.birth.v1", Record(b"k", value)) == {"bad_envelope"}


@pytest.mark.parametrize("kind", KINDS)
def test_a5_a_record_cut_at_any_length_is_truncated(guard: Guard, kind: str) -> None:
    whole = record_of(event(kind, 1))
    assert whole.value is not None
    # Every type has the same header, which is cut everywhere in births.
    head = sum(len(p.encoded) for p in tokens(event(kind, 1)) if p.path.startswith("header."))
    shortest = 1 if kind == "Birth" else head
    cut = [replace(whole, value=whole.value[:n]) for n in range(shortest, len(whole.value))]
    assert reasons(guard, topic_of(kind), *cut) == {"truncated"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("trailing", [b"\x00", b"\x02", b"x", "itself"])
def test_a6_bytes_behind_the_record_are_not_canonical(
    guard: Guard, kind: str, trailing: bytes | str
) -> None:
    whole = record_of(event(kind))
    assert whole.value is not None
    more = whole.value[FRAME.size :] if isinstance(trailing, str) else trailing
    bad = replace(whole, value=whole.value + more)
    assert reasons(guard, topic_of(kind), bad) == {"not_canonical"}


@pytest.mark.parametrize("kind", SPELLED)
@pytest.mark.parametrize("length", [2**40, -1, -(2**63)])
def test_a7_a_text_of_an_impossible_length_is_refused(guard: Guard, kind: str, length: int) -> None:
    bad = respelled(kind, ("length",), zigzag(length))
    assert reasons(guard, topic_of(kind), *bad) == {"length"}


@pytest.mark.parametrize("kind", SPELLED)
@pytest.mark.parametrize(
    "encoded",
    [
        pytest.param(b"\x80" * 10 + b"\x01", id="11 bytes"),
        pytest.param(b"\x80" * 9_999 + b"\x01", id="10,000 bytes"),
        pytest.param(b"\x80\x00", id="longer than needed"),
        pytest.param(b"\xff" * 9 + b"\x02", id="more than 64 bits"),
    ],
)
def test_a8_a_number_longer_than_it_may_be_is_refused(
    guard: Guard, kind: str, encoded: bytes
) -> None:
    bad = respelled(kind, NUMBERS, encoded)
    assert reasons(guard, topic_of(kind), *bad) == {"varint"}


@pytest.mark.parametrize("kind", SPELLED)
@pytest.mark.parametrize("index", ["beyond the last", -1, 2**31, -(2**63)])
def test_a9_a_symbol_that_the_schema_does_not_have_is_refused(
    guard: Guard, kind: str, index: int | str
) -> None:
    key = event(kind).header.keys()[0].encode()
    bad = []
    for parts, at in places(kind, "symbol"):
        number = parts[at].choices if isinstance(index, str) else index
        bad.append(Record(key, spelled(kind, with_token(parts, at, zigzag(number)))))
    assert reasons(guard, topic_of(kind), *bad) == {"enum"}


@pytest.mark.parametrize("kind", SPELLED)
def test_a9_the_symbol_unknown_states_nothing_and_is_refused(guard: Guard, kind: str) -> None:
    key = event(kind).header.keys()[0].encode()
    for parts, at in places(kind, "symbol"):
        bad = Record(key, spelled(kind, with_token(parts, at, zigzag(0))))
        assert reasons(guard, topic_of(kind), bad) == {"enum"}


@pytest.mark.parametrize("kind", SPELLED)
@pytest.mark.parametrize("index", [2, 9, -1, 2**40])
def test_a10_a_choice_that_the_schema_does_not_have_is_refused(
    guard: Guard, kind: str, index: int
) -> None:
    bad = respelled(kind, ("choice",), zigzag(index))
    assert reasons(guard, topic_of(kind), *bad) == {"union"}


@pytest.mark.parametrize("kind", SPELLED)
@pytest.mark.parametrize(
    "encoded",
    [
        pytest.param(zigzag(2**50), id="2^50 items"),
        pytest.param(zigzag(10_001), id="10,001 items"),
        pytest.param(zigzag(65), id="more than an event may have"),
        pytest.param(zigzag(-1) + zigzag(3), id="wrong block size"),
        pytest.param((zigzag(-1) + zigzag(0)) * 1_000, id="1,000 empty blocks"),
        pytest.param(zigzag(-(2**63)), id="fewest"),
    ],
)
def test_a11_an_impossible_collection_is_refused(guard: Guard, kind: str, encoded: bytes) -> None:
    bad = respelled(kind, ("count",), encoded)
    assert reasons(guard, topic_of(kind), *bad) == {"collection"}


@pytest.mark.parametrize("name", ["concerned", "identifiers", "under_investigation"])
def test_a11_a_list_may_have_64_items_and_no_more(guard: Guard, name: str) -> None:
    said = event("Death")
    for length, refused in ((64, set()), (65, {"collection"})):
        plain = to_plain(said)
        head = plain["header"]
        mark = {"element": "death", "since": head["occurred"], "until": None}
        lists = {
            "concerned": (head["concerned"], head["concerned"][0]),
            "identifiers": (head["concerned"][0]["identifiers"], {"scheme": "us-dc", "value": "1"}),
            "under_investigation": (head["under_investigation"], mark),
        }
        items, item = lists[name]
        items.extend([item] * (length - len(items)))
        body = io.BytesIO()
        fastavro.schemaless_writer(body, catalogue().latest("Death").parsed, plain)
        record = Record(said.header.keys()[0].encode(), framed("Death", body.getvalue()))
        found = verdicts(guard, "civic.death.v1", record)
        assert {item.reason for item in found} == refused


def test_a11_nobody_concerned_is_refused(guard: Guard) -> None:
    parts = tokens(event("Birth"))
    count = next(at for at, part in enumerate(parts) if part.path == "header.concerned")
    after = next(at for at, part in enumerate(parts) if "under_investigation" in part.path)
    none = [*parts[:count], Token("", "count", zigzag(0)), *parts[after:]]
    bad = Record(key_of(1).encode(), spelled("Birth", none))
    assert reasons(guard, "civic.birth.v1", bad) == {"collection"}


@pytest.mark.parametrize("kind", SPELLED)
@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"\xff", id="invalid"),
        pytest.param(b"Utrecht\xc3", id="cut"),
        pytest.param(b"\xc0\xaf", id="overlong"),
        pytest.param(b"\xed\xa0\x80", id="lone surrogate"),
        pytest.param(b"\xf4\x90\x80\x80", id="beyond Unicode"),
    ],
)
def test_a13_text_that_is_not_utf_8_is_refused(guard: Guard, kind: str, text: bytes) -> None:
    bad = respelled(kind, ("text",), text)
    assert reasons(guard, topic_of(kind), *bad) == {"text"}


@pytest.mark.parametrize(
    "text", ["a\x00b", "\x00", "a\x1bb", "\x7f", "\u202egnal", "a\u2066b", "\u2069"]
)
@pytest.mark.parametrize("field", ["place", "name", "number", "scheme", "text", "element"])
def test_a13_text_that_could_deceive_a_reader_is_refused(
    guard: Guard, field: str, text: str
) -> None:
    found = 0
    for seed in range(40):
        said = event("Birth", seed)
        parts = tokens(said)
        for at, part in enumerate(parts):
            if part.kind != "text" or not part.path.endswith(f".{field}".lstrip(".")):
                continue
            found += 1
            value = spelled("Birth", with_token(parts, at, text.encode()))
            bad = Record(said.header.keys()[0].encode(), value)
            assert reasons(guard, "civic.birth.v1", bad) == {"text"}
        if found:
            return
    pytest.fail(f"no event with the field {field}")


NO_UUIDS = (
    "F7977004-BCC6-58D4-A1FA-C8DFCA90DE32",
    "00000000-0000-0000-0000-000000000000",
    "z" * 36,
    "f7977004bcc658d4a1fac8dfca90de32",
    "f7977004-bcc6-58d4-a1fa-c8dfca90de3",
    "f797700-4bcc6-58d4-a1fa-c8dfca90de32",
    "-7977004-bcc6-58d4-a1fa-c8dfca90de32",
    "",
)


@pytest.mark.parametrize("field", ["header.event_id", "header.target_event_id"])
@pytest.mark.parametrize("kind", SPELLED)
def test_a14_an_id_that_is_no_uuid_is_refused(guard: Guard, kind: str, field: str) -> None:
    said = next(e for e in (event(kind, n) for n in range(99)) if e.header.target_event_id)
    parts = tokens(said)
    at = next(n for n, part in enumerate(parts) if part.path == field and part.kind == "text")
    key = said.header.keys()[0].encode()
    for text in NO_UUIDS:
        bad = Record(key, spelled(kind, with_token(parts, at, text.encode())))
        assert reasons(guard, topic_of(kind), bad) == {"uuid"}, text


@pytest.mark.parametrize(
    ("year", "month", "day"),
    [
        (9999, 12, 31), (10_000, 1, 1), (1849, 12, 31), (0, 1, 1), (-1, 1, 1), (2**31 - 1, 1, 1),
        (2014, 0, 1), (2014, 13, 1), (2014, 1, 0), (2014, 1, 32), (2014, 2, 29), (2014, 4, 31),
        (1900, 2, 29), (None, 1, None), (None, None, 1), (2014, None, 1), (None, 1, 1),
    ],
)  # fmt: skip
def test_a15_a_date_that_does_not_exist_is_refused(
    guard: Guard, year: int | None, month: int | None, day: int | None
) -> None:
    said = event("Birth")
    bad = record_with_date(said, "header.occurred", year, month, day)
    assert reasons(guard, "civic.birth.v1", bad) == {"range"}


def test_a15_a_leap_day_is_a_date(guard: Guard) -> None:
    good = record_with_date(event("Birth"), "header.occurred", 2012, 2, 29)
    assert verdicts(guard, "civic.birth.v1", good) == []


def test_a15_a_birth_after_the_death_is_refused(guard: Guard) -> None:
    said = dated_death()
    for year, month, day in ((2014, 7, 16), (2014, 8, None), (2015, None, None)):
        bad = record_with_date(said, "header.concerned.birth_date", year, month, day)
        assert reasons(guard, "civic.death.v1", bad) == {"rule"}
    for year, month, day in ((2014, 7, 15), (2014, 7, None), (2014, None, None)):
        good = record_with_date(said, "header.concerned.birth_date", year, month, day)
        assert verdicts(guard, "civic.death.v1", good) == []


def dated_death() -> Death:
    said = event("Death")
    who = replace(said.header.concerned[0], birth_date=PartialDate(1950, 1, 1))
    died = PartialDate(2014, 7, 15)
    return Death(replace(said.header, occurred=died, concerned=(who,)))


@pytest.mark.parametrize("kind", SPELLED)
@pytest.mark.parametrize(
    "millis",
    [
        pytest.param(2**62, id="2^62"),
        pytest.param(-(2**62), id="-2^62"),
        pytest.param(to_millis(NOW) * 1000, id="microseconds"),
        pytest.param(253_402_300_800_000, id="the year 10000"),
        pytest.param(-3_786_912_000_001, id="before 1850"),
    ],
)
def test_a16_a_time_out_of_range_is_refused(guard: Guard, kind: str, millis: int) -> None:
    bad = respelled(kind, ("time",), zigzag(millis))
    assert reasons(guard, topic_of(kind), *bad) == {"range"}


@pytest.mark.parametrize("number", [2**31, -(2**31) - 1, 2**62])
def test_a16_a_number_of_more_than_32_bits_is_refused(guard: Guard, number: int) -> None:
    said = record_with_date(event("Birth"), "header.occurred", number, 1, 1)
    assert reasons(guard, "civic.birth.v1", said) == {"range"}


def test_a18_a_wrong_first_byte_is_refused(guard: Guard) -> None:
    whole = record_of(event("Birth"))
    assert whole.value is not None
    bad = [replace(whole, value=bytes([magic]) + whole.value[1:]) for magic in (1, 2, 255)]
    assert reasons(guard, "civic.birth.v1", *bad) == {"framing"}


@pytest.mark.parametrize("schema_id", [0, 999, 2**31, 2**32 - 1])
def test_a18_an_id_that_is_not_in_the_catalogue_is_refused(guard: Guard, schema_id: int) -> None:
    whole = record_of(event("Birth"))
    assert whole.value is not None
    bad = replace(whole, value=FRAME.pack(0, schema_id) + whole.value[FRAME.size :])
    assert reasons(guard, "civic.birth.v1", bad) == {"framing"}


@pytest.mark.parametrize("length", [MAX_VALUE_BYTES + 1, 1024 * 1024 + 1])
def test_a20_a_value_that_is_too_large_is_refused(guard: Guard, length: int) -> None:
    whole = record_of(event("Birth"))
    assert whole.value is not None
    bad = [
        Record(whole.key, bytes(length)),
        Record(whole.key, whole.value.ljust(length, b"x")),
        Record(whole.key, b"\x91" * length),
    ]
    assert reasons(guard, "civic.birth.v1", *bad) == {"size"}


def test_a20_headers_beyond_the_limit_are_refused(guard: Guard) -> None:
    whole = record_of(event("Birth"))
    bad = [
        replace(whole, headers=[("trace", b"1")] * 10_000),
        replace(whole, headers=[("trace", b"1")] * (MAX_HEADERS + 1)),
        replace(whole, headers=[("trace", b"1" * MAX_HEADER_BYTES)]),
    ]
    assert reasons(guard, "civic.birth.v1", *bad) == {"size"}


def test_a20_headers_within_the_limit_do_no_harm(guard: Guard) -> None:
    whole = record_of(event("Birth"))
    full = (MAX_HEADER_BYTES // MAX_HEADERS) - len("trace")
    good = replace(whole, headers=[("trace", b"1" * full)] * MAX_HEADERS)
    assert verdicts(guard, "civic.birth.v1", good) == []


def test_a20_a_text_that_is_too_long_is_refused(guard: Guard) -> None:
    said = event("Birth")
    assert isinstance(said, Birth)
    parts = tokens(replace(said, place="x"))
    at = next(n for n, part in enumerate(parts) if part.path == "place" and part.kind == "text")
    for text, refused in (("王" * 1_000, set()), ("x" * 1_001, {"size"}), ("王" * 1_001, {"size"})):
        value = spelled("Birth", with_token(parts, at, text.encode()))
        found = verdicts(guard, "civic.birth.v1", Record(said.header.keys()[0].encode(), value))
        assert {item.reason for item in found} == refused
