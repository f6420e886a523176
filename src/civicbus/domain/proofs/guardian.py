"""P11 guardian: does somebody have authority over this person on a day, as parent or by a ruling?

A ruling or appointment that decides goes first, the last one that holds. It counts from its day; of
a day known in part, from the first on which it may have been, since nobody is left without the
guardian whom a court gave them; of a day not known at all nothing follows. A later adoption, or the
parents' marriage to each other after it, overtakes a ruling on parental authority.

Without one, the parents have authority over their minor children by law, whatever their households.
Over the adult nobody has, but by a ruling: whoever lacks capacity without one needs an appointment.
That there is no ruling follows from the silence of the courts. "Cannot be determined" is an
ordinary answer here: who the parents are, which one gave birth, or whether one still lives may be
open.

Legal source: in China Civil Code articles 17, 18, 26, 27 and 36 to 39; in the Netherlands BW 1:245
to 1:253 (joint authority by marriage, sole authority of the mother), 1:277 and 1:295.
"""

from __future__ import annotations

from collections.abc import Generator
from datetime import date, timedelta
from functools import cached_property
from typing import Any, ClassVar

from civicbus.domain.ages import has_reached
from civicbus.domain.answer import Outcome
from civicbus.domain.claims import Claim, ClaimKind, Party
from civicbus.domain.dossier import Dossier
from civicbus.domain.events import Birth, CapacityRuling, Guardianship, Registration
from civicbus.domain.proofs import absence, deceased, kinship, married_to
from civicbus.domain.proofs.absence import Silence
from civicbus.domain.proofs.family import (
    FamilyCase,
    in_words_of_any,
    named_parents,
    relative_in_doubt,
    too_many,
)
from civicbus.domain.proofs.family_record import FAMILIES, Record
from civicbus.domain.proofs.family_tie_rules import tie_between
from civicbus.domain.proofs.guardian_sentences import SENTENCES
from civicbus.domain.proofs.kind import Kind
from civicbus.domain.proofs.need import Need
from civicbus.domain.proofs.timing import counts_from, period_of
from civicbus.domain.proofs.verdict import Rule, Verdict, disputed, evidence, no, unknown, yes
from civicbus.domain.record_codes import Capacity, GuardianshipKind
from civicbus.domain.resolve import Fact
from civicbus.domain.truth import Truth
from civicbus.domain.vocabulary import Role

MAJORITY = 18  # Civil Code, article 17; BW 1:233
RULINGS = ("kinship", "court")


class GuardianCase(FamilyCase):
    """Understands who has authority over the person, by which ruling or by law."""

    reads: ClassVar[tuple[str, ...]] = (*FAMILIES, "court")
    couple: Verdict | None = None  # are the parents married to each other on the day
    couple_then: Verdict | None = None  # and were they on the day of the ruling

    def gather(self) -> Generator[Need, Dossier, None]:
        """Ask for the claimed guardian, the parents, their lives and their marriage."""
        self.lives: dict[str, Verdict] = {}
        party = self.question.party("guardian")
        if party is not None:
            yield from self.meet(party.identifier, party.person_key)
        yield from self.meet_parents(self)
        for key, record in self.people.items():
            asked = self.question_about(record.question.person, key, self.day)
            _, self.lives[key] = yield from deceased.PROOF.judge(asked, self.declared)
        if self.ruling is not None and len(self.parents) == 2:
            since = counts_from(self.ruling.content.header).earliest
            self.couple = yield from self._married_on(self.day)
            self.couple_then = yield from self._married_on(since)

    @cached_property
    def claimed(self) -> Record | None:
        """The record of the one who is claimed to have authority."""
        party = self.question.party("guardian")
        return None if party is None else self.known(party.person_key)

    @cached_property
    def rulings(self) -> list[Fact[Guardianship]]:
        """Every ruling and appointment about the person, whoever told of it."""
        return self.of(Guardianship, Role.WARD)

    @cached_property
    def ruling(self) -> Fact[Guardianship] | None:
        """The last one of whoever decides that holds on the day, as far as its day is known."""
        held = [f for f in self.rulings if self.decides(f.content) and self._holds(f) is True]
        return max(held, key=lambda fact: counts_from(fact.content.header).earliest, default=None)

    @property
    def undated(self) -> list[Fact[Guardianship]]:
        """Rulings of which nobody can say whether they hold on the day."""
        return [f for f in self.rulings if self.decides(f.content) and self._holds(f) is None]

    @property
    def told_rulings(self) -> list[Fact[Guardianship]]:
        """Rulings that were only told."""
        return [f for f in self.rulings if not self.decides(f.content)]

    @cached_property
    def parents(self) -> list[Record]:
        """The records of those whom the person's own record names as parents."""
        keys = [concerned.person_key for concerned in named_parents([self])]
        return [record for key in keys if (record := self.known(key)) is not None]

    @property
    def is_of_age(self) -> Truth:
        """Had the person come of age by the day?"""
        return None if self.born is None else has_reached(MAJORITY, self.born, self.day)

    @property
    def capacity_rulings(self) -> list[Fact[CapacityRuling]]:
        """Rulings that the person lacks capacity, or has less of it, on the day or perhaps."""
        return [fact for fact in limits_on(self) if self.decides(fact.content)]

    def names(self, fact: Fact[Guardianship]) -> bool:
        """True if a ruling gives authority to the one claimed."""
        keys = frozenset() if self.claimed is None else self.claimed.facts.keys
        return fact.content.header.has_role(keys, Role.GUARDIAN)

    def _holds(self, fact: Fact[Guardianship]) -> Truth:
        start = counts_from(fact.content.header)
        if start.earliest == date.min:
            return None if start.latest > self.day or fact.end is None else self._until(fact)
        return start.earliest <= self.day and self._until(fact)

    def _until(self, fact: Fact[Guardianship]) -> Truth:
        if fact.end is None:
            return True
        ended = counts_from(fact.end.header).happened_by(self.day)
        return None if ended is None else not ended

    def _married_on(self, day: date) -> Generator[Need, Dossier, Verdict]:
        one, other = self.parents
        spouse = Party(other.question.person, other.question.person_key)
        asked = self.question_about(
            one.question.person, one.question.person_key, day, (("spouse", spouse),)
        )
        _, verdict = yield from married_to.PROOF.judge(asked, self.declared)
        return verdict


