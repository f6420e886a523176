"""What the layers above agree on without knowing each other."""

from __future__ import annotations


class NotReadyError(Exception):
    """A dossier cannot be read now, but can be later: ask again.

    `reason` says why, such as `rebuilding`; `retry_after_seconds` is when asking again is worth
    while.
    """

    def __init__(self, reason: str, retry_after_seconds: int) -> None:
        super().__init__(f"not ready ({reason}); ask again in {retry_after_seconds} s")
        self.reason = reason
        self.retry_after_seconds = retry_after_seconds
