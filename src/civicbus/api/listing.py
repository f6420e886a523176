"""The proofs that can be asked, described for whoever chooses one."""

from __future__ import annotations

from typing import Any

from civicbus.domain.answer import Outcome
from civicbus.domain.claims import Claim
from civicbus.domain.proofs import Kind
from civicbus.domain.proofs.words import Explanation


def address_of(name: str) -> str:
    """The path under which a proof is asked."""
    return f"/v1/proofs/{name}"


def described(kind: Kind) -> dict[str, Any]:
    """A proof as the list has it."""
    return {
        "number": kind.number,
        "name": kind.name,
        "question": dict(kind.asks),
        "address": address_of(kind.name),
        "claims": [_claim(claim) for claim in kind.claims],
        "families": list(kind.families),
        "hears": list(kind.hears),
        "rests_on": list(kind.rests_on),
        "fresh_for_seconds": int(kind.fresh_for.total_seconds()),
        "law": dict(kind.law),
        "outcomes": [outcome.value for outcome in Outcome if outcome not in kind.never],
        "reasons": {name: _reason(found) for name, found in kind.explanations.items()},
    }


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "name": claim.name,
        "kind": claim.kind.value,
        "required": claim.required,
        "means": claim.means,
        "form": claim.form,
    }


def _reason(explanation: Explanation) -> dict[str, dict[str, str]]:
    return {
        "sentence": {"en": explanation.en, "zh": explanation.zh},
        "would_change": {"en": explanation.change_en, "zh": explanation.change_zh},
    }
