"""From the body of a request to the question that it asks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from civicbus.api import documents
from civicbus.api.moments import InvalidTimeError, asked_times
from civicbus.api.problems import ProblemError
from civicbus.api.sweep_documents import ID_LENGTH_MAX, SweepPerson
from civicbus.domain.answer import Question
from civicbus.domain.claims import (
    Claim,
    ClaimKind,
    Claims,
    InvalidClaimError,
    read_claims,
    read_told,
)
from civicbus.domain.identifiers import Identifier, InvalidIdentifierError
from civicbus.domain.person_key import person_key

# No example here: it would look like an echo to somebody who sent just that number.
WRITE_PERSON = "write SCHEME:NUMBER as a text, digits as they are with leading zeros, no spaces"
REMEDIES = {
    "proof": "write the name of a proof; GET /v1/proofs lists them",
    "id": f"write a text of 1 to {ID_LENGTH_MAX} characters by which you know the answer again",
    "person": WRITE_PERSON,
    "valid_at": "write a day up to today as YYYY-MM-DD, or leave the field out",
    "known_at": "write a past time such as 2024-03-01T12:00:00Z, or leave the field out",
    "name": "write the name as the register has it, or leave the field out",
    "birth_date": "write a day as YYYY-MM-DD, or leave the field out",
    "claims": "write an object of the claims that GET /v1/proofs lists for this proof",
}
Form = TypeVar("Form", bound=BaseModel)
PERSON = re.compile(documents.PERSON_PATTERN)


def question_of(value: Any, taken: Iterable[Claim], secret: bytes, now: datetime) -> Question:
    """The question in a JSON value, to a proof that takes these claims.

    Raises:
        ProblemError: naming the field, the rule and the remedy, never the value.
    """
    body = checked(documents.Question, value)
    times = times_of(body.valid_at, body.known_at, now)
    return asked_about(body, times, tuple(taken), secret)


def checked(form: type[Form], value: Any) -> Form:
    """A JSON value as a body of this form.

    Raises:
        ProblemError: 400.
    """
    try:
        return form.model_validate(value)
    except ValidationError as error:
        raise _problem(error, form) from None


def times_of(valid_at: str | None, known_at: str | None, now: datetime) -> tuple[date, datetime]:
    """The day and the moment that a question is about.

    Raises:
        ProblemError: 400.
    """
    try:
        return asked_times(valid_at, known_at, now)
    except InvalidTimeError as error:
        raise invalid_field(error.field, error.rule) from None


def asked_about(
    body: documents.Question | SweepPerson,
    times: tuple[date, datetime],
    taken: tuple[Claim, ...],
    secret: bytes,
    common: Mapping[str, object] | None = None,
) -> Question:
    """The question about a person; `common` claims count where there are none of their own.

    Raises:
        ProblemError: 400.
    """
    try:
        person = Identifier.parse(body.person)
        name, birth_date = read_told(body.name, body.birth_date)
    except InvalidIdentifierError as error:
        raise invalid_field("person", str(error)) from None
    except InvalidClaimError as error:
        raise invalid_field(error.name, error.rule) from None
    claims = claims_of(taken, {**(common or {}), **(body.claims or {})}, secret)
    return Question(person, person_key(person, secret), *times, claims, name, birth_date)


def claims_of(taken: tuple[Claim, ...], given: Mapping[str, object], secret: bytes) -> Claims:
    """What is claimed, to a proof that takes these claims.

    Raises:
        ProblemError: 400.
    """
    try:
        _check_written_plainly(taken, given)
        return read_claims(taken, given, lambda identifier: person_key(identifier, secret))
    except InvalidClaimError as error:
        raise invalid_claim(error, taken) from None


def _check_written_plainly(taken: Iterable[Claim], given: Mapping[str, object]) -> None:
    """Hold another person's number to the same form as the person's own."""
    for claim in taken:
        number = given.get(claim.name)
        if (
            claim.kind is ClaimKind.PERSON
            and isinstance(number, str)
            and not PERSON.fullmatch(number)
        ):
            raise InvalidClaimError(claim.name, "is not of the form SCHEME:NUMBER")


def _problem(error: ValidationError, form: type[BaseModel]) -> ProblemError:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place, kind = first["loc"], first["type"]
    known = ", ".join(form.model_fields)
    if not place:
        needed = next(name for name, field in form.model_fields.items() if field.is_required())
        return ProblemError(
            "invalid-body",
            detail="the body is not a JSON object",
            remedy=f'send one object with "{needed}"; the fields are {known}',
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
        "string_too_short": "must not be empty",
        "string_too_long": "is too long",
        "dict_type": "must be an object",
    }
    return invalid_field(str(place[0]), rules[kind])


def invalid_field(field: str, rule: str) -> ProblemError:
    """A field of the question breaks a rule."""
    return ProblemError("invalid-field", detail=rule, remedy=REMEDIES[field], field=field)


def invalid_claim(error: InvalidClaimError, taken: Iterable[Claim]) -> ProblemError:
    """A claim breaks a rule, or is none of those that the proof takes."""
    for claim in taken:
        if claim.name == error.name:
            leave_out = "" if claim.required else ", or leave the claim out"
            remedy = WRITE_PERSON if claim.kind is ClaimKind.PERSON else f"write {claim.form}"
            return ProblemError(
                "invalid-field",
                detail=error.rule,
                remedy=remedy + leave_out,
                field=f"claims.{claim.name}",
            )
    return invalid_field("claims", error.rule)
