"""The body of a question to each proof, as JSON Schema made from the proof's claims.

The claims themselves are read by `civicbus.domain.claims`; tests hold the two together.
"""

from __future__ import annotations

from typing import Any

from civicbus.api import documents, examples
from civicbus.domain.claims import MAX_TEXT, Claim, ClaimKind
from civicbus.domain.proofs import Kind


def schema_name(kind: Kind) -> str:
    """What the schema of a proof's question is called in the OpenAPI document."""
    return "".join(part.capitalize() for part in kind.name.split("_")) + "Question"


def question_schema(kind: Kind) -> dict[str, Any]:
    """The schema of a question to this proof."""
    schema = documents.Question.model_json_schema()
    claims = _claims(kind)
    schema["properties"]["claims"] = claims
    if "required" in claims:
        schema["required"] = [*schema["required"], "claims"]
    schema["title"] = schema_name(kind)
    schema["description"] = kind.asks["en"]
    schema["examples"] = examples.questions(kind)
    return schema


def _claims(kind: Kind) -> dict[str, Any]:
    required = [claim.name for claim in kind.claims if claim.required]
    schema: dict[str, Any] = {
        "type": "object" if required else ["object", "null"],
        "description": "What the question claims."
        if kind.claims
        else "This proof takes no claims.",
        "properties": {claim.name: claim_schema(claim) for claim in kind.claims},
        "additionalProperties": False,
    }
    return schema | ({"required": required} if required else {})


def claim_schema(claim: Claim) -> dict[str, Any]:
    """The schema of one claim; where it is not required, null is as good as leaving it out."""
    form = _form(claim)
    if not claim.required:
        form["type"] = [form["type"], "null"]
        if "enum" in form:
            form["enum"] = [*form["enum"], None]
    return {**form, "description": claim.means, "examples": [examples.value_of(claim)]}


def _form(claim: Claim) -> dict[str, Any]:
    match claim.kind:
        case ClaimKind.PERSON:
            return {"type": "string", "pattern": documents.PERSON_PATTERN}
        case ClaimKind.CODE:
            return {"type": "string", "enum": list(claim.codes)}
        case ClaimKind.TEXT:
            return {"type": "string", "minLength": 1, "maxLength": MAX_TEXT, "pattern": r"\S"}
        case ClaimKind.NUMBER:
            return {"type": "integer", "minimum": claim.lowest, "maximum": claim.highest}
        case ClaimKind.DAY:
            return {"type": "string", "pattern": documents.DAY_PATTERN}
