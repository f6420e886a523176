"""P17 licence_valid: did this person hold a valid licence of a kind on a day?

What decides is the licence that the licensing authority has entered: from the day of its issue to
the day on which it was revoked, surrendered or declared expired, and not beyond the last day of its
own validity, that day included. On the days of a suspension it gives no right. A lost document
takes no right away: that is the proof `document`.

Legal source (China): Administrative Licensing Law articles 8, 50, 69 and 70; a business may hold a
licence like a person.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property

from civicbus.domain.claims import Claim, ClaimKind
from civicbus.domain.events import Licence, LicenceSuspension
from civicbus.domain.proofs import in_force
from civicbus.domain.proofs.in_force import valid_until
from civicbus.domain.proofs.kind import Kind
from civicbus.domain.proofs.suspensions import SuspensionCase, suspended, suspension_in_doubt
from civicbus.domain.proofs.verdict import Rule, Verdict, no
from civicbus.domain.proofs.words import Explanation
from civicbus.domain.resolve import Fact
from civicbus.domain.truth import Truth, all_of
from civicbus.domain.vocabulary import Role


class LicenceCase(SuspensionCase):
    """Understands which licences are meant, and what suspends them."""

    @cached_property
    def candidates(self) -> list[Fact[Licence]]:
        """The person's licences of the kind, with the number and issuer named if they are."""
        asked = {name: self.question.text(name) for name in ("licence_kind", "number", "issuer")}
        return [
            fact
            for fact in self.of(Licence, Role.HOLDER)
            if all(value in (None, getattr(fact.content, name)) for name, value in asked.items())
        ]

    @cached_property
    def suspensions(self) -> list[Fact[LicenceSuspension]]:
        return self.of(LicenceSuspension, Role.HOLDER)

    def suspends(self, suspension: Fact[LicenceSuspension], fact: Fact[Licence]) -> bool:
        named = suspension.content.issuer, suspension.content.number
        return named == (fact.content.issuer, fact.content.number)

    def thing(self, fact: Fact[Licence]) -> object:
        """Two sources that name one issuer and number tell of one licence."""
        return fact.content.issuer, fact.content.number

    def apart_from_suspensions(self, fact: Fact[Licence]) -> Truth:
        return all_of(super().apart_from_suspensions(fact), valid_until(fact, self.day))


def expired(case: LicenceCase) -> Verdict | None:
    """The last day of its own validity has passed."""
    over = [fact for fact in case.settled if valid_until(fact, case.day) is False]
    return no("expired", over) if over else None


EXPLANATIONS = {
    "in_force": Explanation(
        "Valid on {day}: such a licence is registered, and neither ended nor suspended.",
        "{day}有效：登记有此类许可，且未终止、未暂停。",
        "The registration of an end or a suspension by that day would.",
        "若登记许可在当日或之前终止或被暂停，结果将改变。",
    ),
    "suspended": Explanation(
        "Not valid on {day}: the licence is suspended, and gives no right meanwhile.",
        "{day}无效：许可处于暂停期间。",
        "The end of the suspension would.",
        "暂停解除后，结果将改变。",
    ),
    "expired": Explanation(
        "Not valid on {day}: the licence was valid until an earlier day.",
        "{day}无效：许可的有效期已届满。",
        "A renewal with effect by that day would.",
        "若在当日或之前办理延续，结果将改变。",
    ),
    "ended": Explanation(
        "Not valid on {day}: the licence was revoked, surrendered or had expired by that day.",
        "{day}无效：许可在此之前已被撤销、交回或失效。",
        "The registration of another licence would.",
        "若登记了其他许可，结果将改变。",
    ),
    "none_registered": Explanation(
        "Not valid on {day}: no such licence is registered that was issued by that day.",
        "{day}无效：没有当日或之前颁发此类许可的登记。",
        "The registration of such a licence would.",
        "若登记了此类许可，结果将改变。",
    ),
}

RULES: tuple[Rule, ...] = (
    suspension_in_doubt,
    *in_force.DOUBTS,
    in_force.in_force,
    suspended,
    expired,
    in_force.ended,
    in_force.none_registered,
)

PROOF = Kind(
    number="P17",
    name="licence_valid",
    asks={
        "en": "Did this person hold a valid licence of a kind on a day?",
        "zh": "此人在某日是否持有某类有效许可？",
    },
    families=("licence",),
    rests_on=("licence",),
    fresh_for=timedelta(days=7),
    law={"CN": "Administrative Licensing Law art. 8, 50, 69, 70"},
    claims=(
        Claim("licence_kind", ClaimKind.TEXT, "The kind of licence, as coded.", required=True),
        Claim("number", ClaimKind.TEXT, "The number of the licence, if one is meant."),
        Claim("issuer", ClaimKind.TEXT, "Who issued it, if one is meant."),
    ),
    rules=RULES,
    own_explanations=EXPLANATIONS,
    case=LicenceCase,
)
