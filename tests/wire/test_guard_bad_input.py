"""The catalogue of bad input, A1 to A29 as far as it concerns the guard, in both modes.

Each hostile record stands in the middle of a block of good ones. It must be refused with the
reason of the catalogue, and nothing else in the block may suffer. A case that speaks of a number, a
text or a choice is tried at every such place of every type of event.
"""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Literal, get_args

import fastavro
import pytest

from civicbus.domain.dates import PartialDate
from civicbus.domain.events import Birth, Concerned, Death, Event
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import LegalState, Role
from civicbus.wire.codec import FRAME
from civicbus.wire.guard import WORTH_SCREENING, Guard, Mode, Refused
from civicbus.wire.guard_judge import MAX_HEADER_BYTES, MAX_HEADERS, MAX_VALUE_BYTES
from civicbus.wire.records import to_millis, to_plain
from tests.wire.corpus import (
    ENVIRONMENT,
    MAKERS,
    NOW,
    PUBLISHERS,
    SOURCES,
    Record,
    Token,
    catalogue,
    codec,
    event,
    framed,
    good_records,
    key_of,
    record_of,
    spelled,
    tokens,
    topic_of,
    watermark,
    with_token,
    zigzag,
)

KINDS = list(MAKERS)
SEEDS = range(3)


@pytest.fixture(scope="module", params=get_args(Mode))
def guard(request: pytest.FixtureRequest) -> Guard:
    mode: Literal["native", "fastavro"] = request.param
    return Guard(catalogue(), PUBLISHERS, ENVIRONMENT, mode)


def verdicts(guard: Guard, topic: str, *bad: Record, kind: str | None = None) -> list[Refused]:
    """What the guard says of bad records, each between good ones, to which it must do nothing."""
    around = kind or next(name for name in KINDS if topic_of(name) == topic)
    good = good_records(around, WORTH_SCREENING)
    block: list[Record] = list(good)
    for number, record in enumerate(bad):
        block += [record, good[number % len(good)]]
    judgement = guard.judge(topic, block)
    refused = {item.index for item in judgement.refused}
    assert refused.isdisjoint(index for index, one in enumerate(block) if one in good)
    assert all(judgement.event_ids[i] for i in range(len(block)) if i not in refused)
    return judgement.refused


def reasons(guard: Guard, topic: str, *bad: Record) -> set[str]:
    found = verdicts(guard, topic, *bad)
    assert len(found) == len(bad)
    return {item.reason for item in found}


def places(kind: str, *token_kinds: str) -> Iterator[tuple[list[Token], int]]:
    """Every place of some kinds in a few events of a type."""
    for seed in SEEDS:
        parts = tokens(event(kind, seed))
        assert spelled(kind, parts) == codec().encode(event(kind, seed))
        yield from ((parts, at) for at, part in enumerate(parts) if part.kind in token_kinds)


def respelled(kind: str, token_kinds: tuple[str, ...], encoded: bytes) -> list[Record]:
    """A record for each place of some kinds, with other bytes there."""
    key = event(kind).header.keys()[0].encode()
    records = [
        Record(key, spelled(kind, with_token(parts, at, encoded)))
        for parts, at in places(kind, *token_kinds)
    ]
    assert records
    return records


NUMBERS = ("choice", "symbol", "count", "length", "int", "long", "time")


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
    cut = [replace(whole, value=whole.value[:length]) for length in range(1, len(whole.value))]
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


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("length", [2**40, -1, -(2**63)])
def test_a7_a_text_of_an_impossible_length_is_refused(guard: Guard, kind: str, length: int) -> None:
    bad = respelled(kind, ("length",), zigzag(length))
    assert reasons(guard, topic_of(kind), *bad) == {"length"}


@pytest.mark.parametrize("kind", KINDS)
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


@pytest.mark.parametrize("kind", KINDS)
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


@pytest.mark.parametrize("kind", KINDS)
def test_a9_the_symbol_unknown_states_nothing_and_is_refused(guard: Guard, kind: str) -> None:
    key = event(kind).header.keys()[0].encode()
    for parts, at in places(kind, "symbol"):
        bad = Record(key, spelled(kind, with_token(parts, at, zigzag(0))))
        assert reasons(guard, topic_of(kind), bad) == {"enum"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("index", [2, 9, -1, 2**40])
def test_a10_a_choice_that_the_schema_does_not_have_is_refused(
    guard: Guard, kind: str, index: int
) -> None:
    bad = respelled(kind, ("choice",), zigzag(index))
    assert reasons(guard, topic_of(kind), *bad) == {"union"}


@pytest.mark.parametrize("kind", KINDS)
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


@pytest.mark.parametrize("kind", KINDS)
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


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("F7977004-BCC6-58D4-A1FA-C8DFCA90DE32", id="capitals"),
        pytest.param("00000000-0000-0000-0000-000000000000", id="nil"),
        pytest.param("z" * 36, id="36 letters z"),
        pytest.param("f7977004bcc658d4a1fac8dfca90de32", id="no hyphens"),
        pytest.param("f7977004-bcc6-58d4-a1fa-c8dfca90de3", id="35 characters"),
        pytest.param("f797700-4bcc6-58d4-a1fa-c8dfca90de32", id="hyphen moved"),
        pytest.param("-7977004-bcc6-58d4-a1fa-c8dfca90de32", id="one hyphen more"),
        pytest.param("", id="empty"),
    ],
)
@pytest.mark.parametrize("field", ["header.event_id", "header.target_event_id"])
@pytest.mark.parametrize("kind", KINDS)
def test_a14_an_id_that_is_no_uuid_is_refused(
    guard: Guard, kind: str, field: str, text: str
) -> None:
    said = next(e for e in (event(kind, n) for n in range(99)) if e.header.target_event_id)
    parts = tokens(said)
    at = next(n for n, part in enumerate(parts) if part.path == field and part.kind == "text")
    value = spelled(kind, with_token(parts, at, text.encode()))
    bad = Record(said.header.keys()[0].encode(), value)
    assert reasons(guard, topic_of(kind), bad) == {"uuid"}


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


