"""P08 age_at_least: had this person completed a number of years on a day?

What decides are the births that a competent register has entered, read together: one may know the
year where another knows the day. Where they contradict each other, the answer stands if all of them
give the same. A year is completed at the start of the birthday, one begun on 29 February on 1 March
in years without that day (`domain.ages`). Unknown parts of a date and lunar dates leave some days
open. The age is never read off a number, and the date of birth is not disclosed.

The dead complete no further years. After a registered death there is no answer: a `yes` might be
taken for a word on life, and a `no` for one on youth. That nobody has died is not looked for; that
is the proof `alive`.

Legal source: in China Civil Code articles 15, 17, 200 and 202; in the Netherlands BW 1:233; in
England and Wales Family Law Reform Act 1969, s. 1 and 9.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property

from civicbus.domain.ages import has_reached
from civicbus.domain.claims import Claim, ClaimKind
from civicbus.domain.dates import Interval, common
from civicbus.domain.events import Birth, Death
from civicbus.domain.proofs.identity_words import IdentityCase, born
from civicbus.domain.proofs.kind import Kind
from civicbus.domain.proofs.timing import counts_from, happened
from civicbus.domain.proofs.verdict import Rule, Verdict, disputed, no, unknown, yes
from civicbus.domain.proofs.words import Explanation
from civicbus.domain.resolve import Fact
from civicbus.domain.truth import Truth
from civicbus.domain.vocabulary import LegalState, Role


class AgeCase(IdentityCase):
    """Understands when the person was born, and whether the years were completed by the day."""

    @cached_property
    def by_births(self) -> set[Truth]:
        """Whether the years are completed: by all births together, or by each if they differ."""
        intervals = [born(fact) for fact in self.births]
        agreed = common(intervals)
        years = self.question.number("years") or 0
        return {
            has_reached(years, when, self.day)
            for when in (intervals if agreed is None else [agreed])
        }

    @cached_property
    def earlier_deaths(self) -> list[Fact[Death]]:
        """Deaths with legal force that were before the day, or may have been."""
        return [
            fact
            for fact in self.established(Death, Role.DECEASED)
            if _died(fact.content).before(self.day) is not False
        ]

    @property
    def flags(self) -> tuple[str, ...]:
        """`degraded_date`: a register holds a birth date with parts that cannot be."""
        degraded = any(fact.content.header.occurred.is_degraded for fact in self.births)
        return ("degraded_date",) if degraded else ()


def no_birth(case: AgeCase) -> Verdict | None:
    """No competent register has entered the birth."""
    if case.births:
        return None
    if reported := case.reported(Birth, Role.CHILD):
        return unknown("notified_only", reported)
    if case.known_here:
        return unknown("birth_not_registered", case.known_here)
    return unknown("no_such_record")


def contested(case: AgeCase) -> Verdict | None:
    """Somebody says that an entry of the birth is wrong."""
    doubted = [fact for fact in case.births if fact.doubted]
    return disputed("contested", doubted) if doubted else None


def under_investigation(case: AgeCase) -> Verdict | None:
    """A register marks the birth as in doubt, in its entry or in the person's record."""
    doubts = case.investigated([*case.births, *case.known_here], "birth")
    return unknown("under_investigation", doubts) if doubts else None


def had_died(case: AgeCase) -> Verdict | None:
    """A death is registered that was before the day, or may have been."""
    deaths = case.earlier_deaths
    return unknown("had_died", deaths) if deaths else None


def conflicting_dates(case: AgeCase) -> Verdict | None:
    """The registered births contradict each other about the age."""
    return disputed("conflicting_dates", case.births) if len(case.by_births) > 1 else None


def undetermined(case: AgeCase) -> Verdict | None:
    """The birth date is not known well enough for that day."""
    if None not in case.by_births:
        return None
    return unknown("undetermined_date", case.births)


def reached(case: AgeCase) -> Verdict | None:
    """The years were completed."""
    return yes("reached", case.births) if True in case.by_births else None


def not_reached(case: AgeCase) -> Verdict:
    """The years were not completed yet."""
    return no("not_reached", case.births)


def _died(death: Death) -> Interval:
    """When; of a death that a court declared, from when it has effect."""
    is_declared = death.header.legal_state is LegalState.DECLARED
    return counts_from(death.header) if is_declared else happened(death.header)


EXPLANATIONS = {
    "reached": Explanation(
        "Old enough: by the registered birth, the years were completed on {day}.",
        "已满该年龄：按出生登记，截至{day}已满所问周岁。",
        "A correction of the birth date would.",
        "若更正出生日期，结果可能改变。",
    ),
    "not_reached": Explanation(
        "Not old enough: by the registered birth, the years were not completed on {day}.",
        "未满该年龄：按出生登记，截至{day}未满所问周岁。",
        "A later day would, or a correction of the birth date.",
        "在较晚日期查询，或更正出生日期后，结果可能改变。",
    ),
    "undetermined_date": Explanation(
        "Unknown: the registered birth date is not exact enough to tell the age on {day}.",
        "无法确定：登记的出生日期不够确切，不能判断{day}的年龄。",
        "A complete date in the register would, or another day.",
        "登记机关补全出生日期，或查询其他日期后，结果可能改变。",
    ),
    "birth_not_registered": Explanation(
        "Unknown: no competent register has entered the birth of this person.",
        "无法确定：主管登记机关没有此人的出生登记。",
        "The entry of the birth would; the number alone proves no age.",
        "登记出生后，结果可能改变；不得仅凭号码认定年龄。",
    ),
    "had_died": Explanation(
        "Unknown: a death before {day} is registered, and the dead complete no further years.",
        "无法确定：登记有{day}之前的死亡，死者不再计算年龄。",
        "A day on which the person was living would.",
        "查询其在世期间的日期后，结果可能改变。",
    ),
}

RULES: tuple[Rule, ...] = (
    no_birth,
    contested,
    under_investigation,
    had_died,
    conflicting_dates,
    undetermined,
    reached,
    not_reached,
)

PROOF = Kind(
    number="P08",
    name="age_at_least",
    asks={
        "en": "Had this person completed a number of years on a day?",
        "zh": "此人在某日是否已满若干周岁？",
    },
    families=("birth", "identity", "death"),
    rests_on=("birth",),
    fresh_for=timedelta(days=31),
    law={
        "CN": "Civil Code art. 15, 17, 200, 202",
        "NL": "BW 1:233",
        "UK": "Family Law Reform Act 1969 s. 1, 9",
    },
    claims=(
        Claim("years", ClaimKind.NUMBER, "The age in completed years.", required=True, highest=150),
    ),
    rules=RULES,
    own_explanations=EXPLANATIONS,
    case=AgeCase,
)
