"""What goes over the wire, as the OpenAPI document describes it.

`Question` is also what bodies are checked by; what each proof takes beside it stands in
`question_schemas`. Answers are written by the domain; a test holds them to the description here.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from civicbus.api.examples import ANSWER, SYNTHETIC_PERSON
from civicbus.api.problems import KINDS
from civicbus.domain.answer import Outcome
from civicbus.domain.claims import MAX_TEXT, ClaimKind
from civicbus.domain.identifiers import SCHEMES
from civicbus.domain.proofs.flag_words import FLAGS

# Visible ASCII only: digits of other scripts and stray spaces are refused, not mended.
PERSON_PATTERN = r"^[a-z]{2,8}-[a-z]{2,8}:[!-~]{1,64}$"
DAY_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


PersonNumber = Annotated[
    str,
    Field(
        pattern=PERSON_PATTERN,
        description="The person's number as `SCHEME:NUMBER`, in a text so that leading zeros "
        f"stay. Schemes: {', '.join(SCHEMES)}.",
        examples=[SYNTHETIC_PERSON],
    ),
]
ValidAt = Annotated[
    str | None,
    Field(
        description="The day in the world that the question is about, `YYYY-MM-DD`, not in "
        "the future. Default: the day of `known_at`, else today, in UTC.",
        examples=["2024-03-01"],
    ),
]
KnownAt = Annotated[
    str | None,
    Field(
        description="By what the registers had recorded at this moment: an RFC 3339 time with "
        "its zone, or a day, which then counts whole (UTC). Not in the future. Default: now.",
        examples=["2024-04-01T00:00:00Z"],
    ),
]
Name = Annotated[
    str | None,
    Field(
        description="The person's name, where one number was given to several people. Nobody "
        "is found by it, and no answer repeats it.",
        json_schema_extra={"minLength": 1, "maxLength": MAX_TEXT, "pattern": r"\S"},
    ),
]
BirthDate = Annotated[
    str | None,
    Field(
        description="The person's birth date, `YYYY-MM-DD`: as `name`, and to notice a number "
        "that is somebody else's.",
        json_schema_extra={"pattern": DAY_PATTERN},
    ),
]


class Question(BaseModel):
    """Who is asked about, for which day, and by what the registers had recorded at which moment."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    person: PersonNumber
    valid_at: ValidAt = None
    known_at: KnownAt = None
    name: Name = None
    birth_date: BirthDate = None
    claims: Annotated[
        dict[str, Any] | None, Field(description="What this proof takes beside the person.")
    ] = None


class Sentences(BaseModel):
    """A text in each language."""

    en: str
    zh: str


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

    model_config = ConfigDict(json_schema_extra={"examples": [ANSWER]})

    person: Annotated[str, Field(examples=[SYNTHETIC_PERSON])]
    proof: Annotated[str, Field(examples=["alive"])]
    claims: Annotated[dict[str, str | int], Field(description="What the question claimed.")]
    outcome: Outcome
    reason: Annotated[
        str,
        Field(
            description="Why, for programs; `GET /v1/proofs` lists the reasons of each proof.",
            examples=["no_death_registered"],
        ),
    ]
    details: Annotated[
        dict[str, str | int | bool | list[str] | None],
        Field(description="Values that the proof discloses beside its outcome, by name."),
    ]
    flags: Annotated[
        list[str],
        Field(
            description="Codes of what a caseworker should look at: "
            + " ".join(f"`{code}`: {words.en}" for code, words in FLAGS.items()),
            examples=[["superseded_number"]],
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
    sentence: Annotated[Sentences, Field(description="The reason in plain words.")]
    would_change: Annotated[Sentences, Field(description="What would lead to another answer.")]


class Claim(BaseModel):
    """What a proof takes beside the person and the day."""

    name: Annotated[str, Field(examples=["employer"])]
    kind: ClaimKind
    required: bool
    means: Annotated[str, Field(description="What it is, in a sentence.")]
    form: Annotated[str, Field(description="How its value is written, in words.")]


class Reason(BaseModel):
    """A reason in plain words. Braces stand for values of the answer: its day, its details."""

    sentence: Sentences
    would_change: Sentences


class Proof(BaseModel):
    """A kind of question."""

    number: Annotated[str, Field(examples=["P01"])]
    name: Annotated[str, Field(examples=["alive"])]
    question: Annotated[Sentences, Field(description="What is asked, in words.")]
    address: Annotated[str, Field(examples=["/v1/proofs/alive"])]
    claims: list[Claim]
    families: Annotated[list[str], Field(description="The families of events that decide.")]
    hears: Annotated[list[str], Field(description="Further ones, which may cast doubt on them.")]
    rests_on: Annotated[
        list[str],
        Field(description="The families of which an authority must be heard, if silence decides."),
    ]
    fresh_for_seconds: Annotated[
        int, Field(description="How old an authority's word may be then, at the most.")
    ]
    law: Annotated[
        dict[str, str], Field(description="By country, why the answer follows from the facts.")
    ]
    outcomes: Annotated[list[Outcome], Field(description="What it can come to.")]
    reasons: dict[str, Reason]


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
    field: Annotated[
        str | None,
        Field(description="Which field of the body is meant.", examples=["person", "claims.age"]),
    ] = None
    reason: Annotated[
        str | None, Field(description="Of `not-ready`: why.", examples=["rebuilding"])
    ] = None
    remedy: Annotated[str, Field(description="What to do.")]


# `Question` is not among them: each proof has a schema of its own, made from it.
MODELS: tuple[type[BaseModel], ...] = (Answer, Proofs, Alive, Readiness, Problem)