def limits_on(record: Record) -> list[Fact[CapacityRuling]]:
    """Rulings that somebody has no or less capacity, that hold on the day or may."""
    found = []
    for fact in record.of(CapacityRuling, Role.PERSON):
        period = period_of(fact)
        holds = None if period is None else period.holds_on(record.day)
        if holds is not False and fact.content.capacity is not Capacity.FULL:
            found.append(fact)
    return found


def contested(case: GuardianCase) -> Verdict | None:
    """Somebody says that a ruling or appointment is wrong."""
    doubted = [fact for fact in case.rulings if fact.doubted]
    return disputed("contested", doubted) if doubted else None


def under_investigation(case: GuardianCase) -> Verdict | None:
    """A register marks a ruling as in doubt."""
    doubts = case.investigated(case.rulings, *RULINGS)
    return unknown("under_investigation", doubts) if doubts else None


def ruling_undated(case: GuardianCase) -> Verdict | None:
    """Of a ruling nobody knows whether it holds on the day."""
    return unknown("undetermined_date", case.undated) if case.undated else None


def reported_only(case: GuardianCase) -> Verdict | None:
    """A ruling was told of, and nobody who decides has entered it."""
    return unknown("notified_only", case.told_rulings) if case.told_rulings else None


def overtaken(case: GuardianCase) -> Verdict | None:
    """The parents married each other after the ruling: their authority is joint again by law."""
    ruling = case.ruling
    if ruling is None or ruling.content.kind is GuardianshipKind.GUARDIANSHIP:
        return None
    if case.couple is None or case.couple.outcome is not Outcome.YES:
        return None
    if case.couple_then is None or case.couple_then.outcome is not Outcome.NO:
        return None
    basis = (*evidence([ruling, *case.births]), *case.couple.basis, *case.couple_then.basis)
    claimed = any(record is case.claimed for record in case.parents)
    outcome, reason = (Outcome.YES, "joint_again") if claimed else (Outcome.NO, "other_guardian")
    return doubt_about(case) or Verdict(outcome, reason, basis)


def adopted_since(case: GuardianCase) -> Verdict | None:
    """An adoption after the ruling overtakes it; who has authority then is not derived here."""
    if case.ruling is None:
        return None
    since = counts_from(case.ruling.content.header)
    later = [e for e in case.entries if e.is_adoption and e.happened.after(since) is True]
    facts: list[Fact[Any]] = [case.ruling, *(entry.fact for entry in later)]
    return unknown("adopted_since", facts) if later else None


def by_ruling(case: GuardianCase) -> Verdict | None:
    """The ruling gives authority to the one claimed, to somebody else, or to nobody."""
    ruling = case.ruling
    if ruling is None:
        return None
    if doubt := doubt_about(case):
        return doubt
    if ruling.content.kind is GuardianshipKind.NOBODY:
        return no("nobody", [ruling])
    return yes("by_ruling", [ruling]) if case.names(ruling) else no("other_guardian", [ruling])


