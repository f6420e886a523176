"""P01 alive: was this person alive on a day, by what the registers had recorded?

A death registered, or declared by a court, with effect on or before the day is a `no`, and stands
on that evidence alone. A `yes` is a conclusion from absence: it needs a register that keeps this
person's record, that covers them, and whose word is fresh and without gaps. Everything between is
`unknown` or `disputed`, with its reason; a notice from a hospital has no legal force.

Legal source (China): Civil Code articles 13, 15 (the date of death by the certificate, else by the
household register), 40, 46 to 48. Freshness and settling come from the connectors' declarations.

The law is the table `RULES`: the first rule that has something to say decides.
"""

from __future__ import annotations

from collections.abc import Callable, Generator

from civicbus.domain.answer import Answer, Evidence, Outcome, Question
from civicbus.domain.authority import Authorities
from civicbus.domain.events import Refusal
from civicbus.domain.proofs.absence import doubt_about_absence, known_through
from civicbus.domain.proofs.alive_case import Case, Verdict
from civicbus.domain.proofs.alive_sentences import SENTENCES
from civicbus.domain.proofs.need import Need
from civicbus.domain.resolve import Facts
from civicbus.domain.vocabulary import LegalState, RegistrationEnd

NAME = "alive"
FAMILIES = ("birth", "death", "union", "identity", "court")
ABSENT = ("death", "identity", "court")  # a yes rests on the silence of these

# Nobody is known to have lived longer than 122 years. A record older than this without a death is
# far more often a death that was never reported (US SSA, Office of the Inspector General).
IMPLAUSIBLE_AGE = 120

WITHOUT_RECORD = (RegistrationEnd.ERROR, RegistrationEnd.ERASED)


def prove(question: Question, authorities: Authorities) -> Generator[Need, Facts, Answer]:
    """Ask for the person's facts, then answer."""
    facts = yield Need(question.person_key, FAMILIES, question.known_at)
    return decide(question, facts, authorities)


def decide(question: Question, facts: Facts, authorities: Authorities) -> Answer:
    """The answer that the facts allow."""
    case = Case(question, facts, authorities)
    verdict = next(found for rule in RULES if (found := rule(case)) is not None)
    events = {event.header.event_id: event for event in verdict.basis}
    sources = {event.header.source for event in events.values()}
    return Answer(
        question=question,
        proof=NAME,
        outcome=verdict.outcome,
        reason=verdict.reason,
        basis=tuple(Evidence.of(event) for event in events.values()),
        known_through=known_through(question, facts, case.authorities(*ABSENT), sources),
        sentence={
            language: sentence.format(day=question.valid_at.isoformat())
            for language, sentence in SENTENCES[verdict.reason].items()
        },
    )


def quarantined(case: Case) -> Verdict | None:
    """Something about this person could not be read: it might be a death, or its annulment."""
    refusals = case.facts.of(Refusal)
    if refusals or any(mark.family in FAMILIES for mark in case.facts.quarantined):
        return Verdict(Outcome.UNKNOWN, "quarantined", case.evidence(refusals))
    return None


def conflicting_ids(case: Case) -> Verdict | None:
    if case.facts.conflicting:
        return Verdict(Outcome.DISPUTED, "id_conflict", case.facts.conflicting)
    return None


def contested(case: Case) -> Verdict | None:
    """A source that has no authority over a death has corrected or annulled it."""
    acts = [fact for fact in (*case.deaths, *case.withdrawn_deaths) if fact.contested]
    return Verdict(Outcome.DISPUTED, "contested", case.evidence(acts)) if acts else None


def two_people_with_one_number(case: Case) -> Verdict | None:
    """One source has registered two births under the number that cannot be of one person."""
    for place, one in enumerate(case.births):
        for other in case.births[place + 1 :]:
            if one.source == other.source and not case.born(one).meets(case.born(other)):
                basis = case.evidence([one, other])
                return Verdict(Outcome.UNKNOWN, "ambiguous_identity", basis)
    return None


def no_record(case: Case) -> Verdict | None:
    """No source keeps, or has ever kept, a record of which this person is the subject."""
    kept = [
        fact
        for fact in case.registrations
        if fact.end is None or fact.end.end_reason not in WITHOUT_RECORD
    ]
    only_mistakes = bool(case.registrations) and not kept
    if not only_mistakes and (kept or case.births or case.deaths or case.missing):
        return None
    if not only_mistakes and (doubt := doubt_about(case)) is not None:
        return doubt
    return Verdict(Outcome.UNKNOWN, "no_such_record", case.evidence(case.registrations))


def not_born(case: Case) -> Verdict | None:
    births = case.births
    results = {case.born(fact).happened_by(case.day) for fact in births}
    if len(results) == 1 and False in results:
        if case.investigated(births, "birth"):
            return Verdict(Outcome.UNKNOWN, "under_investigation", case.evidence(births))
        return Verdict(Outcome.NO, "not_born", case.evidence(births))
    if results == {True, False}:
        return Verdict(Outcome.DISPUTED, "conflicting_dates", case.evidence(births))
    return None


