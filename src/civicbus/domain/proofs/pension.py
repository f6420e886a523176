"""P15 pension: was a pension of this person in payment on a day, or drawn from two payers at once?

What decides are the awards that the pension authority has entered, from the first day to the day on
which they ended, without the days of a suspension. A pension ends with the person's death, whatever
its own register says; where nobody knows whether the person lived, the answer is `unknown`, and
nothing is stopped for that.

Two pensions of one kind by two payers on one day are drawn twice; one of them has to be given up.
That there is no second one follows from silence. Which payers there are is not disclosed.

Legal source (China): Social Insurance Law articles 14 and 16 (who receives one), 19 (one pension
for contributions in several regions) and 88 (what was drawn wrongly).
"""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from itertools import combinations

from civicbus.domain.claims import Claim, ClaimKind
from civicbus.domain.events import Pension, PensionSuspension
from civicbus.domain.proofs import in_force, while_living
from civicbus.domain.proofs.kind import Kind
from civicbus.domain.proofs.suspensions import SuspensionCase, suspended, suspension_in_doubt
from civicbus.domain.proofs.verdict import Rule, Verdict, disputed, no, unknown, yes
from civicbus.domain.proofs.while_living import LivingCase
from civicbus.domain.proofs.words import Explanation
from civicbus.domain.record_codes import PensionKind
from civicbus.domain.resolve import Fact
from civicbus.domain.vocabulary import Role

IN_PAYMENT, DOUBLE_DRAWING = "in_payment", "double_drawing"


class PensionCase(SuspensionCase, LivingCase):
    """Understands which pensions are meant, what suspends them, and which are drawn twice."""

    @cached_property
    def candidates(self) -> list[Fact[Pension]]:
        """The person's pensions, of the kind and by the payer named if they are."""
        kind, payer = self.question.text("pension_kind"), self.question.text("payer")
        return [
            fact
            for fact in self.of(Pension, Role.BENEFICIARY)
            if kind in (None, fact.content.kind.lower()) and payer in (None, fact.content.payer)
        ]

    @cached_property
    def suspensions(self) -> list[Fact[PensionSuspension]]:
        return self.of(PensionSuspension, Role.BENEFICIARY)

    def suspends(self, suspension: Fact[PensionSuspension], fact: Fact[Pension]) -> bool:
        return self.thing(suspension) == self.thing(fact)

    def thing(self, fact: Fact[Pension] | Fact[PensionSuspension]) -> object:
        """Two sources that name one kind and payer tell of one pension."""
        return fact.content.kind, fact.content.payer

    @property
    def is_about_two(self) -> bool:
        """True if the question is whether a pension is drawn twice."""
        return self.question.text("asked") == DOUBLE_DRAWING

    @cached_property
    def drawn_twice(self) -> list[Fact[Pension]]:
        """Pensions of one kind by different payers that all certainly hold on the day."""
        twice = {
            fact.content.header.event_id: fact
            for pair in combinations(self.holding, 2)
            if pair[0].content.kind is pair[1].content.kind
            and pair[0].content.payer != pair[1].content.payer
            for fact in pair
        }
        return list(twice.values())

    @cached_property
    def uncertain(self) -> list[Fact[Pension]]:
        """Pensions that may be a second one, and of which nobody can be sure."""
        return [
            fact
            for fact in self.candidates
            if fact not in self.holding
            and (self.holds(fact) is not False or (fact in self.settled and self.is_doubtful(fact)))
        ]


def drawn_twice(case: PensionCase) -> Verdict | None:
    """Two payers pay a pension of one kind on the day."""
    if not case.is_about_two or not case.drawn_twice:
        return None
    return yes("drawn_twice", case.drawn_twice)


