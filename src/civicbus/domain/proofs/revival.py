"""How death ends a union, and how a marriage revives when a declaration of death is revoked.

A union ends with the day on which a partner died, even where no register of unions has entered
that. A marriage ends with the day from which a spouse counts as dead by a court's declaration. It
revives with the day on which the court revokes that, unless the other spouse has married again
meanwhile, or has told the registry in writing that it shall not (China's Civil Code, article 51).
Whether that other marriage has ended since makes no difference. Nothing revives with somebody who
has died meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from civicbus.domain.dates import Interval
from civicbus.domain.events import RestorationRefusal, Union
from civicbus.domain.proofs.deaths import Passing, Revocation, passing, revocations
from civicbus.domain.proofs.life_case import LifeCase
from civicbus.domain.proofs.partners import Partner, UnionRecord, others_in
from civicbus.domain.proofs.timing import counts_from
from civicbus.domain.proofs.unions import Ending
from civicbus.domain.resolve import Fact
from civicbus.domain.truth import Truth, all_of, any_of, negation
from civicbus.domain.vocabulary import Role, UnionEnd


@dataclass(frozen=True, slots=True)
class _Survivor:
    """The spouse who was not declared dead: when unions with others began, a refusal, an own death.

    Of a union of which only the end is on record it is not known when it began: it may have been
    in the meantime. `unions` is `None` if that person's facts were not asked for.
    """

    unions: tuple[tuple[Interval, Fact[Any]], ...] | None
    refusals: tuple[_Refusal, ...]
    died: Passing | None

    def lets_it_revive(self, revocation: Revocation, next_declared: Interval | None) -> Truth:
        """Has this spouse neither married again in the meantime, nor refused, nor died?

        A refusal is of the last declaration before it.
        """
        refused = any_of(*(r.is_of(revocation, next_declared) for r in self.refusals))
        if self.unions is None:
            return False if refused else None
        remarried = any_of(*(_within(start, revocation) for start, _ in self.unions))
        died = self.died is not None and self.died.when.before(revocation.until)
        return negation(any_of(remarried, refused, died))

    @property
    def evidence(self) -> tuple[Fact[Any], ...]:
        """What the word on a revival rests on."""
        unions = (fact for _, fact in self.unions or ())
        refusals = (refusal.fact for refusal in self.refusals)
        return (*unions, *refusals, *(self.died.facts if self.died else ()))


@dataclass(frozen=True, slots=True)
class _Refusal:
    """One spouse's word that the marriage shall not revive, and whether it is more than told."""

    fact: Fact[RestorationRefusal]
    decides: bool

    def is_of(self, revocation: Revocation, next_declared: Interval | None) -> Truth:
        """Does it keep the marriage from reviving after this revocation?"""
        filed = counts_from(self.fact.content.header)
        too_late = next_declared is not None and negation(filed.before(next_declared))
        return all_of(
            negation(filed.before(revocation.since)),
            negation(too_late),
            True if self.decides else None,
        )


def endings_by_death(
    partner: Partner, person: LifeCase, records: Iterable[UnionRecord]
) -> list[Ending]:
    """How deaths and declarations of death ended a couple's unions, beside what the register says.

    The person's own death is none of these: nobody has a status after it. `records` are of all the
    unions of the person.
    """
    found = []
    life = partner.life
    if life is not None:
        if died := passing(life):
            how = UnionEnd.PRESUMED_DEATH if died.declared else UnionEnd.DEATH
            found.append(Ending(how, died.when, died.facts))
        found += _revoked(life, _person_as_survivor(partner, person, records))
    own = _revoked(person, _partner_as_survivor(partner, person))
    return [*found, *(replace(ending, own=True) for ending in own)]


def _revoked(life: LifeCase, survivor: _Survivor) -> list[Ending]:
    """What the declarations of somebody's death did to the union, that were revoked since."""
    found = revocations(life)
    declared = [life.died(fact) for fact in (*life.revoked, *life.legal_deaths)]
    return [_ending(revocation, declared, survivor) for revocation in found]


def _ending(revocation: Revocation, declared: list[Interval], survivor: _Survivor) -> Ending:
    later = [when for when in declared if revocation.since.before(when) is True]
    next_declared = min(later, key=lambda when: when.earliest, default=None)
    revives = survivor.lets_it_revive(revocation, next_declared)
    restored = revocation.until
    if revives is None:
        restored = Interval(restored.earliest, date.max)
    return Ending(
        UnionEnd.PRESUMED_DEATH,
        revocation.since,
        (revocation.fact, *survivor.evidence),
        revoked=True,
        restored=None if revives is False else restored,
    )


def _person_as_survivor(
    partner: Partner, person: LifeCase, records: Iterable[UnionRecord]
) -> _Survivor:
    others = [record for record in records if record.partner.is_one_with(partner) is not True]
    begun = [record.partner for record in others if record.start is not None]
    unions = tuple(
        (record.start or _by(record.ended), record.fact)
        for record in others
        if record.start is not None
        or not any(record.partner.is_one_with(other) is True for other in begun)
    )
    refusals = _refusals(partner, person, person.facts.keys, partner.keys)
    return _Survivor(unions, refusals, passing(person))


def _partner_as_survivor(partner: Partner, person: LifeCase) -> _Survivor:
    refusals = _refusals(partner, person, partner.keys, person.facts.keys)
    life = partner.life
    if life is None:
        return _Survivor(None, refusals, None)
    others = [
        (fact, with_whom)
        for fact in life.established(Union, Role.PARTNER)
        if person.facts.keys.isdisjoint(with_whom := _with_whom(fact, life))
    ]
    begun = {key for fact, keys in others if fact.content.end_reason is None for key in keys}
    unions = tuple(
        (_began(fact), fact)
        for fact, with_whom in others
        if fact.content.end_reason is None or begun.isdisjoint(with_whom)
    )
    return _Survivor(unions, refusals, passing(life))


def _with_whom(fact: Fact[Union], life: LifeCase) -> set[str]:
    """The keys of those with whom somebody is in a union, by an act."""
    others = others_in(fact.content, life.facts.keys)
    return {concerned.person_key for concerned in others if concerned.person_key is not None}


def _began(fact: Fact[Union]) -> Interval:
    when = counts_from(fact.content.header)
    return when if fact.content.end_reason is None else _by(when)


def _by(end: Interval | None) -> Interval:
    """When a union can have begun of which no more is known than when it ended."""
    return Interval(date.min, date.max if end is None else end.latest)


def _refusals(
    partner: Partner, person: LifeCase, of: frozenset[str], about: frozenset[str]
) -> tuple[_Refusal, ...]:
    """What one of the couple has filed about the other, entered or only told."""
    cases = [person] if partner.life is None else [person, partner.life]
    return tuple(
        _Refusal(fact, case.decides(fact.content))
        for case in cases
        for fact in case.of(RestorationRefusal)
        if fact.content.header.has_role(of, Role.PARTNER) and fact.content.header.concerns(about)
    )


def _within(start: Interval, revocation: Revocation) -> Truth:
    """Did it begin while the declaration had effect?"""
    return all_of(negation(start.before(revocation.since)), negation(start.after(revocation.until)))
