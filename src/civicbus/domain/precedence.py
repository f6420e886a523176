"""Precedence: whose word decides about which kind of fact.

A source's word has one of four standings. For each kind of fact a table says which family of
authorities is competent, and how high a standing must be to establish such a fact; anything lower
is heard and reported, and decides nothing. Between words of the standing that decides there is no
winner: where they contradict each other the answer is `disputed`, with both in evidence.

Source of the table: for China the departments that the law makes competent (MPS for household
records, MCA for marriages and adoptions, NHC for birth and death certificates, the courts for what
they declare), as `domain.md` of the design lists them for each proof. A deployment says which
source is which by the `[authority]` tables of its connectors.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum

from civicbus.domain.authority import Authorities
from civicbus.domain.events import (
    Birth,
    Event,
    NoticeDelivered,
    Parentage,
    PersonName,
    SignOfLife,
)
from civicbus.domain.vocabulary import LegalState


class Standing(IntEnum):
    """How much a word weighs; a higher one is never below a lower one's word."""

    NOTICE = 0  # told, without legal force
    REGISTERED = 1  # entered by a source that is no declared authority for it
    AUTHORITY = 2  # entered by a declared authority
    DECLARED = 3  # by a court


@dataclass(frozen=True, slots=True)
class Precedence:
    """Who is competent for a kind of fact, and which standing establishes one."""

    families: tuple[str, ...]
    decides: Standing = Standing.AUTHORITY


# Only what differs from the rule: an authority for the kind's own family, or a court, decides.
EXCEPTIONS: dict[type[Event], Precedence] = {
    # A birth is a birth in whatever civil register: the keeper of identities enters it as well.
    Birth: Precedence(("birth", "identity")),
    # Parents are entered with the birth; recognition and adoption have registers of their own.
    Parentage: Precedence(("kinship", "birth")),
    PersonName: Precedence(("identity", "birth")),
    # Any office that registers may have seen the person; nobody is competent for being alive.
    SignOfLife: Precedence(("identity",), decides=Standing.REGISTERED),
    # Whoever brought the notice says so: a post office, a bank. That it is not the source of the
    # death, nor of its department, is for the proof to see.
    NoticeDelivered: Precedence(("death",), decides=Standing.REGISTERED),
}


def precedence_of(kind: type[Event]) -> Precedence:
    """Who decides about a kind of fact."""
    return EXCEPTIONS.get(kind) or Precedence((kind.family,))


def standing(event: Event, authorities: Authorities, schemes: Collection[str]) -> Standing:
    """How much an event weighs for a person known by these schemes."""
    state = event.header.legal_state
    if state is LegalState.NOTIFIED:
        return Standing.NOTICE
    if state is LegalState.DECLARED:
        return Standing.DECLARED
    competent = {
        authority.source
        for family in precedence_of(type(event)).families
        for authority in authorities.over(family, schemes)
    }
    return Standing.AUTHORITY if event.header.source in competent else Standing.REGISTERED


def decides(event: Event, authorities: Authorities, schemes: Collection[str]) -> bool:
    """True if the event establishes a fact of its kind."""
    found = standing(event, authorities, schemes)
    return found >= precedence_of(type(event)).decides
