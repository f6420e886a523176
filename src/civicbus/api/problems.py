"""The problems that a question may end in, beside those of any request (`http.problems`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from civicbus.http import problems
from civicbus.http.problems import MEDIA_TYPE, Kind, internal

__all__ = ["KINDS", "MEDIA_TYPE", "Kind", "ProblemError", "internal", "not_ready"]

# `rebuilding` and its like are reasons of `not-ready`.
KINDS: Mapping[str, Kind] = {
    **problems.KINDS,
    "too-many-sweeps": Kind(429, "Too many sweeps at once"),
    "not-ready": Kind(503, "Not ready"),
    "too-busy": Kind(503, "Too many questions at once"),
}


class ProblemError(problems.ProblemError):
    """A question that ends in a problem document; `reason` is an answer's where one would apply."""

    kinds: ClassVar[Mapping[str, Kind]] = KINDS


def not_ready(reason: str, retry_after_seconds: int) -> ProblemError:
    """The problem that time will solve."""
    return ProblemError(
        "not-ready",
        detail="the person's dossier cannot be read at this moment",
        remedy=f"ask again in {retry_after_seconds} s",
        reason=reason,
        headers={"Retry-After": str(retry_after_seconds)},
    )
