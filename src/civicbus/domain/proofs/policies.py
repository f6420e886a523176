"""P16 policies: is an insurance policy in force for this person on a day?

What decides is the contract that the insurers' platform has entered, under whatever number the
person had then, and whatever insurer and number it has had since (`policy_chains`). The paper is no
part of it: a document that is lost, or issued again, changes nothing, and `document_lost` says so.
A policy that lapsed and was reinstated is two entries of one number, with the gap between them; one
whose lapse was a mistake is reinstated as if it had never lapsed. Death ends no contract here: it
makes some due, and heirs have to find them.

Whom the contract insures, and who holds it, are told of it, and which insurer has it on the day:
that is what somebody who lost the document needs. A beneficiary is told only once every insured
person's death is established (proof `deceased`, for the day asked about), and then only that there
is a policy. Before that the answer to a beneficiary is `not_disclosed`, with nothing in evidence,
whether there is a policy or none. For the same reason a beneficiary never gets a `no`: it would
tell the answers apart.

Legal source (China): Insurance Law articles 10, 13 and 14 (contract and document), 18
(beneficiary), 36 and 37 (lapse and reinstatement), 92 (transfer of portfolios); Personal
Information Protection Law article 6 (no more than the purpose needs).
"""

from __future__ import annotations

from datetime import timedelta

from civicbus.domain.claims import Claim, ClaimKind
from civicbus.domain.proofs import deceased, in_force
from civicbus.domain.proofs.kind import Kind
from civicbus.domain.proofs.policy_case import ROLES, PolicyCase
from civicbus.domain.proofs.verdict import Rule, Verdict, unknown, yes
from civicbus.domain.proofs.words import Explanation


def to_a_beneficiary(case: PolicyCase) -> Verdict | None:
    """A beneficiary is told of a policy after the insured's death, and else nothing."""
    if not case.asks_as_beneficiary:
        return None
    if not case.holding or in_force.doubt_about(case):
        return unknown("not_disclosed")
    told = yes("in_force", case.holding)
    return Verdict(told.outcome, told.reason, (*told.basis, *case.deaths_behind(case.holding)))


def holds(case: PolicyCase) -> Verdict | None:
    """A contract as claimed is in force; the answer says with whom."""
    if not case.holding:
        return None
    basis = [*case.holding, *(fact for held in case.holding for fact in case.transfers(held))]
    details = {"insurers": case.insurers(case.holding)}
    return yes("in_force", basis, details=details)


EXPLANATIONS = {
    "in_force": Explanation(
        "In force on {day}: a contract as claimed is registered, whatever became of its paper.",
        "{day}有效：登记有符合查询条件的保险合同，与保单凭证是否遗失无关。",
        "The registration of an end by that day would.",
        "若登记合同在当日或之前终止，结果将改变。",
    ),
    "ended": Explanation(
        "Not in force on {day}: every contract as claimed had ended or run out by that day.",
        "{day}无效：符合查询条件的保险合同均已终止或期满。",
        "A reinstatement, or another contract, would.",
        "合同复效或登记了其他合同后，结果将改变。",
    ),
    "none_registered": Explanation(
        "Not in force on {day}: no contract as claimed is registered that began by that day.",
        "{day}无效：没有当日或之前开始的符合查询条件的保险合同登记。",
        "The registration of such a contract would.",
        "若登记了此类合同，结果将改变。",
    ),
    "not_disclosed": Explanation(
        "Unknown: a beneficiary is told of policies only after the death of the insured.",
        "无法确定：被保险人死亡得到认定之前，不向受益人披露保险合同信息。",
        "The insured person's established death may; ask again then.",
        "被保险人死亡得到认定后，可再次查询。",
    ),
}

RULES: tuple[Rule, ...] = (
    to_a_beneficiary,
    *in_force.DOUBTS,
    holds,
    in_force.ended,
    in_force.none_registered,
)

PROOF = Kind(
    number="P16",
    name="policies",
    asks={
        "en": "Is an insurance policy in force for this person on a day, and with whom?",
        "zh": "此人在某日是否有有效的保险合同，由哪家保险公司承保？",
    },
    families=("insurance", "identity"),
    hears=tuple(f for f in deceased.PROOF.families if f not in ("insurance", "identity")),
    rests_on=("insurance",),
    fresh_for=timedelta(days=7),
    law={
        "CN": "Insurance Law art. 10, 13, 14, 18, 36, 37, 92; "
        "Personal Information Protection Law art. 6"
    },
    claims=(
        Claim("insurer", ClaimKind.TEXT, "The insurer, today's or an earlier one."),
        Claim("policy", ClaimKind.TEXT, "The number of the policy, today's or an earlier one."),
        Claim(
            "role",
            ClaimKind.CODE,
            "What the person is to the contract; without it holder or insured.",
            codes=tuple(ROLES),
        ),
    ),
    rules=RULES,
    own_explanations=EXPLANATIONS,
    case=PolicyCase,
)
