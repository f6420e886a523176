"""P13 registered_unemployed: was this person registered as unemployed on a day?

What decides is the registration that the labour authority has entered, from its first day to the
day on which it ended, that day excluded. It is an entry of an office and no finding about work: who
never came to register may have no job all the same, and a `no` here says nothing about that. "No
job" is a `no` of the proof `employed`, which sees insured employment only, together with a written
commitment of the person that there is no other work.

The registration lapses when a job begins, so a job in force on the same day contradicts it. It
lapses with the person's death too.

Legal source (China): Employment Promotion Law article 35 (registration of unemployment); Provisions
on Employment Services and Employment Management, chapter 6 (who registers, and when it lapses).
"""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property

from civicbus.domain.events import Employment, Unemployment
from civicbus.domain.proofs import in_force, while_living
from civicbus.domain.proofs.kind import Kind
from civicbus.domain.proofs.timing import period_of
from civicbus.domain.proofs.verdict import Rule, Verdict, disputed
from civicbus.domain.proofs.while_living import LivingCase
from civicbus.domain.proofs.words import Explanation
from civicbus.domain.resolve import Fact
from civicbus.domain.vocabulary import Role


class UnemploymentCase(LivingCase):
    """Understands which registrations would answer the question, and which jobs contradict it."""

    @cached_property
    def candidates(self) -> list[Fact[Unemployment]]:
        return self.of(Unemployment, Role.PERSON)

    def thing(self, _fact: Fact[Unemployment]) -> object:
        return Unemployment

    @cached_property
    def jobs(self) -> list[Fact[Employment]]:
        """The registered jobs that certainly hold on the day."""
        periods = [(job, period_of(job)) for job in self.established(Employment, Role.EMPLOYEE)]
        return [job for job, period in periods if period and period.holds_on(self.day) is True]


def has_a_job(case: UnemploymentCase) -> Verdict | None:
    """The same day shows the person registered as unemployed and in a registered job."""
    if case.holding and case.jobs:
        return disputed("has_a_job", [*case.holding, *case.jobs])
    return None


RULES: tuple[Rule, ...] = (
    while_living.died,
    *in_force.DOUBTS,
    while_living.life_in_doubt,
    has_a_job,
    in_force.in_force,
    in_force.ended,
    in_force.none_registered,
)

COMMITMENT_EN = "A registration would. Whether there is a job, ask the proof employed instead."
COMMITMENT_ZH = "办理失业登记后，结果将改变；是否就业请查询参保就业情况，并可辅以本人书面承诺。"

EXPLANATIONS = while_living.EXPLANATIONS | {
    "in_force": Explanation(
        "Yes: registered as unemployed on {day}.",
        "是：{day}登记为失业。",
        "The registration of an end before that day, or of a job, would.",
        "若登记失业状态在此前已终止，或登记了劳动关系，结果将改变。",
    ),
    "ended": Explanation(
        "No: the registration as unemployed had ended by {day}. It does not say why.",
        "否：失业登记在{day}已终止；此结果不说明原因。",
        COMMITMENT_EN,
        COMMITMENT_ZH,
    ),
    "none_registered": Explanation(
        "No: not registered as unemployed on {day}. Whoever did not register may have no job.",
        "否：{day}没有失业登记；未登记并不表示有工作。",
        COMMITMENT_EN,
        COMMITMENT_ZH,
    ),
    "has_a_job": Explanation(
        "Disputed: registered as unemployed and in a registered job on {day} at once.",
        "有争议：{day}同时存在失业登记和就业登记。",
        "The end of one of the two in the register, with its date, would.",
        "登记机关注明其中一项的终止日期后，结果将改变。",
    ),
}

PROOF = Kind(
    number="P13",
    name="registered_unemployed",
    asks={
        "en": "Was this person registered as unemployed on a day?",
        "zh": "此人在某日是否登记失业？",
    },
    families=("employment", *while_living.FAMILIES),
    hears=while_living.HEARS,
    rests_on=("employment",),
    fresh_for=timedelta(days=31),
    law={"CN": "Employment Promotion Law art. 35"},
    rules=RULES,
    own_explanations=EXPLANATIONS,
    case=UnemploymentCase,
)
