"""P01 alive: was this person alive on a day, by what the registers had recorded?

A death registered, or declared by a court, with effect on or before the day is a `no`, and stands
on that evidence alone; on the day of death the answer is `no`. A `yes` is a conclusion from
absence: it needs a register that keeps this person's record, that covers them, and whose word is
fresh and without gaps; or it is evidence, as a later death is. Everything between is `unknown` or
`disputed`, with its reason; a notice from a hospital has no legal force.

Legal source (China): Civil Code articles 13, 15 (the date of death by the certificate, else by the
household register), 40, 46 to 48. Freshness and settling come from the connectors' declarations.

The law is the table `RULES`: the first rule that has something to say decides.
"""

from __future__ import annotations

from collections.abc import Callable, Generator

from civicbus.domain.answer import Answer, Evidence, Question
from civicbus.domain.authority import Authorities
from civicbus.domain.proofs import alive_contradictions, alive_evidence, alive_silence
from civicbus.domain.proofs.absence import known_through
from civicbus.domain.proofs.alive_case import Case, Verdict
from civicbus.domain.proofs.alive_contradictions import FAMILIES
from civicbus.domain.proofs.alive_sentences import SENTENCES
from civicbus.domain.proofs.need import Need
from civicbus.domain.resolve import Facts

NAME = "alive"


def prove(question: Question, authorities: Authorities) -> Generator[Need, Facts, Answer]:
    """Ask for the person's facts, then answer."""
    facts = yield Need(question.person_key, FAMILIES, question.known_at)
    return decide(question, facts, authorities)


def decide(question: Question, facts: Facts, authorities: Authorities) -> Answer:
    """The answer that the facts allow."""
    case = Case(question, facts, authorities)
    verdict = next(found for rule in RULES if (found := rule(case)) is not None)
    events = dict.fromkeys(verdict.basis)
    sources = {event.header.source for event in events}
    asked = case.authorities(*alive_silence.ABSENT)
    return Answer(
        question=question,
        proof=NAME,
        outcome=verdict.outcome,
        reason=verdict.reason,
        basis=tuple(Evidence.of(event) for event in events),
        known_through=known_through(question, facts, asked, sources),
        sentence={
            language: sentence.format(day=question.valid_at.isoformat())
            for language, sentence in SENTENCES[verdict.reason].items()
        },
    )


RULES: tuple[Callable[[Case], Verdict | None], ...] = (
    alive_contradictions.quarantined,
    alive_contradictions.conflicting_ids,
    alive_contradictions.contested_death,
    alive_contradictions.broken_chain,
    alive_contradictions.two_people_with_one_number,
    alive_contradictions.no_record,
    alive_contradictions.death_before_birth,
    alive_evidence.not_born,
    alive_evidence.dead,
    alive_evidence.record_closed_by_death,
    alive_evidence.notified_only,
    alive_evidence.not_known_to_be_born,
    alive_evidence.died_later,
    alive_evidence.sign_of_life,
    alive_silence.in_doubt,
    alive_silence.declared_missing,
    alive_silence.not_on_record,
    alive_silence.not_maintained,
    alive_silence.implausible_age,
    alive_silence.doubt_about,
    alive_silence.no_death_registered,
)