def not_on_record(case: GuardianCase) -> Verdict | None:
    """The birth of the person is not entered, so neither age nor parents are known."""
    if case.born is not None:
        return None
    reason = "birth_not_registered" if case.is_on_record else "no_such_record"
    return unknown(reason, case.of(Registration, Role.PERSON))


def of_age(case: GuardianCase) -> Verdict | None:
    """The person has come of age, or perhaps has; whoever lacks capacity needs an appointment."""
    births: list[Fact[Birth]] = case.births
    if case.is_of_age is None:
        return unknown("undetermined_date", births)
    if case.is_of_age is False:
        return None
    if case.capacity_rulings:
        return unknown("needs_appointment", [*births, *case.capacity_rulings])
    return doubt_about(case) or no("of_age", births)


def birth_mother(case: GuardianCase) -> Verdict | None:
    """Two parents are entered, and not which of them gave birth."""
    named = named_parents([case])
    roles = {concerned.role for concerned in named}
    if len(named) > 1 and roles == {Role.PARENT}:
        return unknown("birth_mother", case.births)
    return None


def by_law(case: GuardianCase) -> Verdict | None:
    """A parent of the minor, who lives and has capacity, has authority by law."""
    if case.claimed is None:
        return unknown("too_many", case.foundation)
    tie = tie_between(case, case.claimed)
    if tie.outcome in (Outcome.UNKNOWN, Outcome.DISPUTED):
        return in_words_of_any(tie, "parent")
    if tie.outcome is Outcome.NO:
        return None
    life = case.lives[_key(case.claimed)]
    if life.outcome is Outcome.YES:
        return Verdict(Outcome.NO, "guardian_dead", (*tie.basis, *life.basis))
    if life.outcome is not Outcome.NO:
        return in_words_of_any(life, "guardian")
    if limits := limits_on(case.claimed):
        return Verdict(Outcome.UNKNOWN, "without_capacity", (*tie.basis, *evidence(limits)))
    return doubt_about(case) or Verdict(Outcome.YES, "by_law", (*tie.basis, *life.basis))


def parents_gone(case: GuardianCase) -> Verdict | None:
    """No parent certainly lives: then others come by law, which needs more than registers."""
    lives = [case.lives[_key(record)] for record in case.parents]
    if any(life.outcome is Outcome.NO for life in lives):
        return None
    open_ones = [life for life in lives if life.outcome is not Outcome.YES]
    if open_ones:
        return in_words_of_any(open_ones[0], "guardian")
    basis = tuple(event for life in lives for event in life.basis)
    return Verdict(Outcome.UNKNOWN, "parents_gone", (*evidence(case.births), *basis))


def doubt_about(case: GuardianCase) -> Verdict | None:
    """A ruling may have been made of which nobody has been heard."""
    return absence.doubt_about(case, Silence(RULINGS), [*case.births, *case.rulings])


def other_guardian(case: GuardianCase) -> Verdict:
    """A parent has authority by law, and the one claimed is none."""
    assert case.claimed is not None  # `by_law` has spoken else
    tie = tie_between(case, case.claimed)
    lives = [case.lives[_key(record)] for record in case.parents]
    living = (event for life in lives for event in life.basis)
    own = evidence([*case.births, *(entry.fact for entry in case.entries)])
    return Verdict(Outcome.NO, "other_guardian", (*own, *tie.basis, *living))


def _key(record: Record) -> str:
    return record.question.person_key


RULES: tuple[Rule, ...] = (
    too_many,
    relative_in_doubt,
    contested,
    under_investigation,
    ruling_undated,
    reported_only,
    overtaken,
    adopted_since,
    by_ruling,
    not_on_record,
    of_age,
    birth_mother,
    by_law,
    parents_gone,
    doubt_about,
    other_guardian,
)

PROOF = Kind(
    number="P11",
    name="guardian",
    asks={
        "en": "Does somebody have authority over this person on a day, as parent or by a ruling?",
        "zh": "某人在某日是否为此人的监护人？",
    },
    families=tuple(dict.fromkeys((*kinship.PROOF.families, "court"))),
    hears=("union", "death", "household"),
    rests_on=("birth", "kinship", "court"),
    fresh_for=timedelta(days=7),
    law={"CN": "Civil Code art. 17, 18, 26, 27, 36 to 39", "NL": "BW 1:233, 1:245 to 1:253, 1:295"},
    claims=(Claim("guardian", ClaimKind.PERSON, "The one who is claimed.", required=True),),
    rules=RULES,
    own_explanations=SENTENCES,
    case=GuardianCase,
)
