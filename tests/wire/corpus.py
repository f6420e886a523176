"""Events, records and hostile bytes for the tests of the guard. All persons are invented.

`tokens` encodes an event on its own, apart from any Avro library, as a list of the smallest parts,
each with its field and kind. So a test can replace exactly one of them: this length, that choice.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from civicbus.domain.dates import PartialDate, Qualifier
from civicbus.domain.events import (
    Annulment,
    Basis,
    Birth,
    Concerned,
    Death,
    Event,
    Header,
    Investigation,
    MissingDeclaration,
    Refusal,
    Registration,
    SourceWatermark,
    Union,
    event_id,
)
from civicbus.domain.families import FAMILIES
from civicbus.domain.identifiers import Identifier
from civicbus.domain.person_key import person_key
from civicbus.domain.vocabulary import (
    AnnulmentReason,
    BasisKind,
    Cause,
    Change,
    LegalState,
    RegistrationEnd,
    Role,
    Sex,
    UnionEnd,
    UnionKind,
)
from civicbus.wire.codec import FRAME, MAGIC, Codec
from civicbus.wire.records import from_millis, to_millis, to_plain
from civicbus.wire.schemas import Catalogue, LockedSchema, load_catalogue, named_types
from civicbus.wire.topics import watermark_key

SECRET = b"a secret of the tests"
ENVIRONMENT = "development"
SOURCES = ("city-registry", "population-register")
PUBLISHERS = {source: frozenset(FAMILIES) for source in SOURCES}
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
NAMES = ("Jan de Vries", "Zoë Ng", "王小明", "Ó Conchúir", "Иван Петров", "O'Neil\tJr.")


@cache
def catalogue() -> Catalogue:
    return load_catalogue()


@cache
def codec() -> Codec:
    return Codec(catalogue())


@dataclass(frozen=True)
class Record:
    """A Kafka record as a consumer gives it."""

    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]] = field(default=())
    timestamp: int = to_millis(NOW)


def key_of(number: int) -> str:
    return person_key(Identifier("us-dc", str(number)), SECRET)


def person(rng: random.Random, role: Role) -> Concerned:
    number = rng.randrange(1, 10**9)
    return Concerned(role, (Identifier("us-dc", str(number)),), key_of(number))


def nameless(rng: random.Random, role: Role) -> Concerned:
    """Somebody without a number: known by name and birth date."""
    return Concerned(role, name=rng.choice(NAMES), birth_date=day(rng, 1900, 1990))


def day(rng: random.Random, first_year: int, last_year: int) -> PartialDate:
    year = rng.randint(first_year, last_year)
    month, date = rng.randint(1, 12), rng.randint(1, 28)
    qualifier = rng.choices(list(Qualifier), (20, 1, 1, 1))[0]
    text = rng.choice((None, None, "about then"))
    known = rng.choices((3, 2, 1, 0), (20, 2, 2, 1))[0]
    return PartialDate(
        year if known > 0 else None,
        month if known > 1 else None,
        date if known > 2 else None,
        qualifier,
        text,
    )


def header(rng: random.Random, *concerned: Concerned, **more: Any) -> Header:
    """A header of one of the sources, with a fair share of everything that may be absent."""
    registered = from_millis(to_millis(NOW - timedelta(seconds=rng.randrange(3 * 10**8))))
    change = rng.choices(list(Change), (12, 1, 0, 1))[0]
    values: dict[str, Any] = {
        "event_id": event_id("tests", str(rng.random())),
        "source": rng.choice(SOURCES),
        "concerned": concerned,
        "registered_at": registered,
        "occurred": day(rng, 1995, 2014),
        "change": change,
        "target_event_id": None if change is Change.CREATED else event_id("t", str(rng.random())),
        "effective_from": rng.choice((None, None, day(rng, 1995, 2014))),
        "legal_state": rng.choice(list(LegalState)),
        "basis": rng.choice((None, Basis(BasisKind.DEED, "1AA0123", "0518"))),
        "cause": rng.choice(list(Cause)),
        "under_investigation": rng.choice(
            ((), (), (), (Investigation("death.occurred", day(rng, 2015, 2020), None),))
        ),
        "source_sequence": rng.randrange(10**6),
        "environment": ENVIRONMENT,
    }
    return Header(**(values | more))


def birth(rng: random.Random) -> Birth:
    parents = (person(rng, Role.MOTHER), rng.choice((person, nameless))(rng, Role.FATHER))
    head = header(rng, person(rng, Role.CHILD), *parents)
    return Birth(head, rng.choice(list(Sex)), rng.choice((None, "0518", "北京")), "6030")


def death(rng: random.Random) -> Death:
    who = person(rng, Role.DECEASED)
    if rng.random() < 0.3:
        who = replace(who, birth_date=day(rng, 1900, 1990))
    age = rng.choice((None, 0, 80, 150))
    return Death(header(rng, who), rng.choice((None, "Utrecht")), None, age)


def union(rng: random.Random) -> Union:
    partners = person(rng, Role.PARTNER), rng.choice((person, nameless))(rng, Role.PARTNER)
    head = header(rng, *partners)
    if rng.random() < 0.3:
        ended = replace(head, change=Change.ENDED, target_event_id=event_id("u", str(rng.random())))
        return Union(ended, UnionKind.MARRIAGE, UnionEnd.DEATH, partners[0].person_key, "Delft")
    return Union(head, rng.choice(list(UnionKind)))


def registration(rng: random.Random) -> Registration:
    head = header(rng, person(rng, Role.PERSON))
    return Registration(head, rng.choice((None, None, RegistrationEnd.EMIGRATION)))


def missing_declaration(rng: random.Random) -> MissingDeclaration:
    return MissingDeclaration(header(rng, person(rng, Role.PERSON)))


def annulment(rng: random.Random) -> Annulment:
    target = event_id("a", str(rng.random()))
    head = header(rng, person(rng, Role.PERSON), target_event_id=target)
    return Annulment(head, rng.choice(list(AnnulmentReason)))


def refusal(rng: random.Random) -> Refusal:
    return Refusal(header(rng, person(rng, Role.PERSON)), "date")


MAKERS: dict[str, tuple[Callable[[random.Random], Event], str]] = {
    "Birth": (birth, "civic.birth.v1"),
    "Death": (death, "civic.death.v1"),
    "Union": (union, "civic.union.v1"),
    "Registration": (registration, "civic.identity.v1"),
    "MissingDeclaration": (missing_declaration, "civic.court.v1"),
    "Annulment": (annulment, "civic.birth.v1"),
    "Refusal": (refusal, "civic.death.v1"),
}


def event(kind: str, seed: int = 0) -> Event:
    return MAKERS[kind][0](random.Random(f"{kind}{seed}"))


def topic_of(kind: str) -> str:
    return MAKERS[kind][1]


def record_of(said: Event | SourceWatermark, **more: Any) -> Record:
    """The record as a publisher that keeps to the rules sends it."""
    if isinstance(said, SourceWatermark):
        return Record(watermark_key(said.source), codec().encode(said), **more)
    return Record(said.header.keys()[0].encode(), codec().encode(said), **more)


@cache
def good_records(kind: str, count: int) -> tuple[Record, ...]:
    """Different records of one type, all of which may enter its topic."""
    return tuple(record_of(event(kind, seed)) for seed in range(1000, 1000 + count))


def watermark(**more: Any) -> SourceWatermark:
    return replace(SourceWatermark(SOURCES[0], NOW, 7, 5, ENVIRONMENT), **more)


@dataclass(frozen=True)
class Token:
    """The smallest part of an encoding: a number, or the bytes of a text.

    `kind` is what it stands for: `choice` (of a union), `symbol`, `count`, `length`, `text`,
    `int`, `long` or `time`.
    """

    path: str
    kind: str
    encoded: bytes
    choices: int = 0


def tokens(said: Event | SourceWatermark) -> list[Token]:
    """The encoding of an event by the latest version of its schema."""
    schema = json.loads(catalogue().latest(type(said).__name__).text)
    return list(_tokens(schema, named_types(schema), to_plain(said), ""))


def _tokens(schema: Any, named: dict[str, Any], value: Any, path: str) -> Iterable[Token]:
    if isinstance(schema, list):
        choice = 0 if value is None else 1
        yield Token(path, "choice", zigzag(choice), len(schema))
        if value is not None:
            yield from _tokens(schema[1], named, value, path)
        return
    if isinstance(schema, str):
        schema = named.get(schema, {"type": schema})
    match schema["type"]:
        case "record":
            for part in schema["fields"]:
                inner = f"{path}.{part['name']}".lstrip(".")
                yield from _tokens(part["type"], named, value[part["name"]], inner)
        case "array":
            if value:
                yield Token(path, "count", zigzag(len(value)))
            for item in value:
                yield from _tokens(schema["items"], named, item, path)
            yield Token(path, "count", zigzag(0))
        case "enum":
            symbols = schema["symbols"]
            yield Token(path, "symbol", zigzag(symbols.index(value)), len(symbols))
        case "string":
            yield Token(path, "length", zigzag(len(value.encode())))
            yield Token(path, "text", value.encode())
        case "long" if "logicalType" in schema:
            yield Token(path, "time", zigzag(to_millis(value)))
        case kind:
            yield Token(path, kind, zigzag(value))


def framed(kind: str, body: bytes) -> bytes:
    return FRAME.pack(MAGIC, catalogue().latest(kind).id) + body


def spelled(kind: str, parts: Iterable[Token]) -> bytes:
    """The framed bytes of tokens."""
    return framed(kind, b"".join(part.encoded for part in parts))


def with_token(parts: list[Token], place: int, encoded: bytes) -> list[Token]:
    """The tokens with other bytes in one place; a text brings its length along."""
    changed = list(parts)
    changed[place] = replace(parts[place], encoded=encoded)
    if parts[place].kind == "text":
        changed[place - 1] = replace(parts[place - 1], encoded=zigzag(len(encoded)))
    return changed


def zigzag(number: int) -> bytes:
    """A number as Avro writes it: sign in the lowest bit, seven bits to a byte, lowest first."""
    bits = number << 1 if number >= 0 else (-number << 1) - 1
    encoded = bytearray()
    while bits >= 0x80:
        encoded.append(bits & 0x7F | 0x80)
        bits >>= 7
    encoded.append(bits)
    return bytes(encoded)


def older(schema: LockedSchema, schema_id: int, without: Sequence[str]) -> LockedSchema:
    """A version of a schema from before some fields, named by their last name."""

    def cut(part: Any) -> Any:
        if isinstance(part, list):
            return [cut(item) for item in part if not _named(item, without)]
        if isinstance(part, dict):
            return {name: cut(value) for name, value in part.items()}
        return part

    return replace(schema, id=schema_id, version=0, text=json.dumps(cut(json.loads(schema.text))))


def _named(part: Any, names: Sequence[str]) -> bool:
    return isinstance(part, dict) and part.get("name") in names and "type" in part
