"""From the body of a request to the question that it asks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import ValidationError

from civicbus.api import documents
from civicbus.api.moments import InvalidTimeError, asked_times
from civicbus.api.problems import ProblemError
from civicbus.domain.answer import Question
from civicbus.domain.identifiers import Identifier, InvalidIdentifierError
from civicbus.domain.person_key import person_key

REMEDIES = {
    # No example here: it would look like an echo to somebody who sent just that number.
    "person": "write SCHEME:NUMBER as a text, digits as they are with leading zeros, no spaces",
    "valid_at": "write a day up to today as YYYY-MM-DD, or leave the field out",
    "known_at": "write a past time such as 2024-03-01T12:00:00Z, or leave the field out",
}


def question_of(value: Any, secret: bytes, now: datetime) -> Question:
    """The question in a JSON value.

    Raises:
        ProblemError: naming the field, the rule and the remedy, never the value.
    """
    try:
        body = documents.Question.model_validate(value)
    except ValidationError as error:
        raise _problem(error) from None
    try:
        person = Identifier.parse(body.person)
        valid_at, known_at = asked_times(body.valid_at, body.known_at, now)
    except InvalidIdentifierError as error:
        raise invalid_field("person", str(error)) from None
    except InvalidTimeError as error:
        raise invalid_field(error.field, error.rule) from None
    return Question(person, person_key(person, secret), valid_at, known_at)


def _problem(error: ValidationError) -> ProblemError:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place, kind = first["loc"], first["type"]
    known = ", ".join(REMEDIES)
    if not place:
        return ProblemError(
            "invalid-body",
            detail="the body is not a JSON object",
            remedy=f'send one object with "person"; the fields are {known}',
        )
    if kind == "extra_forbidden":
        # The field's name is the caller's text: it might be a number in the wrong place.
        return ProblemError(
            "invalid-body",
            detail="the body has a field that is not known",
            remedy=f"remove it; the fields are {known}",
        )
    rules = {
        "missing": "is missing",
        "string_type": "must be a text",
        "string_pattern_mismatch": "is not of the form SCHEME:NUMBER",
    }
    return invalid_field(str(place[0]), rules[kind])


def invalid_field(field: str, rule: str) -> ProblemError:
    """A field of the question breaks a rule."""
    return ProblemError("invalid-field", detail=rule, remedy=REMEDIES[field], field=field)
