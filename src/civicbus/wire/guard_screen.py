"""The screen: a whole block of records of one schema, checked as columns.

It is conservative. What it passes, the judge would accept; anything that it is not sure of goes to
the judge. The order of the rules does not matter here, since the screen never names a reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from civicbus.domain.authority import may_state
from civicbus.domain.dates import Qualifier
from civicbus.domain.events import (
    CLOCK_TOLERANCE,
    EARLIEST_TIME,
    EFFECT_AHEAD,
    LATEST_TIME,
    Contribution,
    Death,
    Event,
    IdentityLink,
    InvalidEventError,
    check_source,
)
from civicbus.domain.vocabulary import Change, LegalState
from civicbus.wire import native
from civicbus.wire.codec import FRAME
from civicbus.wire.guard_columns import (
    UUID_LENGTH,
    are_person_keys,
    are_uuids,
    binary,
    characters,
    dates_exist,
    each_row_has,
    first_days,
    last_days,
    lists_allowed,
    never,
    symbols_allowed,
    texts_allowed,
    utc_days,
    whole_numbers,
    within,
)
from civicbus.wire.guard_judge import CLOCK_TOLERANCE_MILLIS, MAX_VALUE_BYTES
from civicbus.wire.guard_layout import ITEMS, Layout, Path, layout_of
from civicbus.wire.judgement import Record
from civicbus.wire.records import RECORD_TYPES, to_millis
from civicbus.wire.schemas import LockedSchema

# Columns can take many times the bytes that spell them.
MAX_SCREENED_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Passed:
    """What the store needs of records that passed, in their order."""

    event_ids: list[bytes]
    sources: list[str]


class Screen:
    """Understands when a block of one schema's events is beyond doubt."""

    def __init__(
        self,
        schema: LockedSchema,
        kind: type[Event],
        layout: Layout,
        publishers: Mapping[str, frozenset[str]],
        environment: str,
    ) -> None:
        self._schema = schema
        self._kind = kind
        self._layout = layout
        self._publishers = publishers
        self._environment = environment

    @classmethod
    def of(
        cls, schema: LockedSchema, publishers: Mapping[str, frozenset[str]], environment: str
    ) -> Screen | None:
        """The screen of a schema version; `None` for what is judged one by one.

        Watermarks are: they are few, and each is needed as an object. So is a type with a check of
        its own that no column rule stands for.
        """
        kind = RECORD_TYPES[schema.record]
        if not issubclass(kind, Event) or (kind.check is not Event.check and kind not in CHECKS):
            return None
        layout = layout_of(schema)
        return None if layout is None else cls(schema, kind, layout, publishers, environment)

    def passes(self, family: str, records: Sequence[Record]) -> Passed | None:
        """What the store needs of a block of a family's records; `None` if any is in doubt.

        The caller has checked sizes and frames.
        """
        bodies = [record.value[FRAME.size :] for record in records if record.value is not None]
        if sum(map(len, bodies)) > MAX_SCREENED_BYTES:
            return None
        batch = native.columns(bodies, self._schema.text)
        if batch is None:
            return None
        header = batch.column("header")
        sources = self._sources(header.field("source"), family)
        declared = pc.equal(header.field("legal_state"), LegalState.DECLARED.value)
        sure = (
            sources is not None
            and (never(declared) or self._all_may_declare(sources))
            and self._values_allowed(batch, max(map(len, bodies)))
            and self._header_allowed(header)
            and _times_allowed(header, [record.timestamp for record in records])
            and _persons_allowed(header, [record.key for record in records], self._kind)
            and _keeps_rules(batch, self._kind)
        )
        if not sure or sources is None:
            return None
        ids = bytes(characters(header.field("event_id")))
        starts = range(0, len(ids), UUID_LENGTH)
        return Passed([ids[start : start + UUID_LENGTH] for start in starts], sources)

    def _sources(self, column: Any, family: str) -> list[str] | None:
        """The source of each record, if each may publish in the family's topic."""
        encoded = column.dictionary_encode()
        names: list[str] = encoded.dictionary.to_pylist()
        try:
            for name in names:
                check_source(name, "header.source")
        except InvalidEventError:
            return None
        if not all(family in self._publishers.get(name, ()) for name in names):
            return None
        if len(names) == 1:
            return names * len(column)
        return [names[place] for place in encoded.indices.to_pylist()]

    def _all_may_declare(self, sources: list[str]) -> bool:
        return all(
            may_state(LegalState.DECLARED, self._publishers[source]) for source in set(sources)
        )

    def _values_allowed(self, batch: Any, longest_record: int) -> bool:
        """What holds for texts, symbols, dates and lists wherever they stand."""
        texts = [_column(batch, path) for path in self._layout.texts]
        symbols = [_column(batch, path) for path in self._layout.symbols]
        return (
            texts_allowed(texts, longest_record)
            and symbols_allowed(symbols, self._layout.refused)
            and all(dates_exist(_column(batch, path)) for path in self._layout.dates)
            and all(lists_allowed(_column(batch, path)) for path in self._layout.lists)
        )

    def _header_allowed(self, header: Any) -> bool:
        event_id, target = header.field("event_id"), header.field("target_event_id")
        if not are_uuids(event_id) or not are_uuids(target):
            return False
        if not within(header.field("source_sequence"), 0, 2**63 - 1):
            return False
        if not pc.all(pc.equal(header.field("environment"), self._environment)).as_py():
            return False
        changes = pc.not_equal(header.field("change"), Change.CREATED.value)
        aimless = pc.and_(changes, pc.is_null(target))
        return never(aimless) and never(pc.equal(target, event_id))


