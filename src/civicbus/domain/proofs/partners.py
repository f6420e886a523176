"""Who the partner in a union is, and which records of unions are of one couple.

Two records are of one couple if the partner bears the same number, or numbers that are linked. A
partner without a number is never found by name and birth date alone; but of one person's unions
those that began on one day are one union, so is the marriage into which a partnership was converted
that day, and an end belongs to the partner whom it names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from civicbus.domain.dates import Interval
from civicbus.domain.events import Birth, Concerned, Event, Union
from civicbus.domain.names import same_name
from civicbus.domain.proofs.case import Case
from civicbus.domain.proofs.life_case import LifeCase
from civicbus.domain.proofs.timing import counts_from
from civicbus.domain.resolve import Fact
from civicbus.domain.truth import Truth
from civicbus.domain.vocabulary import Change, Role, UnionEnd, UnionKind

IN_A_UNION = (Role.PARTNER, Role.DECEASED)

Lives = Mapping[str, LifeCase]


@dataclass(frozen=True, slots=True)
class Partner:
    """The other one of a couple: every key they are known by, what an act says, their own facts.

    There are no keys if the act states no number, and no `life` if the person was not asked for.
    """

    keys: frozenset[str]
    named: Concerned
    life: LifeCase | None = None

    def is_one_with(self, other: Partner) -> Truth:
        """Are these two one person?

        Numbers that differ are two people's, unless they are of different kinds, or name and birth
        date agree: then one of them may be a slip of the pen. Nor are they two people's where an
        act states, beside the number that decides, the other one too.
        """
        if self.keys & other.keys:
            return True
        told = self.agrees_with(other)
        if False in told:
            return False
        if not self.keys or not other.keys or told == [True, True]:
            return None
        if not set(self.named.identifiers).isdisjoint(other.named.identifiers):
            return None
        return None if _schemes(self).isdisjoint(_schemes(other)) else False

    def agrees_with(self, other: Partner) -> list[Truth]:
        """Whether the names, and whether the birth dates agree, as far as both are stated."""
        one, two = self.named, other.named
        told: list[Truth] = []
        if one.name is not None and two.name is not None:
            told.append(same_name(one.name, two.name))
        if one.birth_date is not None and two.birth_date is not None:
            told.append(Interval.of(one.birth_date).is_on(Interval.of(two.birth_date)))
        return told


@dataclass(frozen=True, slots=True)
class UnionRecord:
    """What one act says of a couple's union; without `start` it tells only of the end.

    `decides`: an authority or a court says so. `ended` and `reason` are of the end, if there is
    one. `own_death`: that it ended by the death of the one whose record this is.
    """

    fact: Fact[Union]
    partner: Partner
    kind: UnionKind
    decides: bool
    start: Interval | None
    ended: Interval | None = None
    reason: UnionEnd | None = None
    own_death: bool = False

    @property
    def contradicts_itself(self) -> bool:
        """True if by the record it ended before it began."""
        if self.start is None or self.ended is None:
            return False
        return self.ended.before(self.start) is True


def person_as_partner(case: LifeCase) -> Partner:
    """How somebody would stand in another's record: numbers, the name and birth date on record."""
    own = [
        concerned
        for fact in case.facts.held
        for concerned in fact.content.header.concerned
        if concerned.person_key in case.facts.keys
    ]
    births = [fact.content.header.occurred for fact in case.of(Birth, Role.CHILD)]
    stated = next((concerned.birth_date for concerned in own if concerned.birth_date), None)
    born = births[0] if len(births) == 1 else stated
    name = next((concerned.name for concerned in own if concerned.name), None)
    named = Concerned(Role.PARTNER, (case.question.person,), case.question.person_key, name, born)
    return Partner(case.facts.keys, named, case)


def others_in(event: Event, keys: frozenset[str]) -> list[Concerned]:
    """Whoever is in a union with the person who has these keys, by an act."""
    return [
        concerned
        for concerned in event.header.in_role(*IN_A_UNION)
        if concerned.person_key is None or concerned.person_key not in keys
    ]


def partner_in(event: Event, keys: frozenset[str], lives: Lives) -> Partner | None:
    """The one whom an act names beside the person; `None` if it does not tell of exactly one."""
    others = others_in(event, keys)
    if len(others) != 1:
        return None
    (named,) = others
    if named.person_key is None:
        return Partner(frozenset(), named)
    life = lives.get(named.person_key)
    return Partner(life.facts.keys if life else frozenset({named.person_key}), named, life)


def is_emptied(fact: Fact[Union], keys: frozenset[str]) -> bool:
    """True if the last word of the register took the partner out of the row: there is no union.

    So the Dutch register withdraws one (LO3, an emptied row).
    """
    revised = fact.content.header.change is not Change.CREATED
    return revised and not others_in(fact.content, keys)


def record_of(fact: Fact[Union], partner: Partner, case: Case) -> UnionRecord:
    """What an act says; of a union that was only reported a court's decree still ends it."""
    content, end = fact.content, fact.end
    decides = case.decides(content)
    decreed = not decides and end is not None and case.decides(end)
    has_start = content.end_reason is None and not decreed
    return UnionRecord(
        fact=fact,
        partner=partner,
        kind=content.kind,
        decides=decides or decreed,
        start=counts_from(content.header) if has_start else None,
        ended=None if end is None else counts_from(end.header),
        reason=None if end is None else end.end_reason,
        own_death=end is not None and died_in(end, case.facts.keys),
    )


def died_in(end: Union, keys: frozenset[str]) -> bool:
    """True if a union ended by the death of the person who has these keys."""
    return end.deceased_person_key in keys or end.header.has_role(keys, Role.DECEASED)


def couples(records: Iterable[UnionRecord]) -> list[list[UnionRecord]]:
    """The records by couple, each with the fullest word on the partner; starts before ends."""
    groups: list[list[UnionRecord]] = []
    for record in sorted(records, key=_starts_first):
        group = next((g for g in groups if any(_of_one_couple(record, r) for r in g)), None)
        if group is None:
            groups.append([record])
        else:
            group.append(record)
    return [_with_one_partner(group) for group in groups]


def _starts_first(record: UnionRecord) -> tuple[bool, date]:
    return record.start is None, record.start.earliest if record.start else date.min


def _of_one_couple(one: UnionRecord, other: UnionRecord) -> bool:
    same = one.partner.is_one_with(other.partner)
    if same is not None:
        return same
    if _is_conversion(one, other) or _is_conversion(other, one):
        return True
    if one.start is not None and other.start is not None:
        return one.start.is_on(other.start) is True
    told = one.partner.agrees_with(other.partner)
    return bool(told) and None not in told


def _is_conversion(one: UnionRecord, other: UnionRecord) -> bool:
    """True if by its own record the first became, that day, the marriage that the other tells of.

    Whoever converts a partnership that day marries nobody else.
    """
    if one.reason is not UnionEnd.CONVERSION or other.kind is not UnionKind.MARRIAGE:
        return False
    return (
        one.ended is not None and other.start is not None and one.ended.is_on(other.start) is True
    )


def _with_one_partner(group: list[UnionRecord]) -> list[UnionRecord]:
    partners = [record.partner for record in group]
    best = max(partners, key=lambda partner: (partner.life is not None, len(partner.keys)))
    return [replace(record, partner=best) for record in group]


def _schemes(partner: Partner) -> set[Any]:
    return {identifier.scheme for identifier in partner.named.identifiers}
