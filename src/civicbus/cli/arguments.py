"""Options that several commands share. A wrong one ends with exit code 2, its value unrepeated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from difflib import get_close_matches
from typing import Annotated, Any

import typer

from civicbus.api.moments import InvalidTimeError, asked_times
from civicbus.domain.claims import (
    Claim,
    ClaimKind,
    InvalidClaimError,
    as_json,
    read_claims,
    read_told,
)
from civicbus.domain.identifiers import Identifier, InvalidIdentifierError
from civicbus.domain.proofs import PROOFS, Kind

ClaimOption = Annotated[
    list[str] | None,
    typer.Option(
        "--claim",
        metavar="NAME=VALUE",
        help="What the proof takes beside the person, once for each; see `civicbus proofs NAME`.",
    ),
]
NameOption = Annotated[
    str | None, typer.Option("--name", help="Their name, to tell two people of one number apart.")
]
BornOption = Annotated[
    str | None, typer.Option("--born", help="Their birth date, YYYY-MM-DD, likewise.")
]
ValidAtOption = Annotated[
    str | None, typer.Option(help="The day asked about, YYYY-MM-DD. Default: today.")
]
KnownAtOption = Annotated[
    str | None,
    typer.Option(help="By what was recorded at this time or day (RFC 3339). Default: now."),
]


def person_of(text: str) -> Identifier:
    """The person that `--person SCHEME:NUMBER` names."""
    try:
        return Identifier.parse(text)
    except InvalidIdentifierError as error:
        raise typer.BadParameter(str(error), param_hint="--person") from None


def times_of(
    valid_at: str | None, known_at: str | None, now: datetime | None = None
) -> tuple[date, datetime]:
    """The two times that `--valid-at` and `--known-at` name, with the defaults of the API."""
    try:
        return asked_times(valid_at, known_at, now or datetime.now(UTC))
    except InvalidTimeError as error:
        hint = "--" + error.field.replace("_", "-")
        raise typer.BadParameter(error.rule, param_hint=hint) from None


def did_you_mean(asked: str, known: Iterable[str]) -> str:
    """A question about the name that comes nearest, before a remedy; empty if none does."""
    close = get_close_matches(asked, list(known), n=1)
    return f"did you mean {close[0]}? " if close else ""


def proof_of(name: str, hint: str) -> Kind:
    """The proof of a name. What was given is not repeated: a number may stand in its place."""
    if name in PROOFS:
        return PROOFS[name]
    meant = did_you_mean(name, PROOFS)
    raise typer.BadParameter(f"no such proof; {meant}`civicbus proofs` lists them", param_hint=hint)


@dataclass(frozen=True, slots=True)
class Told:
    """What a question says beside the person and the times; the claims as plain values."""

    claims: dict[str, Any]
    name: str | None = None
    birth_date: date | None = None

    def in_question(self) -> dict[str, Any]:
        """The fields of the API's question that it fills."""
        born = None if self.birth_date is None else self.birth_date.isoformat()
        fields = {"claims": self.claims or None, "name": self.name, "birth_date": born}
        return {field: value for field, value in fields.items() if value is not None}


def told_of(kind: Kind, claims: Iterable[str] | None, name: str | None, born: str | None) -> Told:
    """What `--claim`, `--name` and `--born` tell a proof, checked as the API checks it."""
    try:
        read = read_claims(kind.claims, _given(kind, claims or ()), str)
    except InvalidClaimError as error:
        told = "" if error.name == "claims" else f"{error.name} {error.rule}; "
        raise typer.BadParameter(told + takes(kind), param_hint="--claim") from None
    try:
        return Told(as_json(read), *read_told(name, born))
    except InvalidClaimError as error:
        hint = {"name": "--name", "birth_date": "--born"}[error.name]
        raise typer.BadParameter(error.rule, param_hint=hint) from None


def takes(kind: Kind) -> str:
    """What a proof takes beside the person, in words."""
    if not kind.claims:
        return f"{kind.name} takes no claims"
    listed = (
        f"{claim.name}{'' if claim.required else ' (optional)'}: {claim.form}"
        for claim in kind.claims
    )
    return f"{kind.name} takes {'; '.join(listed)}"


def _given(kind: Kind, texts: Iterable[str]) -> dict[str, Any]:
    """The claims by name; a number is made one here, since a command line has texts only."""
    taken = {claim.name: claim for claim in kind.claims}
    given: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise typer.BadParameter(f"write NAME=VALUE; {takes(kind)}", param_hint="--claim")
        if name in given:
            raise typer.BadParameter("the same name stands twice", param_hint="--claim")
        given[name] = _value(taken.get(name), value)
    return given


def _value(claim: Claim | None, text: str) -> str | int:
    whole = text.isascii() and text.isdigit() and len(text) <= 9
    is_number = claim is not None and claim.kind is ClaimKind.NUMBER and whole
    return int(text) if is_number else text