def _times_allowed(header: Any, timestamps: list[int]) -> bool:
    """What lies between the act, its registration, its effect and the bus's own time."""
    registered, effective = header.field("registered_at"), header.field("effective_from")
    millis = registered.cast("int64")
    if not within(millis, to_millis(EARLIEST_TIME), to_millis(LATEST_TIME)):
        return False
    received = pc.add(whole_numbers(timestamps), CLOCK_TOLERANCE_MILLIS)
    if not never(pc.greater(millis, received)):
        return False
    latest = utc_days(pc.add(registered, CLOCK_TOLERANCE))
    if not never(pc.greater(first_days(header.field("occurred")), latest)):
        return False
    if effective.null_count == len(effective):
        return True
    return never(pc.greater(first_days(effective), utc_days(pc.add(registered, EFFECT_AHEAD))))


def _persons_allowed(header: Any, keys: list[bytes | None], kind: type[Event]) -> bool:
    """Who is concerned, in which roles, and that the record stands under the key of one of them."""
    concerned = header.field("concerned")
    persons, rows = concerned.values, pc.list_parent_indices(concerned)
    person_keys = persons.field("person_key")
    if not are_person_keys(person_keys):
        return False
    own = pc.equal(pc.take(binary(keys), rows), person_keys.cast("binary"))
    if not each_row_has(own, rows, len(keys)):
        return False
    role = persons.field("role")
    wanted = [(one,) for one in kind.roles] + ([kind.any_role] if kind.any_role else [])
    return all(
        each_row_has(pc.is_in(role, pa.array(roles, pa.string())), rows, len(keys))
        for roles in wanted
    )


def _keeps_rules(batch: Any, kind: type[Event]) -> bool:
    """What the type states as data, and where it has a check of its own, what stands for that."""
    return (
        all(within(batch.column(name), *bounds) for name, bounds in kind.ranges.items())
        and all(_says_something(batch.column(name)) for name in kind.texts)
        and (not kind.ends_with_reason or _ends_with_reason(batch))
        and (not kind.names_target or _names_target(batch))
        and (kind not in CHECKS or CHECKS[kind](batch))
    )


def _says_something(column: Any) -> bool:
    return within(pc.binary_length(column), 1, MAX_VALUE_BYTES)


def _ends_with_reason(batch: Any) -> bool:
    ended = pc.equal(batch.column("header").field("change"), Change.ENDED.value)
    return never(pc.and_(ended, pc.is_null(batch.column("end_reason"))))


def _names_target(batch: Any) -> bool:
    return bool(batch.column("header").field("target_event_id").null_count == 0)


def _births_precede_deaths(batch: Any) -> bool:
    header = batch.column("header")
    concerned = header.field("concerned")
    births = concerned.values.field("birth_date")
    if births.null_count == len(births):
        return True
    # Everyone concerned in place of the deceased: others are rarely named with a birth date.
    died = pc.take(last_days(header.field("occurred")), pc.list_parent_indices(concerned))
    return never(pc.greater(first_days(births), died))


def _months_are_in_order(batch: Any) -> bool:
    first, last = batch.column("first_month"), batch.column("last_month")
    for months in (first, last):
        if months.field("month").null_count or months.field("day").null_count != len(months):
            return False
        if not pc.all(pc.equal(months.field("qualifier"), Qualifier.EXACT.value)).as_py():
            return False  # about, by, from a month: for the judge to compare
    return never(pc.greater(first_days(first), first_days(last)))


def _never_ends(batch: Any) -> bool:
    return never(pc.equal(batch.column("header").field("change"), Change.ENDED.value))


# What stands for the `check` of a type, in columns. A type with a check and no rule here is judged
# one by one: rulings on guardians and voided ranges are few.
CHECKS: dict[type[Event], Callable[[Any], bool]] = {
    Death: _births_precede_deaths,
    Contribution: _months_are_in_order,
    IdentityLink: _never_ends,
}


def _column(batch: Any, path: Path) -> Any:
    column = batch.column(path[0])
    for step in path[1:]:
        column = column.values if step == ITEMS else column.field(step)
    return column