def dead(case: Case) -> Verdict | None:
    """A death with legal force had happened by the day, or may have."""
    acts = case.legal_deaths
    results = {case.died(fact).happened_by(case.day) for fact in acts}
    if not results or results == {False}:
        return None
    basis = case.evidence(acts)
    if case.investigated(acts, "death"):
        return Verdict(Outcome.UNKNOWN, "under_investigation", basis)
    if results >= {True, False}:
        return Verdict(Outcome.DISPUTED, "conflicting_dates", basis)
    signs = [sign for fact in acts for sign in case.signs_of_life_after(case.died(fact).latest)]
    if signs:
        basis = case.evidence([*acts, *signs])
        return Verdict(Outcome.DISPUTED, "sign_of_life_after_death", basis)
    if True not in results:
        return Verdict(Outcome.UNKNOWN, "undetermined_date", basis)
    declared = all(fact.content.header.legal_state is LegalState.DECLARED for fact in acts)
    return Verdict(Outcome.NO, "declared_dead" if declared else "death_registered", basis)


def record_closed_by_death(case: Case) -> Verdict | None:
    """The register closed the record because the person died, but shows no death."""
    closed = case.closed(RegistrationEnd.DEATH)
    if not closed or case.legal_deaths:
        return None
    basis = case.evidence([*closed, *case.withdrawn_deaths])
    if case.withdrawn_deaths:
        return Verdict(Outcome.DISPUTED, "contested", basis)
    if all(fact.end.header.occurred.latest <= case.day for fact in closed if fact.end):
        return Verdict(Outcome.NO, "death_registered", basis)
    return Verdict(Outcome.UNKNOWN, "undetermined_date", basis)


def notified_only(case: Case) -> Verdict | None:
    """A notice, or somebody else's record, tells of a death that no register has entered."""
    notices = [
        fact for fact in case.notices if case.noticed(fact).happened_by(case.day) is not False
    ]
    if not notices:
        return None
    if case.legal_deaths:  # all of them later than the day, or an earlier rule had decided
        basis = case.evidence([*case.legal_deaths, *notices])
        return Verdict(Outcome.DISPUTED, "conflicting_dates", basis)
    return Verdict(Outcome.UNKNOWN, "notified_only", case.evidence(notices))


def not_known_to_be_born(case: Case) -> Verdict | None:
    """Before this point nothing said that the person was already born on the day."""
    if case.birth_interval().happened_by(case.day) is True:
        return None
    acts = case.births or [*case.deaths, *case.registrations]
    return Verdict(Outcome.UNKNOWN, "undetermined_date", case.evidence(acts))


def died_later(case: Case) -> Verdict | None:
    """Whoever died after the day lived on it: evidence, not absence."""
    if not case.legal_deaths:
        return None
    if case.investigated(case.legal_deaths, "death"):
        basis = case.evidence(case.legal_deaths)
        return Verdict(Outcome.UNKNOWN, "under_investigation", basis)
    basis = case.evidence([*case.births, *case.legal_deaths])
    return Verdict(Outcome.YES, "died_later", basis)


def sign_of_life(case: Case) -> Verdict | None:
    """An act on the day or after it that needs a living person."""
    signs = case.signs_of_life_from(case.day)
    if not signs:
        return None
    return Verdict(Outcome.YES, "sign_of_life", case.evidence([*case.births, *signs]))


def declared_missing(case: Case) -> Verdict | None:
    acts = [fact for fact in case.missing if case.in_force_on_day(fact)]
    return Verdict(Outcome.UNKNOWN, "declared_missing", case.evidence(acts)) if acts else None


def not_maintained(case: Case) -> Verdict | None:
    """Every register that kept the record had stopped keeping it up to date."""
    acts = [
        fact
        for fact in case.registrations
        if fact.end is None or fact.end.end_reason not in WITHOUT_RECORD
    ]
    stopped = [fact for fact in acts if fact.end and fact.end.header.occurred.earliest <= case.day]
    if not acts or len(stopped) < len(acts):
        return None
    return Verdict(Outcome.UNKNOWN, "not_maintained", case.evidence(stopped))


def implausible_age(case: Case) -> Verdict | None:
    if case.births and case.age_at_most() >= IMPLAUSIBLE_AGE:
        return Verdict(Outcome.UNKNOWN, "implausible_age", case.evidence(case.births))
    return None


def doubt_about(case: Case) -> Verdict | None:
    """The silence of the sources proves nothing here and now."""
    reason = doubt_about_absence(
        case.question, case.facts, case.authorities(*ABSENT), decisive_family="death"
    )
    if reason is None:
        return None
    acts = [*case.births, *case.registrations]
    return Verdict(Outcome.UNKNOWN, reason, case.evidence(acts))


def no_death_registered(case: Case) -> Verdict | None:
    acts = [*case.births, *case.registrations, *case.withdrawn_deaths]
    return Verdict(Outcome.YES, "no_death_registered", case.evidence(acts))


RULES: tuple[Callable[[Case], Verdict | None], ...] = (
    quarantined,
    conflicting_ids,
    contested,
    two_people_with_one_number,
    no_record,
    not_born,
    dead,
    record_closed_by_death,
    notified_only,
    not_known_to_be_born,
    died_later,
    sign_of_life,
    declared_missing,
    not_maintained,
    implausible_age,
    doubt_about,
    no_death_registered,
)
