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

from collections.abc import Generator
from datetime import timedelta
from typing import Any

from civicbus.domain.claims import Claim, ClaimKind
from civicbus.domain.dossier import Dossier
from civicbus.domain.proofs import in_force
from civicbus.domain.proofs.kind import Kind
from civicbus.domain.proofs.need import Need
from civicbus.domain.proofs.policy_case import BENEFICIARY, PolicyCase
from civicbus.domain.proofs.verdict import Rule, Verdict, evidence, unknown
from civicbus.domain.answer import Outcome
from civicbus.domain.proofs.words import Explanation
