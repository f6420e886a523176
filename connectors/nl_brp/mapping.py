"""The Dutch population register: one person list, as bitemporal rows, to events.

Read `README.md` beside this file for what is mapped and what is not yet. Each kind of fact is
mapped for itself: a row of one that cannot be mapped takes no other with it.
"""

from __future__ import annotations

from collections.abc import Iterator

from civicbus.connect.mapping import Outcome, Record, attempt
from civicbus.domain.identifiers import Identifier

from .children import children
from .facts import PersonList
from .guardians import guardianships
from .history import loose_ends
from .identity import links, names
from .kinship import parentages
from .life import births, deaths
from .people import person_of, subject_of
from .registration import registrations
from .unions import unions

PARTS = (
    (births, "birth"),
    (deaths, "death"),
    (registrations, "identity"),
    (links, "identity"),
    (names, "identity"),
    (unions, "union"),
    (parentages, "kinship"),
    (children, "kinship"),
    (guardianships, "kinship"),
)
STACKED = ("01", "02", "03", "05", "06", "08", "09", "11")  # categories in which older rows follow


def events(record: Record) -> Iterator[Outcome]:
    """All that a person list says about birth, death, unions, kinship and who the person is."""
    person_list = PersonList(record.key, person_of(record))
    for part, family in PARTS:
        yield from attempt(part(record, person_list), record.line, (family,))
    yield from loose_ends(record, STACKED)


def subject(record: Record) -> Identifier | None:
    """The person whose list it is."""
    return subject_of(record)
