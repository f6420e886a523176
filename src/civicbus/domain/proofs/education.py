"""P18 education: had this person been awarded a degree, or enrolled, by the record of a day?

An award is an event: once made it stands, and one that was withdrawn is annulled, so a `yes` rests
on that entry alone. An enrolment lasts until it ends. A `no` is a conclusion from silence: it needs
a register that holds such awards completely since the person was born, and the registers of degrees
go back only some decades. Before that, an old diploma proves what the register cannot.

Legal source (China): Degrees Law (2024) articles 2 and 33; Higher Education Law articles 20 to 22.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property

from civicbus.domain.claims import Claim, ClaimKind
from civicbus.domain.events import Education
from civicbus.domain.proofs import in_force
from civicbus.domain.proofs.in_force import StateCase
from civicbus.domain.proofs.kind import Kind
from civicbus.domain.proofs.timing import counts_from
from civicbus.domain.proofs.verdict import Rule, Verdict, yes
from civicbus.domain.proofs.words import Explanation
from civicbus.domain.record_codes import EducationKind
from civicbus.domain.resolve import Fact
from civicbus.domain.truth import Truth
from civicbus.domain.vocabulary import Role

CLAIMED = ("level", "institution", "number")


class EducationCase(StateCase):
    """Understands which steps of an education would answer the question."""

    @cached_property
    def candidates(self) -> list[Fact[Education]]:
        """The person's awards or enrolments, as claimed as far as anything is."""
        kind = self.question.text("education_kind")
        asked = {name: self.question.text(name) for name in CLAIMED}
        return [
            fact
            for fact in self.of(Education, Role.PERSON)
            if fact.content.kind.lower() == kind
            and all(value in (None, getattr(fact.content, name)) for name, value in asked.items())
        ]

    @property
    def lasts(self) -> bool:
        """True if the question is about an enrolment, which ends."""
        return self.question.text("education_kind") == EducationKind.ENROLMENT.lower()

    def holds(self, fact: Fact[Education]) -> Truth:
        """Was it awarded by the day? Is the person enrolled on it?"""
        if self.lasts:
            return super().holds(fact)
        return counts_from(fact.content.header).happened_by(self.day)


def awarded(case: EducationCase) -> Verdict | None:
    """It was awarded by the day: evidence, which nobody's silence can change."""
    return yes("awarded", case.holding) if case.holding and not case.lasts else None


EXPLANATIONS = {
    "awarded": Explanation(
        "It is so: the award was registered with a date by {day}.",
        "属实：登记有{day}或之前授予的相应学历学位。",
        "The withdrawal of the award would.",
        "若该学历学位被撤销，结果将改变。",
    ),
    "in_force": Explanation(
        "Enrolled on {day}: such an enrolment is registered and had not ended.",
        "{day}在读：登记有相应学籍且未终止。",
        "The registration of an end by that day would.",
        "若登记学籍在当日或之前终止，结果将改变。",
    ),
    "ended": Explanation(
        "Not enrolled on {day}: the enrolment had ended by that day.",
        "{day}不在读：学籍在此之前已终止。",
        "The registration of another enrolment would.",
        "若登记了其他学籍，结果将改变。",
    ),
    "none_registered": Explanation(
        "Not so: nothing as claimed is registered by {day}, and the register is complete.",
        "不属实：登记完整，没有{day}或之前符合所称情况的学历学位登记。",
        "The registration of such an award would.",
        "若登记了相应学历学位，结果将改变。",
    ),
}

RULES: tuple[Rule, ...] = (awarded, *in_force.RULES)

PROOF = Kind(
    number="P18",
    name="education",
    asks={
        "en": "Had this person been awarded a degree or the like by a day, or been enrolled on it?",
        "zh": "此人在某日是否已取得相应学历学位，或是否在读？",
    },
    families=("education",),
    rests_on=("education",),
    fresh_for=timedelta(days=90),
    law={"CN": "Degrees Law art. 2, 33; Higher Education Law art. 20 to 22"},
    claims=(
        Claim(
            "education_kind",
            ClaimKind.CODE,
            "What is claimed.",
            required=True,
            codes=tuple(kind.lower() for kind in EducationKind),
        ),
        Claim("level", ClaimKind.TEXT, "The level of GB/T 4658, if one is claimed."),
        Claim("institution", ClaimKind.TEXT, "The institution, as the register names it."),
        Claim("number", ClaimKind.TEXT, "The number of the diploma."),
    ),
    rules=RULES,
    own_explanations=EXPLANATIONS,
    case=EducationCase,
)
