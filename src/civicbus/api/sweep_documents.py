"""The lines of a sweep, as the OpenAPI document describes them and as they are read.

`SweepQuestion` and `SweepPerson` are what is sent, `SweepLine` is what comes back.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from civicbus.api.documents import (
    BirthDate,
    KnownAt,
    Name,
    PersonNumber,
    Problem,
    ValidAt,
)
from civicbus.domain.answer import Outcome

NDJSON = "application/x-ndjson"
ID_LENGTH_MAX = 200
EVENT_ID = "0a1f2c6e-5d0b-5c55-9a7e-1b6f6f7a2d10"

STRICT = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class SweepQuestion(BaseModel):
    """The first line that is sent: what is asked about everybody."""

    model_config = STRICT

    proof: Annotated[
        str,
        Field(description="The name of a proof; `GET /v1/proofs` lists them.", examples=["alive"]),
    ]
    valid_at: ValidAt = None
    known_at: KnownAt = None
    claims: Annotated[
        dict[str, Any] | None,
        Field(description="What the proof takes beside the person, the same for everybody."),
    ] = None


class SweepPerson(BaseModel):
    """Every further line that is sent: a person."""

    model_config = STRICT

    id: Annotated[
        str,
        Field(
            min_length=1,
            max_length=ID_LENGTH_MAX,
            description="By what the asker knows the answer again. It is repeated as it is, so "
            "do not put a personal number there.",
            examples=["file-2024-000017"],
        ),
    ]
    person: PersonNumber
    name: Name = None
    birth_date: BirthDate = None
    claims: Annotated[
        dict[str, Any] | None,
        Field(description="As in the first line, for this person alone; before those there."),
    ] = None


class SweepStart(BaseModel):
    """What is asked of everybody, with the times as they were understood."""

    proof: str
    valid_at: date
    known_at: datetime


class BriefAnswer(BaseModel):
    """An answer without its words; of the events that it rests on only the ids."""

    proof: Annotated[str, Field(examples=["alive"])]
    outcome: Outcome
    reason: Annotated[
        str,
        Field(
            description="Why, for programs; `GET /v1/proofs` has each in words.",
            examples=["no_death_registered"],
        ),
    ]
    details: dict[str, str | int | bool | list[str] | None]
    flags: list[str]
    valid_at: date
    known_at: datetime
    known_through: Annotated[
        dict[str, datetime | None],
        Field(description="As in the answer to a single question."),
    ]
    basis: Annotated[list[str], Field(description="Ids of events.", examples=[[EVENT_ID]])]


class SweepOutcomes(BaseModel):
    """How many answers came to which outcome."""

    yes: int
    no: int
    unknown: int
    disputed: int


class SweepEnd(BaseModel):
    """How many persons were asked about, and what became of it: the sum of the three others."""

    asked: int
    answered: int
    refused: Annotated[int, Field(description="Lines that break a rule. Correct them.")]
    not_ready: Annotated[
        int, Field(description="Persons about whom nobody could answer now. Ask again.")
    ]
    outcomes: SweepOutcomes


class StartLine(BaseModel):
    """The first line that comes back."""

    sweep: SweepStart


class AnswerLine(BaseModel):
    """A person's answer."""

    id: str
    answer: BriefAnswer


class ProblemLine(BaseModel):
    """A line that got no answer, and what to do."""

    id: Annotated[str | None, Field(description="Null where the line could not be read.")]
    line: Annotated[int, Field(description="Its number in what was sent, from 1.")]
    problem: Problem


class EndLine(BaseModel):
    """The last line. Without it something was cut off."""

    end: SweepEnd


LINES_SENT: tuple[type[BaseModel], ...] = (SweepQuestion, SweepPerson)
LINES_RETURNED: tuple[type[BaseModel], ...] = (StartLine, AnswerLine, ProblemLine, EndLine)
