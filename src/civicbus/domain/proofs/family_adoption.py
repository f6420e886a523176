"""What an adoption does to those who were parents before it.

They are parents no more from the adoption on (China's Civil Code, article 1111), but for the spouse
of one who adopts alone (article 1103). When an adoption is dissolved, a minor's former parents are
parents again; an adult's only if they agree (article 1117). An adoption that was void is annulled,
and never had an effect.

Elsewhere a companion counts like a spouse (Netherlands: BW 1:229), which no register of unions
shows. So only where spouses alone count does the silence of that register say anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from civicbus.domain.ages import has_reached
from civicbus.domain.dates import Interval
from civicbus.domain.events import Concerned, Union
from civicbus.domain.proofs.absence import Silence, doubt_about_absence
from civicbus.domain.proofs.family_findings import Finding, all_of, any_of, finding, negation
from civicbus.domain.proofs.family_record import ParentEntry, Record, Somebody
from civicbus.domain.proofs.timing import period_of
from civicbus.domain.record_codes import ParentageEnd
from civicbus.domain.resolve import Fact
from civicbus.domain.vocabulary import Role

MAJORITY = 18  # Civil Code, article 17
SPOUSES_ALONE = frozenset({"cn-rid"})

Named = tuple[ParentEntry, Concerned]


def is_displaced(
    child: Record, entries: Sequence[ParentEntry], entry: ParentEntry, who: Somebody, day: date
) -> Finding:
    """Is somebody no parent by an entry any more, because the child was adopted by others?"""
    return any_of(
        all_of(
            negation(adoption.names(who)),
            _came_before(entry, adoption),
            _excludes_on(child, adoption, day),
            negation(_is_spouse(child, who, adoption, entries)),
        )
        for adoption in entries
        if adoption.is_adoption and adoption is not entry
    )


def _came_before(entry: ParentEntry, adoption: ParentEntry) -> Finding:
    if entry.kind is None:
        return True  # nobody is adopted before the birth
    # Not so of two entries of one day: they are of one adoption by two.
    return finding(entry.happened.before(adoption.happened), "undetermined_date")


def _excludes_on(child: Record, adoption: ParentEntry, day: date) -> Finding:
    """Are those who were parents before it none on the day: by it, or still after its end?"""
    period = adoption.period
    if period.end is None:
        return adoption.holds_on(day)
    ended = finding(period.end.happened_by(day), "undetermined_date")
    lasting = all_of(ended, negation(_restored(child, adoption, period.end)))
    return any_of((adoption.holds_on(day), lasting))


def _restored(child: Record, adoption: ParentEntry, end: Interval) -> Finding:
    """Are the former parents parents again by the end of an adoption?"""
    last_word = adoption.fact.end
    if last_word is None or last_word.end_reason is not ParentageEnd.ADOPTION_DISSOLVED:
        return False
    if child.born is None:
        return "undetermined_date"
    if has_reached(MAJORITY, child.born, end.latest) is False:
        return True
    of_age = has_reached(MAJORITY, child.born, end.earliest)
    return "restoration_by_agreement" if of_age else "undetermined_date"


def _is_spouse(
    child: Record, who: Somebody, adoption: ParentEntry, entries: Sequence[ParentEntry]
) -> Finding:
    """Was somebody the spouse of the one who adopted alone, on the day of the adoption?"""
    same_day = [e for e in entries if e.is_adoption and e.happened.is_on(adoption.happened) is True]
    if two_in([(e, c) for e in [adoption, *same_day] for c in e.parents]):
        return False
    if not isinstance(who, Record):
        return "adopter_may_be_spouse"
    unions = unions_with_adopters(who, [adoption])
    if any(_held_on(who, fact, adoption.happened) is True for fact in unions):
        return True
    if any(_held_on(who, fact, adoption.happened) is None for fact in unions):
        return "adopter_may_be_spouse"
    if not child.schemes <= SPOUSES_ALONE:
        return "adopter_may_be_spouse"
    return (
        doubt_about_absence(
            replace(who.question, valid_at=min(adoption.happened.latest, who.day)),
            who.facts,
            who.authorities("union"),
            Silence(("union",), adoption.happened.earliest),
            fresh_for=who.scope.fresh_for,
        )
        or False
    )


def unions_with_adopters(who: Record, entries: Sequence[ParentEntry]) -> list[Fact[Union]]:
    """The unions of somebody with one who adopted, or with somebody who has no number."""
    adopters = {c.person_key for entry in entries if entry.is_adoption for c in entry.parents}
    return [
        fact
        for fact in who.of(Union, Role.PARTNER)
        for partner in fact.content.header.in_role(Role.PARTNER)
        if partner.person_key is None
        or (partner.person_key in adopters and partner.person_key not in who.facts.keys)
    ]


def _held_on(who: Record, fact: Fact[Union], when: Interval) -> bool | None:
    """Did a union hold on a day, as far as it is entered and nobody doubts it?"""
    period = period_of(fact)
    nameless = any(c.person_key is None for c in fact.content.header.in_role(Role.PARTNER))
    if period is None or fact.doubted or fact.end is fact.content:
        return None
    if period.end is not None and period.end.before(when):
        return False
    if period.start is not None and period.start.after(when):
        return False
    certain = period.covers(when.earliest, when.latest) and who.decides(fact.content)
    return True if certain and not nameless else None


def two_in(named: Sequence[Named]) -> bool:
    """True if these are certainly not all one person.

    Two who stand in one entry are two; so are a mother and a father. Else one person may stand
    there under two numbers.
    """
    return any(
        are_two(one, other) for place, one in enumerate(named) for other in named[place + 1 :]
    )


def are_two(one: Named, other: Named) -> bool:
    """True if two who are named are certainly not one person."""
    (entry, concerned), (other_entry, other_concerned) = one, other
    if concerned.person_key is not None and concerned.person_key == other_concerned.person_key:
        return False
    roles = {concerned.role, other_concerned.role}
    return entry is other_entry or roles == {Role.MOTHER, Role.FATHER}
