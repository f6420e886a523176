"""Rules for what ends with a person's life, whatever its own register says: a job, a residence.

The register that keeps it learns of the death last, or never, and goes on showing it. So a death
that is on record decides first. Without one nothing is asked about the person's life: that is the
proof `alive`, and no job is lost because a register of deaths is silent.
"""

from __future__ import annotations

from functools import cached_property

from civicbus.domain.answer import Outcome
from civicbus.domain.proofs import deaths
from civicbus.domain.proofs.in_force import StateCase
from civicbus.domain.proofs.life_case import LifeCase
from civicbus.domain.proofs.verdict import Verdict, unknown
from civicbus.domain.proofs.words import Explanation

# Where a death, or a doubt about the person's life, may stand.
FAMILIES = ("death",)
HEARS = ("household", "union", "court")


class LivingCase(StateCase):
    """Understands, beside the facts in question, what is known of the person's death."""

    @cached_property
    def life(self) -> LifeCase:
        """The person's facts as far as life and death go."""
        return LifeCase(self.scope, self.question, self.person, self.declared)

    @cached_property
    def word(self) -> Verdict | None:
        """What is said of the person's death by the day; nothing, if nobody tells of one."""
        return deaths.word_on_death(self.life)


def died(case: LivingCase) -> Verdict | None:
    """The person had died by the day, or counted as dead: that ended it."""
    if case.word is None or case.word.outcome is not Outcome.NO:
        return None
    return Verdict(Outcome.NO, "died", case.word.basis)


def life_in_doubt(case: LivingCase) -> Verdict | None:
    """It would be in force, but nobody knows whether the person still lived on the day."""
    if not case.holding:
        return None
    if case.word is not None:
        disputed = case.word.outcome is Outcome.DISPUTED
        reason = "life_disputed" if disputed else "life_unknown"
        return Verdict(case.word.outcome, reason, case.word.basis)
    missing = case.life.missing_on_the_day
    return unknown("life_unknown", missing) if missing else None


EXPLANATIONS = {
    "died": Explanation(
        "No: a death by {day} is registered or has been declared by a court.",
        "否：登记有{day}或之前的死亡，或法院已宣告死亡。",
        "An annulment or correction of the death by its register, or a court's revocation, would.",
        "死亡登记由登记机关撤销或更正，或法院撤销死亡宣告后，结果将改变。",
    ),
    "life_unknown": Explanation(
        "Unknown: registered as in force, but a death is reported or the person declared missing.",
        "无法确定：登记显示有效，但有死亡通报尚待核实，或法院已宣告此人失踪。",
        "An entry of the death, or the withdrawal of the report, would. Stop nothing meanwhile.",
        "死亡经登记，或通报、宣告被撤销后，结果将改变；在此之前不得终止待遇。",
    ),
    "life_disputed": Explanation(
        "Disputed: registered as in force, but the records of a death contradict each other.",
        "有争议：登记显示有效，但有关此人死亡的记录相互矛盾。",
        "A decision of the register that entered the death, or of a court, would.",
        "由登记死亡的机关或法院裁定后，结果将改变。",
    ),
}
