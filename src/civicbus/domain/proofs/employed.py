"""P12 employed: was this person in insured employment on a day, with one employer or any?

What decides are the employments that the labour authority has entered, each from its first day to
the day on which it ended, that day excluded. Two at once are allowed. An employer that was merged
goes on as its successor: the register enters a new employment then, so nothing is joined here. Work
that nobody registered is not seen; a `no` speaks of insured employment only, and the asker may
accept a written commitment beside it.

Legal source (China): Labour Contract Law articles 7 and 50, Social Insurance Law article 58.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property

from civicbus.domain.claims import Claim, ClaimKind
from civicbus.domain.events import Employment
from civicbus.domain.proofs import in_force
from civicbus.domain.proofs.in_force import StateCase
from civicbus.domain.proofs.kind import Kind
from civicbus.domain.proofs.words import Explanation
from civicbus.domain.resolve import Fact
from civicbus.domain.vocabulary import Role


class EmploymentCase(StateCase):
    """Understands which employments would answer the question."""

    @cached_property
    def candidates(self) -> list[Fact[Employment]]:
        """The person's employments, with the employer named if one is."""
        employer = self.question.text("employer")
        return [
            fact
            for fact in self.of(Employment, Role.EMPLOYEE)
            if employer is None or fact.content.employer == employer
        ]


EXPLANATIONS = {
    "in_force": Explanation(
        "Employed on {day}: a registered employment holds on that day.",
        "{day}在职：登记的劳动关系在当日存续。",
        "The registration of an end before that day would.",
        "若登记劳动关系在此前已终止，结果将改变。",
    ),
    "ended": Explanation(
        "Not employed on {day}: every registered employment had ended by that day.",
        "{day}未就业：登记的劳动关系均已终止。",
        "The registration of another employment would.",
        "若登记了其他劳动关系，结果将改变。",
    ),
    "none_registered": Explanation(
        "Not employed on {day}: no insured employment is registered that began by that day.",
        "{day}未就业：没有当日或之前开始的参保就业登记。",
        "The registration of an employment would; unregistered work is not seen.",
        "若登记了劳动关系，结果将改变；未登记的灵活就业不在查询范围内。",
    ),
}

PROOF = Kind(
    number="P12",
    name="employed",
    asks={
        "en": "Was this person in insured employment on a day?",
        "zh": "此人在某日是否参保就业？",
    },
    families=("employment",),
    rests_on=("employment",),
    fresh_for=timedelta(days=31),
    law={"CN": "Labour Contract Law art. 7, 50; Social Insurance Law art. 58"},
    claims=(Claim("employer", ClaimKind.TEXT, "The employer's credit code, if one is meant."),),
    rules=in_force.RULES,
    own_explanations=EXPLANATIONS,
    case=EmploymentCase,
)
