"""Rules of the proof `alive` for what follows from silence, and when nothing does."""

from __future__ import annotations

from typing import Any

from civicbus.domain.events import SignOfLife
from civicbus.domain.proofs import absence
from civicbus.domain.proofs.absence import Silence
from civicbus.domain.proofs.death_case import counted_on
from civicbus.domain.proofs.life_case import LifeCase, Record
from civicbus.domain.proofs.timing import happened
from civicbus.domain.proofs.verdict import Verdict, disputed, unknown, yes
from civicbus.domain.record_codes import HouseholdEnd
from civicbus.domain.resolve import Fact
from civicbus.domain.vocabulary import RegistrationEnd, Role

# The record goes on: with the forces meanwhile, or at the place that the person is moving to.
GOING_ON = (RegistrationEnd.ENLISTED, HouseholdEnd.ENLISTED, HouseholdEnd.MOVED_OUT)
LEFT_THE_COUNTRY = (HouseholdEnd.SETTLED_ABROAD, HouseholdEnd.NATURALISED)

DEATHS = Silence(("death",))

# Nobody is known to have lived longer than 122 years. A record older than this without a death is
# far more often a death that was never reported (US SSA, Office of the Inspector General).
IMPLAUSIBLE_AGE = 120


def in_doubt(case: LifeCase) -> Verdict | None:
    """The record that would show a death is itself contested, or marked as being investigated.

    Who is on record by a birth alone is so no longer where that birth is doubted: it may be
    fictitious, and nobody would ever register the death.
    """
    acts: list[Fact[Any]] = [*case.births, *case.records]
    if doubted := [fact for fact in acts if fact.doubted]:
        return disputed("contested", doubted)
    doubts = case.investigated(acts, "death")
    if not case.kept_records:
        doubts += case.investigated(case.births, "birth", as_such=True)
    return unknown("under_investigation", doubts) if doubts else None


def declared_missing(case: LifeCase) -> Verdict | None:
    """A court's declaration was in force on the day, or may have been."""
    acts = case.missing_on_the_day
    return unknown("declared_missing", acts) if acts else None


def not_on_record(case: LifeCase) -> Verdict | None:
    """No competent register has this person on record, so that its silence would say something.

    What was only notified is no record. While a register is silent the record may be on its way.
    """
    if case.is_on_record:
        return None
    known = [*case.foundation, *case.notices, *case.missing]
    return doubt_about(case) or unknown("no_such_record", known)


def not_maintained(case: LifeCase) -> Verdict | None:
    """Every register that kept the record had stopped keeping it up to date.

    An end that names nothing known may be the end of any record of its source. Whoever was struck
    off a household register for leaving the country is looked after no more, whatever other record
    stays open, until a new one is made.
    """
    stopped = [fact for fact in case.records if _has_stopped(case, fact)]
    left = [fact for fact in stopped if _has_left(case, fact)]
    doubtful = {fact.source for fact in stopped if fact.pending}
    going_on = [
        fact for fact in case.kept_records if fact not in stopped and fact.source not in doubtful
    ]
    if not left and (going_on or not case.kept_records):
        return None
    return unknown("not_maintained", stopped)


def _has_stopped(case: LifeCase, record: Fact[Record]) -> bool:
    return (
        record.end is not None
        and record.end.end_reason not in GOING_ON
        and record.end.header.occurred.earliest <= case.day
    )


def _has_left(case: LifeCase, record: Fact[Record]) -> bool:
    """True if a person left the country by this, and no record was certainly made since."""
    if record.end is None or record.end.end_reason not in LEFT_THE_COUNTRY:
        return False
    left = happened(record.end.header)
    others = (fact for fact in case.kept_records if fact is not record)
    return not any(happened(fact.content.header).before(left) is False for fact in others)


def implausible_age(case: LifeCase) -> Verdict | None:
    """The person would be older than people become."""
    if case.age() >= IMPLAUSIBLE_AGE:
        return unknown("implausible_age", case.foundation)
    return None


def doubt_about(case: LifeCase) -> Verdict | None:
    """The silence of the sources proves nothing here and now."""
    return absence.doubt_about(case, DEATHS, [*case.births, *case.registrations])


def declaration_revoked(case: LifeCase) -> Verdict | None:
    """The person counted as dead in law, and the court that had declared it has revoked that.

    It follows from the revocation that the declaration proves no death, and from the silence of
    the registers that there was no other one.
    """
    if not counted_on(case.revoked, case.day):
        return None
    return yes("declaration_revoked", _behind_silence(case))


def no_death_registered(case: LifeCase) -> Verdict:
    """The registers that would know of a death by the day know of none."""
    return yes("no_death_registered", _behind_silence(case))


def _behind_silence(case: LifeCase) -> list[Fact[Any]]:
    # Later ones, ones withdrawn, and ones of somebody else under this number.
    deaths = [*case.legal_deaths, *case.former_deaths, *case.mismatched_deaths]
    seen = case.of(SignOfLife, Role.PERSON)[-1:]  # quoted, and not extended to a later day
    return [*case.births, *case.records, *deaths, *case.missing, *seen]
