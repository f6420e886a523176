"""Examples of questions and answers, about persons whose numbers are given to nobody."""

from __future__ import annotations

from typing import Any

from civicbus.domain.claims import Claim, ClaimKind
from civicbus.domain.proofs import Kind

# The numbers 99999.... are given to nobody.
SYNTHETIC_PERSON = "nl-bsn:999990639"
SYNTHETIC_OTHER = "nl-bsn:999994669"

ANSWER: dict[str, Any] = {
    "person": SYNTHETIC_PERSON,
    "proof": "alive",
    "claims": {},
    "outcome": "no",
    "reason": "death_registered",
    "details": {},
    "flags": [],
    "valid_at": "2024-03-01",
    "known_at": "2024-04-01T00:00:00.000Z",
    "known_through": {"civil-registry": "2024-03-31T23:59:55.000Z"},
    "basis": [
        {
            "event_id": "0a1f2c6e-5d0b-5c55-9a7e-1b6f6f7a2d10",
            "source": "civil-registry",
            "record": "Death",
            "change": "CREATED",
            "occurred": "2024-02-28",
            "registered_at": "2024-02-29T09:30:00.000Z",
            "legal_state": "REGISTERED",
        }
    ],
    "sentence": {
        "en": "Not alive on 2024-03-01: a death on or before that day is registered.",
        "zh": "2024-03-01已不在世：登记有当日或之前的死亡。",
    },
    "would_change": {
        "en": "An annulment or correction by the register that entered the death would.",
        "zh": "由登记死亡的机关撤销或更正后，结果可能改变。",
    },
}

SWEEP_SENT: tuple[dict[str, Any], ...] = (
    {"proof": "alive", "valid_at": "2024-03-01"},
    {"id": "a-1", "person": SYNTHETIC_PERSON},
    {"id": "a-2", "person": "nl-bsn:999990638"},
)
SWEEP_RETURNED: tuple[dict[str, Any], ...] = (
    {
        "sweep": {
            "proof": "alive",
            "valid_at": "2024-03-01",
            "known_at": "2024-04-01T00:00:00.000Z",
        }
    },
    {
        "id": "a-1",
        "answer": {
            "proof": "alive",
            "outcome": "no",
            "reason": "death_registered",
            "details": {},
            "flags": [],
            "valid_at": "2024-03-01",
            "known_at": "2024-04-01T00:00:00.000Z",
            "known_through": {"civil-registry": "2024-03-31T23:59:55.000Z"},
            "basis": ["0a1f2c6e-5d0b-5c55-9a7e-1b6f6f7a2d10"],
        },
    },
    {
        "id": "a-2",
        "line": 3,
        "problem": {
            "type": "invalid-field",
            "title": "A field has a value that is not allowed",
            "status": 400,
            "detail": "not a nl-bsn number: the check digit does not match",
            "field": "person",
            "remedy": "write SCHEME:NUMBER as a text, digits as they are with leading zeros",
        },
    },
    {
        "end": {
            "asked": 2,
            "answered": 1,
            "refused": 1,
            "not_ready": 0,
            "outcomes": {"yes": 0, "no": 1, "unknown": 0, "disputed": 0},
        }
    },
)


def questions(kind: Kind) -> list[dict[str, Any]]:
    """Questions that may be asked of a proof: the shortest, and one that says everything."""
    required = {claim.name: value_of(claim) for claim in kind.claims if claim.required}
    shortest: dict[str, Any] = {"person": SYNTHETIC_PERSON}
    full = {
        "person": SYNTHETIC_PERSON,
        "valid_at": "2024-03-01",
        "known_at": "2024-04-01T00:00:00Z",
        "name": "Zhang San",
        "birth_date": "1950-08-30",
        "claims": {claim.name: value_of(claim) for claim in kind.claims},
    }
    return [shortest | ({"claims": required} if required else {}), full]


def value_of(claim: Claim) -> str | int:
    """A value that a claim may have."""
    match claim.kind:
        case ClaimKind.PERSON:
            return SYNTHETIC_OTHER
        case ClaimKind.CODE:
            return claim.codes[0]
        case ClaimKind.TEXT:
            return "as the register writes it"
        case ClaimKind.NUMBER:
            return min(max(18, claim.lowest), claim.highest)
        case ClaimKind.DAY:
            return "2024-03-01"
