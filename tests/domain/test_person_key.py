"""The person key: a pseudonym of one form, the same for every way of writing a number."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicbus.domain.identifiers import Identifier
from civicbus.domain.person_key import LENGTH, is_person_key, person_key

secrets = st.binary(min_size=1, max_size=64)
identifiers = st.builds(
    Identifier, st.sampled_from(["nl-bsn", "us-dc"]), st.text("0123456789", min_size=1, max_size=12)
)


@given(identifiers, secrets)
def test_a_key_has_its_form_and_does_not_show_the_number(
    identifier: Identifier, secret: bytes
) -> None:
    key = person_key(identifier, secret)
    assert len(key) == LENGTH
    assert is_person_key(key.encode())
    assert len(identifier.value) < 4 or identifier.value not in key


@given(identifiers, secrets)
def test_a_key_is_the_base32_of_half_the_keyed_digest(
    identifier: Identifier, secret: bytes
) -> None:
    digest = hmac.new(secret, str(identifier).encode(), hashlib.sha256).digest()
    expected = base64.b32encode(digest[:16]).decode().strip("=").lower()
    assert person_key(identifier, secret) == expected


@given(identifiers, identifiers, secrets)
def test_different_numbers_have_different_keys(
    one: Identifier, other: Identifier, secret: bytes
) -> None:
    assert (person_key(one, secret) == person_key(other, secret)) == (one == other)


@given(identifiers, secrets, secrets)
def test_without_the_secret_the_key_cannot_be_found(
    identifier: Identifier, one: bytes, other: bytes
) -> None:
    # HMAC pads a short secret with zeros, so those are one and the same.
    same = one.rstrip(b"\0") == other.rstrip(b"\0")
    assert (person_key(identifier, one) == person_key(identifier, other)) == same


def test_the_key_of_a_number_is_the_same_for_ever() -> None:
    """Every topic and store is keyed by it; computed once with another implementation of HMAC."""
    key = person_key(Identifier.of("nl-bsn", "999990639"), b"civicbus-development")
    assert key == "adkgjpfhz65r7vcbigafbwnuna"


@pytest.mark.parametrize(
    "key",
    [
        b"",
        b"a" * 25,
        b"a" * 27,
        b"A" * 26,
        b"0" * 26,
        b"a" * 25 + b"\n",
        b"\xff" * 26,
        "é".encode() * 13,
        b"source:civil-registry-abcd",
    ],
    ids=repr,
)
def test_other_bytes_are_no_person_key(key: bytes) -> None:
    assert not is_person_key(key)
