"""Kinds of proof: what each asks, reads, rests on and says, as data; and how one is run.

Every proof is a module with one `PROOF`, a `Kind`. Its law is the table of its rules: the first
rule that has something to say decides, and the last one always has. Before them stand the rules
that every proof shares (`obstacles`).
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from civicbus.domain.answer import Answer, Evidence, Outcome, Question
from civicbus.domain.authority import Authorities
from civicbus.domain.claims import Claim
from civicbus.domain.dossier import Dossier
from civicbus.domain.events import Event, IdentityLink
from civicbus.domain.proofs import obstacles
from civicbus.domain.proofs.absence import known_through
from civicbus.domain.proofs.case import Case
from civicbus.domain.proofs.need import Need
from civicbus.domain.proofs.person import LINKED, Told, is_established, person_of
from civicbus.domain.proofs.verdict import Rule, Verdict, evidence, first_to_speak
from civicbus.domain.proofs.words import COMMON, Explanation

Proof = Generator[Need, Dossier, Answer]


class SilentProofError(RuntimeError):
    """No rule of a proof had anything to say; its table has no end."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of question.

    `asks` is the question by language. `families` are the topics whose events decide; `hears` are
    further ones that may cast doubt on them. `rests_on` are those whose authorities must be heard
    of before anything follows from their silence.
    `fresh_for` is how old a source's word may be at the most for such a conclusion, where the
    source itself would allow more. `law` cites by country why the answer follows from the facts;
    `matters` are the paper proofs that it makes unnecessary. `never` are outcomes that the proof
    does not give, whatever the facts. `obstacles` speak before the proof's own rules.
    """

    number: str
    name: str
    asks: Mapping[str, str]
    families: tuple[str, ...]
    rests_on: tuple[str, ...]
    fresh_for: timedelta
    law: Mapping[str, str]
    rules: tuple[Rule, ...]
    own_explanations: Mapping[str, Explanation]
    hears: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    case: type[Case] = Case
    never: tuple[Outcome, ...] = ()
    obstacles: tuple[Rule, ...] = obstacles.RULES
    matters: tuple[str, ...] = ()

    @property
    def explanations(self) -> dict[str, Explanation]:
        """Every reason that an answer may have; a proof may word a shared one for itself."""
        return {**COMMON, **self.own_explanations}

    def prove(self, question: Question, authorities: Authorities) -> Proof:
        """Ask for the facts that are needed, then answer.

        Raises:
            SilentProofError: if the rules have no end.
        """
        case, verdict = yield from self.judge(question, authorities)
        return self._answer(case, verdict)

    def judge(
        self, question: Question, authorities: Authorities
    ) -> Generator[Need, Dossier, tuple[Case, Verdict]]:
        """The same for another proof, to which this one is a step: the verdict, and its case.

        Raises:
            SilentProofError: if the rules have no end.
        """
        told = Told(question.name, question.birth_date)
        read = (*self.families, *self.hears)
        person = yield from person_of(
            question.person_key, read, question.known_at, authorities, told
        )
        case = self.case(self, question, person, authorities)
        verdict = first_to_speak(self.obstacles, case)
        if verdict is None:
            yield from case.gather()
            verdict = first_to_speak(self.rules, case)
        if verdict is None:
            raise SilentProofError(self.name)
        return case, replace(verdict, basis=(*verdict.basis, *_joined_by(case, verdict)))

    def _answer(self, case: Case, verdict: Verdict) -> Answer:
        question = case.question
        events = tuple(dict.fromkeys(verdict.basis))
        values = {"day": question.valid_at.isoformat(), **verdict.details}
        explanation = self.explanations[verdict.reason]
        return Answer(
            question=question,
            proof=self.name,
            outcome=verdict.outcome,
            reason=verdict.reason,
            basis=tuple(Evidence.of(event) for event in events),
            known_through=known_through(
                question,
                case.facts,
                case.authorities(*self.rests_on),
                {event.header.source for event in events},
            ),
            sentence=explanation.why(values),
            would_change=explanation.would_change(values),
            details=verdict.details,
            flags=(*verdict.flags, *case.flags, *obstacles.flags(case)),
        )


def _joined_by(case: Case, verdict: Verdict) -> tuple[Event, ...]:
    """The links by which a yes or no rests on records under several numbers."""
    if verdict.outcome not in (Outcome.YES, Outcome.NO) or len(case.facts.keys) == 1:
        return ()
    links = case.of(IdentityLink, *LINKED)
    return evidence(f for f in links if is_established(f.content, case.declared))
