"""P10 residence: did this person live at a place on a day, or hold a residence permit there?

What decides is the registration of residence: where somebody lives, which is not where the
household is registered. It says nothing beyond the day; how long somebody has lived there is asked
for each day that matters. A protected address is neither disclosed nor hinted at: the answer is the
same yes or no as for anybody, about the place that the question itself names, and
`protected_address` tells a caseworker to keep it to themselves.

Legal source (China): Provisional Regulations on Residence Permits articles 2, 9 and 10; Civil Code
article 25 (the habitual residence).
"""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import Any

from civicbus.domain.claims import Claim, ClaimKind
from civicbus.domain.events import AddressProtection, HouseholdRegistration, Residence
from civicbus.domain.proofs import in_force
from civicbus.domain.proofs.in_force import StateCase
from civicbus.domain.proofs.kind import Kind
from civicbus.domain.proofs.timing import period_of
from civicbus.domain.proofs.verdict import Rule, Verdict, unknown
from civicbus.domain.proofs.words import Explanation
from civicbus.domain.resolve import Fact
from civicbus.domain.truth import Truth, all_of
from civicbus.domain.vocabulary import Role


class ResidenceCase(StateCase):
    """Understands which residences are at the place claimed, and whether they are protected."""

    @cached_property
    def candidates(self) -> list[Fact[Residence]]:
        """The residences that are, or may be, as claimed."""
        residences = self.of(Residence, Role.PERSON)
        return [fact for fact in residences if self.is_there(fact) is not False]

    @property
    def known_here(self) -> list[Fact[Any]]:
        """A residence anywhere, or an entry in a household, shows that there is such a person."""
        entries = self.of(HouseholdRegistration, Role.PERSON)
        return [*super().known_here, *entries, *self.of(Residence, Role.PERSON)]

    def is_there(self, fact: Fact[Residence]) -> Truth:
        """Is it at the place claimed, and by the permit claimed?"""
        place, permit = self.question.text("place"), self.question.text("permit")
        entered = fact.content.place
        right_permit = permit in (None, fact.content.permit)
        if place is None:
            return right_permit
        return all_of(None if entered is None else entered.startswith(place), right_permit)

    def holds(self, fact: Fact[Residence]) -> Truth:
        return all_of(super().holds(fact), self.is_there(fact))

    @property
    def flags(self) -> tuple[str, ...]:
        """`protected_address`, if the address may not be disclosed on the day."""
        protections = self.of(AddressProtection, Role.PERSON)
        held = [period_of(fact) for fact in protections]
        if any(period is None or period.holds_on(self.day) is not False for period in held):
            return ("protected_address",)
        return ()


def not_told(case: ResidenceCase) -> Verdict | None:
    """A residence holds, and the register does not say where it is."""
    if case.holding:
        return None
    silent = [
        fact
        for fact in case.settled
        if case.is_there(fact) is None and super(ResidenceCase, case).holds(fact) is not False
    ]
    return unknown("not_told", silent) if silent else None


EXPLANATIONS = {
    "in_force": Explanation(
        "So on {day}: a residence as claimed is registered for that day.",
        "{day}属实：登记有与所称一致的居住信息。",
        "The registration of a move by that day would.",
        "若登记在当日或之前搬离，结果将改变。",
    ),
    "not_told": Explanation(
        "Unknown: a residence is registered for {day}, and not where it is.",
        "无法确定：{day}有居住登记，但登记未载明地点。",
        "A complete entry by the register would.",
        "登记机关补全登记后，结果可能改变。",
    ),
    "ended": Explanation(
        "Not so on {day}: a residence as claimed was registered, and had ended by that day.",
        "{day}不属实：曾有与所称一致的居住登记，在此之前已终止。",
        "The registration of another residence there would.",
        "若重新登记居住，结果将改变。",
    ),
    "none_registered": Explanation(
        "Not so on {day}: no residence as claimed is registered that began by that day.",
        "{day}不属实：没有当日或之前开始的与所称一致的居住登记。",
        "The registration of such a residence would.",
        "若登记了此类居住信息，结果将改变。",
    ),
}

RULES: tuple[Rule, ...] = (not_told, *in_force.RULES)

PROOF = Kind(
    number="P10",
    name="residence",
    asks={
        "en": "Did this person live at a place on a day, by the registration of residence?",
        "zh": "按居住登记，此人在某日是否居住于某地？",
    },
    families=("household",),
    rests_on=("household",),
    fresh_for=timedelta(days=31),
    law={"CN": "Provisional Regulations on Residence Permits art. 2, 9, 10; Civil Code art. 25"},
    claims=(
        Claim("place", ClaimKind.TEXT, "The area's code, or its beginning (GB/T 2260)."),
        Claim("permit", ClaimKind.TEXT, "The number of the residence permit."),
    ),
    rules=RULES,
    own_explanations=EXPLANATIONS,
    case=ResidenceCase,
)
