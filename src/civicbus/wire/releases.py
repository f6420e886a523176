"""Releases: what ends the mark that a refused record has left on a dossier.

A release is a record in the topic and partition of the refused one, behind it, whose headers name
the refused record's offset. It is that record once more, byte for byte (a *replay*), or a
`Dismissal`. So nothing is deleted, and a store that is built anew finds marks and releases in the
order in which they came.

Only an operator may release. The headers prove it with an HMAC under the operators' secret, which
workers know and connectors do not: over where the record stands, what it releases, and what it
says. A release repeated by somebody else does what the first one did; in another place it is none.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from civicbus.domain.events import InvalidEventError

RELEASES = "x-releases"
ATTEMPT = "x-attempt"
SIGNATURE = "x-release-signature"
LONGEST_NUMBER = 19  # digits; Kafka counts in 64 bits

Headers = Sequence[tuple[str, bytes]]


class Placed(Protocol):
    """A Kafka record, as far as a release depends on it."""

    @property
    def partition(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Headers: ...


@dataclass(frozen=True, slots=True)
class Release:
    """The offset of the refused record, and how many times it has been tried with this one."""

    offset: int
    attempt: int


def claims_release(headers: Headers) -> bool:
    """True if a record says that it releases another, whether it may or not."""
    return any(name == RELEASES for name, _ in headers)


class ReleaseSeal:
    """Understands how an operator's release is told from everybody else's record.

    Without a secret none can be told, so all are refused.
    """

    def __init__(self, secret: bytes | None) -> None:
        self._key = secret and hmac.digest(secret, b"civicbus releases", hashlib.sha256)

    def headers(
        self, topic: str, partition: int, key: bytes | None, value: bytes | None, release: Release
    ) -> list[tuple[str, bytes]]:
        """The headers that make a record a release.

        Raises:
            ValueError: if there is no secret.
        """
        numbers = {RELEASES: release.offset, ATTEMPT: release.attempt}
        told = [(name, str(number).encode()) for name, number in numbers.items()]
        return [*told, (SIGNATURE, self._sign(topic, partition, key, value, release))]

    def read(self, topic: str, record: Placed) -> Release | None:
        """What a record releases; `None` if it does not say that it releases anything.

        Raises:
            InvalidEventError: with reason `authority`, if no operator has signed it.
        """
        if not record.headers or not claims_release(record.headers):
            return None
        told = dict(record.headers)
        release = Release(_number(told[RELEASES]), _number(told.get(ATTEMPT)))
        if self._key is not None:
            signed = self._sign(topic, record.partition, record.key, record.value, release)
            if hmac.compare_digest(signed, told.get(SIGNATURE) or b""):
                return release
        raise InvalidEventError("authority", "headers", "a release that no operator has signed")

    def _sign(
        self, topic: str, partition: int, key: bytes | None, value: bytes | None, release: Release
    ) -> bytes:
        if self._key is None:
            raise ValueError("no secret to sign a release with")
        place = [topic, str(partition), str(release.offset), str(release.attempt)]
        message = "\n".join([*place, _digest(key), _digest(value)])
        return hmac.new(self._key, message.encode(), hashlib.sha256).hexdigest().encode()


def _digest(data: bytes | None) -> str:
    return "none" if data is None else hashlib.sha256(data).hexdigest()


def _number(text: bytes | None) -> int:
    if text is None or len(text) > LONGEST_NUMBER or not text.isdigit():
        raise InvalidEventError("authority", "headers", "a release without its numbers")
    return int(text)
