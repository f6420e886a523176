"""P27 document: could a document of this kind be used on a day?

A document can be used from the day on which it was issued until it is reported lost or stolen, is
replaced, surrendered, or expires, as the register has entered it. That nothing of this happened
follows from silence since the issue, and so does, if no single document is named, that no further
one was issued in the person's life.

What is asked is the paper. No right is lost or gained with it: a marriage stands without its
certificate, a policy without its document. Ask the proof of the right for that.

Legal source (China): Resident Identity Card Law articles 5 and 11; Passport Law articles 7 and 11.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cached_property
from typing import Any

from civicbus.domain.claims import Claim, ClaimKind
from civicbus.domain.events import Birth, Document
from civicbus.domain.proofs import in_force
from civicbus.domain.proofs.absence import Silence
from civicbus.domain.proofs.in_force import StateCase
from civicbus.domain.proofs.kind import Kind
from civicbus.domain.proofs.timing import counts_from, happened
from civicbus.domain.proofs.verdict import Rule, Verdict, no
from civicbus.domain.proofs.words import Explanation
from civicbus.domain.record_codes import DocumentEnd, DocumentKind
from civicbus.domain.resolve import Fact
from civicbus.domain.vocabulary import Role

KINDS = tuple(kind.lower() for kind in DocumentKind)


class DocumentCase(StateCase):
    """Understands which documents are meant, and whether they can be used on the day."""

    @cached_property
    def candidates(self) -> list[Fact[Document]]:
        """The person's documents of the kind, with the number named if one is."""
        kind, number = self.question.text("document_kind"), self.question.text("number")
        return [
            fact
            for fact in self.of(Document, Role.HOLDER)
            if fact.content.kind.lower() == kind and number in (None, fact.content.number)
        ]

    @property
    def silence(self) -> Silence:
        """Of a loss since the issue; of the issue of another document since the birth."""
        if self.holding:
            return Silence(self.scope.rests_on, max(map(_issued, self.holding)))
        if self.settled and self.question.text("number") is not None:
            return Silence(self.scope.rests_on, min(map(_issued, self.settled)))
        births = [happened(fact.content.header) for fact in self.of(Birth, Role.CHILD)]
        return Silence(self.scope.rests_on, min((b.earliest for b in births), default=date.min))

    def thing(self, fact: Fact[Any]) -> object:
        """Two sources that name one kind and number tell of one document."""
        return fact.content.kind, fact.content.number


def lost(case: DocumentCase) -> Verdict | None:
    """It was reported lost or stolen by the day."""
    found = [fact for fact in case.settled if _is_lost(fact) and _is_over(fact, case.day)]
    return no("lost", case.settled) if found else None


def _issued(fact: Fact[Document]) -> date:
    return date.min if fact.end is fact.content else counts_from(fact.content.header).earliest


def _is_lost(fact: Fact[Document]) -> bool:
    return fact.end is not None and fact.end.end_reason in (DocumentEnd.LOST, DocumentEnd.STOLEN)


def _is_over(fact: Fact[Document], day: date) -> bool:
    return fact.end is not None and counts_from(fact.end.header).happened_by(day) is True


EXPLANATIONS = {
    "in_force": Explanation(
        "Usable on {day}: the document was issued, and no loss, replacement or expiry is known.",
        "{day}可用：证件已签发，且未登记遗失、换领或失效。",
        "The registration of a loss, replacement or expiry by that day would.",
        "若登记证件在当日或之前遗失、换领或失效，结果将改变。",
    ),
    "lost": Explanation(
        "Not usable on {day}: the document was reported lost or stolen; no right ended.",
        "{day}不可用：证件已登记为遗失或被盗；不影响其所证明的权利。",
        "The issue of another document would.",
        "补领证件后，结果将改变。",
    ),
    "ended": Explanation(
        "Not usable on {day}: the document was replaced, surrendered or expired; no right ended.",
        "{day}不可用：证件已换领、交回或过期；不影响其所证明的权利。",
        "The issue of another document would.",
        "换领证件后，结果将改变。",
    ),
    "none_registered": Explanation(
        "Not usable on {day}: no such document is registered as issued by then; no right needs it.",
        "{day}不可用：没有当日或之前签发此类证件的登记；不影响相关权利。",
        "The registration of such a document would.",
        "若登记了此类证件，结果将改变。",
    ),
}

RULES: tuple[Rule, ...] = (
    *in_force.DOUBTS,
    in_force.in_force,
    lost,
    in_force.ended,
    in_force.none_registered,
)

PROOF = Kind(
    number="P27",
    name="document",
    asks={
        "en": "Could a document of this kind be used on a day?",
        "zh": "此人的某类证件在某日是否可用？",
    },
    families=("identity",),
    rests_on=("identity",),
    fresh_for=timedelta(days=31),
    law={"CN": "Resident Identity Card Law art. 5, 11; Passport Law art. 7, 11"},
    claims=(
        Claim("document_kind", ClaimKind.CODE, "The kind of document.", required=True, codes=KINDS),
        Claim("number", ClaimKind.TEXT, "The number of the document, if one is meant."),
    ),
    rules=RULES,
    own_explanations=EXPLANATIONS,
    case=DocumentCase,
)
