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

from datetime import timedelta
from typing import Any

from civicbus.domain.answer import Outcome
from civicbus.domain.claims import Claim, ClaimKind
from civicbus.domain.events import Birth, Registration
from civicbus.domain.proofs import absence, kinship
from civicbus.domain.proofs.absence import Silence
from civicbus.domain.proofs.family import (
    in_words_of_any,
    named_parents,
    relative_in_doubt,
    too_many,
)
from civicbus.domain.proofs.family_record import Record
from civicbus.domain.proofs.family_tie_rules import tie_between
from civicbus.domain.proofs.guardian_case import GuardianCase, limits_on
from civicbus.domain.proofs.guardian_sentences import SENTENCES
from civicbus.domain.proofs.kind import Kind
from civicbus.domain.proofs.timing import counts_from, period_of
from civicbus.domain.proofs.verdict import Rule, Verdict, disputed, evidence, no, unknown, yes
from civicbus.domain.record_codes import GuardianshipKind
from civicbus.domain.resolve import Fact
from civicbus.domain.vocabulary import Role

RULINGS = ("kinship", "court")


def contested(case: GuardianCase) -> Verdict | None:
    """Somebody says that a ruling or appointment is wrong, or it ended before it began."""
    doubted = [fact for fact in case.rulings if fact.doubted]
    if doubted:
        return disputed("contested", doubted)
    broken = [fact for fact in case.settled if period_of(fact) is None]
    return disputed("conflicting_dates", broken) if broken else None


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
    named = case.names(ruling)
    if isinstance(named, str):
        return unknown("guardian_not_named", [ruling])
    return yes("by_ruling", [ruling]) if named else no("other_guardian", [ruling])


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
