"""The case before the proof of policies: which contracts are meant, and who may be told of them."""

from __future__ import annotations

from collections.abc import Generator
from functools import cached_property
from typing import Any

from civicbus.domain.answer import Outcome, Question
from civicbus.domain.authority import Authorities
from civicbus.domain.dossier import Dossier
from civicbus.domain.events import Document, Event, Policy, PolicyTransfer
from civicbus.domain.names import fold
from civicbus.domain.proofs import deceased
from civicbus.domain.proofs.case import Scope
from civicbus.domain.proofs.in_force import StateCase, valid_until
from civicbus.domain.proofs.need import Need
from civicbus.domain.proofs.person import Person
from civicbus.domain.proofs.policy_chains import (
    ContractName,
    carried,
    is_known_as,
    names_after,
    transfers_of,
)
from civicbus.domain.proofs.undisclosed import without
from civicbus.domain.proofs.verdict import Verdict
from civicbus.domain.record_codes import DocumentEnd, DocumentKind
from civicbus.domain.resolve import Fact
from civicbus.domain.truth import Truth, all_of
from civicbus.domain.vocabulary import Role

BENEFICIARY = "beneficiary"
OPEN_TO = (Role.HOLDER, Role.INSURED)
ROLES = {
    "holder": (Role.HOLDER,),
    "insured": (Role.INSURED,),
    BENEFICIARY: (Role.BENEFICIARY,),
}
# Of a beneficiary's policies the first so many insured persons are asked about. Whoever is named in
# more is told of fewer: an answer of its own would say that there are some.
INSURED_MAX = 8


class PolicyCase(StateCase):
    """Understands which contracts the question means, and knows only of those that may be told.

    What a person is a mere beneficiary of is taken out at first. For a question in that role,
    `gather` asks whether the insured have died, and puts back what may be told because of it.
    """

    def __init__(
        self, scope: Scope, question: Question, person: Person, authorities: Authorities
    ) -> None:
        self._whole = person
        self.deaths: dict[str, Verdict] = {}  # of insured persons who have died, by key
        super().__init__(scope, question, without(person, self._must_not_be_told), authorities)

    def gather(self) -> Generator[Need, Dossier, None]:
        """Ask about the insured of what the person is a beneficiary of, in the register's order."""
        if not self.asks_as_beneficiary:
            return
        policies = self._whole.facts.of(Policy, Role.BENEFICIARY)
        insured = {
            concerned.person_key: concerned.identifiers[0]
            for fact in policies
            for concerned in fact.content.header.in_role(Role.INSURED)
            if concerned.person_key is not None and concerned.identifiers
        }
        for key in list(insured)[:INSURED_MAX]:
            asked = Question(insured[key], key, self.day, self.question.known_at)
            _, verdict = yield from deceased.PROOF.judge(asked, self.declared)
            if verdict.outcome is Outcome.YES:
                self.deaths[key] = verdict
        self.person = without(self._whole, self._must_not_be_told)
        self.facts = self.person.facts

    @property
    def asks_as_beneficiary(self) -> bool:
        """True if the question is about what the person is a beneficiary of."""
        return self.question.text("role") == BENEFICIARY

    @cached_property
    def candidates(self) -> list[Fact[Policy]]:
        """The contracts that are, or may be, the one that is claimed."""
        role = self.question.text("role")
        policies = self.of(Policy, *(OPEN_TO if role is None else ROLES[role]))
        return [fact for fact in policies if self.is_meant(fact) is not False]

    @property
    def flags(self) -> tuple[str, ...]:
        """That the document of a contract found was reported lost, by whomever."""
        numbers = {fold(n.number) for fact in self.candidates for n in self.names(fact)}
        lost = any(
            fold(fact.content.number) in numbers and _is_lost(fact)
            for fact in self.of(Document, Role.HOLDER)
        )
        return ("document_lost",) if lost else ()

    def is_meant(self, fact: Fact[Policy]) -> Truth:
        """Was the contract ever known as the question says? Unknown if only perhaps."""
        claimed = self.question.text("insurer"), self.question.text("policy")
        if is_known_as(self.names(fact), *claimed):
            return True
        own = ContractName.of(fact.content)
        perhaps = transfers_of(own, self.of(PolicyTransfer), perhaps=True)
        return False if is_known_as(names_after(own, perhaps), *claimed) is False else None

    def holds(self, fact: Fact[Policy]) -> Truth:
        return all_of(
            super().holds(fact),
            valid_until(fact, self.day),
            self.is_meant(fact),
        )

    def thing(self, fact: Fact[Policy]) -> object:
        """Two sources that name one contract by any of its names tell of one."""
        return frozenset((fold(n.insurer), fold(n.number)) for n in self.names(fact))

    def names(self, fact: Fact[Policy]) -> list[ContractName]:
        """Every name that the contract certainly had at some time."""
        return names_after(ContractName.of(fact.content), self.transfers(fact))

    def transfers(self, fact: Fact[Policy]) -> list[Fact[PolicyTransfer]]:
        """The transfers of the contract that are entered, and that nobody doubts."""
        return transfers_of(ContractName.of(fact.content), self._sure_transfers)

    def insurers(self, facts: list[Fact[Policy]]) -> tuple[str, ...]:
        """Who has these contracts on the day, each once."""
        borne = [
            carried(ContractName.of(f.content), self.transfers(f), self.day)[-1] for f in facts
        ]
        return tuple(dict.fromkeys(name.insurer for name in borne))

    def deaths_behind(self, facts: list[Fact[Policy]]) -> list[Event]:
        """What establishes the deaths because of which a beneficiary may be told of these."""
        keys = {c.person_key for f in facts for c in f.content.header.in_role(Role.INSURED)}
        return [event for key, v in self.deaths.items() if key in keys for event in v.basis]

    @cached_property
    def _sure_transfers(self) -> list[Fact[PolicyTransfer]]:
        return [
            fact
            for fact in self.of(PolicyTransfer)
            if self.decides(fact.content)
            and not (fact.doubted or fact.pending)
            and not self.investigated([fact], *self.scope.families)
        ]

    def _must_not_be_told(self, event: Event) -> bool:
        """True for what the person is a mere beneficiary of, while an insured one may live."""
        header = event.header
        keys = self._whole.facts.keys
        if not header.has_role(keys, Role.BENEFICIARY) or header.has_role(keys, *OPEN_TO):
            return False
        insured = [concerned.person_key for concerned in header.in_role(Role.INSURED)]
        return not insured or not all(key in self.deaths for key in insured)


def _is_lost(document: Fact[Any]) -> bool:
    end = document.end
    return (
        document.content.kind is DocumentKind.POLICY
        and end is not None
        and end.end_reason in (DocumentEnd.LOST, DocumentEnd.STOLEN)
    )