def record_with_date(
    said: Event, field: str, year: int | None, month: int | None, day: int | None
) -> Record:
    """An event with other parts in one of its dates, whether such a date exists or not."""
    parts = tokens(said)
    for name, number in (("year", year), ("month", month), ("day", day)):
        places = [at for at, part in enumerate(parts) if part.path == f"{field}.{name}"]
        replaced = [Token("", "choice", zigzag(0))]
        if number is not None:
            replaced = [Token("", "choice", zigzag(1)), Token("", "int", zigzag(number))]
        parts[places[0] : places[-1] + 1] = replaced
    kind = type(said).__name__
    return Record(said.header.keys()[0].encode(), spelled(kind, parts))


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


@pytest.mark.parametrize("kind", KINDS)
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


@pytest.mark.parametrize("announced", KINDS)
@pytest.mark.parametrize("topic", sorted({topic_of(kind) for kind in KINDS}))
def test_a17_a_type_stands_in_its_own_topic_only(guard: Guard, announced: str, topic: str) -> None:
    found = verdicts(guard, topic, record_of(event(announced)))
    at_home = announced in ("Annulment", "Refusal") or topic == topic_of(announced)
    assert [item.reason for item in found] == ([] if at_home else ["schema"])


def test_a17_a_death_announced_as_a_birth_is_refused(guard: Guard) -> None:
    death = event("Death")
    assert isinstance(death, Death)
    for place, country in (
        (None, None), (None, "6030"), ("Utrecht", None), ("", ""), ("N", None), ("NL", None),
    ):  # fmt: skip
        value = codec().encode(replace(death, place=place, country=country, age_years=None))
        bad = Record(death.header.keys()[0].encode(), framed("Birth", value[FRAME.size :]))
        assert reasons(guard, "civic.birth.v1", bad) == {"schema"}


@pytest.mark.parametrize("announced", KINDS)
@pytest.mark.parametrize("real", KINDS)
def test_a17_no_type_passes_for_another(guard: Guard, real: str, announced: str) -> None:
    said = event(real, 4)
    bad = Record(said.header.keys()[0].encode(), framed(announced, codec().encode(said)[5:]))
    found = verdicts(guard, topic_of(announced), bad, kind=announced)
    assert len(found) == (0 if real == announced else 1)


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


@pytest.mark.parametrize("mode", get_args(Mode))
@pytest.mark.parametrize("kind", KINDS)
def test_a22_a_source_may_not_publish_in_a_family_that_is_not_its_own(
    mode: Mode, kind: str
) -> None:
    family = topic_of(kind).split(".")[1]
    others = PUBLISHERS[SOURCES[0]] - {family}
    narrow = Guard(catalogue(), {SOURCES[0]: others}, ENVIRONMENT, mode)
    judgement = narrow.judge(topic_of(kind), good_records(kind, 20))
    assert {item.reason for item in judgement.refused} == {"authority"}
    assert len(judgement.refused) == 20
    assert judgement.event_ids == [None] * 20 == judgement.sources


@pytest.mark.parametrize("mode", get_args(Mode))
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "MissingDeclaration"])
def test_a22_only_a_source_that_publishes_for_a_court_may_declare(mode: Mode, kind: str) -> None:
    without_court = {SOURCES[0]: PUBLISHERS[SOURCES[0]] - {"court"}}
    register, court = (
        Guard(catalogue(), publishers, ENVIRONMENT, mode)
        for publishers in (without_court, PUBLISHERS)
    )
    records = []
    for number in range(100):
        said = event(kind, number)
        header = replace(said.header, source=SOURCES[0], legal_state=LegalState.DECLARED)
        records.append(record_of(replace(said, header=header)))
    refused = register.judge(topic_of(kind), records).refused
    assert [item.reason for item in refused] == ["authority"] * 100
    assert court.judge(topic_of(kind), records).refused == []


def test_a22_a_source_that_nobody_knows_may_not_publish(guard: Guard) -> None:
    said = event("Death")
    foreign = Death(replace(said.header, source="somebody-else"))
    assert reasons(guard, "civic.death.v1", record_of(foreign)) == {"authority"}


def test_a22_a_watermark_is_taken_only_from_a_source_that_publishes_there(guard: Guard) -> None:
    bad = record_of(watermark(source="somebody-else"))
    assert reasons(guard, "civic.death.v1", bad) == {"authority"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("key", [key_of(12345).encode(), b"", b"x", None, b"source:city-registry"])
def test_a23_a_record_under_somebody_elses_key_is_refused(
    guard: Guard, kind: str, key: bytes | None
) -> None:
    bad = replace(record_of(event(kind)), key=key)
    assert reasons(guard, topic_of(kind), bad) == {"key_mismatch"}


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
@pytest.mark.parametrize("environment", ["test", "", "Development", "developmenT"])
def test_a29_an_event_made_for_another_deployment_is_refused(
    guard: Guard, kind: str, environment: str
) -> None:
    said = event(kind)
    bad = record_of(replace(said, header=replace(said.header, environment=environment)))
    assert reasons(guard, topic_of(kind), bad) == {"environment"}


def test_a29_a_watermark_made_for_another_deployment_is_refused(guard: Guard) -> None:
    bad = record_of(watermark(environment="test"))
    assert reasons(guard, "civic.birth.v1", bad) == {"environment"}
