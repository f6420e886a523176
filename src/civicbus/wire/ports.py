"""What the layers above agree on without knowing each other."""

from __future__ import annotations

from dataclasses import dataclass


class NotReadyError(Exception):
    """A dossier cannot be read now, but can be later: ask again.

    `reason` says why, such as `rebuilding`; `retry_after_seconds` is when asking again is worth
    while.
    """

    def __init__(self, reason: str, retry_after_seconds: int) -> None:
        super().__init__(f"not ready ({reason}); ask again in {retry_after_seconds} s")
        self.reason = reason
        self.retry_after_seconds = retry_after_seconds


@dataclass(frozen=True, slots=True)
class Swept:
    """The answer about one person of a sweep: its outcome, and all of `Answer.in_brief` as JSON."""

    outcome: str
    text: str


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Why there is no answer about a person of a sweep.

    `reason` is that of the `NotReadyError`; without one the fault lies here, and the log has it.
    """

    reason: str | None = None
