"""Bad records among good ones: what the guard says of them, and how they are made."""

from __future__ import annotations

from collections.abc import Iterator

from civicbus.domain.events import Event
from civicbus.wire.guard import WORTH_SCREENING, Guard, Refused
from tests.wire.corpus import Record, codec, good_records, topic_of
from tests.wire.makers import KINDS, event
from tests.wire.tokens import Token, spelled, tokens, with_token, zigzag

SEEDS = range(3)
# Types that between them have every type of field that any has: where a flaw lies in the bytes, it
# matters which field it is in and not which record.
SPELLED = (
    "Birth", "Death", "Union", "Contribution", "Policy", "Annulment", "MissingDeclaration",
)  # fmt: skip
NUMBERS = ("choice", "symbol", "count", "length", "int", "long", "time")


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
    """The places of some kinds in a few events of a type.

    Every type has the same header: its places are tried in births, and of the other types one
    where nothing that stands after the header is of these kinds.
    """
    for seed in SEEDS:
        parts = tokens(event(kind, seed))
        assert spelled(kind, parts) == codec().encode(event(kind, seed))
        found = [at for at, part in enumerate(parts) if part.kind in token_kinds]
        own = [at for at in found if not parts[at].path.startswith("header.")]
        yield from ((parts, at) for at in (found if kind == "Birth" else own or found[-1:]))


def respelled(kind: str, token_kinds: tuple[str, ...], encoded: bytes) -> list[Record]:
    """A record for each place of some kinds, with other bytes there."""
    key = event(kind).header.keys()[0].encode()
    records = [
        Record(key, spelled(kind, with_token(parts, at, encoded)))
        for parts, at in places(kind, *token_kinds)
    ]
    assert records
    return records


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
