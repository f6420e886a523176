"""The person key: under which a person's records stand on Kafka and in the dossier store.

It is the first 128 bits of HMAC-SHA-256, under the deployment's secret, over the canonical
`scheme:number`, in lower-case base32: 26 characters. Someone who holds a topic without the secret
cannot tell whose records these are, nor find a known person's.
"""

from __future__ import annotations

import hashlib
import hmac
import re

from civicbus.domain.identifiers import Identifier

ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
LENGTH = 26
PADDING_BITS = 2  # 26 characters of five bits hold 130
# Two characters at once: `base64.b32encode` takes three times as long, and every question needs it.
PAIRS = [one + other for one in ALPHABET for other in ALPHABET]
PATTERN = re.compile(r"[a-z2-7]{26}")


def person_key(identifier: Identifier, secret: bytes) -> str:
    """The key of the person who has this number, in the deployment that has this secret."""
    digest = hmac.digest(secret, str(identifier).encode(), hashlib.sha256)
    number = int.from_bytes(digest[:16], "big") << PADDING_BITS
    return "".join([PAIRS[number >> shift & 1023] for shift in range(120, -1, -10)])


def is_person_key(key: bytes) -> bool:
    """True if the bytes have a person key's form."""
    return len(key) == LENGTH and key.isascii() and PATTERN.fullmatch(key.decode()) is not None