def may_be_drawn_twice(case: PensionCase) -> Verdict | None:
    """There may be a second pension."""
    if not case.is_about_two or not case.uncertain:
        return None
    basis = [found for fact in case.uncertain for found in (fact, *case.of_fact(fact))]
    if any(found.doubted for found in basis):
        return disputed("contested", basis)
    if any(not case.decides(found.content) for found in basis):
        return unknown("notified_only", basis)
    if case.investigated(basis, *case.scope.families):
        return unknown("under_investigation", basis)
    return unknown("undetermined_date", basis)


def drawn_once(case: PensionCase) -> Verdict | None:
    """No second pension is registered."""
    if not case.is_about_two:
        return None
    found = [*case.known_here[:1], *case.settled]
    return in_force.doubt_about(case) or no("drawn_once", found)


EXPLANATIONS = while_living.EXPLANATIONS | {
    "in_force": Explanation(
        "In payment on {day}: such a pension is registered, and neither ended nor suspended.",
        "{day}正在发放：登记有此类养老待遇，且未终止、未暂停。",
        "The registration of an end or a suspension by that day would.",
        "若登记待遇在当日或之前终止或暂停，结果将改变。",
    ),
    "suspended": Explanation(
        "Not in payment on {day}: the pension is suspended, and has not ended.",
        "{day}未发放：待遇处于暂停期间，资格未终止。",
        "The end of the suspension would.",
        "恢复发放后，结果将改变。",
    ),
    "ended": Explanation(
        "Not in payment on {day}: the pension had ended by that day.",
        "{day}未发放：待遇在此之前已终止。",
        "The registration of another pension would.",
        "若登记了其他待遇，结果将改变。",
    ),
    "none_registered": Explanation(
        "Not in payment on {day}: no such pension is registered that began by that day.",
        "{day}未发放：没有当日或之前开始的此类待遇登记。",
        "The registration of such a pension would.",
        "若登记了此类待遇，结果将改变。",
    ),
    "drawn_twice": Explanation(
        "Drawn twice on {day}: two payers have a pension of one kind in payment.",
        "{day}重复领取：两个发放机构同时发放同类养老待遇。",
        "The end of one of the two by that day would.",
        "其中一项在当日或之前终止的，结果将改变。",
    ),
    "drawn_once": Explanation(
        "Not drawn twice on {day}: no second pension of one kind is registered.",
        "{day}无重复领取：没有同类养老待遇的第二项登记。",
        "The registration of another pension would.",
        "若登记了其他待遇，结果将改变。",
    ),
}

RULES: tuple[Rule, ...] = (
    while_living.died,
    in_force.not_on_record,
    drawn_twice,
    may_be_drawn_twice,
    drawn_once,
    suspension_in_doubt,
    in_force.contested,
    in_force.under_investigation,
    in_force.undetermined,
    in_force.reported_only,
    in_force.doubt_about,
    while_living.life_in_doubt,
    in_force.in_force,
    suspended,
    in_force.ended,
    in_force.none_registered,
)

PROOF = Kind(
    number="P15",
    name="pension",
    asks={
        "en": "Was a pension of this person in payment on a day, or drawn twice?",
        "zh": "此人在某日是否领取养老待遇，是否重复领取？",
    },
    families=("pension", *while_living.FAMILIES),
    hears=while_living.HEARS,
    rests_on=("pension",),
    fresh_for=timedelta(days=31),
    law={"CN": "Social Insurance Law art. 14, 16, 19, 88"},
    claims=(
        Claim(
            "asked",
            ClaimKind.CODE,
            "Whether one is in payment (the usual question), or drawn twice.",
            codes=(IN_PAYMENT, DOUBLE_DRAWING),
        ),
        Claim(
            "pension_kind",
            ClaimKind.CODE,
            "The kind of pension, if one is meant.",
            codes=tuple(kind.lower() for kind in PensionKind),
        ),
        Claim("payer", ClaimKind.TEXT, "The payer, if one is meant."),
    ),
    rules=RULES,
    own_explanations=EXPLANATIONS,
    case=PensionCase,
)
