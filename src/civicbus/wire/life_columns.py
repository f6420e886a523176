"""What the proof `alive` can tell apart in the events of many people, read from columns.

Events are of three sorts here. *Acts* are what the proof weighs: the person's own birth and death,
the records that registers keep of them, signs of life. What *cannot matter* to it is passed over:
a job, a dwelling, a wedding before the day that is asked about. Whoever has an event that is
neither, or one that is unusual in any way (in doubt, of an uncertain date, in another role), is
*unlike* others and is left to the proof itself. In doubt an event is unlike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from civicbus.domain.calendars import Calendar
from civicbus.domain.dates import Qualifier
from civicbus.domain.events import (
    AddressProtection,
    Birth,
    CapacityRuling,
    Death,
    DivorceFiling,
    Document,
    Employment,
    Event,
    HouseholdRegistration,
    IdentityAttribute,
    PersonName,
    Policy,
    PolicyTransfer,
    Registration,
    Residence,
    RestorationRefusal,
    Separation,
    SignOfLife,
    Stillbirth,
    Unemployment,
    Union,
)
from civicbus.domain.proofs.alive_silence import IMPLAUSIBLE_AGE, LEFT_THE_COUNTRY
from civicbus.domain.proofs.life_case import CLOSED_BY_DEATH, ENDED_BY_DEATH
from civicbus.domain.proofs.timing import EASTERNMOST_ZONE
from civicbus.domain.vocabulary import Change, LegalState, Role
from civicbus.wire.guard_columns import first_days, utc_days

BETWEEN = "|"  # no name of a type, a symbol or a source has it
NO_DAY = 0


@dataclass(frozen=True, slots=True)
class Moment:
    """The day that is asked about, as the number YYYYMMDD, and the moment of knowledge."""

    day: int
    known_millis: int

    @classmethod
    def of(cls, day: date, known_millis: int) -> Moment:
        """The moment of a question."""
        return cls(day.year * 10_000 + day.month * 100 + day.day, known_millis)

    @property
    def implausible(self) -> int:
        """Who was born on this day or before would be older than people become."""
        return self.day - IMPLAUSIBLE_AGE * 10_000


class Block:
    """Events of one type as columns, in each of which one person is concerned in one role.

    `own` is what an event says of that person, `own_key` their key.
    """

    def __init__(self, kind: type[Event], batch: Any, header: Any, own: Any, own_key: Any) -> None:
        self.kind = kind
        self.batch = batch
        self.header = header
        self.own = own
        self.own_key = own_key

    def said(self, name: str) -> Any:
        """A field of the header."""
        return self.header.field(name)

    def has_role(self, role: Role) -> Any:
        return pc.equal(self.own.field("role"), role.value)

    def is_change(self, *changes: Change) -> Any:
        return _is_one_of(self.said("change"), changes)

    @cached_property
    def is_dated(self) -> Any:
        """True where the day is known exactly."""
        occurred = self.said("occurred")
        is_day = pc.and_(
            pc.is_valid(occurred.field("day")),
            pc.equal(occurred.field("qualifier"), Qualifier.EXACT.value),
        )
        return pc.and_(is_day, _is_gregorian(occurred))

    @cached_property
    def day(self) -> Any:
        """The day as a number, `NO_DAY` where it is not known exactly."""
        return pc.if_else(self.is_dated, first_days(self.said("occurred")), NO_DAY)


class Sorted(NamedTuple):
    """Of a block: which events are acts, how these read to the proof, and which are unlike."""

    is_act: Any
    reads: Any
    is_unlike: Any


def _birth(block: Block, moment: Moment) -> Sorted:
    """One's own birth is an act; having given birth before the day cannot matter."""
    is_own, is_mothers = block.has_role(Role.CHILD), block.has_role(Role.MOTHER)
    is_sure = pc.and_(
        block.is_change(Change.CREATED), _between(block.day, moment.implausible, moment.day)
    )
    return Sorted(
        is_own,
        _reads(block),
        pc.or_(
            pc.and_(is_own, pc.invert(is_sure)),
            pc.and_(is_mothers, pc.invert(_is_before(block, moment))),
        ),
    )


def _death(block: Block, moment: Moment) -> Sorted:
    """An entry that says nothing of who has died, beside the number, cannot name somebody else."""
    sure = (
        block.has_role(Role.DECEASED),
        block.is_change(Change.CREATED),
        pc.equal(block.said("legal_state"), LegalState.REGISTERED.value),
        block.is_dated,
        pc.is_null(block.own.field("name")),
        pc.is_null(block.own.field("birth_date")),
    )
    is_over = pc.less_equal(block.day, moment.day)
    return Sorted(_all(len(block.batch)), _reads(block, is_over), pc.invert(_each(sure)))


