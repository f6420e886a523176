"""P20 record_free: is no conviction on record that counts for a purpose on a day?

The question has to say what it is for; `record_purposes` holds each purpose with its law. What does
not count for it is not in the case at all: other offences, and records that were sealed because the
offender was a minor. So the answer for somebody with such a record is the one for somebody without,
in its reason, its evidence and its flags. A `no` says that something counts, and not what.

Only a final judgment counts, from the day on which it took effect. A charge, an investigation, or a
judgment that may still be appealed has no legal force; nobody is guilty until a court has said so.
A sentence that was served leaves the record. A judgment that was quashed never was. Of a record
whose day of sealing is not known in full, every day counts as sealed on which it may have been: the
seal protects, and nobody loses a right by it.

A `yes` is a conclusion from silence over a whole life, so it needs registers that hold all of it,
and that are fresh. What courts abroad have judged is not seen.

Legal source (China): Criminal Procedure Law articles 12 and 286, Criminal Law article 100, and the
laws that name the purposes.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property

from civicbus.domain.answer import Question
from civicbus.domain.authority import Authorities
from civicbus.domain.claims import Claim, ClaimKind
from civicbus.domain.events import Annulment, Conviction, Event, RangeVoid, day_of
from civicbus.domain.proofs import in_force
from civicbus.domain.proofs.absence import Silence
from civicbus.domain.proofs.case import Scope
from civicbus.domain.proofs.granted import silence_of_a_life
from civicbus.domain.proofs.in_force import StateCase
from civicbus.domain.proofs.kind import Kind
from civicbus.domain.proofs.person import Person
from civicbus.domain.proofs.record_purposes import PURPOSES
from civicbus.domain.proofs.timing import counts_from
from civicbus.domain.proofs.undisclosed import without
from civicbus.domain.proofs.verdict import Rule, Verdict, no, unknown, yes
from civicbus.domain.proofs.words import Explanation
from civicbus.domain.resolve import Fact
from civicbus.domain.truth import Truth, all_of
from civicbus.domain.vocabulary import LegalState, Role


class RecordCase(StateCase):
    """Understands which convictions count for the purpose, and knows of no others."""

    def __init__(
        self, scope: Scope, question: Question, person: Person, authorities: Authorities
    ) -> None:
        self.purpose = PURPOSES[question.text("purpose") or ""]
        self._today = day_of(question.known_at)
        told = without(person, self._must_not_be_told)
        super().__init__(scope, question, told, authorities)

    @cached_property
    def candidates(self) -> list[Fact[Conviction]]:
        return self.of(Conviction, Role.PERSON)

    @property
    def silence(self) -> Silence:
        return silence_of_a_life(self)

    def holds(self, fact: Fact[Conviction]) -> Truth:
        """Had it become final by the day, and does it count? That it was served changes nothing."""
        final = counts_from(fact.content.header).happened_by(self.day)
        return all_of(final, self.purpose.counts(fact.content.category))

    def _must_not_be_told(self, event: Event) -> bool:
        """True for what does not count, and for whatever withdraws something that nobody knows."""
        if isinstance(event, Annulment | RangeVoid):
            return True
        if not isinstance(event, Conviction):
            return False
        has_no_force = event.header.legal_state is LegalState.NOTIFIED
        return (
            has_no_force or self._is_sealed(event) or self.purpose.counts(event.category) is False
        )

    def _is_sealed(self, conviction: Conviction) -> bool:
        sealed_from = conviction.sealed_from
        if self.purpose.sealed_count or sealed_from is None:
            return False
        return sealed_from.earliest <= self._today


def convicted(case: RecordCase) -> Verdict | None:
    """A final conviction counts, and nobody doubts it."""
    return no("convicted", case.holding) if case.holding else None


def unclear_category(case: RecordCase) -> Verdict | None:
    """A conviction is on record whose category does not tell whether it counts."""
    unclear = [
        fact
        for fact in case.settled
        if case.purpose.counts(fact.content.category) is None and case.holds(fact) is None
    ]
    return unknown("unclear_category", unclear) if unclear else None


def none_counts(case: RecordCase) -> Verdict:
    """The registers hold the whole life, and nothing in them counts."""
    return yes("none_counts", case.known_here[:1])


RULES: tuple[Rule, ...] = (
    convicted,
    in_force.contested,
    in_force.under_investigation,
    unclear_category,
    in_force.undetermined,
    in_force.reported_only,
    in_force.not_on_record,
    in_force.doubt_about,
    none_counts,
)

EXPLANATIONS = {
    "none_counts": Explanation(
        "Yes: no final conviction by {day} that counts for this purpose is registered.",
        "是：没有{day}或之前生效、对该用途有影响的犯罪记录。",
        "A final judgment with effect by that day would; judgments abroad are not seen.",
        "若有当日或之前生效的判决，结果将改变；境外判决不在查询范围内。",
    ),
    "convicted": Explanation(
        "No: a final conviction by {day} that counts for this purpose is registered.",
        "否：登记有{day}或之前生效、对该用途有影响的犯罪记录。",
        "The quashing of the judgment by a court would.",
        "若法院撤销该判决，结果将改变。",
    ),
    "unclear_category": Explanation(
        "Unknown: the entry does not tell whether the law behind this purpose is concerned.",
        "无法确定：登记内容不足以判断是否属于该用途所依据法律规定的情形。",
        "The category of the entry would; the register has to be asked.",
        "登记机关补充类别后，结果可能改变；请向登记机关核实。",
    ),
    "contested": Explanation(
        "Disputed: it is contested whether an entry that would count for this purpose stands.",
        "有争议：对该用途有影响的一项记录是否有效，存在相反的记录。",
        "A decision of the register that made the entry, or of a court, would.",
        "由登记机关或法院裁定后，结果可能改变。",
    ),
}

PROOF = Kind(
    number="P20",
    name="record_free",
    asks={
        "en": "Is no conviction on record that counts for a purpose on a day?",
        "zh": "此人在某日对某项用途而言是否无犯罪记录？",
    },
    families=("criminal",),
    rests_on=("criminal",),
    fresh_for=timedelta(days=7),
    law={
        "CN": "Criminal Procedure Law art. 12; Criminal Law art. 100; "
        + "; ".join(purpose.law for purpose in PURPOSES.values())
    },
    claims=(
        Claim(
            "purpose",
            ClaimKind.CODE,
            "What the record is asked for; a law says for each what counts.",
            required=True,
            codes=tuple(PURPOSES),
        ),
    ),
    rules=RULES,
    own_explanations=EXPLANATIONS,
    case=RecordCase,
    matters=("无犯罪记录证明",),
)
