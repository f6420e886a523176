"""What goes over the wire, as the OpenAPI document describes it.

`Question` is also what bodies are checked by. Answers are written by the domain; a test holds them
to the description here.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from civicbus.api.problems import KINDS, MEDIA_TYPE, ProblemError
from civicbus.domain.answer import Outcome
from civicbus.domain.identifiers import SCHEMES

REFERENCE = "#/components/schemas/{model}"
SYNTHETIC_PERSON = "nl-bsn:999990639"  # the numbers 99999.... are given to nobody


class Question(BaseModel):
    """Who is asked about, for which day, and by what the registers had recorded at which moment."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        hide_input_in_errors=True,
        json_schema_extra={
            "examples": [
                {"person": SYNTHETIC_PERSON},
                {
                    "person": SYNTHETIC_PERSON,
                    "valid_at": "2024-03-01",
                    "known_at": "2024-04-01T00:00:00Z",
                },
            ]
        },
    )

    person: Annotated[
        str,
        Field(
            # Visible ASCII only: digits of other scripts and stray spaces are refused, not mended.
            pattern=r"^[a-z]{2,8}-[a-z]{2,8}:[!-~]{1,64}$",
            description="The person's number as `SCHEME:NUMBER`, in a text so that leading zeros "
            f"stay. Schemes: {', '.join(SCHEMES)}.",
            examples=[SYNTHETIC_PERSON],
        ),
    ]
    valid_at: Annotated[
        str | None,
        Field(
            description="The day in the world that the question is about, `YYYY-MM-DD`, not in "
            "the future. Default: the day of `known_at`, else today, in UTC.",
            examples=["2024-03-01"],
        ),
    ] = None
    known_at: Annotated[
        str | None,
        Field(
            description="By what the registers had recorded at this moment: an RFC 3339 time with "
            "its zone, or a day, which then counts whole (UTC). Not in the future. Default: now.",
            examples=["2024-04-01T00:00:00Z"],
        ),
    ] = None


class Evidence(BaseModel):
    """An event that the answer rests on."""

    event_id: str
    source: Annotated[str, Field(description="The system that recorded it.")]
    record: Annotated[str, Field(description="The kind of act.", examples=["Death"])]
    change: Annotated[str, Field(description="What it does to an act.", examples=["CREATED"])]
    occurred: Annotated[
        str,
        Field(description="When it happened, as far as known.", examples=["about 2024-02"]),
    ]
    registered_at: datetime
    legal_state: Annotated[str, Field(examples=["REGISTERED"])]


class Answer(BaseModel):
    """The answer: an outcome, why, from what, and how far the sources were known."""

    person: Annotated[str, Field(examples=[SYNTHETIC_PERSON])]
    proof: Annotated[str, Field(examples=["alive"])]
    outcome: Outcome
    reason: Annotated[
        str,
        Field(
            description="Why, for programs; `GET /v1/proofs` lists the reasons of each proof.",
            examples=["no_death_registered"],
        ),
    ]
    valid_at: date
    known_at: datetime
    known_through: Annotated[
        dict[str, datetime | None],
        Field(
            description="For each source that the answer rests on, the time up to which it was "
            "known; null for one that was never heard of."
        ),
    ]
    basis: list[Evidence]
    sentence: Annotated[
        dict[str, str], Field(description="The reason in plain words, by language (en, zh).")
    ]


class Proof(BaseModel):
    """A kind of question."""

    name: Annotated[str, Field(examples=["alive"])]
    question: Annotated[str, Field(description="What is asked, in words.")]
    address: Annotated[str, Field(examples=["/v1/proofs/alive"])]
    families: Annotated[list[str], Field(description="The families of events that it reads.")]
    reasons: Annotated[
        dict[str, dict[str, str]], Field(description="Each reason, and its sentence by language.")
    ]


class Proofs(BaseModel):
    """The questions that can be asked."""

    proofs: list[Proof]


class Alive(BaseModel):
    """The process runs."""

    status: Annotated[str, Field(examples=["alive"])]


class Readiness(BaseModel):
    """Whether this worker may be sent questions."""

    model_config = ConfigDict(extra="allow")

    ready: bool
    partitions: Annotated[
        dict[str, bool],
        Field(description="Of each partition assigned to this worker: has it caught up?"),
    ] = {}


class Problem(BaseModel):
    """An error, after RFC 9457. It never repeats what was sent."""

    type: Annotated[str, Field(description="The kind, for programs.", examples=[*KINDS])]
    title: str
    status: int
    detail: str
    field: Annotated[str | None, Field(description="Which field of the body is meant.")] = None
    reason: Annotated[
        str | None, Field(description="Of `not-ready`: why.", examples=["rebuilding"])
    ] = None
    remedy: Annotated[str, Field(description="What to do.")]


MODELS: tuple[type[BaseModel], ...] = (
    Question, Answer, Proofs, Alive, Readiness, Problem,
)  # fmt: skip

ANSWER_EXAMPLE: dict[str, Any] = {
    "person": SYNTHETIC_PERSON,
    "proof": "alive",
    "outcome": "no",
    "reason": "death_registered",
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
}


def json_of(model: str, description: str, example: Any = None) -> dict[str, Any]:
    """An OpenAPI response with a JSON body."""
    content: dict[str, Any] = {"schema": {"$ref": REFERENCE.format(model=model)}}
    if example is not None:
        content["example"] = example
    return {"description": description, "content": {"application/json": content}}


def problems(*examples: ProblemError) -> dict[int | str, dict[str, Any]]:
    """OpenAPI responses for problems, with an example of each kind."""
    found: dict[int | str, dict[str, Any]] = {}
    for problem in examples:
        kind = KINDS[problem.kind]
        response = found.setdefault(
            kind.status,
            {
                "description": kind.title,
                "content": {
                    MEDIA_TYPE: {
                        "schema": {"$ref": REFERENCE.format(model="Problem")},
                        "examples": {},
                    }
                },
            },
        )
        if response["description"] != kind.title:
            response["description"] += f"; or: {kind.title[0].lower()}{kind.title[1:]}"
        response["content"][MEDIA_TYPE]["examples"][problem.kind] = {"value": problem.document()}
        if kind.status == 503:
            response["headers"] = RETRY_AFTER
    return found


RETRY_AFTER = {
    "Retry-After": {
        "description": "Seconds after which asking again is worth while.",
        "schema": {"type": "integer", "minimum": 0},
    }
}
