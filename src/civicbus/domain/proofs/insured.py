"""P14 insured: is a month, or a number of months, paid for in a branch of social insurance?

What counts are the months for which contributions were posted, each once, whenever and wherever
they were posted: two employers or two regions for one month make one month, a back payment counts
for the month that it was made for, and a posting that was reversed is annulled. A transfer of the
account between regions moves no month, so nothing is added or taken away for it here.

Without a number of months the question is whether the month of the day asked about is paid for.
That a month is paid is evidence; that it is not is a conclusion from silence.

Legal source (China): Social Insurance Law articles 10, 12, 16, 19 (the months of all regions are
added up), 27 and 60.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from functools import cached_property
from typing import Any

from civicbus.domain.claims import Claim, ClaimKind
from civicbus.domain.dates import PartialDate, Qualifier
from civicbus.domain.events import Contribution
from civicbus.domain.proofs import in_force
from civicbus.domain.proofs.in_force import StateCase
from civicbus.domain.proofs.kind import Kind
from civicbus.domain.proofs.verdict import Rule, Verdict, disputed, no, unknown, yes
from civicbus.domain.proofs.words import Explanation
from civicbus.domain.record_codes import InsuranceKind
from civicbus.domain.resolve import Fact
from civicbus.domain.truth import Truth
from civicbus.domain.vocabulary import Role

MONTHS_MAX = 1_200  # a century of contributions


class InsuranceCase(StateCase):
    """Understands which months are certainly paid for, and which may be."""

    @cached_property
    def candidates(self) -> list[Fact[Contribution]]:
        """The postings in the branch that pay for a month asked about, or may."""
        branch = self.question.text("insurance")
        return [
            fact
            for fact in self.of(Contribution, Role.INSURED)
            if fact.content.insurance.lower() == branch and self.months_of(fact)
        ]

    @property
    def known_here(self) -> list[Fact[Any]]:
        """A posting in any branch, for whatever month, shows that there is such a person."""
        return [*super().known_here, *self.of(Contribution, Role.INSURED)]

    @cached_property
    def wanted(self) -> int | None:
        """How many months are claimed; without a number the one of the day is asked about."""
        return self.question.number("months")

    def months_of(self, fact: Fact[Contribution]) -> set[int]:
        """The months that a posting pays for, as far as they are asked about."""
        last = _month(self.day.year, self.day.month)
        first = 0 if self.wanted is not None else last
        paid = range(_of(fact.content.first_month), _of(fact.content.last_month) + 1)
        return {month for month in paid if first <= month <= last}

    def holds(self, fact: Fact[Contribution]) -> Truth:
        """Does it certainly pay for its months? A posting about uncertain months may."""
        exact = all(
            when.qualifier is Qualifier.EXACT and not when.is_lunar
            for when in (fact.content.first_month, fact.content.last_month)
        )
        return True if exact else None

    @cached_property
    def least(self) -> int:
        """How many months are certainly paid for."""
        return len(self._paid_by(self.holding))

    @cached_property
    def most(self) -> int:
        """How many may be, if everything that is doubted, reported or uncertain counts."""
        return len(self._paid_by(self.candidates))

    @cached_property
    def in_question(self) -> list[Fact[Contribution]]:
        """The postings that do not certainly count."""
        return [fact for fact in self.candidates if fact not in self.holding]

    def _paid_by(self, facts: Iterable[Fact[Contribution]]) -> set[int]:
        return {month for fact in facts for month in self.months_of(fact)}


def paid(case: InsuranceCase) -> Verdict | None:
    """The months are certainly paid for: evidence."""
    if case.least < (case.wanted or 1):
        return None
    return yes("month_paid" if case.wanted is None else "months_paid", case.holding)


def may_be_paid(case: InsuranceCase) -> Verdict | None:
    """The months would be paid for, if what is in question counted."""
    if case.most < (case.wanted or 1) or not case.in_question:
        return None
    if any(fact.doubted for fact in case.in_question):
        return disputed("contested", case.candidates)
    if case.investigated(case.in_question, *case.scope.families):
        return unknown("under_investigation", case.candidates)
    if all(case.decides(fact.content) for fact in case.in_question):
        return unknown("undetermined_date", case.candidates)
    return unknown("notified_only", case.candidates)


def not_paid(case: InsuranceCase) -> Verdict:
    """Fewer months are posted, and the register is heard of."""
    reason = "month_not_paid" if case.wanted is None else "fewer_months"
    return no(reason, [*case.known_here[:1], *case.candidates])


def _of(when: PartialDate) -> int:
    assert when.year is not None
    assert when.month is not None
    return _month(when.year, when.month)


def _month(year: int, month: int) -> int:
    return year * 12 + month


EXPLANATIONS = {
    "month_paid": Explanation(
        "Insured on {day}: contributions are posted for that month.",
        "{day}参保：当月已缴费。",
        "The reversal of the posting would.",
        "若该笔缴费被冲销，结果将改变。",
    ),
    "month_not_paid": Explanation(
        "Not insured on {day}: no contributions are posted for that month.",
        "{day}未参保：当月没有缴费记录。",
        "A back payment for that month would.",
        "补缴当月费用后，结果将改变。",
    ),
    "months_paid": Explanation(
        "So many months are paid by {day}: postings for them are registered.",
        "截至{day}已达所问缴费月数：登记有相应月份的缴费。",
        "The reversal of postings would.",
        "若有缴费被冲销，结果可能改变。",
    ),
    "fewer_months": Explanation(
        "Fewer months are paid by {day} than claimed, each month counted once.",
        "截至{day}未达所问缴费月数（同一月份只计一次）。",
        "Further months or back payments would, as would the account of another region.",
        "继续缴费、补缴，或转入其他地区的缴费记录后，结果可能改变。",
    ),
}

RULES: tuple[Rule, ...] = (
    paid,
    may_be_paid,
    in_force.not_on_record,
    in_force.doubt_about,
    not_paid,
)

PROOF = Kind(
    number="P14",
    name="insured",
    asks={
        "en": "Is a month, or a number of months, paid for in a branch of social insurance?",
        "zh": "此人在某险种的当月或若干月份是否已缴费？",
    },
    families=("contribution",),
    rests_on=("contribution",),
    fresh_for=timedelta(days=31),
    law={"CN": "Social Insurance Law art. 10, 12, 16, 19, 27, 60"},
    claims=(
        Claim(
            "insurance",
            ClaimKind.CODE,
            "The branch of insurance.",
            required=True,
            codes=tuple(kind.lower() for kind in InsuranceKind),
        ),
        Claim(
            "months",
            ClaimKind.NUMBER,
            "At least so many months by the day.",
            lowest=1,
            highest=MONTHS_MAX,
        ),
    ),
    rules=RULES,
    own_explanations=EXPLANATIONS,
    case=InsuranceCase,
)
