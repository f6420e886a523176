"""P12 employed: was this person in insured employment on a day, with one employer or any?

What decides are the employments that the labour authority has entered, each from its first day to
the day on which it ended, that day excluded; one that has effect only from a later day does not
count before it. Two at once are allowed. Death ends an employment, whether or not the employer has
reported its end. Work that nobody registered is not seen; a `no` speaks of insured employment only,
and the asker may accept a written commitment beside it.

An employer that was merged goes on as its successor, and the contracts with it. The labour
authority enters that as an employment with the successor, or corrects the one with the employer
that was; nothing is joined here. The register of businesses names the successor by its credit code,
but an employment names its employer by a text, which may be a name or an older number.

Legal source (China): Labour Contract Law articles 7, 34, 44 and 50, Social Insurance Law article
58.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property

from civicbus.domain.bodies import same_body
from civicbus.domain.claims import Claim, ClaimKind
from civicbus.domain.events import Employment
from civicbus.domain.proofs import in_force, while_living
from civicbus.domain.proofs.kind import Kind
from civicbus.domain.proofs.verdict import Rule, Verdict, unknown
from civicbus.domain.proofs.while_living import LivingCase
from civicbus.domain.proofs.words import Explanation
from civicbus.domain.resolve import Fact
from civicbus.domain.truth import Truth, all_of
from civicbus.domain.vocabulary import Role


class EmploymentCase(LivingCase):
    """Understands which employments would answer the question."""

    @cached_property
    def candidates(self) -> list[Fact[Employment]]:
        """The person's employments that are, or may be, with the employer named."""
        jobs = self.of(Employment, Role.EMPLOYEE)
        return [fact for fact in jobs if self.is_with_the_employer(fact) is not False]

    def is_with_the_employer(self, fact: Fact[Employment]) -> Truth:
        """Is it with the employer that the question names? With none named, any is."""
        claimed = self.question.text("employer")
        if claimed is None:
            return True
        return same_body(claimed, fact.content.employer, fact.content.employer_name)

    def thing(self, fact: Fact[Employment]) -> object:
        return fact.content.employer

    def holds(self, fact: Fact[Employment]) -> Truth:
        return all_of(super().holds(fact), self.is_with_the_employer(fact))


def unclear_employer(case: EmploymentCase) -> Verdict | None:
    """A job holds, and the register names its employer in a way that cannot be compared."""
    if case.holding:
        return None
    unclear = [
        fact
        for fact in case.settled
        if case.is_with_the_employer(fact) is None and case.holds(fact) is None
    ]
    return unknown("unclear_employer", unclear) if unclear else None


RULES: tuple[Rule, ...] = (
    while_living.died,
    in_force.contested,
    in_force.under_investigation,
    unclear_employer,
    in_force.undetermined,
    in_force.reported_only,
    in_force.not_on_record,
    in_force.doubt_about,
    while_living.life_in_doubt,
    in_force.in_force,
    in_force.ended,
    in_force.none_registered,
)

EXPLANATIONS = while_living.EXPLANATIONS | {
    "in_force": Explanation(
        "Yes: an employment as asked about is registered that holds on {day}.",
        "是：登记有符合查询条件、在{day}存续的劳动关系。",
        "The registration of an end before that day would.",
        "若登记劳动关系在此前已终止，结果将改变。",
    ),
    "ended": Explanation(
        "No: every registered employment as asked about had ended by {day}.",
        "否：符合查询条件的登记劳动关系在{day}均已终止。",
        "The registration of another employment would.",
        "若登记了其他劳动关系，结果将改变。",
    ),
    "none_registered": Explanation(
        "No: no insured employment as asked about is registered that began by {day}.",
        "否：没有符合查询条件、在{day}或之前开始的参保就业登记。",
        "The registration of an employment would; unregistered work is not seen.",
        "若登记了劳动关系，结果将改变；未登记的灵活就业不在查询范围内。",
    ),
    "unclear_employer": Explanation(
        "Unknown: the register names an employer in another way than the question does.",
        "无法确定：登记的用人单位名称或代码与查询所用的形式不同，不能比对。",
        "The employer's credit code in the question, or in the register, would.",
        "在查询或登记中使用统一社会信用代码后，结果可能改变。",
    ),
}

PROOF = Kind(
    number="P12",
    name="employed",
    asks={
        "en": "Was this person in insured employment on a day?",
        "zh": "此人在某日是否参保就业？",
    },
    families=("employment", *while_living.FAMILIES),
    hears=while_living.HEARS,
    rests_on=("employment",),
    fresh_for=timedelta(days=31),
    law={"CN": "Labour Contract Law art. 7, 34, 44, 50; Social Insurance Law art. 58"},
    claims=(
        Claim(
            "employer",
            ClaimKind.TEXT,
            "The employer's credit code, or else its name as the register writes it.",
        ),
    ),
    rules=RULES,
    own_explanations=EXPLANATIONS,
    case=EmploymentCase,
)