def _record(block: Block, moment: Moment) -> Sorted:
    """Of when a record began only the day counts by which it was written down."""
    reason = block.batch.column("end_reason")
    is_end = pc.is_valid(reason)
    recorded = utc_days(pc.add(block.said("registered_at"), EASTERNMOST_ZONE))
    sure = (
        block.has_role(Role.PERSON),
        block.is_change(Change.CREATED, Change.ENDED, Change.CORRECTED),
        pc.or_(block.is_dated, pc.invert(is_end)),
        pc.invert(_is_one_of(reason, LEFT_THE_COUNTRY)),
        pc.greater(recorded, moment.implausible),
    )
    reads = _reads(
        block,
        pc.fill_null(reason, ""),
        pc.and_(is_end, pc.less_equal(block.day, moment.day)),
        pc.less_equal(recorded, moment.day),
    )
    return Sorted(_all(len(block.batch)), reads, pc.invert(_each(sure)))


def _sign(block: Block, moment: Moment) -> Sorted:
    """A sign of life before the day proves nothing for the day, and is quoted."""
    sure = (
        block.has_role(Role.PERSON),
        block.is_change(Change.CREATED),
        _is_before(block, moment),
    )
    return Sorted(_all(len(block.batch)), _reads(block), pc.invert(_each(sure)))


def _union(block: Block, moment: Moment) -> Sorted:
    """A union before the day cannot matter, unless this person's death may have ended it."""
    reason = block.batch.column("end_reason")
    deceased = block.batch.column("deceased_person_key").cast("binary")
    is_widows = pc.fill_null(pc.not_equal(deceased, block.own_key), fill_value=False)
    is_by_death = _is_one_of(reason, ENDED_BY_DEATH)
    return Sorted(
        pc.invert(_all(len(block.batch))),
        None,
        pc.or_(
            pc.and_(pc.is_null(reason), pc.invert(_is_before(block, moment))),
            pc.and_(is_by_death, pc.invert(is_widows)),
        ),
    )


READERS: dict[type[Event], Callable[[Block, Moment], Sorted]] = {
    Birth: _birth,
    Death: _death,
    Registration: _record,
    HouseholdRegistration: _record,
    SignOfLife: _sign,
    Union: _union,
}
# What the proof never asks about, but to see by which numbers the person is known.
OF_NO_MATTER: frozenset[type[Event]] = frozenset((
    AddressProtection, CapacityRuling, DivorceFiling, Document, Employment, IdentityAttribute,
    PersonName, Policy, PolicyTransfer, Residence, RestorationRefusal, Separation, Stillbirth,
    Unemployment,
))  # fmt: skip
# What a dead person could not have had a part in (`LifeCase.contradictions_from`).
OF_THE_LIVING: frozenset[type[Event]] = frozenset((Birth, Employment, Policy, SignOfLife, Union))


def closes_life(block: Block) -> Any:
    """Of each event whether it is a death, or the end of a record because of one."""
    if block.kind is Death:
        return _all(len(block.batch))
    if READERS.get(block.kind) is not _record:
        return pc.invert(_all(len(block.batch)))
    return _is_one_of(block.batch.column("end_reason"), CLOSED_BY_DEATH)


def _reads(block: Block, *more: Any) -> Any:
    """How acts read to the proof, in one text each: two that read the same are the same to it."""
    parts = [
        part.cast("string") if pa.types.is_boolean(part.type) else part
        for part in (block.said("change"), block.said("legal_state"), block.said("source"), *more)
    ]
    return pc.binary_join_element_wise(pa.scalar(block.kind.__name__), *parts, pa.scalar(BETWEEN))


def _is_before(block: Block, moment: Moment) -> Any:
    """True where an event certainly happened before the day."""
    return pc.and_(block.is_dated, pc.less(block.day, moment.day))


def _between(days: Any, after: int, until: int) -> Any:
    return pc.and_(pc.greater(days, after), pc.less_equal(days, until))


def _is_gregorian(dates: Any) -> Any:
    if dates.type.get_field_index("calendar") < 0:
        return _all(len(dates))
    is_gregorian = pc.equal(dates.field("calendar"), Calendar.GREGORIAN.value)
    return pc.fill_null(is_gregorian, fill_value=True)


def _is_one_of(symbols: Any, wanted: Sequence[str]) -> Any:
    return pc.is_in(symbols, pa.array([str(one) for one in wanted], pa.string()))


def _each(masks: Sequence[Any]) -> Any:
    found = masks[0]
    for mask in masks[1:]:
        found = pc.and_(found, mask)
    return found


def _all(count: int) -> Any:
    return pa.repeat(pa.scalar(value=True), count)
