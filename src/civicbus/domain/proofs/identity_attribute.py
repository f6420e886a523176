"""P07 identity_attribute: is an attribute of a person's identity what is claimed?

The claimed value is compared with the one registered for the day. Names and attributes hold from
the day on which they count, until another of their kind does; but who acquires a nationality may
keep an earlier one, unless its end is entered. A birth date and a place of birth are those of the
entry of the birth. A transliteration counts as the name if it is not older than the name. Nothing
is read off a number: who gets another sex or birth date keeps the old number for a while, and in
old records for ever.

A `no` is given only where a registered value certainly differs; spellings, codes of places and
lunar dates often leave that open. The true value is never disclosed.

Legal source (China): Resident Identity Card Law article 3 (what a card states), Household
Registration Regulations articles 17 and 18 (changes), Civil Code article 1016 (names).
"""

from __future__ import annotations

from datetime import timedelta

from civicbus.domain.claims import Claim, ClaimKind
from civicbus.domain.proofs import absence
from civicbus.domain.proofs.absence import Silence
from civicbus.domain.proofs.identity_attribute_case import (
    ATTRIBUTES,
    BIRTH_DATE,
    FORMER_NAME,
    NATIONALITY,
    AttributeCase,
)
from civicbus.domain.proofs.identity_attribute_sentences import SENTENCES
from civicbus.domain.proofs.identity_values import read_date
from civicbus.domain.proofs.identity_words import (
    Word,
    facts_of,
    former,
)
from civicbus.domain.proofs.kind import Kind
from civicbus.domain.proofs.verdict import Rule, Verdict, disputed, no, unknown, yes


def not_comparable(case: AttributeCase) -> Verdict | None:
    """What is claimed as a birth date is not written as one."""
    if case.attribute == BIRTH_DATE and read_date(case.claimed) is None:
        return unknown("not_comparable")
    return None


def contested(case: AttributeCase) -> Verdict | None:
    """Somebody says that one of the entries is wrong, or it ended before it began."""
    doubted = [word for word in case.words if word.fact.doubted]
    if doubted:
        return disputed("contested", facts_of(doubted))
    contradictory = [word for word in case.words if word.period is None]
    return disputed("conflicting_dates", facts_of(contradictory)) if contradictory else None


def broken_chain(case: AttributeCase) -> Verdict | None:
    """What one entry corrects has not arrived: it may be what another one of that source says."""
    broken = {word.fact.source for word in case.words if word.fact.pending}
    found = [word for word in case.words if word.fact.source in broken]
    return unknown("gapped", facts_of(found)) if len(found) > 1 else None


def under_investigation(case: AttributeCase) -> Verdict | None:
    """A register marks one of the entries as in doubt."""
    doubts = case.investigated(facts_of(case.words), "birth", "identity")
    return unknown("under_investigation", doubts) if doubts else None


def not_registered(case: AttributeCase) -> Verdict | None:
    """Nobody who decides has entered anything of the kind."""
    if case.words:
        return None
    if case.told:
        return unknown("notified_only", facts_of(case.told))
    if case.known_here:
        return unknown("not_registered", case.known_here)
    return unknown("no_such_record")


def former_name(case: AttributeCase) -> Verdict | None:
    """An earlier name was the claimed one; that none was follows from silence since the birth."""
    if case.attribute != FORMER_NAME:
        return None
    earlier = former(case.words, case.day)
    if same := [word for word in earlier if case.agrees(word) is True]:
        later = [word for word in case.words if any(_follows(word, one) for one in same)]
        return yes("was_so_named", facts_of([*same, *later]))
    open_ones = [
        word
        for word in case.words
        if case.agrees(word) is not False
        and word.began_by(case.day) is not False
        and word.is_current(case.words, case.day) is not True
    ]
    if any(case.agrees(word) for word in open_ones):
        return unknown("undetermined_date", facts_of(open_ones))
    if open_ones:
        return unknown("may_be_the_same", facts_of(open_ones))
    doubt = absence.doubt_about(case, Silence(case.scope.rests_on, case.born_from), case.known_here)
    return doubt or no("not_so_named", [*case.births, *facts_of(case.words)])


def not_yet_registered(case: AttributeCase) -> Verdict | None:
    """No entry counts for the day."""
    return None if case.current else unknown("not_registered", facts_of(case.words))


def conflicting(case: AttributeCase) -> Verdict | None:
    """By some entries it is as claimed, and by others it is not."""
    if not {True, False} <= {case.agrees(word) for word in case.current}:
        return None
    if case.is_of_birth or _all_hold(case):
        return disputed("conflicting_values", facts_of(case.current))
    return unknown("undetermined_date", facts_of(case.current))


def may_be_the_same(case: AttributeCase) -> Verdict | None:
    """The two values may be one, written in two ways."""
    if any(case.agrees(word) is None for word in case.current):
        return unknown("may_be_the_same", facts_of(case.current))
    return None


def doubt_about(case: AttributeCase) -> Verdict | None:
    """It may have changed since it was entered, and nobody told. A birth does not change."""
    if case.is_of_birth:
        return None
    since = min(word.start.earliest for word in case.current)
    return absence.doubt_about(case, Silence(case.scope.rests_on, since), facts_of(case.current))


def as_registered(case: AttributeCase) -> Verdict | None:
    """It is as claimed."""
    if not case.agrees(case.current[0]):
        return None
    return yes("as_registered", case.basis(case.current))


def may_be_kept(case: AttributeCase) -> Verdict | None:
    """A later nationality is registered, and not that the one claimed was lost by it."""
    if case.attribute != NATIONALITY:
        return None
    kept = [
        word
        for word in case.words
        if case.agrees(word) is not False and word.is_current((), case.day) is not False
    ]
    return unknown("may_be_kept", facts_of([*kept, *case.current])) if kept else None


def differs(case: AttributeCase) -> Verdict:
    """What is registered is certainly something else."""
    return no("differs", facts_of(case.current))


def _follows(word: Word, earlier: Word) -> bool:
    return word.start.after(earlier.start) is True


def _all_hold(case: AttributeCase) -> bool:
    return all(word.is_current(case.words, case.day) is True for word in case.current)


RULES: tuple[Rule, ...] = (
    not_comparable,
    contested,
    broken_chain,
    under_investigation,
    not_registered,
    former_name,
    not_yet_registered,
    conflicting,
    may_be_the_same,
    doubt_about,
    as_registered,
    may_be_kept,
    differs,
)

PROOF = Kind(
    number="P07",
    name="identity_attribute",
    asks={
        "en": "Is an attribute of this person's identity what is claimed, on a day?",
        "zh": "此人在某日的某项身份信息是否与所称一致？",
    },
    families=("birth", "identity"),
    rests_on=("identity",),
    fresh_for=timedelta(days=31),
    law={
        "CN": "Resident Identity Card Law art. 3; Household Registration Regulations art. 17, 18; "
        "Civil Code art. 1016"
    },
    claims=(
        Claim("attribute", ClaimKind.CODE, "Which attribute.", required=True, codes=ATTRIBUTES),
        Claim(
            "value",
            ClaimKind.TEXT,
            "The value; a birth date as YYYY, YYYY-MM or YYYY-MM-DD, a place as its code.",
            required=True,
        ),
    ),
    rules=RULES,
    own_explanations=SENTENCES,
    case=AttributeCase,
)
