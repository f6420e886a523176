"""People whose dossiers are alike to the proof `alive`: it answers the same about all of them.

Of hundreds of thousands of people most are born, on record and nothing else that matters. So a
sweep lets the proof answer about one of those who are alike, and gives the others its answer with
their own events as evidence. What makes people alike is everything that the proof can tell apart:
their acts in register order, how each reads (`life_columns`), which ends or corrects which, and the
schemes of their numbers. A test holds the answers to those of the proof itself.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from civicbus.domain.events import Birth, Death, Event
from civicbus.domain.vocabulary import Change, Role
from civicbus.wire import native
from civicbus.wire.codec import FRAME, MAGIC
from civicbus.wire.guard_layout import layout_of
from civicbus.wire.life_columns import (
    BETWEEN,
    NO_DAY,
    OF_NO_MATTER,
    OF_THE_LIVING,
    READERS,
    Block,
    Moment,
    closes_life,
)
from civicbus.wire.life_table import Person, Table
from civicbus.wire.records import RECORD_TYPES
from civicbus.wire.schemas import Catalogue, LockedSchema

LATEST = 99_999_999  # later than any day


class Likeness(NamedTuple):
    """What the proof can tell of a person, but for the ids of the acts, which stand beside it.

    Of each act how it reads, the place of the one that it changes, and how its day lies to that of
    the death, if there is one.
    """

    acts: tuple[tuple[str, int | None, int], ...]
    schemes: frozenset[str]


class Alike(NamedTuple):
    """A person who is like others: in what, and the ids of the acts in the same order."""

    likeness: Likeness
    ids: tuple[str, ...]


class _Act(NamedTuple):
    """An act; `written` and then the id is the register's order, as in `domain.changes`."""

    written: tuple[int, int]
    id: str
    kind: type[Event]
    reads: str
    target: str | None
    day: int
    closes: bool

    @property
    def corrects(self) -> bool:
        """True if it restates another act."""
        return f"{BETWEEN}{Change.CORRECTED}{BETWEEN}" in self.reads


