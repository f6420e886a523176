"""Options that several commands share. A wrong one ends with exit code 2, its value unrepeated."""

from __future__ import annotations

from datetime import UTC, date, datetime

import typer

from civicbus.api.moments import InvalidTimeError, asked_times
from civicbus.domain.identifiers import Identifier, InvalidIdentifierError


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
