"""P09 household_registration: was this person registered in a household on a day, there or so?

What decides are the entries of the household register, each from its day to the one on which it
ended. A move is two entries: the old one ends when the permit to move is issued, the new one begins
on arrival; between the two the person is in transit and registered nowhere, which is no loss of
registration. Being struck off says nothing about life but where death is the reason, and that is
the proof `alive`. Where somebody is registered is not where they live: that is `residence`.

Place, household and head may be claimed. Where the person is registered instead is not disclosed.

Legal source (China): Household Registration Regulations articles 3 to 6, 10 (moves), 13 and 19.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cached_property
from typing import Any

from civicbus.domain.claims import Claim, ClaimKind
from civicbus.domain.events import HouseholdRegistration
from civicbus.domain.proofs import in_force
from civicbus.domain.proofs.in_force import StateCase
from civicbus.domain.proofs.kind import Kind
from civicbus.domain.proofs.timing import counts_from
from civicbus.domain.proofs.verdict import Rule, Verdict, disputed, no, unknown
from civicbus.domain.proofs.words import Explanation
from civicbus.domain.record_codes import HouseholdEnd
from civicbus.domain.resolve import Fact
from civicbus.domain.truth import Truth, all_of
from civicbus.domain.vocabulary import Role


class HouseholdCase(StateCase):
    """Understands which entries of the person are in the household claimed."""

    @cached_property
    def entries(self) -> list[Fact[HouseholdRegistration]]:
        """Every entry of the person, wherever."""
        return self.of(HouseholdRegistration, Role.PERSON)

    @cached_property
    def candidates(self) -> list[Fact[HouseholdRegistration]]:
        """Those that are, or may be, in the household claimed."""
        return [fact for fact in self.entries if self.is_there(fact) is not False]

    @property
    def known_here(self) -> list[Fact[Any]]:
        """An entry in any household shows that there is such a person."""
        return [*super().known_here, *self.entries]

    def is_there(self, fact: Fact[HouseholdRegistration]) -> Truth:
        """Is the entry in the place and household claimed, under the head claimed?"""
        place, household = self.question.text("place"), self.question.text("household")
        return all_of(
            _agrees(place, fact.content.place, place_in=True),
            _agrees(household, fact.content.household),
            self._is_under_the_head(fact),
        )

    def holds(self, fact: Fact[HouseholdRegistration]) -> Truth:
        return all_of(super().holds(fact), self.is_there(fact))

    @cached_property
    def elsewhere(self) -> list[Fact[HouseholdRegistration]]:
        """Entries of whoever decides that hold on the day, in a household that is another one."""
        return [
            fact
            for fact in self.entries
            if self.decides(fact.content)
            and self.is_there(fact) is False
            and super(HouseholdCase, self).holds(fact) is True
        ]

    @cached_property
    def moving(self) -> list[Fact[HouseholdRegistration]]:
        """Entries that had ended by the day because the person was moving."""
        return [
            fact
            for fact in self.entries
            if self.decides(fact.content)
            and fact.end is not None
            and fact.end.end_reason is HouseholdEnd.MOVED_OUT
            and counts_from(fact.end.header).happened_by(self.day) is True
        ]

    def _is_under_the_head(self, fact: Fact[HouseholdRegistration]) -> Truth:
        head = self.question.party("head")
        if head is None:
            return True
        heads = {concerned.person_key for concerned in fact.content.header.in_role(Role.HEAD)}
        return head.person_key in heads if heads and None not in heads else None


def not_told(case: HouseholdCase) -> Verdict | None:
    """An entry holds, and does not say what is claimed: the place, the household, or its head."""
    if case.holding:
        return None
    silent = [
        fact
        for fact in case.settled
        if case.is_there(fact) is None and super(HouseholdCase, case).holds(fact) is not False
    ]
    return unknown("not_told", silent) if silent else None


def twice(case: HouseholdCase) -> Verdict | None:
    """The person is registered in the household claimed and in another one as well."""
    if case.holding and case.elsewhere:
        return disputed("registered_twice", [*case.holding, *case.elsewhere])
    return None


def in_transit(case: HouseholdCase) -> Verdict | None:
    """The last entry ended because the person was moving, and no new one has begun."""
    if not case.moving:
        return None
    last = max(case.moving, key=_left)
    later = [
        fact
        for fact in case.entries
        if case.decides(fact.content)
        and counts_from(fact.content.header).happened_by(case.day) is True
        and counts_from(fact.content.header).earliest >= _left(last)
    ]
    return None if later else unknown("in_transit", [last])


def elsewhere(case: HouseholdCase) -> Verdict | None:
    """The person is registered in another household than the one claimed."""
    return no("elsewhere", case.elsewhere) if case.elsewhere else None


def _left(fact: Fact[HouseholdRegistration]) -> date:
    assert fact.end is not None
    return counts_from(fact.end.header).earliest


def _agrees(claimed: str | None, entered: str | None, *, place_in: bool = False) -> Truth:
    """Is it as claimed? A place lies in another one whose code is the beginning of its own."""
    if claimed is None:
        return True
    if entered is None:
        return None
    return entered.startswith(claimed) if place_in else entered == claimed


EXPLANATIONS = {
    "in_force": Explanation(
        "Registered on {day}, as claimed: the entry holds on that day.",
        "{day}户口登记与所称一致：登记在当日有效。",
        "The registration of a move or a removal by that day would.",
        "若登记在当日或之前迁出或注销，结果将改变。",
    ),
    "in_transit": Explanation(
        "Unknown: the person was moving on {day}, and the arrival is not entered.",
        "无法确定：{day}正在办理户口迁移，尚未登记迁入。",
        "The entry at the new place would.",
        "迁入地登记后，可再次查询。",
    ),
    "registered_twice": Explanation(
        "Disputed: entries in two households hold on {day}.",
        "有争议：{day}同时存在两处户口登记。",
        "The removal of one of the two would.",
        "注销其中一处登记后，结果将改变。",
    ),
    "not_told": Explanation(
        "Unknown: an entry holds on {day}, and the register does not say what is claimed of it.",
        "无法确定：{day}有户口登记，但登记未载明所称事项。",
        "A complete entry by the register would.",
        "登记机关补全登记后，结果可能改变。",
    ),
    "elsewhere": Explanation(
        "Not so on {day}: the person is registered, and not where it is claimed.",
        "{day}不属实：此人户口登记不在所称之处。",
        "A move with effect by that day would.",
        "若登记了当日或之前的迁移，结果将改变。",
    ),
    "ended": Explanation(
        "Not so on {day}: the entry was removed by that day.",
        "{day}不属实：该户口登记在此之前已注销。",
        "A restored or a new entry would.",
        "恢复或重新登记后，结果将改变。",
    ),
    "none_registered": Explanation(
        "Not so on {day}: no such entry is registered that began by that day.",
        "{day}不属实：没有当日或之前开始的此类户口登记。",
        "The registration of such an entry would.",
        "若登记了此类户口，结果将改变。",
    ),
}

RULES: tuple[Rule, ...] = (
    not_told,
    *in_force.DOUBTS,
    twice,
    in_force.in_force,
    elsewhere,
    in_transit,
    in_force.ended,
    in_force.none_registered,
)

PROOF = Kind(
    number="P09",
    name="household_registration",
    asks={
        "en": "Was this person registered in a household on a day, as claimed?",
        "zh": "此人在某日的户口登记是否与所称一致？",
    },
    families=("household",),
    rests_on=("household",),
    fresh_for=timedelta(days=31),
    law={"CN": "Household Registration Regulations art. 3 to 6, 10, 13, 19"},
    claims=(
        Claim("place", ClaimKind.TEXT, "The area's code, or its beginning (GB/T 2260)."),
        Claim("household", ClaimKind.TEXT, "The number of the household."),
        Claim("head", ClaimKind.PERSON, "The head of the household."),
    ),
    rules=RULES,
    own_explanations=EXPLANATIONS,
    case=HouseholdCase,
)
