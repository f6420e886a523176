"""P30 business_registered: was this business registered on a day, and where?

The question names a business by its credit code. What decides is the entry in the market
regulator's register, from its day to the one on which the business was deregistered, merged or had
its licence revoked. A merged business goes on as its successor, which the answer names: the
register is public. A permit of the business is a licence that it holds, so ask `licence_valid` with
the same credit code.

Legal source (China): Regulations on the Registration of Market Entities articles 3, 8, 21 and 31;
Company Law articles 37 and 39 (2023), which make the register public.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import Any

from civicbus.domain.claims import Claim, ClaimKind
from civicbus.domain.events import Business
from civicbus.domain.names import fold
from civicbus.domain.proofs import in_force
from civicbus.domain.proofs.in_force import StateCase
from civicbus.domain.proofs.kind import Kind
from civicbus.domain.proofs.timing import counts_from
from civicbus.domain.proofs.verdict import Rule, Verdict, no, unknown
from civicbus.domain.proofs.words import Explanation
from civicbus.domain.record_codes import BusinessEnd
from civicbus.domain.resolve import Fact
from civicbus.domain.vocabulary import Role


class BusinessCase(StateCase):
    """Understands the entries of the business."""

    @cached_property
    def candidates(self) -> list[Fact[Business]]:
        return self.of(Business, Role.BUSINESS)

    def thing(self, _fact: Fact[Business]) -> object:
        """All entries under one credit code are of one business."""
        return Business

    @property
    def known_here(self) -> list[Fact[Any]]:
        """Only the register of businesses knows of one."""
        return list(self.candidates)


def merged(case: BusinessCase) -> Verdict | None:
    """It was merged into another business by the day."""
    for fact in case.settled:
        end = fact.end
        if end is not None and end.end_reason is BusinessEnd.MERGED and _is_over(end, case):
            return no("merged", [fact], details={"successor": end.successor})
    return None


def unclear_site(case: BusinessCase) -> Verdict | None:
    """It is registered, and its site is written otherwise than claimed: nobody can compare them."""
    site = case.question.text("site")
    if site is None or not case.holding:
        return None
    entered = [fact.content.site for fact in case.holding if fact.content.site]
    if any(fold(one) == fold(site) for one in entered):
        return None
    return unknown("unclear_site", case.holding)


def _is_over(end: Business, case: BusinessCase) -> bool:
    return counts_from(end.header).happened_by(case.day) is True


EXPLANATIONS = {
    "in_force": Explanation(
        "Registered on {day}, as claimed: the register shows the business and no end by that day.",
        "{day}存续，与所称一致：登记机关登记有该经营主体，且未注销。",
        "The registration of an end by that day would.",
        "若登记其在当日或之前注销，结果将改变。",
    ),
    "merged": Explanation(
        "Not registered on {day}: the business was merged, and its successor goes on.",
        "{day}已不存续：该经营主体已合并，由承继主体继续经营。",
        "Ask about the successor; a correction of the entry would change this answer.",
        "请查询承继主体；登记被更正后，结果可能改变。",
    ),
    "ended": Explanation(
        "Not registered on {day}: the business was deregistered or had its licence revoked.",
        "{day}已不存续：该经营主体已注销或被吊销营业执照。",
        "A correction of the entry would.",
        "登记被更正后，结果可能改变。",
    ),
    "none_registered": Explanation(
        "Not registered on {day}: the business was entered for a later day.",
        "{day}尚未设立：该经营主体的登记日期在此之后。",
        "A correction of the entry would.",
        "登记被更正后，结果可能改变。",
    ),
    "unclear_site": Explanation(
        "Unknown: the business is registered, and its site is written otherwise than claimed.",
        "无法确定：该经营主体存续，但登记的住所与所称的写法不同，不能比对。",
        "The site as the register writes it would.",
        "按登记机关的写法提供住所后，可再次查询。",
    ),
    "no_such_record": Explanation(
        "Unknown: no competent register has an entry of this business.",
        "无法确定：主管登记机关没有该经营主体的登记。",
        "An entry in a competent register would, or the right credit code.",
        "登记机关登记，或提供正确的统一社会信用代码后，结果可能改变。",
    ),
}

RULES: tuple[Rule, ...] = (
    *in_force.DOUBTS,
    unclear_site,
    in_force.in_force,
    merged,
    in_force.ended,
    in_force.none_registered,
)

PROOF = Kind(
    number="P30",
    name="business_registered",
    asks={
        "en": "Was this business registered on a day, and at this site?",
        "zh": "该经营主体在某日是否存续，住所是否与所称一致？",
    },
    families=("business",),
    rests_on=("business",),
    fresh_for=timedelta(days=7),
    law={"CN": "Regulations on the Registration of Market Entities art. 3, 8, 21, 31"},
    claims=(Claim("site", ClaimKind.TEXT, "The registered site, if one is claimed."),),
    rules=RULES,
    own_explanations=EXPLANATIONS,
    case=BusinessCase,
)