@dataclass(slots=True)
class _Seen:
    """What has been seen of the people of a batch, by their place in it.

    `changes` are the events that change another one, with its id; `days` are those of what a dead
    person could have had no part in, and `ids` those of all events, with the places.
    """

    unlike: set[int] = field(default_factory=set)
    acts: defaultdict[int, list[_Act]] = field(default_factory=lambda: defaultdict(list))
    changes: defaultdict[int, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    schemes: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    days: list[tuple[Any, Any]] = field(default_factory=list)
    ids: list[tuple[Any, Any]] = field(default_factory=list)


class Likenesses:
    """Understands which people are alike, with the schemas of one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._by_frame = {FRAME.pack(MAGIC, one.id): one for one in catalogue.versions.values()}
        self._kind = cache(_kind_of)

    def of(self, people: Sequence[Person], moment: Moment) -> list[Alike | None]:
        """In what each person is like others; `None` for whom only the proof itself can answer.

        The events are those of the families that the proof reads, and have passed the guard.
        """
        seen = _Seen()
        for table in self._tables(people, seen):
            _look(table, people, moment, seen)
        seen.unlike.update(_with_an_id_twice(seen))
        last_days = _last_days(seen)
        return [_alike(place, seen, last_days) for place in range(len(people))]

    def _tables(self, people: Sequence[Person], seen: _Seen) -> list[Table]:
        """The events of all as columns, those together whose headers have the same columns."""
        groups: dict[bytes, tuple[list[int], list[bytes]]] = {}
        for place, person in enumerate(people):
            for event in person.events:
                frame = event[: FRAME.size]
                if frame not in groups:
                    groups[frame] = ([], [])
                places, bodies = groups[frame]
                places.append(place)
                bodies.append(event[FRAME.size :])
        alike: dict[Any, list[tuple[type[Event], Any, list[int]]]] = {}
        for frame, (places, bodies) in groups.items():
            schema = self._by_frame.get(frame)
            kind = None if schema is None else self._kind(schema)
            batch = None
            if schema is not None and kind is not None:
                batch = native.accepted(bodies, schema.text)
            if batch is None or kind is None:
                seen.unlike.update(places)
            else:
                header = batch.column("header")
                alike.setdefault(header.type, []).append((kind, batch, places))
        return [Table.of(parts, people) for parts in alike.values()]


def _kind_of(schema: LockedSchema) -> type[Event] | None:
    """The type of the events of a schema version, if they can be read from columns."""
    kind = RECORD_TYPES[schema.record]
    is_read = kind in READERS or kind in OF_NO_MATTER
    return kind if is_read and layout_of(schema) is not None else None


def _look(table: Table, people: Sequence[Person], moment: Moment, seen: _Seen) -> None:
    """Take in the events of a table, as far as they were known."""
    registered = table.header.field("registered_at").cast("int64")
    known = pc.less_equal(registered, moment.known_millis)
    if not pc.all(known).as_py():
        table = table.where(known)
    once = table.names_its_person_once()
    if once is not None:
        seen.unlike.update(table.places.filter(pc.invert(once)).to_pylist())
        table = table.where(once)
    own = table.own()
    is_marked = pc.greater(pc.list_value_length(table.header.field("under_investigation")), 0)
    is_mistaken = pc.equal(own.field("role"), Role.WRONGLY_NAMED.value)
    seen.unlike.update(table.places.filter(pc.or_(is_marked, is_mistaken)).to_pylist())
    seen.ids.append((table.places, table.header.field("event_id")))
    _see_schemes(table, own, people, seen)
    _see_changes(table, seen)
    for block, places in table.blocks(own):
        closes = closes_life(block)
        if block.kind in OF_THE_LIVING:
            seen.days.append((places, block.day))
        if block.kind in READERS:
            found = READERS[block.kind](block, moment)
            seen.unlike.update(places.filter(found.is_unlike).to_pylist())
            if found.reads is not None:
                _see_acts(block, places, found.is_act, (found.reads, closes), seen)


def _see_schemes(table: Table, own: Any, people: Sequence[Person], seen: _Seen) -> None:
    """The schemes of each person's numbers, but for the one asked with."""
    identifiers = own.field("identifiers")
    schemes = identifiers.values.field("scheme")
    asked_with = {person.scheme for person in people}
    if len(asked_with) == 1 and asked_with.issuperset(pc.unique(schemes).to_pylist()):
        return
    rows = pc.list_parent_indices(identifiers)
    places = pc.take(table.places, rows).to_pylist()
    for place, scheme in zip(places, schemes.to_pylist(), strict=True):
        if scheme != people[place].scheme:
            seen.schemes[place].add(scheme)


def _see_changes(table: Table, seen: _Seen) -> None:
    is_change = pc.not_equal(table.header.field("change"), Change.CREATED.value)
    columns = (
        table.places, table.header.field("event_id"), table.header.field("target_event_id"),
    )  # fmt: skip
    for place, own_id, target in zip(
        *(column.filter(is_change).to_pylist() for column in columns), strict=True
    ):
        seen.changes[place][own_id] = target


def _see_acts(block: Block, places: Any, is_act: Any, how: tuple[Any, Any], seen: _Seen) -> None:
    reads, closes = how
    registered = block.said("registered_at").cast("int64")
    changes = pc.not_equal(block.said("change"), "CREATED")
    target = pc.if_else(changes, block.said("target_event_id"), None)
    columns = (
        places, registered, block.said("source_sequence"), block.said("event_id"), reads, target,
        block.day, closes,
    )  # fmt: skip
    for place, millis, sequence, own_id, *more in zip(
        *(column.filter(is_act).to_pylist() for column in columns), strict=True
    ):
        seen.acts[place].append(_Act((millis, sequence), own_id, block.kind, *more))


def _with_an_id_twice(seen: _Seen) -> list[int]:
    """Those who have two events of one id, in whatever topics."""
    if not seen.ids:
        return []
    places = pa.concat_arrays([places for places, _ in seen.ids])
    ids = pa.concat_arrays([ids for _, ids in seen.ids])
    named = pc.binary_join_element_wise(places.cast("string"), ids, pa.scalar(BETWEEN))
    if pc.count_distinct(named).as_py() == len(named):
        return []
    times = Counter(named.to_pylist())
    return [int(name.partition(BETWEEN)[0]) for name, count in times.items() if count > 1]


def _last_days(seen: _Seen) -> dict[int, int]:
    """Of those who have died, the last day of anything that a dead person cannot do.

    A day that is not known may be any, so it is later than all.
    """
    dead = {place for place, acts in seen.acts.items() if any(act.closes for act in acts)}
    found = dict.fromkeys(dead, NO_DAY)
    if not dead:
        return found
    wanted = pa.array(sorted(dead), pa.int32())
    for places, days in seen.days:
        is_wanted = pc.is_in(places, wanted)
        columns = (column.filter(is_wanted).to_pylist() for column in (places, days))
        for place, day in zip(*columns, strict=True):
            found[place] = max(found[place], LATEST if day == NO_DAY else day)
    return found


def _alike(place: int, seen: _Seen, last_days: dict[int, int]) -> Alike | None:
    """In what a person is like others, of whom all has been seen."""
    if place in seen.unlike:
        return None
    acts = sorted(seen.acts.get(place, ()), key=itemgetter(0, 1))
    ids = tuple([act.id for act in acts])
    schemes = frozenset(seen.schemes.get(place, ()))
    changes = seen.changes.get(place)
    if changes and not _are_plain(changes, acts, schemes):
        return None
    births = [act.day for act in acts if act.kind is Birth]
    closing = [act for act in acts if act.closes]
    if len(set(births)) > 1 or len(births) > 2:
        return None
    if not changes and not closing:
        return Alike(Likeness(tuple([(act.reads, None, 0) for act in acts]), schemes), ids)
    deaths = [act.day for act in closing if act.kind is Death]
    first = min((act.day for act in closing), default=LATEST)
    if len(deaths) > 1 or (closing and (not births or first < births[0])):
        return None
    if last_days.get(place, NO_DAY) > first:
        return None
    places = {own_id: at for at, own_id in enumerate(ids)}
    died = deaths[0] if deaths else None
    read = tuple(
        (
            act.reads,
            None if act.target is None else places[act.target],
            0 if died is None or not act.closes else (act.day > died) - (act.day < died),
        )
        for act in acts
    )
    return Alike(Likeness(read, schemes), ids)


def _are_plain(changes: dict[str, str], acts: Sequence[_Act], schemes: frozenset[str]) -> bool:
    """True if it is clear what each change is about.

    Nothing may change a change; only acts may change acts, and acts that have arrived: events of
    any types may name one that has not. What was corrected, and what corrects it, must have been
    written at different moments, or it is not certain which was the last word; and since it may
    have said another number, there may be one scheme only.
    """
    ids = {act.id for act in acts}
    revised = {act.target for act in acts if act.corrects}
    revisions = [act.written for act in acts if act.corrects or act.id in revised]
    return (
        not schemes
        and len(set(revisions)) == len(revisions)
        and not any(target in changes for target in changes.values())
        and not any(target in ids and own not in ids for own, target in changes.items())
        and all(act.target is None or act.target in ids for act in acts)
    )
