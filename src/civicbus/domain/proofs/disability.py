"""P21 disability: was a disability of this person assessed, and the assessment valid, on a day?

What decides is the assessment that the disabled persons' federation has entered: from its day to
its end, and not beyond the last day of its own validity, that day included. Category and grade may
be claimed; which ones are registered is never disclosed.

Legal source (China): Law on the Protection of Disabled Persons article 2; GB/T 26341 (categories
and grades).
"""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property

from civicbus.domain.claims import Claim, ClaimKind
from civicbus.domain.events import Disability
from civicbus.domain.proofs import in_force
from civicbus.domain.proofs.in_force import StateCase, valid_until
from civicbus.domain.proofs.kind import Kind
from civicbus.domain.proofs.verdict import Rule, Verdict, no
from civicbus.domain.proofs.words import Explanation
from civicbus.domain.resolve import Fact
from civicbus.domain.truth import Truth, all_of
from civicbus.domain.vocabulary import Role


class DisabilityCase(StateCase):
    """Understands which assessments would answer the question."""

    @cached_property
    def candidates(self) -> list[Fact[Disability]]:
        """The person's assessments, with the category and grade named if they are."""
        category, grade = self.question.text("category"), self.question.text("grade")
        return [
            fact
            for fact in self.of(Disability, Role.PERSON)
            if category in (None, fact.content.category) and grade in (None, fact.content.grade)
        ]

    def holds(self, fact: Fact[Disability]) -> Truth:
        return all_of(super().holds(fact), valid_until(fact, self.day))


def expired(case: DisabilityCase) -> Verdict | None:
    """The assessment was valid until an earlier day, and none came after it."""
    over = [fact for fact in case.settled if valid_until(fact, case.day) is False]
    return no("expired", over) if over else None


EXPLANATIONS = {
    "in_force": Explanation(
        "It is so on {day}: a valid assessment of such a disability is registered.",
        "{day}属实：登记有有效的相应残疾评定。",
        "The end of the assessment would.",
        "若评定终止，结果将改变。",
    ),
    "expired": Explanation(
        "Not so on {day}: the assessment was valid until an earlier day.",
        "{day}不属实：残疾评定的有效期已届满。",
        "A new assessment would.",
        "重新评定后，结果将改变。",
    ),
    "ended": Explanation(
        "Not so on {day}: such an assessment was registered, and had ended by that day.",
        "{day}不属实：相应残疾评定在此之前已终止。",
        "A new assessment would.",
        "重新评定后，结果将改变。",
    ),
    "none_registered": Explanation(
        "Not so on {day}: no assessment as claimed is registered by that day.",
        "{day}不属实：没有当日或之前符合所称情况的残疾评定登记。",
        "The registration of such an assessment would.",
        "若登记了相应评定，结果将改变。",
    ),
}

RULES: tuple[Rule, ...] = (
    *in_force.DOUBTS,
    in_force.in_force,
    expired,
    in_force.ended,
    in_force.none_registered,
)

PROOF = Kind(
    number="P21",
    name="disability",
    asks={
        "en": "Was a disability of this person assessed, and the assessment valid, on a day?",
        "zh": "此人在某日是否有有效的残疾评定？",
    },
    families=("disability",),
    rests_on=("disability",),
    fresh_for=timedelta(days=31),
    law={"CN": "Law on the Protection of Disabled Persons art. 2"},
    claims=(
        Claim("category", ClaimKind.TEXT, "The category of GB/T 26341, if one is claimed."),
        Claim("grade", ClaimKind.TEXT, "The grade, if one is claimed."),
    ),
    rules=RULES,
    own_explanations=EXPLANATIONS,
    case=DisabilityCase,
)
