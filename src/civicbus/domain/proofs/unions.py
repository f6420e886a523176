"""Unions as they went: from when a couple was united, what ended it, and whether it revived.

A union has its first day and not the day of its end. A partnership that was converted into a
marriage goes on as one union. `union_courses` makes these of what the registers say.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from civicbus.domain.dates import Interval
from civicbus.domain.events import IdentityLink
from civicbus.domain.proofs.deaths import agreed
from civicbus.domain.proofs.partners import Partner
from civicbus.domain.proofs.person import LINKED
from civicbus.domain.resolve import Fact
from civicbus.domain.truth import Truth, all_of, negation
from civicbus.domain.vocabulary import UnionEnd, UnionKind

BY_DEATH = (UnionEnd.DEATH, UnionEnd.PRESUMED_DEATH)


@dataclass(frozen=True, slots=True)
class Moment:
    """What is asked about: a day at its end, or the moment at which the person themselves died."""

    when: Interval
    is_death: bool = False

    def begun(self, start: Interval) -> Truth:
        """Had it begun by then?"""
        return negation(start.after(self.when))

    def over(self, end: Interval) -> Truth:
        """Was it over? Of what ended on the day of death nobody knows which came first."""
        if not self.is_death:
            return self.begun(end)
        if end.after(self.when) is True:
            return False
        return True if end.before(self.when) is True else None


@dataclass(frozen=True, slots=True)
class Ending:
    """Something that ended a union: how, when, by which facts.

    `own` tells that the person's own death, or the declaration of it, ended it, and not the
    partner's. `revoked`: it was a declaration of death that has been revoked since; `restored` is
    from when the marriage revived then, if it did.
    """

    how: UnionEnd
    when: Interval
    facts: tuple[Fact[Any], ...]
    own: bool = False
    revoked: bool = False
    restored: Interval | None = None

    def in_force(self, moment: Moment) -> Truth:
        """Had it ended the union by then, and was that not undone?"""
        if self.own and moment.is_death and not self.revoked:
            return False  # it is the very death at whose moment is asked
        undone = False if self.restored is None else moment.begun(self.restored)
        return all_of(moment.over(self.when), negation(undone))

    @property
    def is_plain_death(self) -> bool:
        """True for a death that nobody has revoked."""
        return self.how in BY_DEATH and not self.revoked


@dataclass(frozen=True, slots=True)
class CourseOfUnion:
    """One union of a person from its start to its end.

    `starts` are what its records say of the start; they may contradict each other. `converted` is
    from when a partnership was a marriage.
    """

    partner: Partner
    kind: UnionKind
    starts: tuple[Interval, ...]
    facts: tuple[Fact[Any], ...]
    endings: tuple[Ending, ...] = ()
    converted: Interval | None = None

    @property
    def start(self) -> Interval:
        """When it began, as far as its records agree."""
        return agreed(self.starts)

    @property
    def evidence(self) -> tuple[Fact[Any], ...]:
        """Every fact that tells of it.

        Where its record says that a death ended it, the deaths of the partner tell of it too, also
        one later than the day asked about. Where the partner stands there under several numbers,
        the links between these show that it is one union.
        """
        told = (*self.facts, *(fact for ending in self.endings for fact in ending.facts))
        life = self.partner.life
        if life is None:
            return told
        named = any(ending.how in BY_DEATH for ending in self.entered)
        deaths = life.legal_deaths if named else []
        facts = (*told, *deaths)
        keys = {c.person_key for fact in facts for c in fact.content.header.concerned}
        links = life.of(IdentityLink, *LINKED) if len(keys & life.facts.keys) > 1 else []
        return (*facts, *links)

    def begun(self, moment: Moment) -> Truth:
        """Had it begun by then?"""
        return moment.begun(self.start)

    def holds(self, moment: Moment) -> Truth:
        """Were the two united then?"""
        return all_of(self.begun(moment), *(negation(e.in_force(moment)) for e in self.endings))

    @property
    def entered(self) -> list[Ending]:
        """The ends that stand in its own record, and not in that of a partner's death."""
        return [e for e in self.endings if any(fact in self.facts for fact in e.facts)]

    def holds_by_its_record(self, moment: Moment) -> Truth:
        """Were the two united then, if nothing were known of anybody's death?"""
        return all_of(self.begun(moment), *(negation(e.in_force(moment)) for e in self.entered))

    def is_marriage(self, moment: Moment) -> Truth:
        """Was it a marriage then, and not a partnership?"""
        if self.converted is None:
            return self.kind is UnionKind.MARRIAGE
        return moment.begun(self.converted)

    def is_marriage_at_end(self, ending: Ending) -> bool:
        """Was it a marriage when it ended? A conversion comes before the end."""
        if self.converted is None:
            return self.kind is UnionKind.MARRIAGE
        return ending.when.before(self.converted) is not True

    def ended_by(self, moment: Moment) -> list[Ending]:
        """What ended it; more than one if nobody knows which of them came first."""
        possible = [e for e in self.endings if e.in_force(moment) is not False]
        certain = [e for e in possible if e.in_force(moment) is True]
        return [e for e in possible if not any(o.when.before(e.when) is True for o in certain)]

    def contradicts_itself(self, moment: Moment) -> bool:
        """True if its dates cannot all be right, in a way that matters then."""
        if all(moment.begun(start) is False for start in self.starts):
            return False
        deaths = [e for e in self.endings if e.is_plain_death]
        divorces = [e for e in self.endings if e.how is UnionEnd.DISSOLUTION]
        died = [e for e in self.endings if e.how in BY_DEATH and e.in_force(moment) is not False]
        return (
            _split(moment.begun(start) for start in self.starts)
            or _split(e.in_force(moment) for e in deaths)
            or _split(e.in_force(moment) for e in divorces)
            or any(e.when.before(self.start) is True for e in self.endings)
            or any(_divorced_after(e, death) for e in divorces for death in died)
            or self._partner_died_later(moment)
        )

    def _partner_died_later(self, moment: Moment) -> bool:
        """Did a death end it by its record, while the partner lived by the register of deaths?"""
        life = self.partner.life
        widows = any(
            e.how is UnionEnd.DEATH and not e.own and e.in_force(moment) is True
            for e in self.entered
        )
        if life is None or not widows:
            return False
        return any(moment.over(life.died(death)) is False for death in life.legal_deaths)


def _split(truths: Iterable[Truth]) -> bool:
    """True if one record says yes and another no."""
    return {True, False} <= set(truths)


def _divorced_after(divorce: Ending, death: Ending) -> bool:
    """True for a divorce of whom death had parted already, and no revival united again."""
    apart = death.restored is None or divorce.when.before(death.restored) is True
    return apart and death.when.before(divorce.when) is True
